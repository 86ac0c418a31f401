"""SymPy's expressions with vectors to gdcli's own notation."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol
from sympy.printing.precedence import PRECEDENCE

from gdcli.expression.rows.vectors import LARGEST
from gdcli.expression.symbolic.printing import Printer
from gdcli.expression.symbolic.vectors import MISSING, MatrixProduct, Space

_BELOW_PRODUCT = PRECEDENCE["Mul"] - 1
_NAMES = {op: name for name, op in LARGEST.items()}


class VectorPrinter(Printer):
    """Prints so that the reader reads the same expression again."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space

    def parenthesize(self, item: Expr, level: int, strict: bool = False) -> str:
        """As of `Printer`."""
        if not isinstance(item, MatrixProduct):
            return super().parenthesize(item, level, strict)
        text = str(self._print(item))
        return text if level < _BELOW_PRODUCT else f"({text})"

    def _print_Element(self, expr: Any) -> str:  # noqa: N802
        base, *subscripts = expr.args
        if len(subscripts) == 1 and isinstance(base, Symbol):
            behind = subscripts[0] - self.space.length_of(base.name)
            if behind.is_Integer and behind < 0:
                subscripts = [behind]
        return f"{self._base(base)}[{', '.join(map(self._print, subscripts))}]"

    def _print_Part(self, expr: Any) -> str:  # noqa: N802
        base, start, stop, step = expr.args
        ends = ["" if end == MISSING else str(self._print(end)) for end in (start, stop, step)]
        text = ":".join(ends if ends[2] else ends[:2])
        return f"{self._base(base)}[{text}]"

    def _print_Row(self, expr: Any) -> str:  # noqa: N802
        return f"{self._base(expr.args[0])}[{self._print(expr.args[1])}]"

    def _print_Column(self, expr: Any) -> str:  # noqa: N802
        return f"{self._base(expr.args[0])}[:, {self._print(expr.args[1])}]"

    def _print_Stack(self, expr: Any) -> str:  # noqa: N802
        return f"[{', '.join(map(self._print, expr.args))}]"

    def _print_Transposed(self, expr: Any) -> str:  # noqa: N802
        return f"transpose({self._print(expr.args[0])})"

    def _print_MatrixProduct(self, expr: Any) -> str:  # noqa: N802
        a, b = expr.args
        left = (
            str(self._print(a)) if isinstance(a, MatrixProduct) else self.parenthesize(a, PRECEDENCE["Pow"])
        )
        return f"{left} @ {self.parenthesize(b, PRECEDENCE['Pow'])}"

    def _print_Dot(self, expr: Any) -> str:  # noqa: N802
        return f"dot({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Reduction(self, expr: Any) -> str:  # noqa: N802
        name, vector = expr.args
        return f"{_NAMES.get(name.name, name.name)}({self._print(vector)})"

    def _print_Total(self, expr: Any) -> str:  # noqa: N802
        return self._over_index("Sum", expr)

    def _print_RunningProduct(self, expr: Any) -> str:  # noqa: N802
        return self._over_index("Product", expr)

    def _over_index(self, name: str, expr: Any) -> str:
        body, index, low, high = map(self._print, expr.args)
        return f"{name}({body}, ({index}, {low}, {high}))"

    def _base(self, base: Expr) -> str:
        return str(self._print(base)) if isinstance(base, Symbol) else f"({self._print(base)})"


def to_text(expr: Expr, space: Space) -> str:
    """The expression in the notation of `gdcli.expression.parser.parse`."""
    return str(VectorPrinter(space).doprint(expr))
