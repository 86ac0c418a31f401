"""The functions on names instead of numbers that the searching methods use."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from gdcli.descent.codegen.terms import text_of
from gdcli.descent.codegen.traced import Trace, TracedTerm, TracedVector, elements_of


class TracedNamespace:
    """The functions of `gdcli.descent.vector.VectorNamespace`, on terms and vectors of them."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def sqrt(self, x: Any) -> Any:
        """The square root, NaN of a negative number."""
        return _each(x, self._sqrt)

    def _sqrt(self, a: TracedTerm) -> TracedTerm:
        if a.text in self._trace.not_negative:
            return self._trace.mark(a._write(f"sqrt({a.text})"), True)
        return a._write(f"sqrt({a.text}) if {a.text} >= 0.0 else sqrt_of({a.text})")

    def abs(self, x: Any) -> Any:
        """The absolute value."""
        return _each(x, self._abs)

    def _abs(self, a: TracedTerm) -> TracedTerm:
        # A call takes several times as long.
        return self._trace.mark(a._write(f"{a.text} if {a.text} > 0.0 else 0.0 - {a.text}"), True)

    def isfinite(self, x: Any) -> Any:
        """Whether a number is finite."""
        return _each(x, lambda a: a._write(f"{a.text} - {a.text} == 0.0"))

    def are_finite(self, number: Any, row: TracedVector) -> Any:
        """Whether a number and all elements of a vector are finite."""
        numbers = [number, *row.elements]
        each = reduce(operator.and_, map(self.isfinite, numbers))
        # Zero times a sum that is not finite is NaN. It may be so though all are finite, if they are very large.
        return (reduce(operator.add, numbers) * 0.0 == 0.0) | each

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger number; the first where it is NaN."""
        return self._of_two(a, b, ">=")

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller number; the first where it is NaN."""
        return self._of_two(a, b, "<=")

    def _of_two(self, a: Any, b: Any, sign: str) -> Any:
        x, y = text_of(a), text_of(b)
        return self._trace.write(f"{x} if {x} {sign} {y} or {x} != {x} else {y}")

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """`a` where the condition holds, else `b`."""
        if isinstance(condition, bool):
            return a if condition else b
        if isinstance(a, TracedVector) or isinstance(b, TracedVector):
            return TracedVector(
                [condition.choose(x, y) for x, y in zip(elements_of(a, b), elements_of(b, a), strict=True)],
                self._trace,
            )
        return condition.choose(a, b)

    def sum(self, x: TracedVector, axis: int = -1, keepdims: bool = True) -> Any:
        """The sum, added up in order."""
        return reduce(operator.add, x.elements)

    def max(self, x: TracedVector, axis: int = -1, keepdims: bool = True) -> Any:
        """The largest element."""
        return reduce(lambda largest, a: self.maximum(a, largest), x.elements)

    def all(self, x: Any, axis: int = -1, keepdims: bool = True) -> Any:
        """Whether all are true."""
        return reduce(operator.and_, x.elements) if isinstance(x, TracedVector) else x

    def any(self, x: Any) -> Any:
        """Whether any is true."""
        return reduce(operator.or_, x.elements) if isinstance(x, TracedVector) else x

    def zeros_like(self, x: Any) -> Any:
        """Zeros instead of a number, or of all numbers of a vector."""
        return _each(x, lambda a: self._trace.term("0.0"))

    def concatenate(self, numbers: Iterable[Any], axis: int = -1) -> TracedVector:
        """The vector of numbers."""
        return TracedVector(numbers, self._trace)


def _each(x: Any, function: Callable[[Any], Any]) -> Any:
    return TracedVector(map(function, x.elements), x._trace) if isinstance(x, TracedVector) else function(x)
