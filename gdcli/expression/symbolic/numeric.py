"""The value of an expression at a point, to any number of digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import mpmath
from sympy import Add, Expr, Mul, Pow, Symbol

from gdcli.expression.functions import TABLE
from gdcli.expression.names import CONSTANTS
from gdcli.expression.symbolic.gradient import postorder
from gdcli.expression.symbolic.operations import Operation

_CONTEXT = mpmath.MPContext()
_GUARD = 50
"""Digits more than are wanted, for cancellation."""
_LARGEST = 20_000
"""Exponents of two beyond which a number counts as infinite, or as 0."""

_SYMPY_NAMES = {
    "Abs": abs,
    "Max": max,
    "Min": min,
    "ceiling": _CONTEXT.ceil,
    "loggamma": lambda a: _CONTEXT.re(_CONTEXT.loggamma(a)),
    "polygamma": lambda n, a: _CONTEXT.psi(int(n), a),
    "Heaviside": lambda a, tie: tie if a == 0 else _CONTEXT.mpf(a > 0),
    "Rational": lambda p, q: _CONTEXT.mpf(p) / q,
    "Eq": lambda a, b: a == b,
    "Ne": lambda a, b: a != b,
    "And": lambda a, b: a and b,
    "Or": lambda a, b: a or b,
    "Not": lambda a: not a,
}
_WRITTEN_OUT: dict[str, Callable[..., Any]] = {
    "where": lambda condition, first, second: first if condition else second,
    "cbrt": lambda a: _CONTEXT.sign(a) * _CONTEXT.cbrt(abs(a)),
    "round": _CONTEXT.nint,
    "sinc": _CONTEXT.sincpi,
    "pow": lambda a, b: _power(a, b),
}
"""Rows without a formula of SymPy's, or whose arguments need another look."""


def evaluate(expressions: Iterable[Expr], at: Mapping[str, float], digits: int) -> list[float]:
    """The values of expressions at a point, computed with `digits` digits; nan where there is none."""
    _CONTEXT.dps = digits + _GUARD
    values: dict[Expr, Any] = {}
    results = []
    for expr in expressions:
        for part in postorder(expr):
            if part not in values:
                values[part] = _value(part, values, at)
        results.append(float(values[expr]))
    return results


def _value(part: Expr, values: Mapping[Expr, Any], at: Mapping[str, float]) -> Any:
    arguments = [values[argument] for argument in part.args]
    if isinstance(part, Symbol):
        return _constant(part.name) if part.is_positive else _CONTEXT.mpf(at[part.name])
    if not arguments:
        return _CONTEXT.mpf(part.p) / part.q if part.is_Rational else _CONTEXT.mpf(part._mpf_)
    try:
        if isinstance(part, Add):
            result = _CONTEXT.fsum(arguments)
        elif isinstance(part, Mul):
            result = _product(part.args, values)
        elif isinstance(part, Pow):
            result = _power(*arguments)
        elif isinstance(part, Operation):
            result = function(part.row.name)(*arguments)
    except (ValueError, ZeroDivisionError, OverflowError):
        # A pole, or outside the domain.
        return _CONTEXT.nan
    return _in_range(result)


def _product(factors: Iterable[Expr], values: Mapping[Expr, Any]) -> Any:
    """The product, with one division instead of reciprocals: 6/3 is 2, and its floor is."""
    above, below = _CONTEXT.one, _CONTEXT.one
    for factor in factors:
        if isinstance(factor, Pow) and factor.exp == -1 and values[factor.base] != 0:
            below *= values[factor.base]
        else:
            above *= values[factor]
    return above / below


def _constant(name: str) -> Any:
    if name == "tau":
        return 2 * _CONTEXT.pi
    return +getattr(_CONTEXT, name) if name in CONSTANTS else _CONTEXT.mpf(name)


def _in_range(number: Any) -> Any:
    if isinstance(number, bool):
        return number
    if isinstance(number, _CONTEXT.mpc):
        return number.real if number.imag == 0 else _CONTEXT.nan
    number = _CONTEXT.mpf(number)
    size = _CONTEXT.mag(number)
    if _CONTEXT.isnan(number) or abs(size) <= _LARGEST:
        return number
    return number * (0 if size < 0 else _CONTEXT.inf)


def _power(base: Any, exponent: Any) -> Any:
    if base == 0 and exponent < 0:
        return _CONTEXT.inf
    return _CONTEXT.power(base, exponent)


@cache
def function(name: str) -> Callable[..., Any]:
    """The row `name` as a function of numbers with many digits."""
    if name in _WRITTEN_OUT:
        return _WRITTEN_OUT[name]
    names = {key: getattr(_CONTEXT, key) for key in dir(_CONTEXT) if not key.startswith("_")}
    code = compile(TABLE[name].sympy, name, "eval")
    return lambda *arguments: eval(
        code, {"__builtins__": {}, **names, **_SYMPY_NAMES}, dict(zip("abc", arguments, strict=False))
    )
