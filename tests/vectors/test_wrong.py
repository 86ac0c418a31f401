"""What is wrong with a text with vectors is said in the same words on every way, and with the caret at its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gdcli.errors import ExpressionError
from gdcli.expression.parser import parse
from gdcli.graph.tensors.lowering import lower_tensors
from gdcli.graph.unrolled import unroll
from tests.cli.running import gdcli
from tests.vectors.support import Point, shapes, unrolled
from tests.vectors.wrong import WRONG, Wrong

A = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.text)
def test_tensors_and_scalars_say_the_same(wrong: Wrong) -> None:
    graph, known = parse(wrong.text), shapes(wrong.point)
    with pytest.raises(ExpressionError) as of_tensors:
        lower_tensors(graph, known, {}, wrong.text)
    with pytest.raises(ExpressionError) as of_scalars:
        unroll(graph, known, text=wrong.text)
    for error in (of_tensors.value, of_scalars.value):
        assert error.message == wrong.message
        assert error.position == wrong.mark.index("!")
        assert error.text == wrong.text
    assert of_tensors.value.hint == of_scalars.value.hint


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.text)
def test_the_command_line_shows_it(wrong: Wrong) -> None:
    at = ",".join(f"{name}={_listed(value)}" for name, value in wrong.point.items())
    ran = gdcli("eval", wrong.text, "--at", at)
    assert (ran.status, ran.out) == (2, "")
    if wrong.point["x"] != 3.0:
        assert ran.err.startswith(
            f"error: {wrong.message}\n  {wrong.text}\n  {wrong.mark.replace('!', '^')}\n"
        )


def _listed(value: float | Sequence[float]) -> str:
    return str(value) if isinstance(value, float) else str(list(value)).replace(" ", "")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["x[0]"], "the length of x is not known"),
        (["sum(x)", "--at", "x=[]"], "the value of x is an empty list"),
        (["sum(x)", "--at", "x=[1,,2]"], "element 1 of the value of x is missing"),
        (["sum(x)", "--at", "x=[1,2"], "the value of x is a list that is never closed"),
        (["sum(x)", "--at", "x=[1,[2]]"], "element 1 of the value of x is a list"),
        (["sum(x)", "--at", "x=[1,2]", "--shape", "x=3"], "x has 2 elements, but --shape gives it 3"),
        (["sum(x)", "--shape", "x=0"], "the length of x is a whole number from 1 to 1,000,000,000, not '0'"),
        (
            ["sum(x)", "--shape", "x=1000000000000"],
            "the length of x is a whole number from 1 to 1,000,000,000",
        ),
        (["x[0]", "--at", "x=1"], "x is a vector, and is given a single number"),
    ],
)
def test_wrong_lengths_on_the_command_line(argv: list[str], says: str) -> None:
    ran = gdcli("minimize" if "--at" not in argv else "eval", *argv)
    assert ran.status == 2
    assert f"error: {says}" in ran.err


MATRICES: list[tuple[str, Point, str]] = [
    (
        "sum(A @ x)",
        {"x": [1.0, 2.0, 3.0]},
        "the lengths do not meet in the product: A has 3 rows and 2 columns, and x has 3 elements",
    ),
    ("A @ x", {"x": [1.0, 2.0]}, "the expression is a vector of 3 elements, and is to be a single number"),
    ("x[0]*A", {"x": [1.0, 2.0]}, "the expression is a matrix, and is to be a single number"),
    ("x[0]*A[3,0]", {"x": [1.0]}, "the subscript 3 is outside of A, which has 3 elements"),
    ("x[0]*A[0,2]", {"x": [1.0]}, "the subscript 2 is outside of A, which has 2 elements"),
    ("x[0]*A[0,0,0]", {"x": [1.0]}, "too many subscripts in these brackets"),
    (
        "sum(A + x)",
        {"x": [1.0, 2.0]},
        "the lengths do not meet: A has 3 rows and 2 columns, and x has 2 elements",
    ),
]


@pytest.mark.parametrize(("text", "point", "message"), MATRICES)
def test_matrices_that_do_not_fit(text: str, point: Point, message: str) -> None:
    with pytest.raises(ExpressionError) as of_tensors:
        lower_tensors(parse(text), shapes(point), {"A": np.array(A)}, text)
    with pytest.raises(ExpressionError) as of_scalars:
        unrolled(text, point, {"A": A})
    assert of_tensors.value.message == of_scalars.value.message == message
