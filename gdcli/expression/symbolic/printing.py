"""SymPy to gdcli's own notation."""

from __future__ import annotations

from typing import Any

from sympy import Expr
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from gdcli.expression.precedence import BINARY
from gdcli.expression.symbolic.operations import Operation

_BINDS = {
    "or": 20,
    "and": 30,
    "not": 32,
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), PRECEDENCE["Relational"]),
    "pow": PRECEDENCE["Pow"],
}
"""How tightly the operations bind that are not written as a call, on SymPy's scale."""
_SIGNS = {op: sign for sign, (op, _) in BINARY.items() if sign != "^"}
_LONG = 100
"""A sum of more terms is printed in the order in which SymPy keeps it: sorting for the eye takes too long."""


class Printer(StrPrinter):  # type: ignore[misc]
    """Prints so that the reader reads the same expression again."""

    def parenthesize(self, item: Expr, level: int, strict: bool = False) -> str:
        """`item`, in parentheses unless it binds more tightly than `level`, or, `strict`, as tightly."""
        if not isinstance(item, Operation):
            return str(super().parenthesize(item, level, strict))
        binds = _BINDS.get(item.row.name, PRECEDENCE["Atom"])
        text = str(self._print(item))
        return f"({text})" if binds < level or (binds == level and not strict) else text

    def _print_Operation(self, expr: Operation) -> str:  # noqa: N802
        name = expr.row.name
        if name == "not":
            return f"not {self.parenthesize(expr.args[0], _BINDS[name])}"
        if name in _BINDS:
            sign = "**" if name == "pow" else f" {_SIGNS[name]} "
            return sign.join(self.parenthesize(argument, _BINDS[name]) for argument in expr.args)
        return f"{name}({', '.join(map(self._print, _arguments(expr)))})"

    def _print_Float(self, expr: Any) -> str:  # noqa: N802
        number = float(expr)
        # Beyond the range of a double SymPy's digits stand: the reader makes of them what a double would.
        return repr(number) if number and abs(number) != float("inf") else str(super()._print_Float(expr))

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: N802
        return str(super()._print_Add(expr, order="none" if len(expr.args) > _LONG else order))


def to_text(expr: Expr) -> str:
    """The expression in the notation of `gdcli.expression.parser.parse`."""
    return str(Printer().doprint(expr))


def _arguments(expr: Operation) -> tuple[Expr, ...]:
    """The arguments; of ``max(max(a, b), c)`` all three."""
    arguments = expr.args
    while expr.row.chains and isinstance(arguments[0], type(expr)):
        arguments = (*arguments[0].args, *arguments[1:])
    return tuple(arguments)
