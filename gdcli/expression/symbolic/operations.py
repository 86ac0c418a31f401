"""The rows of the function table as SymPy objects that SymPy never evaluates.

SymPy's own functions compute what they can: ``gamma(10**7)``, ``floor(exp(1000))``, ``exp(10**8) < exp(x)``
take it minutes or all memory. These are only names with arguments to it. Sums, products and powers are its
own, and with them the collecting of terms; `power` holds back what would become too large.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Add, Expr, Integer, Pow, Rational, Symbol

from gdcli.expression.functions import TABLE

MAX_BITS = 64
"""Numerators and denominators up to here are computed; larger ones stay as they were written."""


class Operation(Expr):  # type: ignore[misc]
    """An operation of the function table on its arguments; each row has a class of its own.

    Attributes:
        row: The row of the table.
    """

    row = TABLE["where"]
    # What SymPy may assume. Not even of constants is the operation a number: SymPy would ask for its value.
    is_commutative = True
    is_real = True
    is_number = False

    def __new__(cls, *arguments: Expr) -> Operation:
        return Expr.__new__(cls, *arguments)  # type: ignore[no-any-return]


@cache
def operation(name: str) -> type[Operation]:
    """The class of the row `name`."""
    return type(name, (Operation,), {"row": TABLE[name]})


@cache
def constant(name: str) -> Symbol:
    """A constant by its name, or a number too large to compute with by its digits: a positive number."""
    return Symbol(name, positive=True)


@cache
def variable(name: str) -> Symbol:
    """The variable `name`."""
    return Symbol(name, real=True)


def apply(name: str, *arguments: Expr) -> Expr:
    """The operation `name` on arguments, with the few simplifications that are always right and cheap."""
    if name == "where":
        return where(*arguments)
    if name == "pow":
        return power(*arguments)
    if name == "log" and arguments[0] == constant("e"):
        return Integer(1)
    return operation(name)(*arguments)


def where(condition: Expr, first: Expr, second: Expr) -> Expr:
    """``where(condition, first, second)``, or what it always is."""
    if first == second:
        return first
    # heaviside(a - b), written out to say what it is at a tie.
    if isinstance(second, operation("where")) and first == 0:
        tie, *values = second.args
        steps = isinstance(tie, operation("eq")) and values == [Rational(1, 2), Integer(1)]
        if steps and set(tie.args) == set(condition.args):
            a, b = condition.args
            if isinstance(condition, operation("lt")):
                return operation("heaviside")(Add(a, -b))
            if isinstance(condition, operation("gt")):
                return operation("heaviside")(Add(b, -a))
    return operation("where")(condition, first, second)


def power(base: Expr, exponent: Expr) -> Expr:
    """``base**exponent``; not evaluated where that would write out a long number or leave the real line."""
    if exponent.is_Number and not exponent - 1:
        return base
    if exponent.is_Number and not exponent:
        return Integer(1)
    if base == constant("e"):
        return operation("exp")(exponent)
    if exponent.is_Integer:
        factor = base if base.is_Number else base.as_coeff_Mul()[0]
        if bits(factor) * abs(int(exponent)) <= MAX_BITS:
            return Pow(base, exponent)
    elif not exponent.is_Number if base.is_Number else not (base.is_Mul or base.is_Pow):
        return Pow(base, exponent)
    return operation("pow")(base, exponent)


def bits(number: Any) -> int:
    """About how many bits a number has, of which a power has as many times more; 0 for 1 and -1."""
    if number.is_Rational:
        return int(max(abs(number.p), number.q) - 1).bit_length()
    # The digits of a Float do not grow, but its exponent does.
    return 1
