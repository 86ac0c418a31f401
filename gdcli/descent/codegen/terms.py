"""Numbers that are not there yet: what arithmetic does with them is the text of a Python program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NAME = re.compile(r"\bu\d+\b")
MOST_INLINED = 160
"""Characters; Python's own parser limits how deeply an expression may be nested."""


class Term:
    """A number that is not there yet: arithmetic with it writes Python text."""

    def __init__(self, text: str, lines: dict[str, str]) -> None:
        self.text = text
        self._lines = lines

    def _write(self, text: str) -> Term:
        """The term for `text`, computed once however often it is written."""
        name = self._lines.setdefault(text, f"u{len(self._lines)}")
        return Term(name, self._lines)

    def __add__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} + {text_of(other)}")

    def __radd__(self, other: float) -> Term:
        return self._write(f"{text_of(other)} + {self.text}")

    def __sub__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} - {text_of(other)}")

    def __rsub__(self, other: float) -> Term:
        return self._write(f"{text_of(other)} - {self.text}")

    def __mul__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} * {text_of(other)}")

    def __rmul__(self, other: float) -> Term:
        return self._write(f"{text_of(other)} * {self.text}")

    def __truediv__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} / {text_of(other)}")

    def __rtruediv__(self, other: float) -> Term:
        return self._write(f"{text_of(other)} / {self.text}")

    def __floordiv__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} // {text_of(other)}")

    def __pow__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} ** {text_of(other)}")

    def __rpow__(self, other: float) -> Term:
        return self._write(f"{text_of(other)} ** {self.text}")

    def __neg__(self) -> Term:
        return self._write(f"-{self.text}")

    def __lt__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} < {text_of(other)}")

    def __gt__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} > {text_of(other)}")

    def choose(self, a: Term | float, b: Term | float) -> Term:
        """The term for `a` where this one is true, else `b`."""
        return self._write(f"{text_of(a)} if {self.text} else {text_of(b)}")

    def clip(self, low: float, high: float) -> Term:
        """The term for the nearest number in [low, high]; NaN stays."""
        x = self.text
        return self._write(f"{low!r} if {x} < {low!r} else {high!r} if {x} > {high!r} else {x}")

    def call(self, function: str) -> Term:
        """The term for `function` of this one."""
        return self._write(f"{function}({self.text})")


class TermNamespace:
    """The functions that an update or a schedule may use, on terms."""

    @staticmethod
    def sqrt(term: Term) -> Term:
        """The square root."""
        return term.call("sqrt")

    @staticmethod
    def abs(term: Term) -> Term:
        """The absolute value."""
        return term.call("abs")

    @staticmethod
    def cos(term: Term) -> Term:
        """The cosine."""
        return term.call("cos")

    @staticmethod
    def where(condition: Term, a: Term | float, b: Term | float) -> Term:
        """`a` where the condition holds, else `b`."""
        return condition.choose(a, b)


def text_of(value: Term | float) -> str:
    if isinstance(value, Term):
        return value.text
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def inlined(lines: Mapping[str, str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Statements for terms, and the texts that are `wanted` after them.

    What is used once stands where it is used: to store a number and to load it takes as long as to add two.

    Args:
        lines: By text its name, in the order of computation, as `Term` writes them.
        wanted: Texts that may contain the names.
    """
    uses: dict[str, int] = {}
    for text in (*lines, *wanted):
        for name in _NAME.findall(text):
            uses[name] = uses.get(name, 0) + 1
    known: dict[str, str] = {}

    def filled(text: str) -> str:
        return _NAME.sub(lambda match: known.get(match.group(), match.group()), text)

    statements = []
    for text, name in lines.items():
        full = filled(text)
        if uses.get(name) == 1 and len(full) <= MOST_INLINED:
            known[name] = f"({full})"
        elif name in uses:
            known[name] = name
            statements.append(f"{name} = {full}")
    return statements, [filled(text) for text in wanted]
