"""The annotated graph: its numbers are those of ``gdcli grad``, and its formulas those of its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from gdcli.engines.native import NativeEngine
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.rows import Function
from gdcli.graph.annotate import MAX_INLINED, annotate
from gdcli.graph.lowering import lower
from gdcli.records import GraphNode
from gdcli.reporting.graph import words
from tests.engines.generated import examples


def nodes(text: str, at: Mapping[str, float] | None = None) -> dict[str, GraphNode]:
    return {node.name: node for node in annotate(parse(text), at)}


def edges(text: str, at: Mapping[str, float] | None = None) -> list[tuple[str, str, str]]:
    found = annotate(parse(text), at)
    return [(node.operation, edge.source, edge.derivative) for node in found for edge in node.inputs]


def same(a: float, b: float, scale: float = 1.0) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 1e-13 * scale


def assert_as_grad(text: str, at: Mapping[str, float]) -> None:
    """Value and gradient are the engine's; every gradient is the sum of what comes along the edges."""
    source = parse(text)
    found = annotate(source, at)
    value, gradient = NativeEngine(lower(source)).value_and_gradient(
        [float(at[name]) for name in source.variables]
    )
    assert isinstance(found[-1].value, float)
    numbers = [abs(node.value) for node in found if node.value is not None and math.isfinite(node.value)]
    assert same(found[-1].value, value, 1.0 + max(numbers, default=0.0)), text
    sums: dict[str, float] = {found[-1].name: 1.0}
    largest = 1.0
    for node in found:
        for edge in node.inputs:
            if edge.contribution is not None:
                sums[edge.source] = sums.get(edge.source, 0.0) + edge.contribution
                largest = (
                    max(largest, abs(edge.contribution)) if math.isfinite(edge.contribution) else largest
                )
    by_name = {node.name: node for node in found}
    for name, expected in zip(source.variables, gradient, strict=True):
        partial = by_name[name].gradient
        assert partial is not None
        assert same(partial, expected, largest), (text, name, partial, expected)
    for node in found:
        if node.gradient is not None:
            assert same(node.gradient, sums.get(node.name, 0.0), largest), (text, node)


def test_the_program_of_the_notes() -> None:
    found = nodes("x**2+y**2", {"x": 1, "y": 3})
    assert [(name, node.value, node.gradient) for name, node in found.items()] == [
        ("x", 1.0, 2.0),
        ("a", 1.0, 1.0),
        ("y", 3.0, 6.0),
        ("b", 9.0, 1.0),
        ("c", 10.0, 1.0),
    ]
    assert found["a"].inputs[0].derivative == "2*x"
    assert found["a"].inputs[0].local == found["a"].inputs[0].contribution == 2.0


@pytest.mark.parametrize("seed", range(3))
def test_generated_expressions_have_the_gradient_of_grad(seed: int) -> None:
    for example in examples(150, seed):
        assert_as_grad(example.text, example.point)


ROWS = [row for row in TABLE.values() if not row.internal]
CALLS = [
    (row, count) for row in ROWS for count in range(row.arity[0], (row.arity[1] or row.arity[0] + 1) + 1)
]


def call(row: Function, count: int) -> str:
    names = "xyz"[:count]
    if row.name == "where":
        return "where(x > 0, y*x, z)"
    if row.operator:
        text = f"{row.operator} x" if count == 1 else f"x {row.operator} y"
        conditions = row.name in ("and", "or", "not")
        text = text.replace("x", "(x > 0)").replace("y", "(y > 0)") if conditions else text
        return f"x*y + (x if {text} else y)" if row.boolean else text
    return f"{row.name}({', '.join(names)})"


