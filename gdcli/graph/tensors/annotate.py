"""The computation graph of a text with vectors, annotated as `gdcli.graph.annotate` does it with single numbers.

The nodes are those of the text. A vector has its shape and the Euclidean norms of its value and of its gradient; the
local derivatives are formulas, element by element, and numbers between single numbers only. What a sum over an index
adds up is a vector along that index. Subscripts, limits and lengths stand in the operations that use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gdcli.expression.functions import TABLE
from gdcli.expression.names import CONSTANTS
from gdcli.expression.rows.vectors import INDEX, INDEX_NAME, PRODUCT, SUM
from gdcli.graph import local
from gdcli.graph.annotate import MAX_INLINED, node_names, written_out
from gdcli.graph.folding import FoldingBuilder, as_float
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.notation import Piece, number
from gdcli.graph.tensors import notation
from gdcli.graph.tensors.naming import counting_names
from gdcli.graph.tensors.operations import Shape
from gdcli.graph.tensors.watching import Watched, watch
from gdcli.records import GraphEdge, GraphNode

LENGTH = "len"
LONGEST = 200
"""A subscript, or a limit, is not written any longer: by definitions that use others it may become so."""
_SUMS = (SUM, PRODUCT)


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


class _Annotation:
    """One graph, and what is known of each of its nodes, by index."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape] | None,
        at: Mapping[str, Any] | None,
        arrays: Mapping[str, Any],
        text: str,
    ) -> None:
        self.graph, self.calls = written_out(graph)
        self.root = self.graph.outputs[0]
        self.arrays = arrays
        self.at = at
        self.computed = self._computed()
        self.varies = self._varying()
        self.bits = self._index_bits()
        self.constants = self._constants()
        self.inline = self._written()
        self.pieces, self.shown = self._named()
        self.known = Watched()
        if shapes is not None:
            wanted = [index for index in range(self.root + 1) if self.computed[index]]
            self.known = watch(self.graph, shapes, arrays, text, wanted, self._passing_on(), at)

    def annotated(self) -> Annotated:
        """The annotated nodes, and the derivatives by the variables."""
        indices = [index for index in range(len(self.graph.nodes)) if self.shown[index]]
        # The value of the whole is the last one, also where a variable stands in a length only.
        indices.sort(key=lambda index: index == self.root)
        return Annotated(tuple([self._node(index) for index in indices]), self.known.partials)

    # What each node is.

    def _places(self, node: Node) -> range:
        """The places of those inputs of an operation that are computed; the others stand in its text."""
        if node.op == INDEX:
            return range(1)
        if node.op in _SUMS:
            return range(3, 4)
        return range(0) if node.op == LENGTH else range(len(node.inputs))

    def _computed(self) -> list[bool]:
        """Which nodes are more than a part of a subscript, a limit or a length."""
        nodes = self.graph.nodes
        computed = [False] * len(nodes)
        computed[self.root] = True
        for index in range(self.root, -1, -1):
            if computed[index]:
                for place in self._places(nodes[index]):
                    computed[nodes[index].inputs[place]] = True
        # Of a variable whose length alone is used, the gradient is 0.
        counting = counting_names(self.graph)
        for index, node in enumerate(nodes):
            if node.op == VARIABLE and node.name not in counting and node.name not in self.arrays:
                computed[index] = True
        return computed

    def _index_bits(self) -> list[int]:
        """For each node the indices of sums that it depends on: those nodes' own indices, as bits."""
        bits: list[int] = []
        serial = 0
        for node in self.graph.nodes:
            if node.op == INDEX_NAME:
                bits.append(1 << serial)
                serial += 1
                continue
            own = 0
            for used in node.inputs:
                own |= bits[used]
            bits.append(own)
        return bits

    def _varying(self) -> list[bool]:
        varies: list[bool] = []
        for node in self.graph.nodes:
            is_variable = node.op == VARIABLE and node.name not in self.arrays
            varies.append(is_variable or any([varies[node.inputs[place]] for place in self._places(node)]))  # noqa: C419 (quicker)
        return varies

    def _constants(self) -> dict[int, float]:
        """The numbers of what does not vary; whole numbers are exact, as the engines have them."""
        builder = FoldingBuilder()
        indices: dict[int, int] = {}
        for index, node in enumerate(self.graph.nodes):
            if node.value is not None:
                indices[index] = builder.constant(node.value, node.name)
            elif node.op in TABLE and all(i in indices for i in node.inputs):
                indices[index] = builder.apply(node.op, *[indices[i] for i in node.inputs])
        numbers = {index: builder.number(own) for index, own in indices.items()}
        return {index: value for index, value in numbers.items() if value is not None}

    def _passing_on(self) -> set[int]:
        """The nodes that pass their gradient on, and on whose values neither a condition nor a subscript depends."""
        nodes = self.graph.nodes
        deciding = [index in self.inline for index in range(len(nodes))]
        for index in range(len(nodes) - 1, -1, -1):
            node = nodes[index]
            for place, used in enumerate(node.inputs):
                decides = (node.op in TABLE and TABLE[node.op].boolean) or (node.op == "where" and not place)
                deciding[used] |= deciding[index] or decides
        varying = [index for index, varies in enumerate(self.varies) if varies and self.computed[index]]
        return {index for index in varying if not deciding[index]}

    def _written(self) -> dict[int, Piece]:
        """The whole texts of what stands in subscripts, limits and lengths."""
        nodes = self.graph.nodes
        wanted = [False] * len(nodes)
        for index in range(len(nodes) - 1, -1, -1):
            node = nodes[index]
            places = self._places(node)
            for place, used in enumerate(node.inputs):
                wanted[used] |= wanted[index] or (self.computed[index] and place not in places)
        written: dict[int, Piece] = {}
        for index, node in enumerate(nodes):
            if not wanted[index]:
                continue
            if node.op in (CONSTANT, VARIABLE, INDEX_NAME):
                piece = self._leaf(index)
            else:
                piece = notation.write(node.op, [written[i] for i in node.inputs])
            written[index] = piece if len(piece.text) <= LONGEST else Piece("…")
        return written

    def _leaf(self, index: int) -> Piece:
        node = self.graph.nodes[index]
        if node.value is None:
            return Piece(node.name.partition(" ")[0])
        piece = Piece(node.name) if node.name in CONSTANTS else number(node.value)
        return piece._replace(number=node.value)

    def _named(self) -> tuple[list[Piece], list[bool]]:
        """How each node is written where it is used, and whether it is shown as a node of its own."""
        nodes = self.graph.nodes
        shown = list(self.computed)
        pieces = [Piece("")] * len(nodes)
        for index, node in enumerate(nodes):
            if not shown[index] or index == self.root or self.varies[index] or node.op == VARIABLE:
                continue
            if node.value is not None or node.op == INDEX_NAME:
                pieces[index] = self._leaf(index)
            elif node.op == LENGTH:
                pieces[index] = notation.write(LENGTH, [self.inline[node.inputs[0]]])
            elif self.graph.variables and not any(shown[node.inputs[place]] for place in self._places(node)):
                pieces[index] = notation.write(node.op, self._inputs(index, pieces))
            else:
                continue
            pieces[index] = pieces[index]._replace(number=self.constants.get(index))
            shown[index] = node.op not in (LENGTH, INDEX_NAME) and len(pieces[index].text) > MAX_INLINED
        counters = {self._leaf(index).text for index, node in enumerate(nodes) if node.op == INDEX_NAME}
        taken = tuple(dict.fromkeys([*self.graph.variables, *sorted(counters)]))
        operations = sum(
            is_shown and node.op != VARIABLE for is_shown, node in zip(shown, nodes, strict=True)
        )
        names = node_names(operations + len(taken), taken)
        for index, node in enumerate(nodes):
            if shown[index]:
                name = node.name if node.op == VARIABLE else next(names)
                pieces[index] = Piece(name, number=self.constants.get(index))
        return pieces, shown

    def _inputs(self, index: int, pieces: list[Piece]) -> list[Piece]:
        """What stands for the inputs of an operation."""
        node = self.graph.nodes[index]
        places = self._places(node)
        return [
            pieces[used] if place in places else self.inline[used] for place, used in enumerate(node.inputs)
        ]

    # Derivatives.

    def _edges(self, index: int) -> Iterator[GraphEdge]:
        """The edges of a node to those that it takes."""
        node = self.graph.nodes[index]
        for place in self._places(node):
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
        inputs = [self.pieces[i] for i in node.inputs] if op not in _SUMS else [own, Piece("")]
        if len(node.inputs) == 1:
            size = self.known.sizes.get(used)
            inputs.append(Piece(f"len({own.text})") if size is None else number(size))
        elif op in _SUMS and (index in self.known.counts or not self._depends_on_index(index)):
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

    def _depends_on_index(self, index: int) -> bool:
        """Whether what a sum adds up depends on its index."""
        name, _, _, body = self.graph.nodes[index].inputs
        return bool(self.bits[body] & self.bits[name])

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
            operation = notation.write(op, self._inputs(index, self.pieces)).text
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
