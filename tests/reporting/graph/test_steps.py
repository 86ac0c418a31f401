"""Both passes of backpropagation: their order, their numbers, and no line where nothing flows."""

from __future__ import annotations

import doctest
import re
from types import ModuleType

import pytest

from gdcli.records import ComputationGraph
from gdcli.reporting.graph import dot, mermaid, words
from gdcli.reporting.graph.steps import passes
from gdcli.reporting.graph.words import factor, put_in
from tests.reporting.graph.samples import MANY, MANY_AT, NET1, NET1_AT, SAMPLES, graph


@pytest.mark.parametrize("module", [words, dot, mermaid])
def test_the_examples_in_the_docstrings(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed


def test_the_line_of_the_notes() -> None:
    forward, backward = passes(graph(NET1, NET1_AT))
    assert forward == [
        "x = 1",
        "a = x**2 = 1**2 = 1",
        "y = 3",
        "b = y**2 = 3**2 = 9",
        "c = a + b = 1 + 9 = 10",
    ]
    assert backward == [
        "g(c) = 1",
        "g(a) += g(c) * 1 = 1 * 1 = 1",
        "g(b) += g(c) * 1 = 1 * 1 = 1",
        "g(y) += g(b) * 2*y = 1 * 2*3 = 6",
        "g(x) += g(a) * 2*x = 1 * 2*1 = 2",
    ]


def test_what_comes_along_several_edges_is_added_up() -> None:
    _, backward = passes(graph("x*x", {"x": 3.0}))
    assert backward == [
        "g(a) = 1",
        "g(x) += g(a) * x = 1 * 3 = 3",
        "g(x) += g(a) * x = 1 * 3 = 3, so that g(x) = 6",
    ]


def test_a_branch_not_taken_passes_nothing_on() -> None:
    _, backward = passes(graph("x if x > 0 else sqrt(x)", {"x": 4.0}))
    assert backward == ["g(c) = 1", "g(x) += g(c) * 1 = 1 * 1 = 1", "g(b) += g(c) * 0 = 1 * 0 = 0"]


@pytest.mark.parametrize("record", [*SAMPLES.values(), graph(MANY, MANY_AT), graph(MANY)])
def test_a_gradient_is_complete_before_it_is_passed_on(record: ComputationGraph) -> None:
    forward, backward = passes(record)
    assert len(forward) == len(record.nodes)
    used: set[str] = set()
    for line in backward[1:]:
        match = re.match(r"g\((\w+)\) \+= g\((\w+)\) \* ", line)
        assert match, line
        target, source = match.groups()
        used.add(source)
        assert target not in used


@pytest.mark.parametrize(
    "record", [graph(MANY, MANY_AT), graph("x*y*x + x/y - x**2*y", {"x": 3.0, "y": -0.5})]
)
def test_the_last_line_of_a_node_says_its_gradient(record: ComputationGraph) -> None:
    _, backward = passes(record)
    said: dict[str, float] = {}
    for line in backward:
        target = line[2 : line.index(")")]
        said[target] = float(line.rpartition(" = ")[2])
    for node in record.nodes:
        assert said[node.name] == pytest.approx(node.gradient, rel=1e-9)


@pytest.mark.parametrize(
    ("formula", "values", "expected"),
    [
        ("2*x", {"x": "-3"}, "2*(-3)"),
        ("x", {"x": "-3"}, "-3"),
        ("sin(x)", {"x": "-3"}, "sin(-3)"),
        ("max(x, y)", {"x": "-3", "y": "-1"}, "max(-3, -1)"),
        ("exp(x)*e", {"x": "1"}, "exp(1)*e"),
        ("x1 + x", {"x": "1", "x1": "2"}, "2 + 1"),
        ("(x - y)*x", {"x": "-1", "y": "-2"}, "((-1) - (-2))*(-1)"),
    ],
)
def test_numbers_are_put_in(formula: str, values: dict[str, str], expected: str) -> None:
    assert put_in(formula, values) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x**2", "x**2"),
        ("a + 1", "(a + 1)"),
        ("f(a + 1)", "f(a + 1)"),
        ("-x", "(-x)"),
        ("1/(x + 1)", "1/(x + 1)"),
    ],
)
def test_a_sum_is_a_factor_in_parentheses(formula: str, expected: str) -> None:
    assert factor(formula) == expected
