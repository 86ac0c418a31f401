"""Problems spelled out in scalars by the program, against the same spelled out by the writer of the examples."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_NODES
from gdcli.expression.parser import parse
from gdcli.graph.unrolled import unroll
from tests.vectors.support import Point, by_writer, finite_example, unrolled


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_value_and_gradient_are_those_of_the_writers_scalars(chance: random.Random) -> None:
    case = finite_example(chance)
    value, gradient = unrolled(case.text, case.point, case.constants)
    expected, expected_gradient = by_writer(case)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-9), case
    assert gradient == pytest.approx(expected_gradient, rel=1e-9, abs=1e-9), case


CONVENTIONS: list[tuple[str, Point, float, list[float]]] = [
    ("max(x)", {"x": [3.0, 1.0, 3.0, 3.0]}, 3.0, [1 / 3, 0.0, 1 / 3, 1 / 3]),
    ("min(x)", {"x": [2.0, 1.0, 1.0]}, 1.0, [0.0, 0.5, 0.5]),
    ("max(x)", {"x": 5.0}, 5.0, [1.0]),
    ("norm(x)", {"x": [0.0, 0.0]}, 0.0, [0.0, 0.0]),
    ("norm(x)", {"x": [0.0]}, 0.0, [0.0]),
    ("norm(x)", {"x": [-2.0]}, 2.0, [-1.0]),
    ("std(x)", {"x": [2.0, 2.0, 2.0]}, 0.0, [0.0, 0.0, 0.0]),
    ("var(x)", {"x": [1.0, 2.0, 6.0]}, 7.0, [-2.0, -1.0, 3.0]),
    ("prod(x)", {"x": [0.0, 2.0, 3.0]}, 0.0, [6.0, 0.0, 0.0]),
    ("logsumexp(x)", {"x": [1000.0, 1000.0]}, 1000.6931471805599, [0.5, 0.5]),
    ("Sum(x[i], (i, 1, 0))", {"x": [1.0]}, 0.0, [0.0]),
    ("Product(x[i], (i, 1, 0))", {"x": [1.0]}, 1.0, [0.0]),
    ("Sum(x[i]*x[j], (j, 0, i), (i, 0, 1))", {"x": [2.0, 3.0]}, 19.0, [7.0, 8.0]),
    ("x[0] - x[0] + 0*x[1]", {"x": [1.0, 2.0]}, 0.0, [0.0, 0.0]),
    ("sqrt(x[0]) if x[0] > 0 else x[1]", {"x": [-1.0, 2.0]}, 2.0, [0.0, 1.0]),
    ("Sum(x[i-1] if i >= 1 and x[i] > 2 else 0, (i, 1, 2))", {"x": [1.0, 2.0, 3.0]}, 2.0, [0.0, 1.0, 0.0]),
]


@pytest.mark.parametrize(("text", "point", "value", "gradient"), CONVENTIONS)
def test_what_is_agreed_where_there_are_several_answers(
    text: str, point: Point, value: float, gradient: list[float]
) -> None:
    found, partials = unrolled(text, point)
    assert (found, list(partials.values())) == (pytest.approx(value), pytest.approx(gradient))


def test_constants_are_numbers_lists_and_matrices() -> None:
    constants: dict[str, Any] = {"A": [[1, 2], [3, 4], [5, 6]], "b": [1.0, 2.0, 3.0], "n": 2}
    value, gradient = unrolled("sum((A@x-b)**2) + n*A[0,1] + sum(A[:,1])", {"x": [1.0, 2.0]}, constants)
    assert value == 16.0 + 81.0 + 196.0 + 4.0 + 12.0
    assert gradient == {"x[0]": 202.0, "x[1]": 256.0}


def test_every_element_is_a_variable_even_where_it_makes_no_difference() -> None:
    graph = unroll(parse("x[1] + a*y[0]"), {"x": (3,), "y": (1,)})
    assert graph.variables == ("x[0]", "x[1]", "x[2]", "a", "y[0]")


def test_nodes_keep_their_place_in_the_text() -> None:
    graph = unroll(parse("1 + sum(x**2)"), {"x": (2,)})
    assert [graph.positions[i] for i, node in enumerate(graph.nodes) if node.op == "pow"] == [9, 9]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("sum(x)", {"x": (MAX_NODES + 1,)}),
        ("Sum(1, (i, 0, 10**9))", {}),
        ("Sum(Sum(x[0], (i, 1, 0)), (j, 0, 10**9))", {"x": (1,)}),
        ("Sum(x[i]*x[j], (j, 0, 999), (i, 0, 999))", {"x": (1000,)}),
        ("norm(x)", {"x": (20_000,)}),
    ],
)
def test_what_would_be_too_large_is_refused(text: str, shapes: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ExpressionError, match=f"more than {MAX_NODES:,} numbers"):
        unroll(parse(text), shapes, text=text)


def test_a_deep_text_is_no_matter() -> None:
    text = "x[0]" + " + x[0]" * 9_000
    assert unrolled(text, {"x": [1.0]}) == (9_001.0, {"x[0]": 9_001.0})
