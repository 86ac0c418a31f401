"""The scalar functions: accurate, IEEE 754 at the edges, and without exceptions."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable

import mpmath
import pytest

from gdcli.engines import ieee, scalar, special
from gdcli.expression.functions import TABLE
from tests.expression.references import reference

INF, NAN = math.inf, math.nan
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 5e-324, -5e-324, 1e-8, 1e300, -1e300, 171.7, 710.0,
         -745.2, 2.0**52 + 1.0, INF, -INF, NAN)  # fmt: skip

Interval = tuple[float, float]
FAR_AND_NEAR: list[tuple[str, tuple[Interval, ...]]] = [
    ("lgamma", ((0.0, 0.5),)),
    ("lgamma", ((1.0 - 1e-6, 1.0 + 1e-6),)),
    ("lgamma", ((2.0 - 1e-6, 2.0 + 1e-6),)),
    ("lgamma", ((20.0, 1e6),)),
    ("gamma", ((-6.0, 170.0),)),
    ("digamma", ((1.46163, 1.46164),)),
    ("digamma", ((0.0, 0.1),)),
    ("digamma", ((20.0, 1e6),)),
    ("polygamma", ((1.0, 1.0), (-9.0, 0.0))),
    ("polygamma", ((2.0, 2.0), (0.0, 50.0))),
    ("polygamma", ((3.0, 3.0), (-5.0, 50.0))),
    ("polygamma", ((20.0, 20.0), (0.1, 50.0))),
    ("erfinv", ((-1e-5, 1e-5),)),
    ("erfinv", ((0.999999, 1.0),)),
    ("erfinv", ((-1.0, -0.9),)),
    ("erfc", ((3.0, 26.0),)),
    ("sinc", ((-1e5, 1e5),)),
    ("sinc_derivative", ((1.0, 1.0), (-0.01, 0.01))),
    ("sinc_derivative", ((2.0, 2.0), (-0.5, 0.5))),
    ("sinc_derivative", ((3.0, 3.0), (-0.5, 0.5))),
    ("sigmoid", ((-700.0, 40.0),)),
    ("softplus", ((-700.0, 40.0),)),
    ("sech", ((-700.0, 700.0),)),
    ("expm1", ((-1e-8, 1e-8),)),
    ("log1p", ((-1e-8, 1e-8),)),
    ("cbrt", ((-1e9, 1e9),)),
]
OWN_DOMAIN = [
    (row.name, tuple(row.domain[: len(row.derivatives)]))
    for row in TABLE.values()
    if row.native and not row.boolean
]


@pytest.mark.parametrize(("name", "intervals"), OWN_DOMAIN + FAR_AND_NEAR)
def test_every_function_has_fourteen_digits(name: str, intervals: tuple[Interval, ...]) -> None:
    chance = random.Random(name)
    with mpmath.workdps(30):
        for _ in range(40):
            arguments = [chance.uniform(low, high) for low, high in intervals]
            if name == "where":
                arguments[0] = float(arguments[0] > 0.0)
            expected = reference(name)(*map(mpmath.mpf, arguments))
            error = abs(scalar.evaluate(name, arguments) - expected)
            assert error <= 1e-14 * abs(expected), arguments


@pytest.mark.skipif(not hasattr(math, "cbrt"), reason="the library has none; ours is the one in use")
def test_our_cube_root_is_the_library_s() -> None:
    for x in (*EDGES, 27.0, -8.0, 1e-300, 0.1):
        assert ieee._cbrt(x) == pytest.approx(math.cbrt(x), rel=3e-16, nan_ok=True)


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if row.native])
def test_nothing_raises(name: str) -> None:
    function = scalar.function(name)
    arity = max(2 if TABLE[name].chains else 0, TABLE[name].arity[0])
    fast = scalar.template(name, fast=True).text.format(*"abc")
    code = compile(fast, name, "eval")
    for arguments in itertools.product(EDGES, repeat=arity):
        value = function(*arguments)
        assert isinstance(value, (float, bool))
        try:
            quick = eval(code, scalar.FAST, dict(zip("abc", arguments, strict=False)))
        except scalar.RAISES:
            continue
        assert repr(quick) == repr(value), arguments


CASES: list[tuple[Callable[..., float], tuple[float, ...], float]] = [
    (ieee.div, (1.0, 0.0), INF),
    (ieee.div, (1.0, -0.0), -INF),
    (ieee.div, (-INF, 0.0), -INF),
    (ieee.div, (0.0, 0.0), NAN),
    (ieee.mod, (1.0, 0.0), NAN),
    (ieee.mod, (-1.0, 3.0), 2.0),
    (ieee.mod, (1.0, -3.0), -2.0),
    (ieee.mod, (5.0, INF), 5.0),
    (ieee.pow, (-8.0, 1.0 / 3.0), NAN),
    (ieee.pow, (0.0, -1.0), INF),
    (ieee.pow, (-0.0, -1.0), -INF),
    (ieee.pow, (-0.0, -2.0), INF),
    (ieee.pow, (10.0, 400.0), INF),
    (ieee.pow, (-10.0, 401.0), -INF),
    (ieee.pow, (NAN, 0.0), 1.0),
    (ieee.log, (0.0,), -INF),
    (ieee.log, (-1.0,), NAN),
    (ieee.log1p, (-1.0,), -INF),
    (ieee.log1p, (-1.5,), NAN),
    (ieee.log10, (INF,), INF),
    (ieee.sqrt, (-1.0,), NAN),
    (ieee.exp, (1000.0,), INF),
    (ieee.expm1, (1000.0,), INF),
    (ieee.exp, (-INF,), 0.0),
    (ieee.sinh, (-1000.0,), -INF),
    (ieee.cosh, (-1000.0,), INF),
    (ieee.sech, (-1000.0,), 0.0),
    (ieee.sin, (INF,), NAN),
    (ieee.asin, (1.5,), NAN),
    (ieee.acosh, (0.5,), NAN),
    (ieee.atanh, (1.0,), INF),
    (ieee.atanh, (-1.0,), -INF),
    (ieee.atanh, (2.0,), NAN),
    (ieee.cbrt, (-8.0,), -2.0),
    (ieee.gamma, (0.0,), INF),
    (ieee.gamma, (-0.0,), -INF),
    (ieee.gamma, (-1.0,), NAN),
    (ieee.gamma, (172.0,), INF),
    (ieee.gamma, (-1e-309,), -INF),
    (ieee.gamma, (-INF,), NAN),
    (ieee.lgamma, (0.0,), INF),
    (ieee.lgamma, (1e306,), INF),
    (ieee.digamma, (0.0,), -INF),
    (ieee.digamma, (-1.0,), NAN),
    (ieee.digamma, (INF,), INF),
    (ieee.polygamma, (1.0, 0.0), INF),
    (ieee.polygamma, (1.0, INF), 0.0),
    (ieee.polygamma, (1.5, 1.0), NAN),
    (ieee.polygamma, (-1.0, 1.0), NAN),
    (ieee.erfinv, (1.0,), INF),
    (ieee.erfinv, (-1.0,), -INF),
    (ieee.erfinv, (1.1,), NAN),
    (ieee.sinc, (0.0,), 1.0),
    (ieee.sinc, (3.0,), 0.0),
    (ieee.sinc, (INF,), NAN),
    (ieee.sinc_derivative, (1.0, 0.0), 0.0),
    (ieee.sign, (-3.0,), -1.0),
    (ieee.sign, (NAN,), NAN),
    (ieee.heaviside, (0.0,), 0.5),
    (ieee.heaviside, (NAN,), NAN),
    (ieee.floor, (-0.5,), -1.0),
    (ieee.floor, (INF,), INF),
    (ieee.ceil, (-0.5,), -0.0),
    (ieee.ceil, (1e300,), 1e300),
    (ieee.round, (0.5,), 0.0),
    (ieee.round, (1.5,), 2.0),
    (ieee.round, (-2.5,), -2.0),
    (ieee.round, (2.0**52 - 0.5,), 2.0**52),
    (ieee.round, (-INF,), -INF),
    (ieee.clip, (NAN, 0.0, 1.0), NAN),
    (ieee.clip, (0.5, NAN, 1.0), NAN),
    (ieee.clip, (0.5, 2.0, 1.0), 1.0),
    (ieee.logaddexp, (-INF, -INF), -INF),
    (ieee.logaddexp, (INF, -INF), INF),
    (ieee.logaddexp, (1000.0, 1000.0), 1000.0 + math.log(2.0)),
    (ieee.softplus, (-INF,), 0.0),
    (ieee.softplus, (1000.0,), 1000.0),
    (ieee.sigmoid, (-INF,), 0.0),
    (ieee.sigmoid, (-745.0,), 5e-324),
]


@pytest.mark.parametrize(("function", "arguments", "expected"), CASES)
def test_edges(function: Callable[..., float], arguments: tuple[float, ...], expected: float) -> None:
    assert repr(function(*arguments)) == repr(expected)


@pytest.mark.parametrize("n", range(5))
def test_derivatives_of_sinc_at_zero(n: int) -> None:
    # sin(t)/t = 1 - t**2/3! + t**4/5! - …
    exact = 0.0 if n % 2 else (-1.0) ** (n // 2) * math.pi**n / (n + 1)
    assert special.sinc_derivative(float(n), 0.0) == pytest.approx(exact, rel=1e-15)


def test_maximum_and_minimum_pass_nan_on() -> None:
    for name, (a, b) in itertools.product(("max", "min"), ((NAN, 1.0), (1.0, NAN), (NAN, NAN))):
        assert math.isnan(scalar.evaluate(name, [a, b]))