@pytest.mark.parametrize(("row", "count"), CALLS, ids=[f"{row.name}-{count}" for row, count in CALLS])
def test_every_row_has_the_gradient_of_grad_and_formulas_that_give_its_numbers(
    row: Function, count: int
) -> None:
    text = call(row, count)
    for share in (0.3, 0.8):
        at = {}
        for place, name in enumerate(parse(text).variables):
            low, high = row.domain[min(place, len(row.domain) - 1)]
            at[name] = low + (share + 0.05 * place) * (high - low)
        assert_as_grad(text, at)
        found = nodes(text, at)
        values = {
            name: words.number(node.value, 17) for name, node in found.items() if node.value is not None
        }
        for node in found.values():
            for edge in node.inputs:
                assert edge.local is not None
                if "sinc_derivative" in edge.derivative:
                    continue
                formula = words.put_in(edge.derivative, values)
                number = NativeEngine(lower(parse(formula))).value(())
                assert same(number, edge.local, 1e3 * (1.0 + abs(edge.local))), (node, formula)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("where(x > 0, sqrt(x), 2)", {"x": 0.0}),
        ("where(x > 0, log(x), x)", {"x": -1.0}),
        ("where(x > 0, 1/x, where(x < 0, -1/x, 0))", {"x": 0.0}),
        ("max(sqrt(x), 1)", {"x": 0.0}),
        ("max(x, y)", {"x": 2.0, "y": 2.0}),
        ("hypot(x, y)", {"x": 0.0, "y": 0.0}),
        ("abs(x)", {"x": 0.0}),
        ("x**2", {"x": -1.0}),
        ("x**y", {"x": 0.0, "y": 0.0}),
        ("x**0", {"x": 0.0}),
        ("0*sqrt(x)", {"x": 0.0}),
        ("0*(2*sqrt(x))", {"x": 0.0}),
        ("sqrt(x)", {"x": 0.0}),
        ("1/x", {"x": 0.0}),
        ("exp(x)", {"x": 1e4}),
        ("log(x)", {"x": -1.0}),
        ("e**x + e**2", {"x": 3.0}),
        ("x*2**100 - x*(2**100 - 1)", {"x": 1.0}),
        ("floor(x)*x + sign(x)", {"x": 2.5}),
        ("x - x + y", {"x": 1.0, "y": 2.0}),
        ("x", {"x": math.inf}),
        ("x*x", {"x": math.nan}),
    ],
)
def test_odd_places(text: str, at: Mapping[str, float]) -> None:
    assert_as_grad(text, at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*x", [("x*x", "x", "x"), ("x*x", "x", "x")]),
        ("x**3", [("x**3", "x", "3*x**2")]),
        ("x**-1", [("x**-1", "x", "-x**-2")]),
        ("x**1", [("x**1", "x", "1")]),
        ("x**0", [("x**0", "x", "0")]),
        ("x**pi", [("x**pi", "x", "pi*x**(pi - 1)")]),
        ("2**x", [("2**x", "x", "a*log(2)")]),
        ("e**x", [("e**x", "x", "a")]),
        ("x**(1/2)", [("x**(1/2)", "x", "1/2*x**-0.5")]),
        ("2*pi*x", [("2*pi*x", "x", "2*pi")]),
        ("x/3", [("x/3", "x", "1/3")]),
        ("3/x", [("3/x", "x", "-a/x")]),
        ("tan(x)", [("tan(x)", "x", "1 + a**2")]),
        ("log10(x)", [("log10(x)", "x", "1/(x*log(10))")]),
        ("max(x, 1)", [("max(x, 1)", "x", "0 if x < 1 else 1/2 if x == 1 else 1")]),
        ("sec(x)", [("cos(x)", "x", "-sin(x)"), ("1/a", "a", "-b/a")]),
    ],
)
def test_formulas_without_a_point(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert edges(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "formula"),
    [
        ("max(x, 1)", {"x": 3.0}, "1"),
        ("max(x, 1)", {"x": 1.0}, "1/2"),
        ("max(x, 1)", {"x": 0.0}, "0"),
        ("hypot(x, 4)", {"x": 3.0}, "x/a"),
        ("hypot(x, 0)", {"x": 0.0}, "0"),
        ("x**y", {"x": 2.0, "y": 3.0}, "y*x**(y - 1)"),
    ],
)
def test_at_a_point_the_formula_is_that_which_holds_there(
    text: str, at: Mapping[str, float], formula: str
) -> None:
    assert edges(text, at)[0][2] == formula


def test_a_branch_takes_what_flows_and_the_other_takes_nothing() -> None:
    found = nodes("where(x > 0, x**2, sqrt(x))", {"x": -4.0})
    where = list(found.values())[-1]
    assert (where.operation, where.kind) == ("b if a else c", "operation")
    assert [(edge.source, edge.derivative, edge.contribution) for edge in where.inputs] == [
        ("a", "0", 0.0),
        ("b", "0", 0.0),
        ("c", "1", 1.0),
    ]
    assert (found["a"].kind, found["a"].value, found["a"].gradient) == ("condition", False, None)
    assert (found["b"].value, found["b"].gradient, found["b"].inputs[0].contribution) == (16.0, 0.0, None)
    assert math.isnan(found["x"].gradient or 0.0)


def test_what_stands_for_a_formula_is_written_out_and_named() -> None:
    found = nodes("log(x, 2) + sec(x)")
    assert {node.operation: node.stands_for for node in found.values() if node.stands_for} == {
        "a/log(2)": "log(x, 2)",
        "1/c": "sec(x)",
    }


def test_constants_stand_in_the_operations_unless_they_are_long() -> None:
    assert set(nodes("sin(2*pi*x + 1/3)")) == {"x", "a", "b", "c"}
    long = "+".join(["1"] * MAX_INLINED)
    found = nodes(f"x*({long})", {"x": 2.0})
    (constant,) = [node for node in found.values() if node.value == MAX_INLINED]
    assert constant.gradient is None
    product = list(found.values())[-1]
    assert (product.value, found["x"].gradient) == (2.0 * MAX_INLINED, MAX_INLINED)
    assert [edge.contribution for edge in product.inputs] == [MAX_INLINED, None]


def test_without_variables_there_are_numbers_and_every_operation_is_a_node() -> None:
    found = nodes("2*pi + 1")
    assert [(node.operation, node.value) for node in found.values()] == [
        ("2*pi", 2 * math.pi),
        ("a + 1", 2 * math.pi + 1),
    ]
    assert [(node.kind, node.operation, node.value) for node in nodes("5").values()] == [
        ("constant", "5", 5.0)
    ]


def test_without_a_point_there_are_no_numbers() -> None:
    for node in annotate(parse("sin(x)*y if x > y else 1/y")):
        assert (node.value, node.gradient) == (None, None)
        assert all(edge.local is None and edge.contribution is None for edge in node.inputs)


def test_names_of_nodes_are_nobody_elses() -> None:
    for text in ("a*b + c*d", "+".join(f"n{i}*t1" for i in range(60)), "n1*t1*u1*w1*n_1" + "*2.5*n1" * 40):
        found = annotate(parse(text))
        names = [node.name for node in found]
        assert len(set(names)) == len(names)
        assert {node.name for node in found if node.kind == "variable"} == set(parse(text).variables)


def test_a_deep_graph_and_a_long_one() -> None:
    deep = annotate(parse("sin(" * 900 + "x" + ")" * 900), {"x": 0.0})
    assert len(deep) == 901
    assert deep[0].gradient == 1.0
    long = annotate(parse("+".join(["x"] * 20_000)), {"x": 1.0})
    assert (len(long), long[-1].value, long[0].gradient) == (20_000, 20_000.0, 20_000.0)
