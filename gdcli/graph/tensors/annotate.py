"""The computation graph of a text with vectors, annotated as `gdcli.graph.annotate` does it with single numbers.

The nodes are those of the text. A vector has its shape and the Euclidean norms of its value and of its gradient; the
local derivatives are formulas, element by element, and numbers between single numbers only. What a sum over an index
adds up is a vector along that index. Subscripts, limits and lengths stand in the operations that use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gdcli.expression.functions import TABLE
from gdcli.graph import local
from gdcli.graph.folding import as_float
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph
from gdcli.graph.notation import Piece, number
from gdcli.graph.tensors import notation
from gdcli.graph.tensors.operations import Shape
from gdcli.graph.tensors.reading import SUMS, Reading
from gdcli.graph.tensors.watching import Watched, watch
from gdcli.records import GraphEdge, GraphNode


class Annotated(NamedTuple):
    """An annotated graph.

    Attributes:
        nodes: Its nodes in the order of evaluation.
        partials: At a point the derivatives by the variables, by name: floats and NumPy's arrays.
    """

    nodes: tuple[GraphNode, ...]
    partials: dict[str, Any]


def annotate(
    graph: Graph,
    shapes: Mapping[str, Shape] | None = None,
    at: Mapping[str, Any] | None = None,
    arrays: Mapping[str, Any] | None = None,
    text: str = "",
) -> Annotated:
    """The nodes of a graph in the order of evaluation.

    Args:
        graph: A source graph with one output, as the parser writes it.
        shapes: The shape of each variable; left out, lengths are not known.
        at: A number or an array for each variable. Without it there are formulas only.
        arrays: NumPy's arrays that some names stand for, which are constants.
        text: The text, for the messages.

    Raises:
        ExpressionError: The shapes do not fit, or the expression is no single number.
    """
    return _Annotation(graph, shapes, at, arrays or {}, text).annotated()


class _Annotation(Reading):
    """One graph, and what is known of each of its nodes, by index."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape] | None,
        at: Mapping[str, Any] | None,
        arrays: Mapping[str, Any],
        text: str,
    ) -> None:
        super().__init__(graph, arrays)
        self.at = at
        self.known = Watched()
        if shapes is not None:
            wanted = [index for index, computed in enumerate(self.computed) if computed]
            self.known = watch(self.graph, shapes, arrays, text, wanted, self.passing_on(), at)

    def annotated(self) -> Annotated:
        """The annotated nodes, and the derivatives by the variables."""
        indices = [index for index in range(len(self.graph.nodes)) if self.shown[index]]
        # The value of the whole is the last one, also where a variable stands in a length only.
        indices.sort(key=lambda index: index == self.root)
        return Annotated(tuple([self._node(index) for index in indices]), self.known.partials)

    # Derivatives.

    def _edges(self, index: int) -> Iterator[GraphEdge]:
        """The edges of a node to those that it takes."""
        node = self.graph.nodes[index]
        for place in self.places(node):
            used = node.inputs[place]
            if not self.shown[used]:
                continue
            source = self.pieces[used].text
            if not self.varies[used]:
                yield GraphEdge(source)
            elif node.op in TABLE:
                yield self._elementwise(index, place)
            else:
                yield self._of_vectors(index, place)

    def _elementwise(self, index: int, place: int) -> GraphEdge:
        node = self.graph.nodes[index]
        base = self.graph.nodes[node.inputs[0]]
        base_is_e = node.op == "pow" and base.op == CONSTANT and base.name == "e"
        rule = local.rule(node.op, place, base_is_e=base_is_e)
        values = [self._number(used) for used in node.inputs]
        out = self._number(index)
        known = [value for value in values if value is not None]
        at = (known, out) if out is not None and len(known) == len(values) else None
        pieces = [self.pieces[used] for used in node.inputs]
        text = local.text(rule, pieces, self.pieces[index], at)
        slope = local.derivative(rule, *at) if at else None
        if TABLE[node.op].boolean:
            return GraphEdge(self.pieces[node.inputs[place]].text, text, slope)
        selected = node.op == "where" or (rule.startswith("where(") and node.op != "pow")
        nothing = rule == "0" or (selected and slope == 0.0)
        return self._edge(index, node.inputs[place], text, slope, nothing=nothing)

    def _of_vectors(self, index: int, place: int) -> GraphEdge:
        node = self.graph.nodes[index]
        op, used = node.op, node.inputs[place]
        own, out = self.pieces[used], self.pieces[index]
        rule = notation.rule(op, place)
        inputs = [self.pieces[i] for i in node.inputs] if op not in SUMS else [own, Piece("")]
        if len(node.inputs) == 1:
            size = self.known.sizes.get(used)
            inputs.append(Piece(f"len({own.text})") if size is None else number(size))
        elif op in SUMS and (index in self.known.counts or not self.depends_on_index(index)):
            rule, inputs[1] = notation.REPEATED[op], self._count(index)
        value, result, times = self._number(used), self._number(index), self.known.counts.get(index, 1)
        at = ([value, times], result) if value is not None and result is not None else None
        text = local.text(rule, inputs, out, at)
        slope = None
        if at is not None:
            slope = local.derivative(rule, *at) if times else 0.0
        return self._edge(index, used, text, slope)

    def _edge(
        self, index: int, used: int, text: str, slope: float | None, *, nothing: bool = False
    ) -> GraphEdge:
        contribution = None
        if slope is not None:
            adjoint = 1.0 if index == self.root else self.known.gradients.get(index, 0.0)
            # Nothing flows through a branch that is not taken; of what is behind, the slope need not be finite.
            contribution = 0.0 if nothing or adjoint == 0.0 else adjoint * slope
        return GraphEdge(self.pieces[used].text, text, slope, contribution)

    def _number(self, index: int) -> float | bool | None:
        """The value of a node at the point if it is a single number."""
        if self.at is None or self.known.shapes.get(index, ()):
            return None
        constant = self.constants.get(index)
        if constant is not None:
            return constant if isinstance(constant, bool) else as_float(constant)
        return self.known.values.get(index)

    def _count(self, index: int) -> Piece:
        """How many numbers the index of a sum goes through."""
        count = self.known.counts.get(index)
        if count is not None:
            return number(count)
        _, low, high, _ = [self.inline.get(each, Piece("")) for each in self.graph.nodes[index].inputs]
        rule = "b + 1" if low.number == 0 else "b" if low.number == 1 else "b - a + 1"
        return local.piece(rule, [low, high], Piece(""))

    # Results.

    def _node(self, index: int) -> GraphNode:
        node, call = self.graph.nodes[index], self.calls.get(index)
        op, name = node.op, self.pieces[index].text
        kind = "condition" if op in TABLE and TABLE[op].boolean else "operation"
        if op == VARIABLE:
            kind = op = CONSTANT if node.name in self.arrays else VARIABLE
            operation = node.name
        elif op == CONSTANT:
            kind, operation = op, node.name or number(self.constants[index]).text
        else:
            operation = notation.write(op, self.inputs(index, self.pieces)).text
        stands_for = "" if call is None else notation.write(call[0], [self.pieces[i] for i in call[1]]).text
        edges = tuple(self._edges(index))
        shape = self.known.shapes.get(index, ())
        value = gradient = None
        if self.at is not None:
            value = self.known.values.get(index)
            if kind != "condition" and (self.varies[index] or index == self.root):
                gradient = 1.0 if index == self.root else self.known.gradients.get(index, 0.0)
        if shape:
            return GraphNode(
                name,
                kind,
                op,
                operation,
                edges,
                None,
                None,
                stands_for,
                shape,
                norm=value,
                gradient_norm=gradient,
            )
        return GraphNode(name, kind, op, operation, edges, value, gradient, stands_for)
