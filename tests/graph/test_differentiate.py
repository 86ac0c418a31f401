"""The reverse sweep on graphs: every rule of the table, branches, kinks, shape and order."""

from __future__ import annotations

import functools
import itertools
import math
import random
import time
from typing import Any

import mpmath
import pytest

from gdcli.engines.native import NativeEngine
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.rows import Function
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.differentiate import gradient, hessian
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from tests.expression.references import DIGITS, evaluate

INF, NAN = math.inf, math.nan
Rows = tuple[tuple[float, ...], ...]


def engine(text: str) -> NativeEngine:
    return NativeEngine(lower(parse(text)))


def _arities(row: Function) -> list[int]:
    fewest, most = row.arity
    return [2, 3] if row.chains else [fewest] if most == fewest else [fewest, most or fewest]


SMOOTH = [
    (row, arity)
    for row in TABLE.values()
    if not row.boolean and row.name not in ("where", "floor", "ceil", "round", "sign")
    for arity in _arities(row)
]


def _applied(row: Function, arity: int) -> tuple[Graph, list[tuple[float, float]]]:
    """A source graph of the row on variables (on a constant where its domain is one), and their domains."""
    builder = GraphBuilder()
    domain = [row.domain[min(place, len(row.domain) - 1)] for place in range(arity)]
    inputs = [
        builder.constant(int(low)) if low == high else builder.variable(letter)
        for letter, (low, high) in zip("abc", domain, strict=False)
    ]
    if row.chains:
        node = functools.reduce(lambda a, b: builder.apply(row.name, a, b), inputs)
    else:
        node = builder.apply(row.name, *inputs)
    return builder.finish(node), [(low, high) for low, high in domain if low < high]


@pytest.mark.parametrize(("row", "arity"), SMOOTH, ids=[f"{row.name}-{arity}" for row, arity in SMOOTH])
def test_every_rule_twice(row: Function, arity: int) -> None:
    source, domain = _applied(row, arity)
    native = NativeEngine(lower(source))
    chance = random.Random(row.name)

    def exact(*numbers: Any) -> Any:
        return evaluate(source, dict(zip(source.variables, numbers, strict=True)))

    with mpmath.workdps(DIGITS):
        for _ in range(4):
            point = [chance.uniform(*interval) for interval in domain]
            _, partials = native.value_and_gradient(point)
            rows = native.hessian(point)
            for i, j in itertools.combinations_with_replacement(range(len(point)), 2):
                order = [0] * len(point)
                order[i] += 1
                first = mpmath.diff(exact, tuple(point), tuple(order))
                order[j] += 1
                second = mpmath.diff(exact, tuple(point), tuple(order))
                assert abs(partials[i] - first) <= 1e-14 * abs(first) + 1e-25, point
                assert abs(rows[i][j] - second) <= 1e-13 * (abs(second) + abs(first)) + 1e-20, point


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.safe], ids=lambda row: row.name)
def test_everything_is_finite_at_the_safe_arguments(row: Function) -> None:
    builder = GraphBuilder()
    inputs = [builder.variable(letter) for letter in "abc"[: len(row.safe)]]
    if row.domain[0][0] == row.domain[0][1]:
        inputs[0] = builder.constant(row.safe[0])
    native = NativeEngine(lower(builder.finish(builder.apply(row.name, *inputs))))
    point = row.safe[len(row.safe) - len(native.variables) :]
    numbers = [*native.value_and_gradient(point)[1], *itertools.chain(*native.hessian(point))]
    assert all(map(math.isfinite, [native.value(point), *numbers]))


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE.values() if row.native and not row.safe and not row.boolean],
    ids=lambda row: row.name,
)
def test_a_row_without_safe_arguments_has_finite_derivatives_everywhere(row: Function) -> None:
    if row.name == "where":
        return
    source, domain = _applied(row, len(row.derivatives))
    native = NativeEngine(lower(source))
    for point in itertools.product((0.0, 1.0, -1.0, 5e-324, 1e308, -1e308), repeat=len(domain)):
        assert all(map(math.isfinite, native.value_and_gradient(point)[1])), point


NOTHING = ((0.0, 0.0), (0.0, 0.0))

