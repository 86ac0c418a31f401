"""What the nodes of a source graph with vectors are to a reader: which of them are shown, and how they are written.

Nodes are what is computed; subscripts, limits, lengths and short constants stand in the operations that use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdcli.expression.functions import TABLE
from gdcli.expression.names import CONSTANTS
from gdcli.expression.rows.vectors import INDEX, INDEX_NAME, PRODUCT, SUM
from gdcli.graph.annotate import MAX_INLINED, node_names, written_out
from gdcli.graph.folding import FoldingBuilder
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.notation import Piece, number
from gdcli.graph.tensors import notation
from gdcli.graph.tensors.naming import counting_names

LENGTH = "len"
LONGEST = 200
"""A subscript, or a limit, is not written any longer: by definitions that use others it may become so."""
SUMS = (SUM, PRODUCT)


class Reading:
    """One source graph.

    Args:
        graph: As the parser writes it.
        arrays: The arrays that some names stand for.

    Attributes:
        graph: The graph with the functions that stand for a formula written out.
        calls: By node what stands for a formula, as of `gdcli.graph.annotate.written_out`.
        root: The node of the whole.
        computed: For each node whether it is more than a part of a subscript, a limit or a length.
        varies: For each node whether it depends on a variable.
        constants: The numbers of those that do not, as far as they are single ones.
        inline: The whole texts of what stands in subscripts, limits and lengths.
        pieces: For each node how it is written where it is used.
        shown: For each node whether it is shown as one.
    """

    def __init__(self, graph: Graph, arrays: Mapping[str, Any]) -> None:
        self.graph, self.calls = written_out(graph)
        self.root = self.graph.outputs[0]
        self.arrays = arrays
        self.computed = self._computed()
        self.varies = self._varying()
        self.constants = self._constants()
        self.inline = self._written()
        self.pieces, self.shown = self._named()
        self._bits = self._index_bits()

    def places(self, node: Node) -> range:
        """The places of those inputs of an operation that are computed; the others stand in its text."""
        if node.op == INDEX:
            return range(1)
        if node.op in SUMS:
            return range(3, 4)
        return range(0) if node.op == LENGTH else range(len(node.inputs))

    def _computed(self) -> list[bool]:
        """Which nodes are more than a part of a subscript, a limit or a length."""
        nodes = self.graph.nodes
        computed = [False] * len(nodes)
        computed[self.root] = True
        for index in range(self.root, -1, -1):
            if computed[index]:
                for place in self.places(nodes[index]):
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
            varies.append(is_variable or any([varies[node.inputs[place]] for place in self.places(node)]))  # noqa: C419 (quicker)
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

    def passing_on(self) -> set[int]:
        """The nodes that depend on a variable, and on which no subscript depends."""
        varying = [index for index, varies in enumerate(self.varies) if varies and self.computed[index]]
        return {index for index in varying if index not in self.inline}

    def _written(self) -> dict[int, Piece]:
        """The whole texts of what stands in subscripts, limits and lengths."""
        nodes = self.graph.nodes
        wanted = [False] * len(nodes)
        for index in range(len(nodes) - 1, -1, -1):
            node = nodes[index]
            places = self.places(node)
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
            elif self.graph.variables and not any(shown[node.inputs[place]] for place in self.places(node)):
                pieces[index] = notation.write(node.op, self.inputs(index, pieces))
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

    def inputs(self, index: int, pieces: list[Piece]) -> list[Piece]:
        """What stands for the inputs of an operation."""
        node = self.graph.nodes[index]
        places = self.places(node)
        return [
            pieces[used] if place in places else self.inline[used] for place, used in enumerate(node.inputs)
        ]

    def depends_on_index(self, index: int) -> bool:
        """Whether what a sum adds up depends on its index."""
        name, _, _, body = self.graph.nodes[index].inputs
        return bool(self._bits[body] & self._bits[name])
