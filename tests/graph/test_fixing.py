"""Variables held at a number, and variables that only another graph has."""

from __future__ import annotations

import pytest

from gdcli.engines.native import NativeEngine
from gdcli.errors import PointError
from gdcli.expression.parser import parse
from gdcli.expression.rows.vectors import INDEX_NAME
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.fixing import copied, fix, widen
from gdcli.graph.lowering import lower


@pytest.mark.parametrize(
    ("text", "values", "left", "at", "expected"),
    [
        ("x*y + z", {"y": 2.0}, ("x", "z"), (3.0, 1.0), 7.0),
        ("x + y + z", {"x": 1.0, "z": 2.0}, ("y",), (4.0,), 7.0),
        ("x + 1", {"x": 2.0}, (), (), 3.0),
        ("2*x + 2", {"x": 2.0}, (), (), 6.0),
        ("x**n", {"n": 3.0}, ("x",), (-2.0,), -8.0),
        ("log(x) if n > 0 else x", {"n": -1.0}, ("x",), (-2.0,), -2.0),
        ("x*y", {}, ("x", "y"), (2.0, 3.0), 6.0),
    ],
)
def test_fixed_variables_are_constants(
    text: str, values: dict[str, float], left: tuple[str, ...], at: tuple[float, ...], expected: float
) -> None:
    graph = fix(parse(text), values)
    assert graph.variables == left
    kinds = [(node, type(node.value)) for node in graph.nodes]
    assert len(set(kinds)) == len(graph.nodes) == len(graph.positions)
    assert NativeEngine(lower(graph)).value(at) == expected


def test_the_derivative_by_the_others_stays_finite() -> None:
    # By n it would be x**n*log(x), which is NaN.
    engine = NativeEngine(lower(fix(parse("x**n"), {"n": 2.0})))
    assert engine.value_and_gradient([-3.0]) == (9.0, (-6.0,))


def test_a_fixed_whole_number_is_a_float() -> None:
    # As whole numbers these powers would be larger than anything that is computed.
    engine = NativeEngine(lower(fix(parse("x**x**x**x*y"), {"x": 9.0})))
    assert engine.value([1.0]) == float("inf")


def test_only_variables_can_be_fixed() -> None:
    with pytest.raises(PointError) as caught:
        fix(parse("x + y"), {"z": 1.0, "y": 2.0, "w": 3.0})
    assert caught.value.message == "there is no variable z and no w to be fixed"
    assert caught.value.hint == "the variables are x, y"


def test_other_graphs_bring_their_variables() -> None:
    graph = widen(parse("x - z"), [parse("y + x"), parse("w*z")])
    assert graph.variables == ("x", "z", "y", "w")
    assert NativeEngine(lower(graph)).value_and_gradient([5.0, 2.0, 7.0, 8.0]) == (3.0, (1.0, -1.0, 0.0, 0.0))
    assert fix(graph, {"w": 1.0}).variables == ("x", "z", "y")


def test_the_indices_of_sums_stay_apart() -> None:
    graph = fix(parse("Sum(Sum(x[i]*x[j], (j, i+1, n-1)), (i, 0, n-1))"), {"n": 3.0})
    indices = [node for node in graph.nodes if node.op == INDEX_NAME]
    assert [node.name.partition(" ")[0] for node in indices] == ["i", "j"]


def test_the_indices_of_two_graphs_are_two() -> None:
    builder = GraphBuilder()
    for text in ("Sum(x[i], (i, 0, 1))", "Sum(x[i], (i, 0, 2))"):
        copied(builder, parse(text))
    assert len([node for node in builder.nodes if node.op == INDEX_NAME]) == 2
