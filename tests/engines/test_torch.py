"""The torch engine by itself: its interface, dtypes, derivatives of every order, and size."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch

from gdcli.engines import DTYPES, torch_devices
from gdcli.engines.torch import TorchEngine
from gdcli.engines.torch_functions import resolve
from gdcli.errors import ExitStatus, UnavailableError
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

# Rows that have a function of torch's or ours; `where` and the conditions do not take numbers alone.
NUMERIC = [row for row in TABLE.values() if row.torch and not row.boolean and row.name != "where"]


def engine(text: str, device: str = "cpu", dtype: str = "float64") -> TorchEngine:
    return TorchEngine(lower(parse(text)), device, dtype)


def test_value_gradient_and_hessian_are_plain_floats() -> None:
    rosenbrock = engine("(1 - x)**2 + 100*(y - x**2)**2")
    value, gradient = rosenbrock.value_and_gradient([-1.2, 1.0])
    assert value == rosenbrock.value([-1.2, 1.0]) == pytest.approx(24.2, rel=1e-15)
    assert gradient == pytest.approx((-215.6, -88.0), rel=1e-14)
    hessian = rosenbrock.hessian([-1.2, 1.0])
    assert hessian[0] == pytest.approx((1330.0, 480.0), rel=1e-14)
    assert hessian[1] == pytest.approx((480.0, 200.0), rel=1e-14)
    assert {type(number) for number in (value, *gradient, *hessian[0], *hessian[1])} == {float}
    assert (rosenbrock.name, rosenbrock.device, rosenbrock.dtype) == ("torch", "cpu", "float64")
    assert rosenbrock.variables == ("x", "y")


@pytest.mark.parametrize(
    "text", ["x*y + sin(x)", "x**3", "y", "3", "where(x > 0, 1, 2)*1 + 0*y", "floor(x)", "x"]
)
def test_a_batch_gives_what_its_points_give(text: str) -> None:
    one = engine(text)
    n = len(one.variables)
    points = [[0.5, -1.0], [2.0, 3.0], [-1.5, 0.25]]
    points = [point[:n] for point in points]
    batch = one.array(points)
    values, gradients = one.evaluate(batch)
    assert batch.shape == gradients.shape == (3, n)
    assert values.shape == (3,)
    assert not values.requires_grad and not gradients.requires_grad and not batch.requires_grad
    for i, point in enumerate(points):
        value, gradient = one.evaluate(one.array(point))
        assert value.shape == () and gradient.shape == (n,)
        expected = one.value_and_gradient(point)
        assert (value.item(), tuple(one.floats(gradient))) == expected
        assert (values[i].item(), tuple(one.floats(gradients[i]))) == expected
        assert one.value(point) == expected[0]
        assert tuple(map(tuple, one.hessians(batch)[i].tolist())) == one.hessian(point)
    assert one.hessians(batch).shape == (3, n, n)


@pytest.mark.parametrize("text", ["x", "y", "7", "x + y"])
def test_results_do_not_share_memory_with_the_point(text: str) -> None:
    one = engine(text)
    point = one.array([3.0, 4.0][: len(one.variables)])
    value, gradient = one.evaluate(point)
    before = value.item(), gradient.tolist()
    point += 1.0
    assert (value.item(), gradient.tolist()) == before


def test_variables_without_effect_have_gradient_zero() -> None:
    assert engine("x - x + y").value_and_gradient([1.0, 2.0]) == (2.0, (0.0, 1.0))
    assert engine("0*x + y**2").hessian([1.0, 2.0]) == ((0.0, 0.0), (0.0, 2.0))
    assert engine("3 if x > 0 else 4").value_and_gradient([1.0]) == (3.0, (0.0,))
    assert engine("pi").value_and_gradient([]) == (math.pi, ())
    assert engine("pi").hessian([]) == ()


@pytest.mark.parametrize("dtype", DTYPES)
def test_constants_are_born_in_the_dtype(dtype: str) -> None:
    kind = getattr(torch, dtype)
    for text, exact in (("0.1 + 0*x", 0.1), ("where(x > 5, x, 1/3)", 1 / 3), ("max(x, pi)", math.pi)):
        assert engine(text, dtype=dtype).value([0.0]) == torch.tensor(exact, dtype=kind).item()
    assert engine("x*0 + 1e300*1", dtype=dtype).value([0.0]) == (1e300 if dtype == "float64" else math.inf)
    assert engine("x*0 + 10**400", dtype=dtype).value([0.0]) == math.inf


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: row.name)
def test_every_operation_in_every_dtype(row, dtype: str) -> None:  # type: ignore[no-untyped-def]
    """In a narrower dtype each operation gives the float64 result as nearly as that dtype can tell."""
    kind = getattr(torch, dtype)
    function = resolve(row.torch)
    arity = len(row.domain)
    arity = row.arity[0] if row.expands else max(arity, row.arity[0])
    point = [low + 0.7 * (high - low) for low, high in row.domain[:arity]]

    def outcome(kind: torch.dtype) -> torch.Tensor:
        # Every run starts from numbers that the narrow dtype has.
        arguments = [torch.tensor(x, dtype=getattr(torch, dtype)).to(kind).requires_grad_() for x in point]
        value = function(*arguments)
        assert value.dtype == kind
        gradients = (
            torch.autograd.grad(value, arguments, materialize_grads=True) if value.requires_grad else ()
        )
        return torch.stack([value, *gradients]).detach().double()

    eps = torch.finfo(kind).eps
    assert torch.allclose(outcome(kind), outcome(torch.float64), rtol=16 * eps, atol=16 * eps)


def test_every_name_of_the_table_resolves() -> None:
    for row in TABLE.values():
        assert row.torch or row.expands, row.name
        if row.torch:
            assert callable(resolve(row.torch))


@pytest.mark.parametrize(
    ("text", "at", "first", "second"),
    [
        ("x**2", 0.0, 0.0, 2.0),
        ("x**3", 0.0, 0.0, 0.0),
        ("sinc(x)", 0.0, 0.0, -(math.pi**2) / 3),
        ("sinc(x)", 1e-9, -(math.pi**2) / 3 * 1e-9, -(math.pi**2) / 3),
        ("tanh(x)", 20.0, 4 * math.exp(-40), -8 * math.exp(-40)),
        ("sigmoid(x)", 40.0, math.exp(-40), -math.exp(-40)),
        ("softplus(x)", 30.0, 1 / (1 + math.exp(-30)), math.exp(-30) / (1 + math.exp(-30)) ** 2),
        ("expm1(x)", -40.0, math.exp(-40), math.exp(-40)),
        ("digamma(x)", 1.0, math.pi**2 / 6, -2.4041138063191886),
        ("lgamma(x)", 1.0, -0.5772156649015329, math.pi**2 / 6),
        ("gamma(x)", 5.0, 24 * 1.5061176684318005, 24 * (1.5061176684318005**2 + 0.22132295573711532)),
        ("hypot(x, 3)", 4.0, 0.8, 9 / 125),
        ("cbrt(x)", -8.0, 1 / 12, 1 / 144),
        ("logaddexp(x, 0)", 800.0, 1.0, 0.0),
        ("log(1 + exp(x)) if x < 0 else x + log(1 + exp(-x))", 800.0, 1.0, 0.0),
    ],
)
def test_derivatives_where_torch_alone_loses_digits(
    text: str, at: float, first: float, second: float
) -> None:
    one = engine(text)
    assert one.value_and_gradient([at])[1][0] == pytest.approx(first, rel=1e-13, abs=1e-300)
    assert one.hessian([at])[0][0] == pytest.approx(second, rel=1e-12, abs=1e-300)


def test_whole_number_arguments_give_whole_results() -> None:
    assert [engine("gamma(x)").value([float(n)]) for n in range(1, 24)] == [
        float(math.factorial(n - 1)) for n in range(1, 24)
    ]
    assert [engine("cbrt(x)").value([float(n**3)]) for n in range(-20, 21)] == list(range(-20, 21))
    assert [engine("sinc(x)").value([float(n)]) for n in range(1, 9)] == [0.0] * 8


def test_squares_are_products_as_in_torch() -> None:
    for x in (1.1, 0.3, 7.7):
        expected = (torch.tensor(x) * torch.tensor(x)).item()
        assert engine("x**2", dtype="float32").value([x]) == expected


def test_float32_results_are_the_floats_that_equal_them() -> None:
    """Plain descent in float32 is that of a hand-written PyTorch program, bit for bit."""
    one = engine("x*x - 4*x + 4", dtype="float32")
    x = torch.tensor([0.05263785645365715])
    point = one.array([0.05263785645365715])
    for _ in range(200):
        leaf = x.clone().requires_grad_()
        loss = leaf * leaf - 4 * leaf + 4
        loss.sum().backward()
        value, gradient = one.evaluate(point)
        assert value.item() == loss.item()
        x = x - 0.001 * leaf.grad
        point = point - 0.001 * gradient
        assert one.floats(point) == x.tolist()


def test_ten_thousand_terms() -> None:
    one = engine(" + ".join(f"{i}*sin(x)" for i in range(10_000)))
    total = 10_000 * 9_999 / 2
    value, (slope,) = one.value_and_gradient([0.3])
    assert value == pytest.approx(total * math.sin(0.3), rel=1e-12)
    assert slope == pytest.approx(total * math.cos(0.3), rel=1e-12)


def test_deep_nesting() -> None:
    one = engine("sin(" * 500 + "x" + ")" * 500)
    value, slope = 0.5, 1.0
    for _ in range(500):
        value, slope = math.sin(value), slope * math.cos(value)
    assert one.value_and_gradient([0.5]) == (pytest.approx(value), (pytest.approx(slope),))


@pytest.mark.parametrize(
    ("device", "dtype", "named"),
    [
        ("cpu", "int8", "available: float64, float32, bfloat16, float16"),
        ("cuda:99", "float64", "available: cpu"),
        ("gpu", "float64", "available: cpu"),
        ("", "float64", "available: cpu"),
    ],
)
def test_what_is_not_there_is_refused_by_name(device: str, dtype: str, named: str) -> None:
    with pytest.raises(UnavailableError) as refusal:
        engine("x", device, dtype)
    assert refusal.value.exit_status == ExitStatus.UNAVAILABLE
    assert named in refusal.value.message
    assert (device if dtype == "float64" else dtype) in refusal.value.message


def test_an_operation_that_a_device_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError('"sin" not implemented for BFloat16')

    monkeypatch.setattr(torch, "sin", missing)
    with pytest.raises(UnavailableError, match="sin is not available in bfloat16 on device cpu"):
        engine("sin(x)", dtype="bfloat16")


def test_devices() -> None:
    cpu = torch_devices.available()[0]
    assert (cpu.name, cpu.dtypes) == ("cpu", DTYPES)


def test_namespace_answers_as_numpy_does() -> None:
    import numpy as np

    one = engine("x + y", dtype="float32")
    rows = [[1.0, -2.0], [math.nan, 4.0], [0.5, 0.25]]
    ours, theirs, xp = one.array(rows), np.array(rows, dtype=np.float32), one.xp
    calls = {
        "maximum": lambda xp, x: xp.maximum(x, 0.5),
        "minimum": lambda xp, x: xp.minimum(0.5, x),
        "clip": lambda xp, x: xp.clip(x, xp.asarray([0.0, 1.0]), 3.0),
        "sum": lambda xp, x: xp.sum(x, axis=-1, keepdims=True),
        "sum of all": lambda xp, x: xp.sum(x),
        "mean": lambda xp, x: xp.mean(x, axis=0),
        "max": lambda xp, x: xp.max(x, axis=-1),
        "min": lambda xp, x: xp.min(x[:1]),
        "any": lambda xp, x: xp.any(xp.isnan(x), axis=-1),
        "all": lambda xp, x: xp.all(xp.isfinite(x)),
        "where": lambda xp, x: xp.where(x > 0, x, 0.25),
        "sqrt": lambda xp, x: xp.sqrt(xp.abs(x)),
        "power": lambda xp, x: xp.power(0.9, xp.arange(3)),
        "stack": lambda xp, x: xp.stack([x, -x], axis=-1),
        "concatenate": lambda xp, x: xp.concatenate([x, x], axis=0),
        "expand_dims": lambda xp, x: xp.expand_dims(x, 0),
        "sort": lambda xp, x: xp.sort(x[:1], axis=-1),
        "argsort": lambda xp, x: xp.argsort(x[:, 1], axis=-1),
        "argmin": lambda xp, x: xp.argmin(x[2]),
        "take_along_axis": lambda xp, x: xp.take_along_axis(x, xp.argsort(x, axis=-1), axis=-1),
        "eye": lambda xp, x: xp.eye(2) * x[0],
        "full": lambda xp, x: xp.full((2, 2), 0.5) + xp.zeros((2, 2)) + xp.ones(2),
        "copy": lambda xp, x: xp.copy(x),
    }
    for name, call in calls.items():
        np.testing.assert_allclose(call(xp, ours).numpy(), call(np, theirs), rtol=1e-6, err_msg=name)
    assert xp.zeros((2,)).dtype == xp.asarray([0.1]).dtype == torch.float32
    assert xp.full((2,), True).dtype == xp.asarray([True]).dtype == torch.bool
    wide = engine("x").xp
    assert wide.asarray([0.1])[0].item() == 0.1


def test_one_process_imports_no_sympy_and_warns_of_nothing() -> None:
    program = (
        "import sys; from gdcli.engines import select; from gdcli.expression.parser import parse;"
        "from gdcli.graph.lowering import lower;"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules;"
        "engine = select(lower(parse('sigmoid(x)*y')), engine='torch');"
        "engine.evaluate(engine.array([[1.0, 2.0], [3.0, 4.0]])); engine.hessian([1.0, 2.0]);"
        "assert 'sympy' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("dtype", DTYPES)
def test_cuda(dtype: str) -> None:
    text = "sin(x)*y + where(x > 0, log(x), 0) + gamma(y) + sinc(x)**2 + 0.1"
    there, here = engine(text, "cuda", dtype), engine(text, "cpu", dtype)
    assert there.device == "cuda:0"
    tolerance = 64 * torch.finfo(getattr(torch, dtype)).eps
    for point in ([0.5, 1.5], [-0.5, 2.5]):
        value, gradient = there.value_and_gradient(point)
        expected_value, expected_gradient = here.value_and_gradient(point)
        assert value == pytest.approx(expected_value, rel=tolerance)
        assert gradient == pytest.approx(expected_gradient, rel=tolerance, abs=tolerance)
    values, gradients = there.evaluate(there.array([[0.5, 1.5]] * 3))
    assert values.device.type == gradients.device.type == "cuda"
    assert there.hessian([0.5, 1.5])[0][1] == pytest.approx(here.hessian([0.5, 1.5])[0][1], rel=tolerance)
