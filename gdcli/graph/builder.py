"""Writes a `Graph` node by node, each distinct node once.

The builder simplifies nothing: what is asked for is what stands in the graph (lowering does the folding). It
only recognises a node that it already has, which is how shared sub-expressions become shared.
"""

from __future__ import annotations

from collections.abc import Iterable

from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node


class GraphBuilder:
    """A graph under construction; nodes are named by their index.

    Args:
        track_positions: Whether the graph shall say for each node where in the text it came from.

    Attributes:
        nodes: The nodes so far, in evaluation order. To be read, and written through the methods only.
        position: Offset in the text to be noted for the nodes added next (where positions are tracked). One
            that is met again keeps its first.
    """

    def __init__(self, *, track_positions: bool = False) -> None:
        self.nodes: list[Node] = []
        self.position = 0
        self._track_positions = track_positions
        self._positions: list[int] = []
        self._variables: list[str] = []
        self._known: dict[tuple[object, ...], int] = {}

    def constant(self, value: int | float, name: str = "") -> int:
        """The index of the constant `value`; `name` where the text calls it by one (``pi``)."""
        # Python finds 1, 1.0 and True equal, and 0.0 and -0.0; they are not the same constant. hex() tells
        # floats apart by every bit that arithmetic can see.
        kind = type(value)
        key = (kind, value.hex() if isinstance(value, float) else value, name)
        index = self._known.get(key)
        return self._add(key, Node(CONSTANT, (), value, name)) if index is None else index

    def variable(self, name: str) -> int:
        """The index of the variable `name`."""
        key = (VARIABLE, name)
        index = self._known.get(key)
        if index is None:
            self._variables.append(name)
            index = self._add(key, Node(VARIABLE, (), None, name))
        return index

    def named(self, op: str, name: str, *, anew: bool = False) -> int:
        """The index of a node without inputs that is known by its operation and its name.

        Args:
            op: The operation.
            name: The name.
            anew: Whether it is to be another one if there is one already; its name then gets a longer tail.
        """
        while anew and (op, name) in self._known:
            name += "'"
        key = (op, name)
        index = self._known.get(key)
        return self._add(key, Node(op, (), None, name)) if index is None else index

    def apply(self, op: str, *inputs: int) -> int:
        """The index of the operation `op` on the nodes with the indices `inputs`."""
        key = (op, inputs)
        index = self._known.get(key)
        return self._add(key, Node(op, inputs)) if index is None else index

    def finish(self, *outputs: int, variables: Iterable[str] | None = None, prune: bool = False) -> Graph:
        """The graph with the nodes `outputs` as its outputs.

        Args:
            outputs: Indices of the wanted nodes.
            variables: Names of the variables in their order; left out, that in which they were first named.
            prune: Whether to drop the nodes on which no output depends. Indices then change.
        """
        nodes, positions = self.nodes, self._positions
        if prune:
            kept = self._needed(outputs)
            renumbered = {old: new for new, old in enumerate(kept)}
            nodes = [
                nodes[old]._replace(inputs=tuple([renumbered[i] for i in nodes[old].inputs])) for old in kept
            ]
            positions = [positions[old] for old in kept] if positions else positions
            outputs = tuple([renumbered[output] for output in outputs])
        names = self._variables if variables is None else variables
        return Graph(tuple(nodes), outputs, tuple(names), tuple(positions))

    def _add(self, key: tuple[object, ...], node: Node) -> int:
        index = len(self.nodes)
        self._known[key] = index
        self.nodes.append(node)
        if self._track_positions:
            self._positions.append(self.position)
        return index

    def _needed(self, outputs: tuple[int, ...]) -> list[int]:
        needed = [False] * len(self.nodes)
        for output in outputs:
            needed[output] = True
        for index in range(len(self.nodes) - 1, -1, -1):
            if needed[index]:
                for i in self.nodes[index].inputs:
                    needed[i] = True
        return [index for index, wanted in enumerate(needed) if wanted]
