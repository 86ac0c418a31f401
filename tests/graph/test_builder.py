"""The graph builder: equal nodes once, unequal ones never merged."""

from __future__ import annotations

import math

import pytest

from gdcli.graph.builder import GraphBuilder
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node


def test_equal_nodes_are_one() -> None:
    builder = GraphBuilder()
    x, y = builder.variable("x"), builder.variable("y")
    first = builder.apply("mul", x, y)
    assert builder.variable("x") == x
    assert builder.apply("mul", x, y) == first
    assert builder.constant(2.5) == builder.constant(2.5)
    assert builder.constant(math.nan) == builder.constant(math.nan)
    assert len(builder.nodes) == 5


def test_the_order_of_inputs_is_kept() -> None:
    builder = GraphBuilder()
    x, y = builder.variable("x"), builder.variable("y")
    assert builder.apply("mul", x, y) != builder.apply("mul", y, x)


@pytest.mark.parametrize(
    ("a", "b"),
    [(1, 1.0), (1, True), (1.0, True), (0.0, -0.0), (0, 0.0), (2**53, 2.0**53), (1.0, math.nextafter(1, 2))],
)
def test_unequal_constants_are_not_merged(a: float, b: float) -> None:
    builder = GraphBuilder()
    for value in (a, b):
        node = builder.nodes[builder.constant(value)]
        assert type(node.value) is type(value)
        assert repr(node.value) == repr(value)
    assert len(builder.nodes) == 2


def test_a_named_constant_is_another_one_than_its_number() -> None:
    builder = GraphBuilder()
    assert builder.constant(math.pi, "pi") != builder.constant(math.pi)
    assert builder.nodes[builder.constant(math.pi, "pi")] == Node(CONSTANT, (), math.pi, "pi")


def test_a_variable_may_be_called_like_an_operation() -> None:
    builder = GraphBuilder()
    names = ["add", CONSTANT, VARIABLE]
    assert len({builder.variable(name) for name in names}) == 3
    assert builder.finish(0).variables == tuple(names)


def test_finish() -> None:
    builder = GraphBuilder()
    y, x = builder.variable("y"), builder.variable("x")
    total = builder.apply("add", x, y)
    nodes = (Node(VARIABLE, (), None, "y"), Node(VARIABLE, (), None, "x"), Node("add", (1, 0)))
    assert builder.finish(total) == Graph(nodes, (2,), ("y", "x"), ())
    assert builder.finish(total, x, variables=["x", "y"]) == Graph(nodes, (2, 1), ("x", "y"), ())


def test_positions_are_those_of_the_first_mention() -> None:
    builder = GraphBuilder(track_positions=True)
    for name, position in [("x", 3), ("y", 5), ("x", 9)]:
        builder.position = position
        builder.variable(name)
    assert builder.finish(1).positions == (3, 5)


def test_prune_drops_what_no_output_needs_and_keeps_the_variables() -> None:
    builder = GraphBuilder(track_positions=True)
    x, y = builder.variable("x"), builder.variable("y")
    builder.apply("sin", x)
    builder.position = 7
    wanted = builder.apply("cos", y)
    graph = builder.finish(wanted, prune=True)
    assert graph == Graph((Node(VARIABLE, (), None, "y"), Node("cos", (0,))), (1,), ("x", "y"), (0, 7))
