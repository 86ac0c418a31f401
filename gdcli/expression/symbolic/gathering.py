"""Terms under sums and conditions to one expression: limits that go without saying are left out, equal ones joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sympy import Add, Expr, Integer, Mul, Symbol

from gdcli.expression.symbolic.affine import ONE, affine, at_least, at_most, expression, follows, split
from gdcli.expression.symbolic.operations import apply, operation, variable, where
from gdcli.expression.symbolic.summands import Term
from gdcli.expression.symbolic.vectors import (
    Element,
    Reduction,
    RunningProduct,
    Space,
    Total,
    rebuilt,
    replaced,
)

_LETTERS = "ijlmpqrstuvw"


class _Sum(NamedTuple):
    """A sum over an index: its limits, and the conditions on the summand that are no limits."""

    index: Symbol
    low: Expr
    high: Expr
    conditions: tuple[Expr, ...]


class Gatherer:
    """Writes the terms of the derivative by one variable.

    Args:
        space: What is known of the vectors.
        general: The symbol of the general subscript.
        facts: What is known not to be negative.
        taken: The names that no index can have.
    """

    def __init__(self, space: Space, general: Symbol, facts: Sequence[Expr], taken: frozenset[str]) -> None:
        self.space = space
        self.general = general
        self.facts = list(facts)
        self.taken = taken

    def gathered(self, terms: Sequence[Term]) -> Expr:
        """Their sum."""
        factors: dict[tuple[tuple[Expr, ...], tuple[_Sum, ...]], list[Expr]] = {}
        for term in terms:
            conditions, sums, factor = self._simplified(term)
            factors.setdefault((conditions, sums), []).append(factor)
        by_condition: dict[tuple[Expr, ...], list[Expr]] = {}
        for (conditions, sums), parts in factors.items():
            by_condition.setdefault(conditions, []).append(self._written(sums, Add(*parts)))
        total = Add(*[_under(conditions, Add(*parts)) for conditions, parts in by_condition.items()])
        return self._named(total, {}, self.taken)

    # Limits.

    def _simplified(self, term: Term) -> tuple[tuple[Expr, ...], tuple[_Sum, ...], Expr]:
        """The conditions of a term, its sums with their limits, the outermost first, and its factor.

        All limits together say which summands there are; one that follows from the others is left out.
        """
        names: dict[Expr, Expr] = {
            index: Symbol(f" {place}", real=True) for place, index in enumerate(term.indices)
        }
        term = term.put_in(names)
        indices = [names[index] for index in term.indices]
        limits = list(dict.fromkeys([part for limit in term.limits for part in split(limit)]))
        for limit in sorted(limits, key=lambda limit: _innermost(limit, indices)):
            others = [other for other in limits if other is not limit]
            if self._has_ends(others, indices) and follows(limit, [*self.facts, *others]):
                limits.remove(limit)
        sums = []
        for place, index in enumerate(indices):
            own = [limit for limit in limits if _innermost(limit, indices) == place]
            lows = [limit for limit in own if _side(limit, index) > 0]
            highs = [limit for limit in own if _side(limit, index) < 0]
            others = [limit for limit in own if not _side(limit, index)]
            facts = [*self.facts, *[limit for limit in limits if _innermost(limit, indices) < place]]
            conditions = [self._condition(limit, index) for limit in others]
            conditions += self._multiples(term, indices, place)
            sums.append(
                _Sum(
                    index,
                    at_least([_bound(limit, index) for limit in lows], facts),
                    at_most([_bound(limit, index) for limit in highs], facts),
                    tuple(conditions),
                )
            )
        outer = [limit for limit in limits if _innermost(limit, indices) < 0]
        conditions = [operation("eq")(self.general, place) for place in term.equals]
        conditions += [self._condition(limit, self.general) for limit in outer]
        conditions += self._multiples(term, indices, -1)
        facts = [*self.facts, *limits]
        return tuple(conditions), tuple(sums), self._decided(term.factor, facts)

    def _decided(self, expr: Expr, facts: Sequence[Expr]) -> Expr:
        """The expression without the branches whose conditions on indices are known to hold, or not to."""
        if isinstance(expr, operation("where")):
            condition, first, second = expr.args
            holds = self._holds(condition, facts)
            if holds is not None:
                return self._decided(first if holds else second, facts)
        return rebuilt(expr, lambda part: self._decided(part, facts)) if expr.args else expr

    def _holds(self, condition: Expr, facts: Sequence[Expr]) -> bool | None:
        """Whether a comparison of whole numbers holds; None where that is not seen."""
        for op, sign, strict in (("ge", 1, 0), ("gt", 1, 1), ("le", -1, 0), ("lt", -1, 1)):
            if isinstance(condition, operation(op)):
                a, b = condition.args
                difference = sign * (a - b) - strict
                if not self._is_whole(difference):
                    return None
                return (
                    True if follows(difference, facts) else False if follows(-difference - 1, facts) else None
                )
        return None

    def _is_whole(self, expr: Expr) -> bool:
        """Whether it is a sum of whole multiples of indices and lengths."""
        return all(
            factor.is_Integer
            and (
                key == ONE or key == self.general or (key.is_Symbol and (" " in key.name or "(" in key.name))
            )
            for key, factor in affine(expr).items()
        )

    def _multiples(self, term: Term, indices: Sequence[Expr], place: int) -> list[Expr]:
        return [
            operation("eq")(operation("mod")(expr, divisor), Integer(0))
            for expr, divisor in term.multiples
            if _innermost(expr, indices) == place
        ]

    def _has_ends(self, limits: Sequence[Expr], indices: Sequence[Expr]) -> bool:
        """Whether each index still has a lower and an upper end."""
        for place, index in enumerate(indices):
            sides = {_side(limit, index) for limit in limits if _innermost(limit, indices) == place}
            if not {1, -1} <= sides:
                return False
        return True

    def _condition(self, limit: Expr, main: Expr) -> Expr:
        """``limit >= 0``, solved for its main symbol."""
        form = affine(limit)
        factor = form.pop(main, None)
        if factor is None:
            main = next((key for key in form if key != ONE), ONE)
            factor = form.pop(main, Integer(0))
        rest = expression(form)
        if factor > 0:
            return operation("ge")(factor * main, -rest)
        return operation("le")(-factor * main, rest)

    # Sums.

    def _written(self, sums: Sequence[_Sum], body: Expr) -> Expr:
        for entry in reversed(sums):
            body = self._summed(entry, _under(entry.conditions, body))
        return body

    def _summed(self, entry: _Sum, body: Expr) -> Expr:
        index, low, high, _ = entry
        free = index not in body.atoms(Symbol)
        if free and follows(high - low + int(self._may_stand_outside(body)), self.facts):
            return (high - low + 1) * body
        factors = list(body.args) if isinstance(body, Mul) else [body]
        outside = [
            factor
            for factor in factors
            if index not in factor.atoms(Symbol) and self._may_stand_outside(factor)
        ]
        inside = Mul(*[factor for factor in factors if factor not in outside])
        whole = self._whole(inside, index) if low == 0 else None
        if whole is not None and self.space.length(whole) == high + 1:
            return Mul(*outside, Reduction(Symbol("sum"), whole))
        return Mul(*outside, Total(inside, index, low, high))

    def _may_stand_outside(self, factor: Expr) -> bool:
        """Whether no subscript in it can be outside of its vector where there are no summands."""
        return all(element.args[1] == self.general for element in factor.atoms(Element))

    def _whole(self, body: Expr, index: Expr) -> Expr | None:
        """The vector of which `body` is the element at `index`, of lengths that meet; None if it is not so simple."""
        known: dict[Expr, Expr] = {}
        for element in body.atoms(Element):
            base, *subscripts = element.args
            if index in subscripts and len(subscripts) == 1 and index not in base.atoms(Symbol):
                known[element] = base
        lengths = {self.space.length(base) for base in known.values()}
        if len(lengths) != 1:
            return None
        whole = replaced(body, known)
        return None if index in whole.atoms(Symbol) or self.space.rank(whole) != 1 else whole

    def _named(self, expr: Expr, known: dict[Expr, Expr], taken: frozenset[str]) -> Expr:
        """The expression with names for the indices of its sums that no variable and no sum around has."""
        if expr in known:
            return known[expr]
        if not isinstance(expr, Total | RunningProduct):
            return rebuilt(expr, lambda part: self._named(part, known, taken)) if expr.args else expr
        body, index, low, high = expr.args
        base = index.name.partition(" ")[0]
        free = (letter for letter in (base, *_LETTERS, *_numbered()) if letter and letter not in taken)
        name = next(free)
        new = variable(name)
        return type(expr)(
            self._named(body, {**known, index: new}, taken | {name}),
            new,
            self._named(low, known, taken),
            self._named(high, known, taken),
        )


def _numbered() -> list[str]:
    return [f"i{number}" for number in range(1, 1000)]


def _under(conditions: Sequence[Expr], body: Expr) -> Expr:
    if not conditions:
        return body
    both = conditions[0]
    for condition in conditions[1:]:
        both = apply("and", both, condition)
    return where(both, body, Integer(0))


def _innermost(expr: Expr, indices: Sequence[Expr]) -> int:
    """The place of the innermost of some indices in an expression; -1 without one."""
    symbols = expr.atoms(Symbol)
    return max([place for place, index in enumerate(indices) if index in symbols], default=-1)


def _side(limit: Expr, index: Expr) -> int:
    """Whether ``limit >= 0`` is a lower end of an index (1), an upper one (-1), or neither."""
    form = affine(limit)
    factor = form.pop(index, Integer(0))
    if not factor.is_Integer or any(index in key.atoms(Symbol) for key in form):
        return 0
    return 0 if not factor else 1 if factor > 0 else -1


def _bound(limit: Expr, index: Expr) -> Expr:
    form = affine(limit)
    factor = form.pop(index)
    rest = expression(form)
    if factor > 0:
        return -rest if factor == 1 else operation("ceil")(-rest / factor)
    return rest if factor == -1 else operation("floor")(rest / -factor)
