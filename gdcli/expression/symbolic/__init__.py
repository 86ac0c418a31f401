"""Derivatives in symbols, in the notation in which expressions are typed.

SymPy knows the local derivatives, collects terms and prints; it never sees a function that it could try to
compute, and so cannot hang (`gdcli.expression.symbolic.operations`). Importing this package imports SymPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from sympy import Add, Expr, Integer, Mul, Number, Pow, Symbol, nan, oo, zoo

from gdcli.errors import SymbolsLeftOut
from gdcli.expression.bounds import MAX_DIGITS, check_symbolic
from gdcli.expression.symbolic.conversion import DOUBLE, convert
from gdcli.expression.symbolic.gradient import gradient, postorder
from gdcli.expression.symbolic.numeric import evaluate
from gdcli.expression.symbolic.operations import Operation, variable
from gdcli.expression.symbolic.printing import to_text
from gdcli.graph.nodes import Graph

__all__ = ["derivatives", "hessian", "numeric_derivatives"]

MAX_DEPTH = 100
MAX_WORK = 50_000
MAX_LENGTH = 50_000
_MAX_BITS = int(MAX_DIGITS * 3.32)
_UNDEFINED = frozenset({nan, oo, -oo, zoo})


def derivatives(graph: Graph, wrt: Sequence[str] | None = None) -> dict[str, str]:
    """The partial derivatives in symbols.

    Args:
        graph: A source graph with one output, as the parser writes it.
        wrt: The variables to differentiate by; left out, all of the graph's.

    Returns:
        For each of them the derivative's text, ``"0"`` where the function does not depend on it.

    Raises:
        SymbolsLeftOut: If the function or a derivative is too large to write down, or undefined everywhere.

    >>> from gdcli.expression.parser import parse
    >>> derivatives(parse("x**2 + 3x*y"))
    {'x': '2*x + 3*y', 'y': '3*x'}
    """
    names = _names(graph, wrt)
    with bounded() as bounds:
        return _row(_function(graph, bounds), names, bounds)


def hessian(graph: Graph, wrt: Sequence[str] | None = None) -> dict[str, dict[str, str]]:
    """The second partial derivatives in symbols, for each variable a row; see `derivatives`.

    >>> from gdcli.expression.parser import parse
    >>> hessian(parse("x**2*y"))
    {'x': {'x': '2*y', 'y': '2*x'}, 'y': {'x': '2*x', 'y': '0'}}
    """
    names = _names(graph, wrt)
    with bounded() as bounds:
        partials = _gradient(_function(graph, bounds), names, bounds)
        return {name: _row(partial, names, bounds) for name, partial in partials.items()}


def numeric_derivatives(
    graph: Graph, at: Mapping[str, float], wrt: Sequence[str] | None = None, *, digits: int = 30
) -> tuple[float, dict[str, float]]:
    """The value and the symbolic derivatives at a point, computed with `digits` digits and then rounded.

    Args:
        graph: A source graph with one output.
        at: A number for each variable, taken as exactly that.
        wrt: The variables to differentiate by; left out, all of the graph's.
        digits: Digits to compute with, beyond a reserve for cancellation.

    Returns:
        The value, and by variable the derivative. Where a formula is undefined, nan.

    Raises:
        SymbolsLeftOut: As of `derivatives`.
    """
    names = _names(graph, wrt)
    with bounded() as bounds:
        function = _function(graph, bounds, precision=4 * (digits + 50))
        partials = _gradient(function, names, bounds, guarded=True)
        value, *numbers = evaluate([function, *partials.values()], at, digits)
        return value, dict(zip(names, numbers, strict=True))


def _names(graph: Graph, wrt: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(graph.variables if wrt is None else wrt)


def _function(graph: Graph, bounds: Bounds, precision: int = DOUBLE) -> Expr:
    check_symbolic(len(graph.nodes))
    function = convert(graph, precision)
    bounds.check(function)
    return function


def _gradient(function: Expr, names: Sequence[str], bounds: Bounds, guarded: bool = False) -> dict[str, Expr]:
    symbols = [variable(name) for name in names]
    partials = gradient(function, symbols, guarded=guarded, spend=bounds.spend)
    by_name = {symbol.name: partials.get(symbol, Integer(0)) for symbol in symbols}
    for partial in by_name.values():
        bounds.check(partial)
    return by_name


def _row(function: Expr, names: Sequence[str], bounds: Bounds) -> dict[str, str]:
    return {name: to_text(partial) for name, partial in _gradient(function, names, bounds).items()}


class Bounds:
    """What may be spent on the derivatives of one function."""

    def __init__(self) -> None:
        self.work = 0
        self.length = 0

    def spend(self, work: int) -> None:
        """Counts terms and factors about to be handled."""
        self.work += work
        if self.work > MAX_WORK:
            raise SymbolsLeftOut(
                f"the derivatives take more than {MAX_WORK:,} terms and factors to write down"
            )

    def check(self, expr: Expr) -> None:
        """Refuses what is too long to print, too deep for SymPy, or has no value anywhere."""
        self.length += self.measure(expr)
        if self.length > MAX_LENGTH:
            self._too_long()

    def measure(self, expr: Expr) -> int:
        """The number of symbols of a part, which is refused as by `check`, but not counted."""
        length: dict[Expr, int] = {}
        depth: dict[Expr, int] = {}
        for part in postorder(expr):
            if part in _UNDEFINED:
                raise SymbolsLeftOut("the expression divides by zero, whatever its variables are")
            if not isinstance(part, Add | Mul | Pow | Number | Symbol | Operation):
                raise SymbolsLeftOut(f"the notation has no function {type(part).__name__}")
            if part.is_Rational and max(abs(part.p), part.q).bit_length() > _MAX_BITS:
                raise SymbolsLeftOut(f"a number in them has more than {MAX_DIGITS:,} digits")
            # Counted as often as it is printed, though a shared part is stored once.
            length[part] = 1 + sum([length[argument] for argument in part.args])
            depth[part] = 1 + max([depth[argument] for argument in part.args], default=0)
        if length[expr] > MAX_LENGTH:
            self._too_long()
        if depth[expr] > MAX_DEPTH:
            raise SymbolsLeftOut(f"the expression or a derivative is nested more than {MAX_DEPTH} deep")
        return length[expr]

    def _too_long(self) -> NoReturn:
        raise SymbolsLeftOut(f"the derivatives have more than {MAX_LENGTH:,} symbols")


@contextmanager
def bounded() -> Iterator[Bounds]:
    try:
        yield Bounds()
    except RecursionError:
        raise SymbolsLeftOut("the expression is nested too deep") from None
