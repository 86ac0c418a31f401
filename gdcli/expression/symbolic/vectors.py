"""Expressions of vectors in SymPy: a vector is a symbol, and what is done with it is an operation never evaluated.

In an expression of vectors as a whole, such as ``x**2 - y``, SymPy's arithmetic holds element by element. `Space.at`
gives the general element of it, in which vectors stand only in `Element`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, NoReturn

from sympy import Add, Expr, Integer, Pow, Symbol

from gdcli.errors import SymbolsLeftOut
from gdcli.expression.functions import VECTORS
from gdcli.expression.rows import Function, vectors
from gdcli.expression.symbolic.affine import affine, at_most, follows
from gdcli.expression.symbolic.operations import Operation, apply, operation, power, variable

MISSING = Symbol("missing")
"""A part of a slice that is left out."""

_WAYS = 6
"""In how many ways it is known how long a vector is."""

_NOTATION = {row.name: row for row in vectors.NOTATION}


class VectorOperation(Operation):
    """An operation that is none of the function table."""


class Element(VectorOperation):
    """``x[i]``, or ``A[i, j]``: a vector (a symbol, or a product with a matrix) or a matrix, and subscripts."""

    row = _NOTATION[vectors.INDEX]


class Part(VectorOperation):
    """``x[start:stop:step]``."""

    row = _NOTATION[vectors.INDEX]


class Row(VectorOperation):
    """``A[i]``, a row of a matrix."""

    row = _NOTATION[vectors.INDEX]


class Column(VectorOperation):
    """``A[:, j]``."""

    row = _NOTATION[vectors.INDEX]


class Transposed(VectorOperation):
    """``transpose(A)``."""

    row = VECTORS["transpose"]


class MatrixProduct(VectorOperation):
    """``a @ b``, at least one of which is a matrix."""

    row = Function(vectors.MATMUL, "the product of matrices and vectors", arity=(2, 2), operator="@")


class Stack(VectorOperation):
    """``[a, b, c]``."""

    row = _NOTATION[vectors.LIST]


class Dot(VectorOperation):
    """``dot(a, b)``."""

    row = VECTORS["dot"]


class Reduction(VectorOperation):
    """A vector reduced to a number: the reduction's name, as a symbol, and the vector."""

    row = VECTORS["sum"]


class Total(VectorOperation):
    """``Sum(body, (index, low, high))``: body, index, low and high."""

    row = VECTORS[vectors.SUM]


class RunningProduct(VectorOperation):
    """``Product(body, (index, low, high))``."""

    row = VECTORS[vectors.PRODUCT]


class Last(NamedTuple):
    """An upper end of an index i: ``i*divisor <= above``."""

    above: Expr
    divisor: int = 1


def left_out(why: str) -> NoReturn:
    """Give no symbols."""
    raise SymbolsLeftOut(why)


