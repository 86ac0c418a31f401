"""Scalar arithmetic as IEEE 754 has it: every function takes floats, gives a float and never raises.

Python's own raise where the standard has an answer: 1/0 is inf, 0/0 and log(-1) are nan, exp(1000) is inf.
The names are those that the column `native` of the function table uses; what lies behind the less elementary
ones is in `gdcli.engines.special`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import copysign, inf, nan

from gdcli.engines import special

# These never raise.
abs = math.fabs
asinh = math.asinh
atan = math.atan
atan2 = math.atan2
erf = math.erf
erfc = math.erfc
hypot = math.hypot
tanh = math.tanh
lgamma = special.lgamma
digamma = special.digamma
polygamma = special.polygamma
erfinv = special.erfinv
sinc = special.sinc
sinc_derivative = special.sinc_derivative

_LOG_2 = math.log(2.0)
_ROUNDER = 2.0**52


def _nan_outside(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, with nan where it raises ValueError."""

    def total(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return nan

    return total


sin = _nan_outside(math.sin)
cos = _nan_outside(math.cos)
tan = _nan_outside(math.tan)
asin = _nan_outside(math.asin)
acos = _nan_outside(math.acos)
acosh = _nan_outside(math.acosh)
sqrt = _nan_outside(math.sqrt)


def _logarithm(function: Callable[[float], float], pole: float = 0.0) -> Callable[[float], float]:
    """A logarithm of Python's, with -inf at `pole` and nan below."""

    def total(x: float) -> float:
        return function(x) if x > pole or x != x else -inf if x == pole else nan

    return total


log = _logarithm(math.log)
log2 = _logarithm(math.log2)
log10 = _logarithm(math.log10)
log1p = _logarithm(math.log1p, -1.0)


def div(a: float, b: float) -> float:
    """a / b."""
    if b:
        return a / b
    return nan if not a or a != a else copysign(inf, a) * copysign(1.0, b)


def mod(a: float, b: float) -> float:
    """a - b*floor(a/b), with the sign of b."""
    return a % b if b else nan


def pow(a: float, b: float) -> float:
    """a ** b; nan for a negative base with an exponent that is not a whole number."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0.0 and b % 2.0 == 1.0 else inf
    except ValueError:
        if a:
            return nan
        return copysign(inf, a) if b % 2.0 == 1.0 else inf


def atanh(x: float) -> float:
    """The inverse hyperbolic tangent; infinite at -1 and 1."""
    if -1.0 < x < 1.0 or x != x:
        return math.atanh(x)
    return x * inf if x in (-1.0, 1.0) else nan


def exp(x: float) -> float:
    """e ** x."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """e ** x - 1."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def sinh(x: float) -> float:
    """The hyperbolic sine."""
    try:
        return math.sinh(x)
    except OverflowError:
        return copysign(inf, x)


def cosh(x: float) -> float:
    """The hyperbolic cosine."""
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


def sech(x: float) -> float:
    """1 / cosh(x)."""
    try:
        return 1.0 / math.cosh(x)
    except OverflowError:
        return 2.0 * math.exp(-math.fabs(x))


def _cbrt(x: float) -> float:
    if not x or x - x != 0.0:
        return x
    root = copysign(math.fabs(x) ** (1.0 / 3.0), x)
    return root - (root - x / (root * root)) / 3.0


cbrt: Callable[[float], float] = getattr(math, "cbrt", _cbrt)


def sign(x: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def heaviside(x: float) -> float:
    """0, 1/2 or 1; nan for nan."""
    return 1.0 if x > 0.0 else 0.0 if x < 0.0 else x + 0.5


def floor(x: float) -> float:
    """The whole number at or below."""
    return x // 1.0 if x - x == 0.0 else x


def ceil(x: float) -> float:
    """The whole number at or above."""
    return -(-x // 1.0) if x - x == 0.0 else x


def round(x: float) -> float:
    """The nearest whole number, halves to the even one."""
    # Beside 2**52 there are no bits left for a fraction, so the processor itself rounds.
    return copysign(math.fabs(x) + _ROUNDER - _ROUNDER, x) if math.fabs(x) < _ROUNDER else x


def clip(x: float, low: float, high: float) -> float:
    """min(max(x, low), high); nan if any of them is."""
    if low != low or high != high:
        return nan
    y = low if x < low else x
    return high if y > high else y


def gamma(x: float) -> float:
    """The gamma function; at 0 infinite, at its other poles nan."""
    try:
        return math.gamma(x)
    except OverflowError:
        return inf if x > 0.0 else copysign(inf, x)
    except ValueError:
        return nan if x else copysign(inf, x)


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    # From -37 downwards 1 + exp(x) is 1, and from -709 exp(-x) would overflow.
    return math.exp(x) if x < -37.0 else 1.0 / (1.0 + math.exp(-x))


def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


def logaddexp(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a == b:
        return a + _LOG_2
    return a + math.log1p(math.exp(b - a)) if a > b else b + math.log1p(math.exp(a - b))
