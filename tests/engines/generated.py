"""Random expressions over the whole function table, each with a point in its domain."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from gdcli.engines import scalar
from gdcli.expression.functions import TABLE
from gdcli.expression.rows import Function

ROWS = [row for row in TABLE.values() if not row.boolean and not row.internal and row.name != "where"]
COMPARISONS = [row.operator for row in TABLE.values() if row.boolean and not row.operator.isalpha()]
_BRANCH = Function("", "")


@dataclass(frozen=True)
class Term:
    """A piece of text and its value at the point."""

    text: str
    value: float


@dataclass(frozen=True)
class Example:
    """An expression, a point inside its domain, and the rows of the table that it calls."""

    text: str
    point: dict[str, float]
    rows: frozenset[str]


def examples(count: int, seed: int = 0, operations: int = 6) -> Iterator[Example]:
    """`count` expressions of up to `operations` operations; every row of the table comes first in turn."""
    for i in range(count):
        yield _Writer(random.Random(f"{seed} {i}")).write(ROWS[i % len(ROWS)], operations)


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        names = ["x", "y", "z"][: chance.randint(1, 3)]
        self.point = {name: round(chance.uniform(-3.0, 3.0), chance.randint(1, 6)) for name in names}
        self.terms = [Term(name, value) for name, value in self.point.items()]
        self.used: set[str] = set()

    def write(self, first: Function, operations: int) -> Example:
        self.terms.append(self.call(first))
        for _ in range(self.chance.randrange(operations)):
            term = self.branch() if self.chance.random() < 0.15 else self.call(self.chance.choice(ROWS))
            if math.isfinite(term.value) and abs(term.value) < 1e6 and len(term.text) < 400:
                self.terms.append(term)
        # The latest terms contain the earlier ones; the sum makes sure that each variable is in the text.
        last, others = self.terms[-1], [term for term in self.terms[:-1] if self.chance.random() < 0.3]
        signs = [self.chance.choice("+-") for _ in others]
        text = last.text + "".join(f" {sign} {term.text}" for sign, term in zip(signs, others, strict=True))
        return Example(text, self.point, frozenset(self.used))

    def constant(self) -> Term:
        value = self.chance.choice([1, 2, 3, 0.5, 0.1, 10, round(self.chance.uniform(0.0, 4.0), 3)])
        return Term(repr(value), float(value))

    def any(self) -> Term:
        if self.chance.random() < 0.2:
            return self.constant()
        # Rather the later ones, so that expressions become deep.
        return self.terms[int(len(self.terms) * math.sqrt(self.chance.random()))]

    def within(self, low: float, high: float) -> Term:
        """A term whose value at the point is in the interval: an existing one, moved there if need be."""
        if low == high:
            return Term(f"{low:g}", low)
        term = self.any()
        if low < term.value < high:
            return term
        if abs(term.value) > 20.0:
            # A shift would cancel leading digits.
            factor = float(f"{(low + high) / 2 / term.value or 0.1 / term.value:.3g}")
            return Term(f"({term.text} * {factor!r})", term.value * factor)
        shift = round(self.chance.uniform(low, high) - term.value, 4)
        if not low < term.value + shift < high:
            shift = (low + high) / 2 - term.value
        sign = "-" if shift < 0 else "+"
        return Term(f"({term.text} {sign} {abs(shift)!r})", term.value + shift)

    def call(self, row: Function) -> Term:
        """The operation of `row` on terms within its domain."""
        self.used.add(row.name)
        fewest, most = row.arity
        count = self.chance.randint(fewest, min(3, fewest + 2 if most is None else most))
        domain = [row.domain[min(i, len(row.domain) - 1)] for i in range(count)]
        if row.name == "pow" and self.chance.random() < 0.5:
            base, exponent = self.any(), self.chance.choice([2, 3, 4, 2, 3])
            return Term(f"({base.text})**{exponent}", base.value**exponent)
        arguments = [self.within(low, high) for low, high in domain]
        texts = [argument.text for argument in arguments]
        if not row.operator:
            text = f"{row.name}({', '.join(texts)})"
        elif count == 1:
            text = f"({row.operator}({texts[0]}))"
        else:
            text = f"(({texts[0]}) {row.operator} ({texts[1]}))"
        return Term(text, _value(row, [argument.value for argument in arguments]))

    def branch(self) -> Term:
        """One of two terms by a condition on others; the one not taken may be undefined."""
        self.used.add("where")
        left, right, taken, other = self.any(), self.any(), self.any(), self.any()
        sign = self.chance.choice(COMPARISONS)
        holds = bool(
            _value(next(row for row in TABLE.values() if row.operator == sign), [left.value, right.value])
        )
        condition = f"{left.text} {sign} {right.text}"
        if self.chance.random() < 0.3:
            condition, holds = f"not ({condition})", not holds
        if self.chance.random() < 0.2:
            condition = f"({condition}) and ({taken.text} < 1e9 or x > 1e9)"
        lost = f"log({other.text} - ({other.text}) - 1)" if self.chance.random() < 0.3 else other.text
        a, b = (taken.text, lost) if holds else (lost, taken.text)
        text = (
            f"where({condition}, {a}, {b})"
            if self.chance.random() < 0.5
            else f"({a} if {condition} else {b})"
        )
        return Term(text, taken.value)


def _value(row: Function, arguments: list[float]) -> float:
    if row.expands and (not row.native or len(arguments) > row.arity[0]):
        names = "abc"[: len(arguments)]
        text = row.expands
        return float(
            eval(
                text,
                {"where": lambda c, a, b: a if c else b, **_FUNCTIONS},
                dict(zip(names, arguments, strict=True)),
            )
        )
    result = arguments[0]
    if row.chains:
        for following in arguments[1:]:
            result = scalar.evaluate(row.name, [result, following])
        return result
    return scalar.evaluate(row.name, arguments)


_FUNCTIONS = {
    row.name: scalar.function(row.name) for row in TABLE.values() if row.native and row.name.isidentifier()
}
