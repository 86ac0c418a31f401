"""Trigonometric, hyperbolic, exponential and logarithmic rows, and roots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdcli.expression.rows import Function

_POSITIVE = ((0.1, 10.0),)
_WIDE = ((-10.0, 10.0),)


def _function(name: str, summary: str, derivative: str, **fields: Any) -> Function:
    """A row of one argument whose name is the same to `math`, torch and SymPy, but for what `fields` say."""
    row = Function(
        name,
        summary,
        derivatives=(derivative,),
        native=f"{name}({{a}})",
        torch=f"torch.{name}",
        sympy=f"{name}(a)",
        safe=(0.0,),
    )
    return replace(row, **fields)


ROWS = (
    _function("sin", "sine (of an angle in radians)", "cos(a)", domain=_WIDE),
    _function("cos", "cosine", "-sin(a)", domain=_WIDE),
    _function("tan", "tangent", "1 + out**2", domain=((-1.5, 1.5),)),
    Function("sec", "secant, 1/cos", expands="1/cos(a)", domain=((-1.5, 1.5),)),
    Function("csc", "cosecant, 1/sin", expands="1/sin(a)", domain=((0.1, 3.0),)),
    Function("cot", "cotangent, cos/sin", expands="cos(a)/sin(a)", domain=((0.1, 3.0),)),
    _function(
        "asin",
        "inverse sine",
        "1/sqrt((1 - a)*(1 + a))",
        domain=((-0.99, 0.99),),
        aliases=("arcsin",),
    ),
    _function(
        "acos",
        "inverse cosine",
        "-1/sqrt((1 - a)*(1 + a))",
        domain=((-0.99, 0.99),),
        aliases=("arccos",),
    ),
    _function("atan", "inverse tangent", "1/(1 + a**2)", domain=_WIDE, aliases=("arctan",)),
    Function(
        "atan2",
        "angle of the point (b, a): atan2(y, x)",
        arity=(2, 2),
        # Divided twice, so that the square of the distance neither overflows nor underflows.
        derivatives=(
            "where(a == 0 and b == 0, 0, b/hypot(a, b)/hypot(a, b))",
            "where(a == 0 and b == 0, 0, -a/hypot(a, b)/hypot(a, b))",
        ),
        native="atan2({a}, {b})",
        torch="atan2",
        sympy="atan2(a, b)",
        domain=((-3.0, 3.0), (0.1, 3.0)),
        safe=(0.0, 1.0),
        aliases=("arctan2",),
    ),
    _function("sinh", "hyperbolic sine", "cosh(a)", domain=_WIDE),
    _function("cosh", "hyperbolic cosine", "sinh(a)", domain=_WIDE),
    # 1 - out**2 would lose every digit where out is nearly 1.
    _function("tanh", "hyperbolic tangent", "sech(a)**2", torch="tanh", domain=_WIDE),
    _function("sech", "hyperbolic secant, 1/cosh", "-out*tanh(a)", torch="sech", domain=_WIDE),
    Function("csch", "hyperbolic cosecant, 1/sinh", expands="1/sinh(a)", domain=((0.1, 3.0),)),
    Function("coth", "hyperbolic cotangent, 1/tanh", expands="1/tanh(a)", domain=((0.1, 3.0),)),
    _function(
        "asinh",
        "inverse hyperbolic sine",
        "1/hypot(a, 1)",
        torch="asinh",
        domain=_WIDE,
        aliases=("arcsinh",),
    ),
    _function(
        "acosh",
        "inverse hyperbolic cosine",
        "1/(sqrt(a - 1)*sqrt(a + 1))",
        torch="acosh",
        domain=((1.01, 10.0),),
        safe=(2.0,),
        aliases=("arccosh",),
    ),
    _function(
        "atanh",
        "inverse hyperbolic tangent",
        "1/((1 - a)*(1 + a))",
        domain=((-0.99, 0.99),),
        aliases=("arctanh",),
    ),
    _function("exp", "exponential", "out", domain=_WIDE),
    _function(
        "expm1", "exp(a) - 1, accurate near 0", "exp(a)", torch="expm1", sympy="exp(a) - 1", domain=_WIDE
    ),
    _function(
        "log",
        "natural logarithm; log(a, b) is that to base b",
        "1/a",
        arity=(1, 2),
        expands="log(a)/log(b)",
        domain=((0.1, 10.0), (1.5, 10.0)),
        safe=(1.0,),
        aliases=("ln",),
    ),
    _function(
        "log2", "logarithm to base 2", "1/(a*log(2))", sympy="log(a)/log(2)", domain=_POSITIVE, safe=(1.0,)
    ),
    _function(
        "log10",
        "logarithm to base 10",
        "1/(a*log(10))",
        sympy="log(a)/log(10)",
        domain=_POSITIVE,
        safe=(1.0,),
    ),
    _function(
        "log1p", "log(1 + a), accurate near 0", "1/(1 + a)", sympy="log(1 + a)", domain=((-0.9, 10.0),)
    ),
    _function("sqrt", "square root", "1/(2*out)", domain=_POSITIVE, safe=(1.0,)),
    _function(
        "cbrt",
        "cube root, of negative numbers too",
        "1/(3*out**2)",
        torch="cbrt",
        sympy="",
        domain=_POSITIVE,
        safe=(1.0,),
    ),
    Function(
        "hypot",
        "square root of the sum of squares, without overflow",
        arity=(2, None),
        # At the origin there is no derivative; 0 is taken, as for abs.
        derivatives=("where(out == 0, 0, a/out)", "where(out == 0, 0, b/out)"),
        native="hypot({a}, {b})",
        torch="hypot",
        sympy="sqrt(a**2 + b**2)",
        domain=((-3.0, 3.0), (0.1, 3.0)),
        safe=(1.0, 1.0),
        chains=True,
    ),
)
