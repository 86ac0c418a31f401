"""Special functions of floats that the standard library lacks or has less accurately; none of them raises."""

from __future__ import annotations

import math
from math import cos, inf, nan, pi, sin

_MOST_DERIVATIVES = 100

# lgamma(2 + t) is t times the polynomial in t with these coefficients: 1 - Euler's constant, then
# (-1)**k (zeta(k) - 1)/k (Abramowitz & Stegun 6.1.33).
_LGAMMA_AT_2 = (
    0.42278433509846713,
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673986,
    0.0028905103307415234,
    -0.001192753911703261,
    0.0005096695247430425,
    -0.00022315475845357939,
    9.945751278180853e-05,
    -4.492623673813314e-05,
    2.050721277567069e-05,
    -9.439488275268397e-06,
    4.374866789907488e-06,
    -2.039215753801366e-06,
    9.55141213040742e-07,
    -4.492469198764566e-07,
    2.1207184805554665e-07,
    -1.0043224823968099e-07,
    4.7698101693639804e-08,
    -2.2711094608943164e-08,
    1.0838659214896955e-08,
    -5.183475041970047e-09,
    2.4836745438024785e-09,
    -1.1921401405860912e-09,
    5.731367241678862e-10,
)


def lgamma(x: float) -> float:
    """The logarithm of the absolute value of the gamma function; inf at its poles."""
    if 0.5 <= x <= 2.5:
        # Around its zeros at 1 and 2 the library's has only absolute accuracy.
        t = x - 1.0 if x < 1.5 else x - 2.0
        y = 0.0
        for coefficient in reversed(_LGAMMA_AT_2):
            y = y * t + coefficient
        return y * t - math.log1p(t) if x < 1.5 else y * t
    try:
        return math.lgamma(x)
    except (OverflowError, ValueError):
        return inf


# On [1, 2] digamma is (x - root) * (_DIGAMMA_SCALE + P(x - 1)/Q(x - 1)), with the root in three parts,
# so that it is accurate beside the root too (the rational function is that of Boost.Math, J. Maddock).
_DIGAMMA_ROOT = (1569415565.0 / 2**30, 381566830.0 / 2**60, 0.9016312093258695918615325266959189453125e-19)
_DIGAMMA_SCALE = 0.99558162689208984
_DIGAMMA_P = (
    0.25479851061131551,
    -0.32555031186804491,
    -0.65031853770896507,
    -0.28919126444774784,
    -0.045251321448739056,
    -0.0020713321167745952,
)
_DIGAMMA_Q = (
    1.0,
    2.0767117023730469,
    1.4606242909763515,
    0.43593529692665969,
    0.054151797245674225,
    0.0021284987017821144,
    -0.55789841321675513e-6,
)
# B(2k)/(2k) for k = 1, 2, …: digamma's asymptotic series.
_DIGAMMA_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160)


def digamma(x: float) -> float:
    """The derivative of lgamma; -inf at 0 (inf at -0), nan at the other poles."""
    if x <= 0.0:
        if x == 0.0:
            return math.copysign(inf, -x)
        tangent = _tan_pi(x)
        return digamma(1.0 - x) - pi / tangent if tangent else nan
    if x >= 10.0:
        y, square = 0.0, 1.0 / (x * x) if x < 1e150 else 0.0
        for coefficient in reversed(_DIGAMMA_SERIES):
            y = (y + coefficient) * square
        return math.log(x) - 0.5 / x - y
    shift = 0.0
    while x > 2.0:
        x -= 1.0
        shift += 1.0 / x
    if x < 1.0:
        shift -= 1.0 / x
        x += 1.0
    if x != x:
        return x
    distance = x - _DIGAMMA_ROOT[0] - _DIGAMMA_ROOT[1] - _DIGAMMA_ROOT[2]
    p = q = 0.0
    for coefficient in reversed(_DIGAMMA_P):
        p = p * (x - 1.0) + coefficient
    for coefficient in reversed(_DIGAMMA_Q):
        q = q * (x - 1.0) + coefficient
    return distance * _DIGAMMA_SCALE + distance * (p / q) + shift


# B(2k)/(2k)! for k = 1, 2, …: the Euler-Maclaurin series of the Hurwitz zeta function.
_BERNOULLI = (
    0.08333333333333333,
    -0.001388888888888889,
    3.306878306878307e-05,
    -8.267195767195768e-07,
    2.08767569878681e-08,
    -5.284190138687493e-10,
    1.3382536530684679e-11,
    -3.3896802963225827e-13,
    8.586062056277845e-15,
    -2.174868698558062e-16,
    5.5090028283602295e-18,
    -1.3954464685812522e-19,
)


