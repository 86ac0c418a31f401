"""Problems spelled out in scalars by the program, against the same spelled out by the writer of the examples."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from gdcli.graph.unrolled import unroll
from tests.vectors.generated import Example, example


def derivatives(graph: Graph, point: dict[str, float]) -> tuple[float, dict[str, float]]:
    """The value of a graph of single numbers and its gradient by the native engine, by name."""
    value, gradient = NativeEngine(lower(graph)).value_and_gradient([point[name] for name in graph.variables])
    return value, dict(zip(graph.variables, gradient, strict=True))


def spelled_out(case: Example) -> tuple[float, dict[str, float]]:
    """Value and gradient of an example's own scalars; elements are called as the program calls them."""
    graph = parse(case.scalars)
    value, gradient = derivatives(graph, {name: case.number(name) for name in graph.variables})
    return value, {_element(name): partial for name, partial in gradient.items()}


def _element(name: str) -> str:
    vector, _, place = name.partition("_")
    return f"{vector}[{place}]" if place else vector


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_value_and_gradient_are_those_of_the_writers_scalars(chance: random.Random) -> None:
    case = example(chance)
    graph = unroll(parse(case.text), case.shapes, case.constants, text=case.text)
    at = {_element(name): case.number(name) for name in map(_underscored, graph.variables)}
    value, gradient = derivatives(graph, at)
    expected, expected_gradient = spelled_out(case)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), case
    assert gradient == pytest.approx(expected_gradient, rel=1e-9, abs=1e-9, nan_ok=True), case


def _underscored(name: str) -> str:
    return name.replace("[", "_").replace("]", "")
