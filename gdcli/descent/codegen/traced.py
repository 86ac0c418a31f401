"""Names instead of numbers for the searching methods: what is done with them is written down as Python text.

What the methods take for floats, vectors and the functions on them (`gdcli.descent.vector`) is here that which writes
the text of the same computation, so that the digits are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, cast

from gdcli.descent.codegen.terms import Term, text_of
from gdcli.descent.codegen.trees import flatten, unflatten


class TracedTerm(Term):
    """A number, or a truth value, that is not there yet, with what the searching methods do beside arithmetic."""

    def __init__(self, text: str, trace: Trace) -> None:
        super().__init__(text, trace.lines)
        self._trace = trace

    def _write(self, text: str) -> TracedTerm:
        return self._trace.write(text)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, TracedVector):
            return NotImplemented
        texts, trace = (self.text, text_of(other)), self._trace
        total = trace.mark(self._write(" + ".join(texts)), all(map(trace.is_not_negative, texts)))
        if total.text in trace.not_negative and any(map(trace.is_positive, texts)):
            trace.positive.add(total.text)
        return total

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, TracedVector) else super().__sub__(other)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, TracedVector):
            return NotImplemented
        texts, trace = (self.text, text_of(other)), self._trace
        square = texts[0] == texts[1]
        return trace.mark(self._write(" * ".join(texts)), square or all(map(trace.is_not_negative, texts)))

    def __rmul__(self, other: float) -> Any:
        texts, trace = (text_of(other), self.text), self._trace
        return trace.mark(self._write(" * ".join(texts)), all(map(trace.is_not_negative, texts)))

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

    def __eq__(self, other: object) -> Any:
        if other is False:
            return self._trace.negation(self)
        return self._write(f"{self.text} == {text_of(cast('Term | float', other))}")

    def __ne__(self, other: object) -> TracedTerm:  # type: ignore[override]  # a condition, as of arrays
        return self._write(f"{self.text} != {text_of(cast('Term | float', other))}")

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: Any) -> Any:
        return self._trace.combination("and", self, other)

    def __rand__(self, other: Any) -> Any:
        return self._trace.combination("and", other, self)

    def __or__(self, other: Any) -> Any:
        return self._trace.combination("or", self, other)

    def __ror__(self, other: Any) -> Any:
        return self._trace.combination("or", other, self)

    def choose(self, a: Any, b: Any) -> Any:
        """The term for `a` where this one is true, else `b`; one of them alone where it is known."""
        trace, x, y = self._trace, text_of(a), text_of(b)
        answer = trace.known.get(self.text)
        if answer is not None:
            return a if answer else b
        if x == y:
            return a
        first = trace.is_not_negative(x) or self.text == trace.name_of(f"{x} > 0.0")
        chosen = cast(TracedTerm, super().choose(a, b))
        return trace.mark(chosen, first and trace.is_not_negative(y))

    def branch(self, a: Callable[[], Any], b: Callable[[], Any]) -> Any:
        """What `a` returns where this one is true, else what `b` returns: equally nested tuples of terms."""
        return self._trace.branch(self, a, b)

    def __bool__(self) -> bool:
        answer = self._trace.known.get(self.text)
        if answer is None:
            raise TypeError("whether it holds is not known yet: use gdcli.descent.algebra.branch")
        return answer


class Side(NamedTuple):
    """One side of a branch, or all of a trace.

    Attributes:
        lines: What is computed there, as in `Trace`.
        texts: Those of the results.
        evaluations: How often value and gradient are computed there, but for what is in a branch of it.
    """

    lines: dict[str, str]
    texts: list[str]
    evaluations: int


class Branch(NamedTuple):
    """A branch of the text.

    Attributes:
        condition: A text.
        yes: What is done where it holds.
        no: What is done where it does not.
        names: For each result of either side the name that it has afterwards; nothing where that is the same text.
    """

    condition: str
    yes: Side
    no: Side
    names: list[str]


class Trace:
    """What is done with names instead of numbers.

    Attributes:
        lines: By text its name, in the order of computation. What begins with ``!`` is a statement without a name, and
            with ``?`` a branch.
        branches: By such a text the branch.
        known: Conditions whose answer is known in the branch in which the trace is.
        not_negative: The names of what is no negative number, but may be NaN.
        positive: The names of what is not zero either.
        pinned: Names that are to be computed where they are written, since that may raise.
        evaluations: How often value and gradient are computed, but for what is in a branch.
    """

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self.branches: dict[str, Branch] = {}
        self.known: dict[str, bool] = {}
        self.not_negative: set[str] = set()
        self.positive: set[str] = set()
        self.pinned: set[str] = set()
        self.evaluations = 0
        self._outer: list[dict[str, str]] = []
        self._parts: dict[str, tuple[str, list[str]]] = {}
        self._count = 0

    def name(self, letter: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{letter}{self._count}"

    def term(self, text: str) -> TracedTerm:
        """The term for a text."""
        return TracedTerm(text, self)

    def write(self, text: str) -> TracedTerm:
        """The term for a text, which is computed once."""
        name = self.name_of(text)
        if not name:
            name = self.lines[text] = self.name("u")
        return self.term(name)

    def name_of(self, text: str) -> str:
        """The name of what has been computed already, or nothing."""
        return next((lines[text] for lines in (self.lines, *self._outer) if text in lines), "")

    def state(self, statement: str) -> None:
        """Write a statement."""
        self.lines[f"!{statement}"] = ""

    def pin(self, text: str) -> TracedTerm:
        """The term for a text that may raise."""
        term = self.write(text)
        self.pinned.add(term.text)
        return term

    def mark(self, term: TracedTerm, not_negative: bool) -> TracedTerm:
        """The term, of which it is known whether it is no negative number."""
        if not_negative:
            self.not_negative.add(term.text)
        return term

    def is_not_negative(self, text: str) -> bool:
        """Whether the text is known to be that of no negative number."""
        return text in self.not_negative or text[0].isdigit()

    def is_positive(self, text: str) -> bool:
        """Whether it is known not to be that of zero either."""
        return text in self.positive or (text[0].isdigit() and float(text) > 0.0)

    def quotient(self, a: Term | float, b: Term | float) -> TracedTerm:
        """a / b, which Python refuses to compute for b = 0."""
        x, y = text_of(a), text_of(b)
        if self.is_positive(y) or self.known.get(self.name_of(f"{y} > 0.0"), False):
            return self.write(f"{x} / {y}")
        return self.write(f"{x} / {y} if {y} else div({x}, {y})")

    def combination(self, operator: str, a: Any, b: Any) -> Any:
        """``a and b``, or ``a or b``, as far as neither is known."""
        neutral = operator == "and"
        for one, other in ((a, b), (b, a)):
            answer = one if isinstance(one, bool) else self.known.get(one.text)
            if answer is not None:
                return other if answer is neutral else not neutral
        if a.text == b.text:
            return a
        term = self.write(f"{a.text} {operator} {b.text}")
        self._parts[term.text] = operator, [a.text, b.text]
        return term

    def negation(self, a: TracedTerm) -> Any:
        """``not a``."""
        if a.text in self.known:
            return not self.known[a.text]
        term = self.write(f"not {a.text}")
        self._parts[term.text] = "not", [a.text]
        return term

    def assume(self, text: str, answer: bool) -> None:
        """From now on take a condition for known, and what follows from it."""
        self.known[text] = answer
        operator, parts = self._parts.get(text, ("", []))
        if operator == "not":
            self.assume(parts[0], not answer)
        elif operator and answer is (operator == "and"):
            for part in parts:
                self.assume(part, answer)

    def branch(self, condition: TracedTerm, a: Callable[[], Any], b: Callable[[], Any]) -> Any:
        """What `a` returns where the condition holds, else what `b` returns: equally nested tuples of terms."""
        answer = self.known.get(condition.text)
        if answer is not None:
            return a() if answer else b()
        tree, yes = self._side(condition, a, True)
        _, no = self._side(condition, b, False)
        both = zip(yes.texts, no.texts, strict=True)
        names = ["" if one == other else self.name("w") for one, other in both]
        key = f"?{self.name('b')}"
        self.lines[key] = ""
        self.branches[key] = Branch(condition.text, yes, no, names)
        items = flatten(tree)
        for place, (name, text) in enumerate(zip(names, yes.texts, strict=True)):
            items[place] = self.term(name) if name else {"True": True, "False": False}.get(text, items[place])
            if name:
                self.mark(items[place], {yes.texts[place], no.texts[place]} <= self.not_negative)
        return unflatten(tree, items, lambda numbers: TracedVector(numbers, self))

    def _side(self, condition: TracedTerm, function: Callable[[], Any], answer: bool) -> tuple[Any, Side]:
        """One side of a branch: what the function returns there, and the text of it."""
        lines, known, evaluations = self.lines, self.known, self.evaluations
        self._outer.append(lines)
        self.lines, self.known, self.evaluations = {}, dict(known), 0
        self.assume(condition.text, answer)
        tree = function()
        side = Side(self.lines, self.texts(tree), self.evaluations)
        self._outer.pop()
        self.lines, self.known, self.evaluations = lines, known, evaluations
        return tree, side

    def texts(self, tree: Any) -> list[str]:
        """The texts of nested tuples of terms, in a row."""
        texts = map(text_of, flatten(tree))
        return [str(self.known[text]) if text in self.known else text for text in texts]


class TracedVector:
    """A point of terms."""

    __slots__ = ("_trace", "elements")

    def __init__(self, elements: Iterable[Any], trace: Trace) -> None:
        self.elements = tuple(elements)
        self._trace = trace

    def _with(self, other: Any, operation: Callable[[Any, Any], Any]) -> TracedVector:
        others = elements_of(other, self)
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


def elements_of(x: Any, like: Any) -> Sequence[Any]:
    """The elements of a vector, or a number for each of those of another."""
    return x.elements if isinstance(x, TracedVector) else (x,) * len(like.elements)