# A branch not taken touches neither value nor gradient nor Hessian: text, point, value, gradient, Hessian.
BRANCHES: list[tuple[str, tuple[float, ...], float, tuple[float, ...], Rows]] = [
    ("x*log(x) if x > 0 else 0", (0.0,), 0.0, (0.0,), ((0.0,),)),
    ("x*log(x) if x > 0 else 0", (-1.0,), 0.0, (0.0,), ((0.0,),)),
    ("x*log(x) if x > 0 else 0", (1.0,), 0.0, (1.0,), ((1.0,),)),
    ("where(x > 0, sqrt(x), 0)", (-1.0,), 0.0, (0.0,), ((0.0,),)),
    ("where(x > 0, sqrt(x), 0)", (0.0,), 0.0, (0.0,), ((0.0,),)),
    ("where(x > 0, sqrt(x), 0)", (4.0,), 2.0, (0.25,), ((-1 / 32,),)),
    ("where(x <= 0, 0, sqrt(x))", (0.0,), 0.0, (0.0,), ((0.0,),)),
    ("exp(x) if x < 1 else 1", (1000.0,), 1.0, (0.0,), ((0.0,),)),
    ("exp(x)**2*exp(x) if x < 1 else x**2", (1000.0,), 1e6, (2000.0,), ((2.0,),)),
    ("log(x - 5) if x > 5 else 0", (0.0,), 0.0, (0.0,), ((0.0,),)),
    ("log(x - 5) if x > 5 else 0", (5.0,), 0.0, (0.0,), ((0.0,),)),
    ("log(x - 5) if x > 5 else 0", (7.0,), math.log(2.0), (0.5,), ((-0.25,),)),
    ("1/x if x != 0 else 1", (0.0,), 1.0, (0.0,), ((0.0,),)),
    ("sin(x)/x if x != 0 else 1 - x**2/6", (0.0,), 1.0, (0.0,), ((-1 / 3,),)),
    ("x**0.5 if x > 0 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
    ("x**y if x > 0 else y", (0.0, -2.0), -2.0, (0.0, 1.0), ((0.0, 0.0), (0.0, 0.0))),
    ("x*x*x*x if x < 1 else x", (1e200,), 1e200, (1.0,), ((0.0,),)),
    ("x/0 if x < 1 else x", (2.0,), 2.0, (1.0,), ((0.0,),)),
    ("inf*x if x < 1 else x", (2.0,), 2.0, (1.0,), ((0.0,),)),
    ("(x + y)*(x*y*1e200)*(x*y*1e200) if x < 1 else y", (1e10, 3.0), 3.0, (0.0, 1.0), NOTHING),
    ("hypot(x, y)*log(y) if y > 0 else x", (2.0, 0.0), 2.0, (1.0, 0.0), ((0.0, 0.0), (0.0, 0.0))),
    ("acos(x) if -1 < x < 1 else 0", (1.0,), 0.0, (0.0,), ((0.0,),)),
    ("atanh(x)*gamma(x) if 0 < x < 1 else x**2", (-1.0,), 1.0, (-2.0,), ((2.0,),)),
    ("mod(x, y) if y > 0 else x", (2.0, 0.0), 2.0, (1.0, 0.0), ((0.0, 0.0), (0.0, 0.0))),
    ("csc(x) if x > 0 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
    ("log(x, 2) if x > 0 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
    # One in another, and one after another.
    ("(sqrt(x) if x > 0 else 0) if y > 0 else log(-y)", (-1.0, 1.0), 0.0, (0.0, 0.0), NOTHING),
    ("(sqrt(x) if x > 0 else 0) if y > 0 else y**2", (0.0, -1.0), 1.0, (0.0, -2.0), ((0.0, 0.0), (0.0, 2.0))),
    ("(log(x) if x > 1 else sqrt(x)) if x > 0 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
    ("(log(x) if x > 1 else sqrt(x)) if x > 0 else x", (0.25,), 0.5, (1.0,), ((-2.0,),)),
    ("log(x) if x > 1 else sqrt(x) if x > 0 else x**2", (-1.0,), 1.0, (-2.0,), ((2.0,),)),
    ("log(x) if x > 1 else sqrt(x) if x > 0 else x**2", (0.0,), 0.0, (0.0,), ((2.0,),)),
    ("log(x) if x > 1 else sqrt(x) if x > 0 else x**2", (4.0,), math.log(4.0), (0.25,), ((-1 / 16,),)),
    ("sqrt(x if x > 1 else 1/x) if x > 0 else 0", (0.0,), 0.0, (0.0,), ((0.0,),)),
    ("1/where(x > 0, sqrt(x), 2)", (0.0,), 0.5, (0.0,), ((0.0,),)),
    ("where(x > 0, where(x > 1, log(x - 1), 1/(x - 1)), 5*x)", (-2.0,), -10.0, (5.0,), ((0.0,),)),
    # A condition that is undefined does not hold; an expression in it is not differentiated.
    ("x if log(x) > 0 else 2*x", (-1.0,), -2.0, (2.0,), ((0.0,),)),
    ("sqrt(x) if sqrt(x) > 1 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
    ("x if sqrt(x) < 1 else 0", (0.0,), 0.0, (1.0,), ((0.0,),)),
    ("1/x if x > 0 and log(x) < 5 else x", (0.0,), 0.0, (1.0,), ((0.0,),)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "value", "first", "second"), BRANCHES)
def test_branches(
    text: str, at: tuple[float, ...], value: float, first: tuple[float, ...], second: Rows
) -> None:
    native = engine(text)
    assert native.value_and_gradient(at) == (
        pytest.approx(value, rel=1e-15, abs=0.0),
        pytest.approx(first, rel=1e-15, abs=0.0),
    )
    for row, expected in zip(native.hessian(at), second, strict=True):
        assert row == pytest.approx(expected, rel=1e-14, abs=1e-15)


# Where there is no derivative, or a formula for it fails although there is one.
KINKS: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    ("abs(x)", (0.0,), (0.0,)),
    ("abs(x)", (-2.0,), (-1.0,)),
    ("sign(x)", (0.0,), (0.0,)),
    ("floor(x) + ceil(x) + round(x)", (2.0,), (0.0,)),
    ("relu(x)", (0.0,), (0.0,)),
    ("relu(x)", (1e-300,), (1.0,)),
    ("heaviside(x)", (0.0,), (0.0,)),
    ("heaviside(x, y)", (0.0, 3.0), (0.0, 1.0)),
    ("heaviside(x, y)", (1.0, 3.0), (0.0, 0.0)),
    ("max(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("min(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("max(x, y)", (1.0, 2.0), (0.0, 1.0)),
    ("min(x, y)", (1.0, 2.0), (1.0, 0.0)),
    ("max(x, y, z)", (1.0, 1.0, 1.0), (0.25, 0.25, 0.5)),
    ("max(x, 0)", (0.0,), (0.5,)),
    ("clip(x, -1, 1)", (1.0,), (1.0,)),
    ("clip(x, -1, 1)", (-1.0,), (1.0,)),
    ("clip(x, -1, 1)", (1.5,), (0.0,)),
    ("clip(x, y, z)", (0.0, 1.0, 2.0), (0.0, 1.0, 0.0)),
    ("clip(x, y, z)", (3.0, 1.0, 2.0), (0.0, 0.0, 1.0)),
    ("clip(x, y, z)", (0.0, 2.0, 1.0), (0.0, 0.0, 1.0)),
    ("sqrt(x)", (0.0,), (INF,)),
    ("cbrt(x)", (0.0,), (INF,)),
    ("cbrt(x)", (-8.0,), (1 / 12,)),
    ("hypot(x, y)", (0.0, 0.0), (0.0, 0.0)),
    ("hypot(x, y)", (3e200, 4e200), (0.6, 0.8)),
    ("atan2(y, x)", (0.0, 0.0), (0.0, 0.0)),
    ("atan2(y, x)", (1e-200, 1e-200), (5e199, -5e199)),
    ("mod(x, y)", (1.0, 0.1), (1.0, -9.0)),
    ("mod(x, 3)", (-1.0,), (1.0,)),
    ("x**2", (0.0,), (0.0,)),
    ("x**3", (-2.0,), (12.0,)),
    ("x**1", (0.0,), (1.0,)),
    ("x**0", (0.0,), (0.0,)),
    ("x**1.5", (0.0,), (0.0,)),
    ("x**y", (0.0, 2.0), (0.0, 0.0)),
    ("x**y", (0.0, 1.0), (1.0, 0.0)),
    ("x**y", (0.0, 0.0), (0.0, 0.0)),
    ("x**y", (2.0, 0.0), (0.0, math.log(2.0))),
    ("x**y", (-2.0, 2.0), (-4.0, NAN)),
    ("2**x", (3.0,), (8.0 * math.log(2.0),)),
    ("0**x", (1.0,), (0.0,)),
    ("(-8)**(1/3)*x", (1.0,), (NAN,)),
    ("x**(1/3)", (-8.0,), (NAN,)),
    ("sinc(x)", (0.0,), (0.0,)),
    ("sinc(x)", (1e-9,), (-math.pi**2 / 3 * 1e-9,)),
    ("logaddexp(x, y)", (1000.0, 1000.0), (0.5, 0.5)),
    ("softplus(x)", (-800.0,), (0.0,)),
    ("softplus(x)", (1000.0,), (1.0,)),
    ("sigmoid(x)", (40.0,), (math.exp(-40.0),)),
    ("tanh(x)", (20.0,), (4.0 * math.exp(-40.0),)),
    ("tanh(x)", (1000.0,), (0.0,)),
    ("expm1(x)", (-40.0,), (math.exp(-40.0),)),
    ("asinh(x)", (1e200,), (1e-200,)),
    ("acosh(x)", (1e200,), (1e-200,)),
    ("x - x + y", (1.0, 2.0), (0.0, 1.0)),
    ("x/x", (2.0,), (0.0,)),
    ("x + 0*z - y", (1.0, 2.0, 3.0), (1.0, 0.0, -1.0)),
    ("7", (), ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "expected"), KINKS)
def test_kinks(text: str, at: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert engine(text).value_and_gradient(at)[1] == pytest.approx(expected, rel=2e-15, abs=0.0, nan_ok=True)


SECOND: list[tuple[str, tuple[float, ...], Rows]] = [
    ("sinc(x)", (0.0,), ((-(math.pi**2) / 3,),)),
    ("sinc(x)", (1e-6,), ((-(math.pi**2) / 3,),)),
    ("x**2", (0.0,), ((2.0,),)),
    ("x**y", (2.0, 0.0), ((0.0, 0.5), (0.5, math.log(2.0) ** 2))),
    ("x**y", (0.0, 3.0), ((0.0, 0.0), (0.0, 0.0))),
    ("x**y", (0.0, 2.0), ((2.0, 0.0), (0.0, 0.0))),
    ("abs(x)*x", (3.0,), ((2.0,),)),
    ("max(x, y)**2", (1.0, 2.0), ((0.0, 0.0), (0.0, 2.0))),
    ("tanh(x)", (1e-8,), ((-2e-8,),)),
    ("tanh(x)", (1000.0,), ((0.0,),)),
    ("sigmoid(x)", (-800.0,), ((0.0,),)),
    ("x*y*z", (2.0, 3.0, 5.0), ((0.0, 5.0, 3.0), (5.0, 0.0, 2.0), (3.0, 2.0, 0.0))),
]


@pytest.mark.parametrize(("text", "at", "expected"), SECOND)
def test_second_derivatives(text: str, at: tuple[float, ...], expected: Rows) -> None:
    for row, numbers in zip(engine(text).hessian(at), expected, strict=True):
        assert row == pytest.approx(numbers, rel=1e-11, abs=1e-300)


def test_outputs_are_the_value_and_the_partials_in_the_variables_order() -> None:
    graph = lower(parse("y*x**2"))
    assert graph.variables == ("y", "x")
    derived = gradient(graph)
    assert derived.variables == ("y", "x")
    names = [derived.nodes[output].op for output in derived.outputs]
    assert names == ["mul", "pow", "mul"]
    assert len(hessian(graph).outputs) == 1 + 2 + 3


def test_only_what_is_asked_for() -> None:
    graph = gradient(lower(parse("sin(x)*exp(y)*log(z)")), wrt=["y"])
    assert len(graph.outputs) == 2
    assert not {"cos", "div"} & {node.op for node in graph.nodes}


def test_nothing_is_multiplied_by_one_or_divided_twice() -> None:
    assert [node.op for node in gradient(lower(parse("sqrt(x)"))).nodes] == [
        "variable", "sqrt", "constant", "constant", "mul", "div",
    ]  # fmt: skip
    assert [node.op for node in gradient(lower(parse("log(x*y)"))).nodes if node.inputs] == [
        "mul", "log", "div", "mul", "mul",
    ]  # fmt: skip


def test_ten_thousand_terms() -> None:
    graph = lower(parse("+".join(f"(x - {i})**2" for i in range(10_000))))
    begin = time.process_time()
    derived = gradient(graph)
    assert time.process_time() - begin < 5.0
    assert len(derived.nodes) < 2 * len(graph.nodes)
