"""The local derivative of each row of the function table, by SymPy where it knows one."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import sympy
from sympy import Add, Expr, Integer, Mul

from gdcli.expression.functions import TABLE
from gdcli.expression.symbolic.conversion import formula
from gdcli.expression.symbolic.operations import apply, constant, operation, power, variable

_LETTERS = "abc"
_DIRECT = re.compile(r"\w+\(a(, b)?\)")
# Where a function is constant in pieces its derivative is 0, which SymPy does not say.
_PIECEWISE_CONSTANT = (sympy.Derivative, sympy.Subs)
_STEPS = (sympy.Heaviside, sympy.DiracDelta)
_MUCH_SHORTER = 1.7
# The derivative is 0 at 0; written like this, the second one is right there too.
_WRITTEN_OUT = {"sinc": ("where(a == 0, -pi**2*a/3, (cos(pi*a) - out)/a)",)}
"""Rows whose `derivatives` column has an operation that is not in the notation, and SymPy's formula a gap."""


@cache
def partial(name: str, place: int, guarded: bool = False) -> Expr:
    """The derivative of the row `name` by its argument number `place`, in ``a``, ``b`` and ``c``.

    SymPy's derivative of the row's `sympy` column, unless the formula of its `derivatives` column is much
    shorter, or SymPy would answer with steps, whose value at the step is a convention.

    Args:
        name: The row.
        place: Which argument, from 0.
        guarded: Prefer the column wherever it treats a point of its own (``hypot`` at the origin).
    """
    row = TABLE[name]
    letters = [variable(letter) for letter in _LETTERS[: len(row.derivatives)]]
    column = _WRITTEN_OUT.get(name) or row.derivatives
    ours = formula(column[place]).xreplace({variable("out"): apply(name, *letters)})
    if name in _WRITTEN_OUT or not row.sympy or (guarded and ours.has(operation("where"))):
        return ours
    derivative = sympy.diff(_in_sympy(row.sympy), letters[place])
    derivative = derivative.replace(lambda part: isinstance(part, _PIECEWISE_CONSTANT), lambda _: Integer(0))
    if derivative.has(*_STEPS):
        return ours
    try:
        theirs = _translated(derivative)
    except KeyError:
        # It has something that the table has not.
        return ours
    return ours if _MUCH_SHORTER * _length(ours) < _length(theirs) else theirs


def _in_sympy(text: str) -> Expr:
    letters = {letter: variable(letter) for letter in _LETTERS}
    return eval(text, {"__builtins__": {}, **vars(sympy)}, letters)


def _length(expr: Expr) -> int:
    """About how long an expression is to read."""
    parts = list(sympy.preorder_traversal(expr))
    return len(parts) + 2 * sum(isinstance(part, operation("where")) for part in parts)


@cache
def _names() -> dict[Any, str]:
    """The rows that are functions of SymPy, by their class there."""
    names = {sympy.Max: "max", sympy.Min: "min", sympy.Heaviside: "heaviside", sympy.polygamma: "polygamma"}
    for row in TABLE.values():
        if _DIRECT.fullmatch(row.sympy):
            kind = _in_sympy(row.sympy).func
            if kind is not sympy.Pow:
                names.setdefault(kind, row.name)
    return names


def _translated(expr: Expr) -> Expr:
    """A short expression in SymPy's functions with the table's operations instead.

    Raises:
        KeyError: If the table has none for one of them.
    """
    if expr is sympy.pi:
        return constant("pi")
    if expr is sympy.E:
        return constant("e")
    if not expr.args:
        return expr
    arguments = [_translated(argument) for argument in expr.args]
    if isinstance(expr, Add | Mul):
        return expr.func(*arguments)
    if isinstance(expr, sympy.Pow):
        base, exponent = arguments
        if exponent.is_Rational and exponent.q == 2:
            return power(apply("sqrt", base), Integer(exponent.p))
        return power(base, exponent)
    if isinstance(expr, sympy.polygamma) and arguments[0] == 0:
        return apply("digamma", arguments[1])
    return apply(_names()[expr.func], *arguments)
