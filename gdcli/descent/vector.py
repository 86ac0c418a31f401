"""Points as plain Python floats, with the part of NumPy's interface that the descent methods use.

For a handful of variables a tuple of floats is as quick as an array, and a scalar problem then needs neither
NumPy's 0.1 s of import nor torch's 2 s. What is a number per start elsewhere (an array of shape (…, 1)) is
here a float.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from gdcli.engines import ieee


class Vector:
    """An immutable vector of floats: arithmetic and comparison element by element, as arrays have it."""

    __slots__ = ("elements",)

    def __init__(self, elements: Iterable[float]) -> None:
        self.elements = tuple(elements)

    def __repr__(self) -> str:
        return f"Vector({self.elements})"

    def __add__(self, other: Vector | float) -> Vector:
        if isinstance(other, Vector):
            return Vector(map(operator.add, self.elements, other.elements))
        return Vector([a + other for a in self.elements])

    __radd__ = __add__

    def __sub__(self, other: Vector | float) -> Vector:
        if isinstance(other, Vector):
            return Vector(map(operator.sub, self.elements, other.elements))
        return Vector([a - other for a in self.elements])

    def __rsub__(self, other: float) -> Vector:
        return Vector([other - a for a in self.elements])

    def __mul__(self, other: Vector | float) -> Vector:
        if isinstance(other, Vector):
            return Vector(map(operator.mul, self.elements, other.elements))
        return Vector([a * other for a in self.elements])

    __rmul__ = __mul__

    def __truediv__(self, other: Vector | float) -> Vector:
        if isinstance(other, Vector):
            return Vector([ieee.div(a, b) for a, b in zip(self.elements, other.elements, strict=True)])
        return Vector([ieee.div(a, other) for a in self.elements])

    def __rtruediv__(self, other: float) -> Vector:
        return Vector([ieee.div(other, a) for a in self.elements])

    def __neg__(self) -> Vector:
        return Vector([-a for a in self.elements])

    def __eq__(self, other: object) -> Vector:  # type: ignore[override]  # element by element, as arrays do
        others = other.elements if isinstance(other, Vector) else (other,) * len(self.elements)
        return Vector([a == b for a, b in zip(self.elements, others, strict=True)])

    __hash__ = None  # type: ignore[assignment]


def _elementwise(function: Callable[..., float]) -> Callable[..., Any]:
    """`function` of floats, as one of floats or vectors alike."""

    def mapped(a: Any, *rest: Any) -> Any:
        if isinstance(a, Vector):
            return Vector(map(function, a.elements, *(b.elements for b in rest)))
        return function(a, *rest)

    return mapped


def _maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


class VectorNamespace:
    """The functions of NumPy that methods use, by its names and conventions, on floats and vectors.

    A reduction goes over the variables, which is all that the last axis can be.
    """

    sqrt = staticmethod(_elementwise(ieee.sqrt))
    abs = staticmethod(_elementwise(math.fabs))
    isfinite = staticmethod(_elementwise(math.isfinite))
    maximum = staticmethod(_elementwise(_maximum))
    minimum = staticmethod(_elementwise(_minimum))

    @staticmethod
    def are_finite(number: float, row: Vector) -> bool:
        """Whether a number and all elements of a vector are finite."""
        return math.isfinite(number) and all(map(math.isfinite, row.elements))

    @staticmethod
    def where(condition: bool, a: Any, b: Any) -> Any:
        """`a` where the condition holds, else `b`; a condition is one truth value for all variables."""
        return a if condition else b

    @staticmethod
    def sum(x: Vector, axis: int = -1, keepdims: bool = True) -> float:
        """The sum, added up in order (as the built-in does not from Python 3.12 on)."""
        return reduce(operator.add, x.elements)

    @staticmethod
    def max(x: Vector, axis: int = -1, keepdims: bool = True) -> float:
        """The largest element; NaN where there is one."""
        return reduce(lambda largest, a: _maximum(a, largest), x.elements)

    @staticmethod
    def all(x: Vector | bool, axis: int = -1, keepdims: bool = True) -> bool:
        """Whether all are true."""
        return all(x.elements) if isinstance(x, Vector) else bool(x)

    @staticmethod
    def any(x: Vector | bool) -> bool:
        """Whether any is true."""
        return any(x.elements) if isinstance(x, Vector) else bool(x)

    @staticmethod
    def zeros_like(x: Any) -> Any:
        """Zeros instead of a number, or of all numbers of a vector."""
        return Vector([0.0] * len(x.elements)) if isinstance(x, Vector) else 0.0

    @staticmethod
    def concatenate(numbers: Iterable[float], axis: int = -1) -> Vector:
        """The vector of numbers."""
        return Vector(numbers)
