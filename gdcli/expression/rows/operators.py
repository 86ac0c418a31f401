"""Rows that are written with a sign or a word between their arguments."""

from __future__ import annotations

from gdcli.expression.rows import Function

_ANY = (-3.0, 3.0)
_BOTH = (_ANY, _ANY)


def _comparison(name: str, sign: str, words: str, sympy: str) -> Function:
    return Function(
        name,
        words,
        arity=(2, 2),
        derivatives=("0", "0"),
        native=f"{{a}} {sign} {{b}}",
        torch=f"torch.{name}",
        sympy=sympy,
        domain=_BOTH,
        operator=sign,
        boolean=True,
    )


ROWS = (
    Function(
        "add",
        "sum",
        arity=(2, 2),
        derivatives=("1", "1"),
        native="{a} + {b}",
        torch="torch.add",
        sympy="a + b",
        domain=_BOTH,
        operator="+",
    ),
    Function(
        "sub",
        "difference",
        arity=(2, 2),
        derivatives=("1", "-1"),
        native="{a} - {b}",
        torch="torch.sub",
        sympy="a - b",
        domain=_BOTH,
        operator="-",
    ),
    Function(
        "mul",
        "product",
        arity=(2, 2),
        derivatives=("b", "a"),
        native="{a} * {b}",
        torch="torch.mul",
        sympy="a*b",
        domain=_BOTH,
        safe=(1.0, 1.0),
        operator="*",
    ),
    Function(
        "div",
        "quotient",
        arity=(2, 2),
        derivatives=("1/b", "-out/b"),
        native="div({a}, {b})",
        torch="torch.div",
        sympy="a/b",
        domain=(_ANY, (0.1, 3.0)),
        safe=(1.0, 1.0),
        operator="/",
    ),
    Function(
        "pow",
        "power; a negative base takes whole exponents only (see cbrt)",
        arity=(2, 2),
        # 0*0**-1 is the only place where the plain rule is undefined but the derivative is not.
        derivatives=(
            "where(a == 0 and b == 0, 0, b*a**(b - 1))",
            "where(a == 0 and b >= 0, 0, out*log(a))",
        ),
        native="pow({a}, {b})",
        torch="pow",
        sympy="a**b",
        domain=((0.1, 3.0), _ANY),
        safe=(1.0, 1.0),
        aliases=("pow",),
        operator="**",
    ),
    Function(
        "neg",
        "negation",
        derivatives=("-1",),
        native="-{a}",
        torch="torch.neg",
        sympy="-a",
        operator="-",
    ),
    _comparison("lt", "<", "less than", "a < b"),
    _comparison("le", "<=", "less than or equal", "a <= b"),
    _comparison("gt", ">", "greater than", "a > b"),
    _comparison("ge", ">=", "greater than or equal", "a >= b"),
    _comparison("eq", "==", "equal", "Eq(a, b)"),
    _comparison("ne", "!=", "not equal", "Ne(a, b)"),
    Function(
        "and",
        "both conditions",
        arity=(2, 2),
        derivatives=("0", "0"),
        native="{a} & {b}",
        torch="torch.logical_and",
        sympy="And(a, b)",
        domain=_BOTH,
        operator="and",
        boolean=True,
    ),
    Function(
        "or",
        "either condition",
        arity=(2, 2),
        derivatives=("0", "0"),
        native="{a} | {b}",
        torch="torch.logical_or",
        sympy="Or(a, b)",
        domain=_BOTH,
        operator="or",
        boolean=True,
    ),
    Function(
        "not",
        "the opposite condition",
        derivatives=("0",),
        native="~{a}",
        torch="torch.logical_not",
        sympy="Not(a)",
        operator="not",
        boolean=True,
    ),
)
