"""The source graph of a text with vectors to an expression of vectors as a whole."""

from __future__ import annotations

from sympy import Expr, Float, Integer, Symbol

from gdcli.expression.rows.vectors import (
    INDEX,
    INDEX_NAME,
    LARGEST,
    LIST,
    MATMUL,
    MISSING,
    PRODUCT,
    SLICE,
    SUM,
)
from gdcli.expression.symbolic import Bounds, vectors
from gdcli.expression.symbolic.conversion import convert
from gdcli.expression.symbolic.operations import variable
from gdcli.expression.symbolic.vectors import Space, left_out, replaced
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph

_REDUCTIONS = frozenset(
    {"sum", "mean", "prod", "norm", "norm1", "logsumexp", "var", "std", *LARGEST.values()}
)


class Reader:
    """Reads one graph.

    Attributes:
        held: The names of which subscripts and limits are made, which cannot be differentiated by.
    """

    def __init__(self, graph: Graph, space: Space) -> None:
        self.graph = graph
        self.space = space
        self.held: set[str] = set()
        self._slices: dict[int, list[Expr]] = {}

    def read(self, bounds: Bounds) -> Expr:
        """The expression, if it is within the bounds."""
        whole = convert(self.graph, others=self._node)
        bounds.check(whole)
        if self.space.rank(whole):
            left_out("the expression is no single number")
        lengths = {part: self.space.canonical(part) for part in whole.atoms(Symbol)}
        return replaced(whole, lengths)

    def _node(self, index: int, arguments: list[Expr]) -> Expr | None:
        node = self.graph.nodes[index]
        op, space = node.op, self.space
        if op in (CONSTANT, VARIABLE):
            return None
        if op == INDEX_NAME:
            return variable(node.name)
        if op == MISSING:
            return vectors.MISSING
        if op == SLICE:
            arguments = [_counted(each) for each in arguments]
            self._hold(*arguments)
            self._slices[index] = arguments
            return vectors.MISSING
        if op in (SUM, PRODUCT):
            name, low, high, body = arguments
            low, high = _counted(low), _counted(high)
            self._hold(low, high)
            kind = vectors.Total if op == SUM else vectors.RunningProduct
            return kind(body, name, low, high)
        if op == INDEX:
            return self._index(index, arguments)
        if op in _REDUCTIONS:
            return self._reduction(op, arguments[0])
        if op == LIST:
            if any(space.rank(each) for each in arguments):
                left_out("a matrix is written in it")
            return vectors.Stack(*arguments)
        if op == "len":
            return space.length(arguments[0]) if space.rank(arguments[0]) != 2 else self._rows(arguments[0])
        if op == "transpose":
            return (
                arguments[0].args[0]
                if isinstance(arguments[0], vectors.Transposed)
                else vectors.Transposed(*arguments)
            )
        if op in (MATMUL, "dot"):
            return self._product(*arguments)
        if max([space.rank(each) for each in arguments], default=0) > 1:
            left_out("a matrix takes part element by element")
        vectors_here = [each for each in arguments if space.rank(each)]
        if op == "where" and not space.rank(arguments[0]):
            # If the condition is known before, only one of them counts.
            if len(vectors_here) == 2 and space.lasts(vectors_here[0]) != space.lasts(vectors_here[1]):
                left_out("the branches of a condition are vectors whose lengths may differ")
            return None
        space.meet(*vectors_here)
        return None

    def _rows(self, matrix: Expr) -> Expr:
        return self.space._matrix_length(matrix, columns=False)

    def _hold(self, *subscripts: Expr) -> None:
        for subscript in subscripts:
            for symbol in subscript.atoms(Symbol):
                self.held.add(symbol.name)

    def _index(self, index: int, arguments: list[Expr]) -> Expr:
        operand, subscripts = arguments[0], [_counted(each) for each in arguments[1:]]
        space = self.space
        places = self.graph.nodes[index].inputs[1:]
        slices = [self._slices.get(place) for place in places]
        self._hold(*[each for each, is_slice in zip(subscripts, slices, strict=True) if is_slice is None])
        if space.rank(operand) == 2:
            return self._of_matrix(operand, subscripts, slices)
        if space.rank(operand) != 1 or len(places) != 1:
            left_out("a single number has brackets behind it")
        (ends,), (subscript,) = slices, subscripts
        if ends is not None:
            start, stop, step = ends
            part = vectors.Part(operand, start, stop, step)
            space.extent(part)
            return part
        if any(" " in symbol.name for symbol in subscript.atoms(Symbol)):
            # It depends on the index of a sum, and does not count from the end.
            return space.at(operand, subscript)
        return space.at(operand, space.from_end(subscript, space.length(operand)))

    def _of_matrix(self, matrix: Expr, subscripts: list[Expr], slices: list[list[Expr] | None]) -> Expr:
        everything = [vectors.MISSING] * 3
        if any(ends is not None and ends != everything for ends in slices):
            left_out("a part of a matrix is taken")
        if len(slices) == 1 or (slices[0] is None and slices[1] is not None):
            return matrix if slices[0] is not None else vectors.Row(matrix, subscripts[0])
        if slices[0] is None:
            return self.space.matrix_element(matrix, *subscripts)
        return matrix if slices[1] is not None else vectors.Column(matrix, subscripts[1])

    def _reduction(self, name: str, operand: Expr) -> Expr:
        rank = self.space.rank(operand)
        if rank == 0 and name in LARGEST.values():
            return operand
        if rank != 1:
            what = "a matrix" if rank else "what no vector is left in"
            left_out(f"{name} is taken of {what}")
        return vectors.Reduction(Symbol(name), operand)

    def _product(self, a: Expr, b: Expr) -> Expr:
        space = self.space
        ranks = space.rank(a), space.rank(b)
        if not min(ranks):
            left_out("a product of vectors has a single number as a factor")
        if ranks == (1, 1):
            space.meet(a, b)
            return vectors.Dot(a, b)
        if ranks == (2, 1) and isinstance(a, vectors.MatrixProduct):
            return self._product(a.args[0], self._product(a.args[1], b))
        if ranks == (1, 2) and isinstance(b, vectors.MatrixProduct):
            return self._product(self._product(a, b.args[0]), b.args[1])
        return vectors.MatrixProduct(a, b)


def _counted(expr: Expr) -> Expr:
    """A subscript or a limit; a name that is held at a number has become a Float in it."""
    whole = {number: Integer(int(number)) for number in expr.atoms(Float) if float(number).is_integer()}
    return replaced(expr, whole) if whole else expr
