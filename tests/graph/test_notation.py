"""Graphs written back to text: the same graph is read again, with no parenthesis too many."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from gdcli.expression.parser import parse
from gdcli.graph import annotate, notation
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph
from gdcli.graph.notation import Piece, number, write
from tests.engines.generated import examples


@pytest.mark.parametrize("module", [annotate, notation])
def test_the_examples_in_the_docstrings(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed


def written(graph: Graph) -> str:
    pieces: list[Piece] = []
    for node in graph.nodes:
        if node.op == CONSTANT:
            assert node.value is not None
            pieces.append(Piece(node.name) if node.name else number(node.value))
        elif node.op == VARIABLE:
            pieces.append(Piece(node.name))
        else:
            pieces.append(write(node.op, [pieces[i] for i in node.inputs]))
    return pieces[graph.outputs[0]].text


@pytest.mark.parametrize(
    "text",
    [
        "a - b - c",
        "a - (b - c)",
        "a*b/c",
        "a*(b/c)",
        "a**b**c",
        "(a**b)**c",
        "-a**2",
        "(-a)**2",
        "2**-x",
        "-x*y",
        "x*(-y)",
        "x - (-y)",
        "-(-x)",
        "-(x*y)",
        "(a + b)*(a - b)",
        "sin(x + 1)",
        "atan2(-y, x + 1)",
        "x if x > 0 else -x",
        "(x if x > 0 else y) if y > 0 else z",
        "x if x > 0 else y if y > 0 else z",
        "1 + (x if x > 0 else y)",
        "x if x > 0 and (y > 0 or not z > 0) else 1",
        "x if not (x > 0 and y > 0) else pi*e",
        "x if (y if x > 0 else z) > 0 else 1",
    ],
)
def test_no_parenthesis_too_many(text: str) -> None:
    assert written(parse(text)) == text


def form(graph: Graph, known: dict[object, int]) -> int:
    """A number for the expression, the same for the same one, in whatever order it has been read."""
    forms: list[int] = []
    for node in graph.nodes:
        shown = None if node.value is None else number(float(node.value)).text
        inputs = tuple(forms[i] for i in node.inputs)
        forms.append(known.setdefault((node.op, inputs, shown, node.name), len(known)))
    return forms[graph.outputs[0]]


def test_generated_expressions_are_read_as_the_same() -> None:
    for example in examples(300, seed=5):
        graph = parse(example.text)
        known: dict[object, int] = {}
        assert form(parse(written(graph)), known) == form(graph, known), example.text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (-3, "-3"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e-300, "1e-300"),
        (10**18, "1e+18"),
        (10**400, "inf"),
        (-(10**400), "-inf"),
        (True, "true"),
        (float("nan"), "nan"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value).text == text