def replaced(expr: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """The expression with others in the place of some of its parts."""
    done: dict[Expr, Expr] = dict(known)

    def visit(part: Expr) -> Expr:
        if part not in done:
            done[part] = rebuilt(part, visit) if part.args else part
        return done[part]

    return visit(expr)


def rebuilt(expr: Expr, visit: Callable[[Expr], Expr]) -> Expr:
    """The same operation on what its arguments become."""
    arguments = [visit(argument) for argument in expr.args]
    if isinstance(expr, VectorOperation):
        return type(expr)(*arguments)
    if isinstance(expr, Operation):
        return apply(expr.row.name, *arguments)
    return power(*arguments) if isinstance(expr, Pow) else expr.func(*arguments)


class Space:
    """What is known of the vectors and matrices of an expression, and of their lengths.

    Args:
        vectors: The names of the vectors.
        matrices: Those of the matrices.
    """

    def __init__(self, vectors: Iterable[str], matrices: Iterable[str]) -> None:
        self.kinds = dict.fromkeys(vectors, 1) | dict.fromkeys(matrices, 2)
        self._same: dict[Expr, Expr] = {}
        self._ranks: dict[Expr, int] = {}
        self._at: dict[tuple[Expr, Expr], Expr] = {}
        self._lasts: dict[Expr, list[tuple[Last, ...]]] = {}

    def rank(self, expr: Expr) -> int:
        """0 of a number, 1 of a vector, 2 of a matrix."""
        found = self._ranks.get(expr)
        if found is None:
            found = self._ranks[expr] = self._rank(expr)
        return found

    def _rank(self, expr: Expr) -> int:
        if isinstance(expr, Symbol):
            return self.kinds.get(expr.name, 0)
        if isinstance(expr, Element | Reduction | Dot):
            return 0
        if isinstance(expr, Part | Row | Column | Stack):
            return 1
        if isinstance(expr, Transposed):
            return 2
        if isinstance(expr, MatrixProduct):
            return self.rank(expr.args[0]) + self.rank(expr.args[1]) - 2
        if isinstance(expr, Total | RunningProduct):
            return self.rank(expr.args[0])
        return max([self.rank(argument) for argument in expr.args], default=0)

    def at(self, expr: Expr, index: Expr) -> Expr:
        """The element of a vector at `index`, counted from its beginning; a number is itself."""
        if not self.rank(expr):
            return expr
        if isinstance(expr, Part):
            start, step, _ = self.extent(expr)
            return self.at(expr.args[0], start + step * index)
        if isinstance(expr, Stack):
            if not index.is_Integer:
                left_out("a list is no vector with a general element")
            return expr.args[int(index)]
        if isinstance(expr, Row):
            return self.matrix_element(expr.args[0], expr.args[1], index)
        if isinstance(expr, Column):
            return self.matrix_element(expr.args[0], index, expr.args[1])
        if isinstance(expr, Symbol | MatrixProduct):
            if self.rank(expr) != 1:
                left_out("matrices are only multiplied with vectors in symbols")
            return Element(expr, index)
        if isinstance(expr, Total | RunningProduct):
            return type(expr)(self.at(expr.args[0], index), *expr.args[1:])
        return rebuilt(expr, lambda argument: self._known_at(argument, index))

    def _known_at(self, expr: Expr, index: Expr) -> Expr:
        found = self._at.get((expr, index))
        if found is None:
            found = self._at[expr, index] = self.at(expr, index)
        return found

    def listed(self, expr: Expr) -> int:
        """Of a vector that has a list among what it is made of element by element, its length; else 0."""
        if isinstance(expr, Stack):
            return len(expr.args)
        if not self.rank(expr) or isinstance(expr, VectorOperation):
            return self.listed(expr.args[0]) if isinstance(expr, Part | Total | RunningProduct) else 0
        return max([self.listed(argument) for argument in expr.args], default=0)

    def matrix_element(self, matrix: Expr, row: Expr, column: Expr) -> Expr:
        """``A[row, column]``."""
        if isinstance(matrix, Transposed):
            return self.matrix_element(matrix.args[0], column, row)
        if not isinstance(matrix, Symbol):
            left_out("matrices are only multiplied with vectors in symbols")
        return Element(matrix, row, column)

    # Lengths.

    def canonical(self, length: Expr) -> Expr:
        """Of lengths that are known to be equal the same one."""
        while length in self._same:
            length = self._same[length]
        return length

    def length_of(self, name: str) -> Expr:
        """The length of a vector or a matrix by its name."""
        return self.canonical(variable(f"len({name})"))

    def lasts(self, expr: Expr) -> list[tuple[Last, ...]]:
        """How far the index of a vector goes: in one or several ways that are equal, each of ends that all hold."""
        found = self._lasts.get(expr)
        if found is None:
            # Those that are simplest to write suffice.
            found = sorted(self._ends(expr), key=_simplicity)[:_WAYS]
            self._lasts[expr] = found
        return found

    def _ends(self, expr: Expr) -> list[tuple[Last, ...]]:
        if isinstance(expr, Symbol):
            return [(Last(self.length_of(expr.name) - 1),)] if self.rank(expr) else []
        if isinstance(expr, Part):
            return [self.extent(expr)[2]]
        if isinstance(expr, Stack):
            return [(Last(Integer(len(expr.args) - 1)),)]
        if isinstance(expr, Row | Column):
            return [(Last(self._matrix_length(expr.args[0], isinstance(expr, Row)) - 1),)]
        if isinstance(expr, MatrixProduct):
            a, b = expr.args
            return [(Last(self._matrix_length(a if self.rank(a) == 2 else b, self.rank(a) == 1) - 1),)]
        if isinstance(expr, Total | RunningProduct):
            return self.lasts(expr.args[0])
        if not self.rank(expr):
            return []
        return list(dict.fromkeys([each for argument in expr.args for each in self.lasts(argument)]))

    def meet(self, *exprs: Expr) -> None:
        """Note that vectors have the same length: they are added, say."""
        plain = [
            each[0].above + 1
            for expr in exprs
            for each in self.lasts(expr)
            if len(each) == 1 and each[0].divisor == 1 and (each[0].above + 1).is_Symbol
        ]
        names = sorted(plain, key=lambda length: list(self.kinds).index(_owner(length)))
        for length in names[1:]:
            if self.canonical(length) != self.canonical(names[0]):
                self._same[self.canonical(length)] = self.canonical(names[0])
                self._lasts.clear()

    def length(self, expr: Expr) -> Expr:
        """The number of elements of a vector."""
        ends = min(self.lasts(expr), key=_simplicity)
        return at_most([last(end) for end in ends], self.facts()) + 1

    def facts(self) -> list[Expr]:
        """What is not negative: no vector is empty."""
        return [self.length_of(name) - 1 for name in self.kinds]

    def _matrix_length(self, matrix: Expr, columns: bool) -> Expr:
        if isinstance(matrix, Transposed):
            return self._matrix_length(matrix.args[0], not columns)
        if not isinstance(matrix, Symbol):
            left_out("matrices are only multiplied with vectors in symbols")
        return self.length_of(f"transpose({matrix.name})" if columns else matrix.name)

    def extent(self, part: Part) -> tuple[Expr, int, tuple[Last, ...]]:
        """The subscript that a slice begins with, its step, and how far its own index goes."""
        base, start, stop, step_expr = part.args
        length = self.length(base)
        if step_expr == MISSING:
            step = 1
        elif step_expr.is_Integer and step_expr != 0:
            step = int(step_expr)
        else:
            left_out("the step of a slice is no number")
        first, end = (bound if bound == MISSING else self._bound(bound, length) for bound in (start, stop))
        if step > 0:
            if first == MISSING:
                first = Integer(0)
            elif not follows(first, self.facts()):
                # As in Python, what lies before the beginning is not counted.
                first = apply("max", first, Integer(0))
            ends = [length] if end == MISSING else [end, length]
            return first, step, tuple([Last(each - 1 - first, step) for each in ends])
        if first == MISSING:
            first = length - 1
        elif not follows(length - 1 - first, self.facts()):
            first = apply("min", first, length - 1)
        lowest = [Integer(0)] if end == MISSING else [end + 1, Integer(0)]
        return first, step, tuple([Last(first - each, -step) for each in lowest])

    def from_end(self, subscript: Expr, length: Expr) -> Expr:
        """A subscript that does not depend on the index of a sum, counted from the beginning."""
        if subscript.is_Integer:
            return subscript if subscript >= 0 else length + subscript
        if follows(subscript, self.facts()):
            return subscript
        # Whether it counts from the end is not known.
        return apply("mod", subscript, length)

    def _bound(self, bound: Expr, length: Expr) -> Expr:
        if not bound.is_Integer and not follows(bound, self.facts()):
            left_out("the end of a slice counts from behind if it is negative, which is not known")
        return self.from_end(bound, length)


def last(end: Last) -> Expr:
    """The largest whole number that an end allows."""
    if end.divisor == 1:
        return end.above
    exact = end.above / end.divisor
    whole = all(factor.is_Integer for factor in affine(exact).values())
    return exact if whole else operation("floor")(exact)


def _simplicity(ends: tuple[Last, ...]) -> tuple[int, int]:
    return len(ends), sum([10 * end.divisor + len(affine(end.above)) for end in ends])


def _owner(length: Expr) -> str:
    """The name in ``len(x)``."""
    name = str(length.name)[len("len(") : -1]
    return name[len("transpose(") : -1] if name.startswith("transpose(") else name


def terms(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum."""
    return tuple(expr.args) if isinstance(expr, Add) else (expr,)
