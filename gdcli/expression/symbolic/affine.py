"""Whole numbers that are sums of multiples of indices and lengths, and what follows from inequalities of them.

An affine expression is a mapping from generators (symbols, or operations such as ``floor(n/2)``, which are taken as
they are) to their factors; the key 1 has the constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sympy import Add, Expr, Integer, Mul, Rational

from gdcli.expression.symbolic.operations import apply, operation

Affine: TypeAlias = dict[Expr, Rational]

ONE = Integer(1)
_DEPTH = 5


def affine(expr: Expr) -> Affine:
    """The expression as an affine one."""
    result: Affine = {}
    stack: list[tuple[Expr, Rational]] = [(expr, ONE)]
    while stack:
        part, factor = stack.pop()
        if isinstance(part, Add):
            stack += [(term, factor) for term in part.args]
            continue
        if isinstance(part, Mul) and part.args[0].is_Rational:
            stack.append((Mul(*part.args[1:]), factor * part.args[0]))
            continue
        if part.is_Rational:
            part, factor = ONE, factor * part
        result[part] = result.get(part, Integer(0)) + factor
    return {generator: factor for generator, factor in result.items() if factor}


def expression(form: Affine) -> Expr:
    """An affine expression as one of SymPy's."""
    return Add(*[factor * generator for generator, factor in form.items()])


def follows(claim: Expr, facts: Sequence[Expr]) -> bool:
    """Whether it is easily seen that ``claim >= 0`` from ``fact >= 0`` for each of the facts.

    Looks for a sum of positive multiples of facts that is the claim but for a constant that is not negative.
    """
    return _follows(affine(claim), [affine(fact) for fact in facts], _DEPTH)


def _follows(claim: Affine, facts: Sequence[Affine], depth: int) -> bool:
    open_ones = [generator for generator in claim if generator != ONE]
    if not open_ones:
        return bool(claim.get(ONE, Integer(0)) >= 0)
    if not depth:
        return False
    generator = open_ones[0]
    for fact in facts:
        share = claim[generator] / fact[generator] if generator in fact else 0
        if share > 0 and _follows(_minus(claim, fact, share), facts, depth - 1):
            return True
    return False


def _minus(claim: Affine, fact: Affine, times: Rational) -> Affine:
    result = dict(claim)
    for generator, factor in fact.items():
        result[generator] = result.get(generator, Integer(0)) - times * factor
    return {generator: factor for generator, factor in result.items() if factor}


def split(claim: Expr) -> list[Expr]:
    """``claim >= 0`` as one or more: of ``k - max(a, b)``, ``k - a`` and ``k - b``; without a common divisor."""
    form = affine(claim)
    for generator, factor in form.items():
        if isinstance(generator, operation("max" if factor < 0 else "min")):
            rest = expression({key: value for key, value in form.items() if key != generator})
            return [part for each in generator.args for part in split(rest + factor * each)]
    if form:
        denominator = math.lcm(*[int(factor.q) for factor in form.values()])
        divisor = math.gcd(*[int(factor * denominator) for factor in form.values()])
        scale = Rational(denominator, divisor)
        form = {key: value * scale for key, value in form.items()}
    return [expression(form)]


def at_least(parts: Sequence[Expr], facts: Sequence[Expr]) -> Expr:
    """The largest of some expressions; those that cannot be it are left out."""
    return _extreme("max", parts, lambda one, other: follows(one - other, facts))


def at_most(parts: Sequence[Expr], facts: Sequence[Expr]) -> Expr:
    """The smallest of some expressions."""
    return _extreme("min", parts, lambda one, other: follows(other - one, facts))


def _extreme(name: str, parts: Sequence[Expr], beats: Callable[[Expr, Expr], bool]) -> Expr:
    left = list(dict.fromkeys(parts))
    for part in list(left):
        if len(left) > 1 and any(other != part and beats(other, part) for other in left):
            left.remove(part)
    result = left[0]
    for part in left[1:]:
        result = apply(name, result, part)
    return result
