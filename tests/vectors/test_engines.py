"""Both engines on graphs of tensors: gradients and second derivatives, against differences and against each other."""

import numpy as np
import pytest
import torch

from gdcli.engines import LONG, select_tensors
from gdcli.engines.tensors import TensorEngine
from gdcli.engines.torch_tensors import TorchTensorEngine
from gdcli.errors import UnavailableError
from gdcli.graph.layout import Layout
from tests.vectors.table import RIGHT, VALUES
from tests.vectors.test_lowering import lowered

ENGINES = {"native": TensorEngine, "torch": TorchTensorEngine}


def engine_of(kind, text, values=VALUES):
    graph, arrays = lowered(text, values)
    layout = Layout(graph.variables, tuple(np.shape(values[name]) for name in graph.variables))
    return ENGINES[kind](graph, layout, arrays), np.array(layout.row(values))


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("text", RIGHT)
def test_gradients_and_second_derivatives_are_those_of_differences(kind, text):
    engine, row = engine_of(kind, text)
    value, gradient = engine.value_and_gradient(row)
    hessian = np.array(engine.hessian(row)).reshape(len(row), len(row))
    assert value == pytest.approx(RIGHT[text], rel=1e-13)
    step = 1e-5
    for i in range(len(row)):
        up, down = row.copy(), row.copy()
        up[i] += step
        down[i] -= step
        slope = (engine.value(up) - engine.value(down)) / (2 * step)
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        slopes = np.subtract(engine.value_and_gradient(up)[1], engine.value_and_gradient(down)[1]) / (
            2 * step
        )
        assert hessian[i] == pytest.approx(slopes, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("text", RIGHT)
def test_both_engines_give_the_same(text):
    (native, row), (other, _) = (engine_of(kind, text) for kind in ENGINES)
    assert np.array(native.value_and_gradient(row)[1]) == pytest.approx(
        np.array(other.value_and_gradient(row)[1]), rel=1e-12, abs=1e-13
    )


@pytest.mark.parametrize("text", RIGHT)
def test_many_points_are_as_one_by_one(text):
    for kind in ENGINES:
        engine, row = engine_of(kind, text)
        rows = np.stack([row, 1.1 * row])
        values, gradients = engine.evaluate(engine.array(rows))
        for i, each in enumerate(rows):
            value, gradient = engine.value_and_gradient(each)
            assert float(values[i]) == value
            assert tuple(gradients[i].tolist()) == gradient


def test_conventions_at_kinks_are_those_of_torch():
    zeros = {"x": np.zeros(3), "y": np.array([1.0, 2.0, 2.0])}
    for kind in ENGINES:
        gradient = {
            text: engine_of(kind, text, zeros)
            for text in ("norm(x)", "std(x)", "norm1(x)", "max(y)", "min(y)")
        }
        found = {text: engine.value_and_gradient(row)[1] for text, (engine, row) in gradient.items()}
        assert found["norm(x)"] == found["std(x)"] == found["norm1(x)"] == (0.0, 0.0, 0.0)
        assert found["max(y)"] == (0.0, 0.5, 0.5)
        assert found["min(y)"] == (1.0, 0.0, 0.0)


def test_products_with_zeros_have_gradients_and_second_derivatives():
    for kind in ENGINES:
        engine, row = engine_of(kind, "prod(x)", {"x": np.array([0.0, 3.0, 0.0])})
        assert engine.value_and_gradient(row) == (0.0, (0.0, 0.0, 0.0))
        assert engine.hessian(row) == ((0.0, 0.0, 3.0), (0.0, 0.0, 0.0), (3.0, 0.0, 0.0))


def test_extreme_sizes_neither_overflow_nor_vanish():
    for kind in ENGINES:
        for size in (1e-200, 1e200):
            engine, row = engine_of(kind, "logsumexp(x/1e200*700) + norm(x)/1e100", {"x": np.full(2, size)})
            assert np.isfinite(engine.value(row))
    engine, row = engine_of("native", "norm(x)", {"x": np.full(2, 3e200)})
    assert engine.value(row) == pytest.approx(3e200 * 2**0.5)


def test_single_precision_is_computed_in_single_precision():
    graph, arrays = lowered("sum((A@x-b)**2)")
    engine = TorchTensorEngine(graph, Layout(("x",), ((5,),)), arrays, dtype="float32")
    value, gradient = engine.evaluate(engine.array(VALUES["x"]))
    assert value.dtype == gradient.dtype == torch.float32
    assert float(value) == pytest.approx(RIGHT["sum((A@x-b)**2)"], rel=1e-5)


def test_auto_takes_torch_for_long_runs_over_long_vectors_only():
    layout = Layout(("x",), ((LONG,),))
    graph, _ = lowered("sum(x**2)", {"x": np.empty(LONG)})
    assert select_tensors(graph, layout, {}, steps=1).name == "native"
    assert select_tensors(graph, layout, {}, steps=1000).name == "torch"
    assert select_tensors(graph, layout, {}, "native", steps=1000).name == "native"
    short, _ = lowered("sum(x**2)", {"x": np.empty(9)})
    assert select_tensors(short, Layout(("x",), ((9,),)), {}, steps=1000).name == "native"
    assert select_tensors(short, Layout(("x",), ((9,),)), {}, dtype="float32").name == "torch"
    with pytest.raises(UnavailableError):
        select_tensors(short, Layout(("x",), ((9,),)), {}, "native", "cpu", "float32")


def test_torchs_own_gradcheck():
    engine, row = engine_of("torch", "Sum(Sum(x[i]*sin(x[j]), (j, i, 4)), (i, 0, 4)) + norm(x)*std(x)")
    x = torch.tensor(row, dtype=torch.float64, requires_grad=True)
    function = lambda x: engine.module.forward(x, *engine.constants)  # noqa: E731
    assert torch.autograd.gradcheck(function, (x,))
    assert torch.autograd.gradgradcheck(function, (x,))
