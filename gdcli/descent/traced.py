"""Names instead of numbers for the searching methods: what is done with them is written down as Python text.

What the methods take for floats, vectors and the functions on them (`gdcli.descent.vector`) is here that which writes
the text of the same computation, so that the digits are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from gdcli.descent.terms import Term, text_of


class TracedTerm(Term):
    """A number, or a truth value, that is not there yet, with what the searching methods do beside arithmetic."""

    def __init__(self, text: str, trace: Trace) -> None:
        super().__init__(text, trace.lines)
        self._trace = trace

    def _write(self, text: str) -> TracedTerm:
        return TracedTerm(super()._write(text).text, self._trace)

    def __add__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, TracedVector) else super().__add__(other)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, TracedVector) else super().__sub__(other)

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, TracedVector) else super().__mul__(other)

    def __truediv__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, TracedVector) else self._trace.quotient(self, other)

    def __rtruediv__(self, other: float) -> TracedTerm:
        return self._trace.quotient(other, self)

    def __pow__(self, other: Term | float) -> TracedTerm:
        raise TypeError("powers are not traced")

    def __le__(self, other: Term | float) -> TracedTerm:
        return self._write(f"{self.text} <= {text_of(other)}")

    def __ge__(self, other: Term | float) -> TracedTerm:
        return self._write(f"{self.text} >= {text_of(other)}")

    def __eq__(self, other: object) -> TracedTerm:  # type: ignore[override]  # a condition, as of arrays
        if other is False:
            return self._write(f"not {self.text}")
        return self._write(f"{self.text} == {text_of(cast('Term | float', other))}")

    def __ne__(self, other: object) -> TracedTerm:  # type: ignore[override]
        return self._write(f"{self.text} != {text_of(cast('Term | float', other))}")

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: Term) -> TracedTerm:
        return self._write(f"{self.text} and {other.text}")

    def __or__(self, other: Term) -> TracedTerm:
        return self._write(f"{self.text} or {other.text}")

    def choose(self, a: Any, b: Any) -> Any:
        """The term for `a` where this one is true, else `b`; one of them alone where it is known."""
        answer = self._trace.answered.get(self.text)
        return super().choose(a, b) if answer is None else a if answer else b

    def __bool__(self) -> bool:
        return self._trace.decide(self)


class UndecidedError(Exception):
    """The method asks whether something holds for which neither answer has been tried yet."""


class Trace:
    """One way through a trial.

    Args:
        answers: What to answer where the method asks whether something holds, question by question.

    Attributes:
        lines: By text its name, in the order of computation. What begins with ``!`` is a statement without a name.
        questions: For each question its condition, and how many lines there were before it.
        answered: The conditions of the questions that have been answered.
        evaluations: How often value and gradient are computed.
    """

    def __init__(self, answers: Sequence[bool]) -> None:
        self.lines: dict[str, str] = {}
        self.questions: list[tuple[str, int]] = []
        self.answered: dict[str, bool] = {}
        self.evaluations = 0
        self._answers = answers

    def term(self, text: str) -> TracedTerm:
        """The term for a text."""
        return TracedTerm(text, self)

    def write(self, text: str) -> TracedTerm:
        """The term for a text, which is computed once."""
        return self.term("")._write(text)

    def quotient(self, a: Term | float, b: Term | float) -> TracedTerm:
        """a / b, which Python refuses to compute for b = 0."""
        x, y = text_of(a), text_of(b)
        return self.write(f"{x} / {y} if {y} else div({x}, {y})")

    def decide(self, condition: Term) -> bool:
        """Whether a condition holds, on this way.

        Raises:
            UndecidedError: It is the first question that there is no answer for.
        """
        self.questions.append((condition.text, len(self.lines)))
        if len(self.questions) > len(self._answers):
            raise UndecidedError
        answer = self.answered[condition.text] = self._answers[len(self.questions) - 1]
        return answer


class TracedNamespace:
    """The functions of `gdcli.descent.vector.VectorNamespace`, on terms and vectors of them."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def sqrt(self, x: Any) -> Any:
        """The square root, NaN of a negative number."""
        return _each(x, lambda a: a._write(f"sqrt({a.text}) if {a.text} >= 0.0 else sqrt_of({a.text})"))

    def abs(self, x: Any) -> Any:
        """The absolute value."""
        return _each(x, lambda a: a._write(f"fabs({a.text})"))

    def isfinite(self, x: Any) -> Any:
        """Whether a number is finite."""
        return _each(x, lambda a: a._write(f"{a.text} - {a.text} == 0.0"))

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
                [condition.choose(x, y) for x, y in zip(_elements(a, b), _elements(b, a), strict=True)],
                self._trace,
            )
        return condition.choose(a, b)

    def sum(self, x: TracedVector, axis: int = -1, keepdims: bool = True) -> Any:
        """The sum, added up in order."""
        total: Any = 0.0
        for a in x.elements:
            total = total + a
        return total

    def max(self, x: TracedVector, axis: int = -1, keepdims: bool = True) -> Any:
        """The largest element."""
        largest: Any = -math.inf
        for a in x.elements:
            largest = self.maximum(a, largest)
        return largest

    def all(self, x: Any, axis: int = -1, keepdims: bool = True) -> Any:
        """Whether all are true."""
        return (
            self._trace.write(" and ".join(a.text for a in x.elements)) if isinstance(x, TracedVector) else x
        )

    def any(self, x: Any) -> Any:
        """Whether any is true."""
        return (
            self._trace.write(" or ".join(a.text for a in x.elements)) if isinstance(x, TracedVector) else x
        )

    def zeros_like(self, x: TracedVector) -> TracedVector:
        """A vector of zeros."""
        return TracedVector([self._trace.write("0.0") for _ in x.elements], self._trace)

    def concatenate(self, numbers: Iterable[Any], axis: int = -1) -> TracedVector:
        """The vector of numbers."""
        return TracedVector(numbers, self._trace)


class TracedVector:
    """A point of terms."""

    __slots__ = ("_trace", "elements")

    def __init__(self, elements: Iterable[Any], trace: Trace) -> None:
        self.elements = tuple(elements)
        self._trace = trace

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> TracedVector:
        others = _elements(other, self)
        return TracedVector(
            [operation(a, b) for a, b in zip(self.elements, others, strict=True)], self._trace
        )

    def __add__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> TracedVector:
        return self._with(other, lambda a, b: b / a)

    def __neg__(self) -> TracedVector:
        return TracedVector([-a for a in self.elements], self._trace)

    def __eq__(self, other: object) -> TracedVector:  # type: ignore[override]
        return self._with(other, lambda a, b: a == b)

    __hash__ = None  # type: ignore[assignment]


def _each(x: Any, function: Callable[[Any], Any]) -> Any:
    return TracedVector(map(function, x.elements), x._trace) if isinstance(x, TracedVector) else function(x)


def _elements(x: Any, like: Any) -> Sequence[Any]:
    return x.elements if isinstance(x, TracedVector) else (x,) * len(like.elements)
