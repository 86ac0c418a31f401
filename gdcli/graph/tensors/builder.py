"""A graph builder whose nodes are tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gdcli.errors import ExpressionError
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.lowering import LoweringBuilder
from gdcli.graph.nodes import VARIABLE, Graph, Node
from gdcli.graph.tensors.operations import DATA, MAX_ELEMENTS, Shape, broadcast, shape_of, size


class TensorBuilder(LoweringBuilder):
    """A `LoweringBuilder` of tensors: constants fold, and what changes nothing is left out, shapes included.

    Args:
        names: The shape of each variable and of each array.

    Attributes:
        shapes: For each node the shape of its value.
    """

    def __init__(self, names: Mapping[str, Shape]) -> None:
        super().__init__()
        self.names = dict(names)
        self.shapes: list[Shape] = []

    def apply(self, op: str, *inputs: int) -> int:
        """The index of an operation of the function table, element by element."""
        if not any(self.shapes[i] or self._is_array(i) for i in inputs):
            return super().apply(op, *inputs)
        if op == "pow" and self.nodes[inputs[0]].name == "e":
            return self.apply("exp", inputs[1])
        shape = broadcast([self.shapes[i] for i in inputs])
        simplify = self._simplifiers.get(op)
        simpler = simplify(*inputs) if simplify else None
        if simpler is None:
            simpler = GraphBuilder.apply(self, op, *self.as_floats(list(inputs)))
        return self.shaped("expand", simpler, shape)

    def shaped(self, op: str, x: int, shape: Shape) -> int:
        """The index of x expanded, reduced or reshaped to a shape."""
        if self.shapes[x] == shape:
            return x
        node = self.nodes[x]
        if op == "reshape" and node.op == "reshape":
            return self.shaped(op, node.inputs[0], shape)
        if op == "expand" and node.op == "expand":
            return self.shaped(op, node.inputs[0], shape)
        return self.structural(op, (x,), shape)

    def structural(self, op: str, inputs: Sequence[int], attributes: Shape = ()) -> int:
        """The index of an operation on shapes."""
        inputs = tuple(self.as_floats(list(inputs)))
        key = (op, inputs, attributes)
        index = self._known.get(key)
        return self._add(key, Node(op, inputs, None, "", attributes)) if index is None else index

    def slice(self, x: int, axis: int, start: int, step: int, count: int) -> int:
        """The index of a slice of x, which is x itself where it is all of it."""
        if (start, step, count) == (0, 1, self.shapes[x][axis]):
            return x
        return self.structural("slice", (x,), (axis, start, step, count))

    def element(self, x: int, axis: int, place: int) -> int:
        """The index of x at one place of an axis, which the result no longer has."""
        one = self.slice(x, axis, place, 1, 1)
        shape = self.shapes[one]
        return self.shaped("reshape", one, (*shape[:axis], *shape[axis + 1 :]))

    def graft(self, graph: Graph, arguments: Mapping[str, int] | None = None) -> list[int]:
        """As of `FoldingBuilder`; a graph of tensors is taken over as it is."""
        if not graph.shapes:
            return super().graft(graph, arguments)
        indices: list[int] = []
        for node in graph.nodes:
            if node.value is not None:
                indices.append(self.constant(node.value, node.name))
            elif node.op == VARIABLE:
                indices.append(self.variable(node.name))
            elif node.op == DATA:
                indices.append(self.named(DATA, node.name))
            else:
                inputs = tuple([indices[i] for i in node.inputs])
                if node.attributes or node.op in ("iota",):
                    indices.append(self.structural(node.op, inputs, node.attributes))
                else:
                    indices.append(GraphBuilder.apply(self, node.op, *inputs))
        return [indices[output] for output in graph.outputs]

    def finish(self, *outputs: int, variables: Iterable[str] | None = None, prune: bool = False) -> Graph:
        """As of `GraphBuilder`, with the shapes."""
        graph = super().finish(*outputs, variables=variables, prune=prune)
        shapes: list[Shape] = []
        for node in graph.nodes:
            shapes.append(self._shape(node, shapes))
        return Graph(graph.nodes, graph.outputs, graph.variables, graph.positions, tuple(shapes))

    def is_varying(self, index: int) -> bool:
        """Whether a node depends on a variable."""
        return self.varying[index]

    def _is_array(self, index: int) -> bool:
        """Whether a node is no variable and no number either."""
        return not self.varying[index] and self.nodes[index].value is None

    def _shape(self, node: Node, shapes: Sequence[Shape]) -> Shape:
        if node.op in (VARIABLE, DATA):
            return self.names.get(node.name, ())
        if node.value is not None:
            return ()
        return shape_of(node, [shapes[i] for i in node.inputs])

    def _add(self, key: tuple[object, ...], node: Node) -> int:
        shape = self._shape(node, self.shapes)
        if size(shape) > MAX_ELEMENTS:
            raise ExpressionError(
                f"this would be a tensor of {size(shape):,} elements; the bound is {MAX_ELEMENTS:,}"
            )
        index = super()._add(key, node)
        self.shapes.append(shape)
        return index
