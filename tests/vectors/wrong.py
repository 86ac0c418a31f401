"""Wrong texts with vectors: what is said, and where the caret is."""

from __future__ import annotations

from typing import NamedTuple

from tests.vectors.support import Point

_X: Point = {"x": [1.0, 2.0, 3.0]}
_XY: Point = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0]}


class Wrong(NamedTuple):
    """A text, a point, and the error; the caret stands under the first ``!`` of `mark`."""

    text: str
    point: Point
    message: str
    mark: str


_OUTSIDE = "is outside of x, which has 3 elements"

WRONG = [
    Wrong("x[3]", _X, f"the subscript 3 {_OUTSIDE}", " !"),
    Wrong("1 + x[-4]**2", _X, f"the subscript -4 {_OUTSIDE}", "     !"),
    Wrong("x[len(x)]", _X, f"the subscript 3 {_OUTSIDE}", " !"),
    Wrong("Sum(x[i], (i, 0, 5))", _X, f"the subscript 3 {_OUTSIDE}, where i = 3", "     !"),
    Wrong("Sum(x[i-1], (i, 0, 2))", _X, f"the subscript -1 {_OUTSIDE}, where i = 0", "     !"),
    Wrong("Product(x[2*i], (i, 0, 2))", _X, f"the subscript 4 {_OUTSIDE}, where i = 2", "         !"),
    Wrong("x[0.5]", _X, "a subscript is a whole number, not 0.5", " !"),
    Wrong("x[x]", _X, "a subscript is a single number", " !"),
    Wrong("x[x[0]]", _X, "a subscript is a whole number that is known before", " !"),
    Wrong("x[0,1]", _X, "x is a vector, and takes one subscript, not 2", " !"),
    Wrong("x[0][1]", _X, "this is a single number, and has no elements", "    !"),
    Wrong("x[0]", {"x": 3.0}, "x is a single number, and has no elements", " !"),
    Wrong("sum(x[3:])", _X, "this slice of x, which has 3 elements, is empty", "     !"),
    Wrong("sum(x[::0])", _X, "a slice with a step of 0 goes nowhere", "     !"),
    Wrong("sum(x[:y[0]])", _XY, "the ends of a slice are whole numbers that are known before", "     !"),
    Wrong("sum(x+y)", _XY, "the lengths do not meet: x has 3 elements, and y has 2 elements", "     !"),
    Wrong("2*dot(x, y)", _XY, "the lengths do not meet: x has 3 elements, and y has 2 elements", "  !"),
    Wrong(
        "x @ y", _XY, "the lengths do not meet in the product: x has 3 elements, and y has 2 elements", "  !"
    ),
    Wrong(
        "sum(where(x > 0, x, y))",
        _XY,
        "the lengths do not meet: the left side has 3 elements, and y has 2 elements",
        "    !",
    ),
    Wrong("x", _X, "the expression is a vector of 3 elements, and is to be a single number", "!"),
    Wrong(
        "norm(x)*x", _X, "the expression is a vector of 3 elements, and is to be a single number", "       !"
    ),
    Wrong("1 + sum(x)", {"x": 3.0}, "sum takes a vector, and x is a single number", "    !"),
    Wrong("norm(x[0])", _X, "norm takes a vector, and this is a single number", "!"),
    Wrong("len(x)", {"x": 3.0}, "x is a single number, and has no length", "!"),
    Wrong("dot(x, 2)", _X, "dot takes two vectors, and one of these is none", "!"),
    Wrong("x @ 2", _X, "@ takes vectors and matrices, and one side is a single number", "  !"),
    Wrong("sum([x, 1])", _X, "a list is one of single numbers", "    !"),
    Wrong("sum(transpose(x))", _X, "transpose takes a matrix", "    !"),
    Wrong("Sum(x[0], (i, 0, x[0]))", _X, "the limits of Sum are whole numbers that are known before", "!"),
    Wrong("Product(x[0], (i, 0.5, 1))", _X, "the limits of Product are whole numbers, and 0.5 is none", "!"),
    Wrong("Sum(x[0], (i, 0, inf))", _X, "the limits of Sum are whole numbers, and inf is none", "!"),
]
