"""The engines for tensors on generated expressions, against scalars, torch's gradcheck and finite differences."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from tests.vectors.generated import Example
from tests.vectors.support import by_engine, by_writer, element, engine, finite_example

RANDOM = st.randoms(use_true_random=False)


@pytest.mark.parametrize(("name", "count"), [("native", 120), ("torch", 40)])
def test_value_and_gradient_are_those_of_scalars(name: str, count: int) -> None:
    @settings(max_examples=count)
    @given(RANDOM)
    def check(chance: random.Random) -> None:
        case = finite_example(chance)
        value, gradient = by_engine(case.text, case.point, case.constants, name)
        expected, expected_gradient = by_writer(case)
        assert value == pytest.approx(expected, rel=1e-9, abs=1e-9), case
        assert gradient == pytest.approx(expected_gradient, rel=1e-9, abs=1e-9), case

    check()


@pytest.mark.parametrize(("name", "count"), [("native", 40), ("torch", 15)])
def test_second_derivatives_are_those_of_scalars(name: str, count: int) -> None:
    @settings(max_examples=count)
    @given(RANDOM)
    def check(chance: random.Random) -> None:
        case = finite_example(chance)
        compiled = engine(case.text, case.point, case.constants, name)
        rows = np.array(compiled.hessian(list(compiled.layout.row(case.point))))
        scalars = parse(case.scalars)
        places = [compiled.layout.elements().index(element(each)) for each in scalars.variables]
        expected = NativeEngine(lower(scalars)).hessian([case.number(each) for each in scalars.variables])
        np.testing.assert_allclose(rows[np.ix_(places, places)], expected, rtol=1e-7, atol=1e-7)

    check()


class Native(torch.autograd.Function):
    """The native engine as a function of torch's."""

    @staticmethod
    def forward(ctx: Any, compiled: Any, x: torch.Tensor) -> torch.Tensor:
        value, gradient = compiled.evaluate(x.detach().numpy())
        ctx.save_for_backward(torch.from_numpy(np.array(gradient)))
        return torch.tensor(float(value), dtype=torch.float64)

    @staticmethod
    def backward(ctx: Any, adjoint: torch.Tensor) -> tuple[None, torch.Tensor]:  # type: ignore[override]
        return None, adjoint * ctx.saved_tensors[0]


def _leaf(compiled: Any, case: Example) -> torch.Tensor:
    return torch.tensor(list(compiled.layout.row(case.point)), dtype=torch.float64, requires_grad=True)


@settings(max_examples=40)
@given(RANDOM)
def test_gradcheck_of_the_native_engine(chance: random.Random) -> None:
    case = finite_example(chance)
    compiled = engine(case.text, case.point, case.constants)
    assert torch.autograd.gradcheck(
        lambda x: Native.apply(compiled, x), _leaf(compiled, case), atol=1e-5, rtol=1e-4
    )


@settings(max_examples=25)
@given(RANDOM)
def test_gradcheck_of_what_the_torch_engine_runs(chance: random.Random) -> None:
    case = finite_example(chance)
    compiled = engine(case.text, case.point, case.constants, "torch")
    assert torch.autograd.gradcheck(
        lambda x: compiled._forward(*compiled._parts(x), *compiled.constants),
        _leaf(compiled, case),
        atol=1e-5,
        rtol=1e-4,
    )


N = 1_000
LONG = [
    "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))",
    "sum(100*(x[1:]-x[:-1]**2)**2 + (1-x[:-1])**2)",
    "sum((x[2:] - 2*x[1:-1] + x[:-2])**2) + norm(x[::7])",
    "Sum(x[i]*sin(x[mod(i+3, len(x))]), (i, 0, len(x)-1))",
    "sum(log(1 + exp(-y*x))) + norm(x) + norm1(y)/2",
    "mean(x*y) + var(x) + std(y) + logsumexp(x) + log(sum(exp(y)))",
    "dot(x, y)/norm(y) + x @ y[::-1]",
    "prod(1 + x/len(x)) + Product(1 + tanh(y[i])/len(y), (i, 0, len(y)-1))",
    "sum(where(x > 0.2, sqrt(x), x**2)) + max(x) + min(y)",
    "sum((A@x-b)**2)/len(b) + (x @ transpose(A)) @ A @ y",
    "Sum(Sum(tanh(x[i] - y[j])*x[j], (j, i+1, i+5 if i < 990 else 999)), (i, 0, 500))",
    "Sum((Sum(x[j], (j, 0, i))/(i+1))**2, (i, 0, len(x)-1))",
    "a*sum(x**2) + x[0]*x[-1] + y[len(y)-2]**3 + Sum((2*i - a)*x[2*i], (i, 0, 499))",
]


@pytest.mark.parametrize("name", ["native", "torch"])
@pytest.mark.parametrize("text", LONG)
def test_finite_differences_in_random_directions(text: str, name: str) -> None:
    chance = np.random.default_rng(5)
    names = parse(text).variables
    constants = {"A": chance.normal(size=(40, N)), "b": chance.normal(size=40)}
    constants = {key: value for key, value in constants.items() if key in names}
    point: dict[str, Any] = {each: chance.normal(size=N).tolist() for each in ("x", "y") if each in names}
    if "a" in names:
        point["a"] = 1.25
    compiled = engine(text, point, constants, name)
    x = compiled.layout.row(point)
    _, gradient = compiled.value_and_gradient(x)
    for _ in range(3):
        direction = chance.normal(size=len(x))
        slope = float(np.dot(gradient, direction))
        # Of the fourth order, so that the step may be large enough for the digits of sums of thousands.
        h = 1e-4
        f = [compiled.value(x + step * h * direction) for step in (-2, -1, 1, 2)]
        difference = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h)
        assert difference == pytest.approx(slope, rel=2e-6, abs=1e-6 * float(np.linalg.norm(gradient)))
