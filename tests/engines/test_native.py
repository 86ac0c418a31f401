"""The native engine: IEEE 754, torch's digits, arrays, size and speed."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
import time
import timeit

import numpy
import pytest

from gdcli.engines import Engine
from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

INF, NAN = math.inf, math.nan
ROSENBROCK = "(1 - x)**2 + 100*(y - x**2)**2"


def engine(text: str) -> NativeEngine:
    return NativeEngine(lower(parse(text)))


def test_it_is_an_engine() -> None:
    native: Engine = engine(ROSENBROCK)
    assert (native.name, native.device, native.dtype) == ("native", "cpu", "float64")
    assert native.variables == ("x", "y")
    assert native.value([-1.2, 1.0]) == pytest.approx(24.2, rel=1e-15)
    value, gradient = native.value_and_gradient([-1.2, 1.0])
    assert value == native.value([-1.2, 1.0])
    assert gradient == pytest.approx((-215.6, -88.0), rel=1e-15)
    assert native.hessian([-1.2, 1.0]) == ((1330.0, 480.0), (480.0, 200.0))


def test_whatever_numbers_come_in_floats_go_out() -> None:
    native = engine("x*x + y")
    for point in ([3, 1], (numpy.float64(3.0), numpy.int64(1)), [True, 7]):
        value, gradient = native.value_and_gradient(point)
        numbers = [native.value(point), value, *gradient, *itertools.chain(*native.hessian(point))]
        assert {type(number) for number in numbers} == {float}


def test_a_constant_has_no_gradient() -> None:
    assert engine("7").value_and_gradient([]) == (7.0, ())
    assert engine("7").hessian([]) == ()
    native = engine("x**0")
    assert native.value_and_gradient([2.0]) == (1.0, (0.0,))
    assert native.hessian([2.0]) == ((0.0,),)


NEVER_RAISES = [
    ("log(x)", -1.0, NAN),
    ("log(x)", 0.0, -INF),
    ("exp(x)", 1000.0, INF),
    ("1/x", 0.0, INF),
    ("1/x", -0.0, -INF),
    ("x/x", 0.0, NAN),
    ("x**-2", 0.0, INF),
    ("x**-1", -0.0, -INF),
    ("x**(-1/2)", 0.0, INF),
    ("x**(1/2)", -1.0, NAN),
    ("x**(1/3)", -8.0, NAN),
    ("cbrt(x)", -8.0, -2.0),
    ("x**2", 1e200, INF),
    ("x**400", 10.0, INF),
    ("sin(x)", INF, NAN),
    ("mod(x, 0)", 1.0, NAN),
    ("gamma(x)", 200.0, INF),
    ("sqrt(x)/0", -1.0, NAN),
    ("exp(exp(x)) - exp(exp(x))", 10.0, NAN),
    ("acosh(x) + 1", 0.0, NAN),
]


@pytest.mark.parametrize(("text", "at", "value"), NEVER_RAISES)
def test_ieee_754_and_no_exception(text: str, at: float, value: float) -> None:
    native = engine(text)
    assert repr(native.value([at])) == repr(value)
    assert repr(native.value_and_gradient([at])[0]) == repr(value)
    native.hessian([at])


def test_a_fast_text_that_raised_is_used_again_where_it_does_not() -> None:
    native = engine("log(x)")
    assert [native.value([x]) for x in (0.0, 1.0, 0.0, math.e)] == [-INF, 0.0, -INF, 1.0]


DIGITS_OF_TORCH = [
    "(x - 3)**2 + (y + 1)**3 - x*y",
    ROSENBROCK,
    "x*x - 4*x + 4 + y",
    "x**0.5/y**-2 + y**-1 - x**-0.5",
    "sqrt(x**2 + y**2)/(1 + log(x)*log2(y) - log10(x))",
    "tan(x)/sin(y) + 1/(x*y)",
    "max(x, y)*min(x, y, 2) + relu(x)*clip(y, 0, 1)",
    "x/y/x - x/(y - 0.1)",
    "where(x > y, x**3, y**3)*x",
    "atan(x)*log1p(y)",
]


@pytest.mark.parametrize("text", DIGITS_OF_TORCH)
def test_the_digits_are_torch_s(text: str) -> None:
    # Where both use correctly rounded operations: torch's vectorised sin, exp … may differ in the last digit.
    torch_engine = pytest.importorskip("gdcli.engines.torch").TorchEngine(lower(parse(text)))
    native = engine(text)
    points = [(1.25, 0.3), (0.1, 2.7), (1 / 3, 1 / 7), (2.5, 1.1)]
    for point in points:
        value, gradient = native.value_and_gradient(point)
        expected, expected_gradient = torch_engine.value_and_gradient(point)
        assert value == pytest.approx(expected, rel=4e-16)
        assert gradient == pytest.approx(expected_gradient, rel=9e-16)
        if not any(name in text for name in ("log", "tan", "sin")):
            assert (value, gradient) == (expected, expected_gradient)


def test_arrays() -> None:
    native = engine(ROSENBROCK)
    point = native.array([-1.2, 1.0])
    assert native.xp is numpy
    assert (point.shape, point.dtype) == ((2,), numpy.float64)
    value, gradient = native.evaluate(point)
    assert (value.shape, gradient.shape) == ((), (2,))
    assert (float(value), tuple(gradient.tolist())) == native.value_and_gradient([-1.2, 1.0])
    points = native.array([[-1.2, 1.0], [0.0, 0.0], [1.0, 1.0]])
    values, gradients = native.evaluate(points)
    assert (values.shape, gradients.shape) == ((3,), (3, 2))
    assert gradients[2].tolist() == [0.0, 0.0]
    assert native.floats(values)[1:] == [1.0, 0.0]
    assert native.floats(points) == [-1.2, 1.0, 0.0, 0.0, 1.0, 1.0]
    values, gradients = native.evaluate(points.reshape(3, 1, 2))
    assert (values.shape, gradients.shape) == ((3, 1), (3, 1, 2))
    values, gradients = engine("7").evaluate(numpy.empty((4, 0)))
    assert (values.tolist(), gradients.shape) == ([7.0] * 4, (4, 0))


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("+".join(f"(x - {i})**2" for i in range(10_000)), 1),
        ("+".join(f"x{i}**2" for i in range(3_000)), 3_000),
        ("sin(" * 900 + "x" + ")" * 900, 1),
        ("1 + 1/(" * 300 + "x" + ")" * 300, 1),
        ("x" + "**x" * 400, 1),
        ("0" + "".join(f" if x < {i} else sqrt(x - {i})" for i in range(300)), 1),
        ("max(" + ", ".join(f"x - {i}" for i in range(900)) + ")", 1),
    ],
    ids=["sum", "variables", "sines", "fraction", "tower", "elif", "max"],
)
def test_large_expressions(text: str, n: int) -> None:
    begin = time.process_time()
    native = engine(text)
    value, gradient = native.value_and_gradient([0.5] * n)
    assert math.isfinite(value)
    assert len(gradient) == n
    assert value == native.value([0.5] * n)
    # The largest took 1 s where this was written; the bound is there to exclude another order of growth.
    assert time.process_time() - begin < 20.0


def test_a_sum_of_ten_thousand_terms_is_right() -> None:
    native = engine("+".join(f"{i}*x" for i in range(10_000)))
    assert native.value_and_gradient([2.0]) == (2.0 * 49_995_000.0, (49_995_000.0,))


def test_value_and_gradient_take_well_under_a_hand_written_sweep() -> None:
    native = engine(ROSENBROCK)
    fast = native._value_and_gradient.fast
    assert fast(-1.2, 1.0) == native.value_and_gradient([-1.2, 1.0])

    def arithmetic(x: float, y: float) -> tuple[float, tuple[float, float]]:
        a, b = 1.0 - x, y - x * x
        c = 100.0 * (2.0 * b)
        return a * a + 100.0 * (b * b), (-(c * (2.0 * x)) - 2.0 * a, c)

    ours = min(timeit.repeat(lambda: fast(-1.2, 1.0), number=2_000, repeat=20))
    by_hand = min(timeit.repeat(lambda: arithmetic(-1.2, 1.0), number=2_000, repeat=20))
    assert ours < 1.5 * by_hand


def test_it_loads_neither_numpy_nor_sympy_nor_torch() -> None:
    program = """
import sys
from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
native = NativeEngine(lower(parse("x*sin(x)")))
native.value_and_gradient([1.0])
native.hessian([1.0])
print({"numpy", "sympy", "torch"} & set(sys.modules) or "none", file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (0, "none")