def _hurwitz_zeta(s: float, x: float) -> float:
    """The sum of (x + k)**-s over k = 0, 1, 2, …, for s >= 2 and x > 0."""
    terms = []
    while x < 10.0 + s:
        terms.append(_power(x, -s))
        x += 1.0
    power = _power(x, -s)
    terms += [power * x / (s - 1.0), 0.5 * power]
    factor = s * power / x
    for k, coefficient in enumerate(_BERNOULLI):
        terms.append(coefficient * factor)
        factor *= (s + 2 * k + 1) * (s + 2 * k + 2) / (x * x)
    return math.fsum(terms)


def _power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return inf


def polygamma(n: float, x: float) -> float:
    """The n-th derivative of digamma, for n = 0, 1, …, 100 (nan for any other n)."""
    if not 0.0 <= n <= _MOST_DERIVATIVES or n % 1.0 or x != x:
        return nan
    order = int(n)
    if order == 0:
        return digamma(x)
    if x > 0.0:
        if x == inf:
            return math.copysign(0.0, 1.0 if order % 2 else -1.0)
        value = float(math.factorial(order)) * _hurwitz_zeta(n + 1.0, x)
        return value if order % 2 else -value
    tangent = _tan_pi(x)
    if not tangent or tangent != tangent:
        return inf if order % 2 and x != -inf else nan
    # The reflection formula (DLMF 5.15.6). As c' = -(1 + c*c), derivatives of c are polynomials in c.
    polynomial = [0, 1]
    for _ in range(order):
        slope = [k * p for k, p in enumerate(polynomial)][1:]
        polynomial = [-low - high for low, high in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    cotangent, value = 1.0 / tangent, 0.0
    for number in reversed(polynomial):
        value = value * cotangent + number
    reflected = polygamma(n, 1.0 - x)
    return (reflected if order % 2 == 0 else -reflected) - _power(pi, n + 1.0) * value


def erfinv(y: float) -> float:
    """The inverse of erf; infinite at -1 and 1, nan outside."""
    size = math.fabs(y)
    if not size < 1.0:
        return math.copysign(inf, y) if size == 1.0 else nan
    if size < 1e-9:
        return y * (math.sqrt(pi) / 2.0)
    # An approximation to three digits (S. Winitzki, 2008), then Halley's method, which triples the digits.
    u = math.log1p(-size * size)
    v = 2.0 / (pi * 0.147) + u / 2.0
    x = math.sqrt(math.sqrt(v * v - u / 0.147) - v)
    for _ in range(3):
        excess = math.erf(x) - size if size < 0.5 else (1.0 - size) - math.erfc(x)
        ratio = excess * (math.sqrt(pi) / 2.0) * math.exp(x * x)
        x -= ratio / (1.0 + x * ratio)
    return math.copysign(x, y)


def sinc(x: float) -> float:
    """sin(pi x)/(pi x), 1 at 0 and exactly 0 at every other whole number."""
    if x == 0.0:
        return 1.0
    return _sin_pi(x) / (pi * x) if x - x == 0.0 else nan


def sinc_derivative(n: float, x: float) -> float:
    """The n-th derivative of sinc, for n = 0, 1, …, 100 (nan for any other n)."""
    if not 0.0 <= n <= _MOST_DERIVATIVES or n % 1.0 or x - x != 0.0:
        return nan
    order, t = int(n), pi * x
    if math.fabs(t) < n + 1.0:
        value = _sinc_series(order, t)
    else:
        # t*s(t) = sin(t), differentiated k times: t*s_k + k*s_(k-1) = sin(t + k*pi/2).
        waves = (_sin_pi(x), _cos_pi(x))
        value = waves[0] / t
        for k in range(1, order + 1):
            wave = waves[k % 2] if k % 4 < 2 else -waves[k % 2]
            value = (wave - k * value) / t
    return _power(pi, n) * value


def _sinc_series(n: int, t: float) -> float:
    """The n-th derivative of sin(t)/t by its power series."""
    k = (n + 1) // 2
    # The term (-1)**k (2k)!/(2k - n)! t**(2k - n)/(2k + 1)! at its first k, which is 1 or t times a number.
    term = (-1.0) ** k * (t if n % 2 else 1.0) / (2 * k + 1)
    value, previous = 0.0, nan
    while value != previous:
        previous = value
        value += term
        term *= -t * t * (2 * k + 1) / ((2 * k + 3) * (2 * k + 1 - n) * (2 * k + 2 - n))
        k += 1
    return value


def _sin_pi(x: float) -> float:
    """sin(pi x), as accurate for large x as for small."""
    r = math.remainder(x, 2.0)
    if math.fabs(r) > 0.5:
        r = math.copysign(1.0, r) - r
    return sin(pi * r)


def _cos_pi(x: float) -> float:
    """cos(pi x)."""
    r = math.fabs(math.remainder(x, 2.0))
    return cos(pi * r) if r < 0.25 else sin(pi * (0.5 - r))


def _tan_pi(x: float) -> float:
    """tan(pi x); nan at an infinity, inf at its poles."""
    if x - x != 0.0:
        return nan
    cosine = _cos_pi(x)
    return _sin_pi(x) / cosine if cosine else inf
