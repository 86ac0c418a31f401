"""Backpropagation on graphs of tensors: from a graph to the graph of its derivatives.

The rules of the function table serve element by element; here are those of the operations on shapes. An adjoint may
have a smaller shape than its node, and is then the same for all elements: it is broadcast where that matters only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gdcli.graph.differentiate import Sweep
from gdcli.graph.nodes import Graph
from gdcli.graph.tensors.builder import TensorBuilder
from gdcli.graph.tensors.operations import DATA, REDUCTIONS, STRUCTURAL, Shape

DIRECTION = "direction of "
"""What precedes a variable's name in that of the direction along which the gradient is differentiated."""


def gradient(graph: Graph) -> Graph:
    """The graph of a value and its gradient.

    Args:
        graph: A graph of tensors with one output, which is a single number.

    Returns:
        A graph with the same variables, whose outputs are the value and for each variable a tensor of its shape.
    """
    sweep = TensorSweep(graph, names(graph))
    partials = sweep.backwards(sweep.root, graph.variables)
    return sweep.finish(sweep.root, *partials, variables=graph.variables, prune=True)


def hessian_product(graph: Graph) -> Graph:
    """The graph of the product of the matrix of second derivatives with a vector.

    Args:
        graph: As for `gradient`.

    Returns:
        A graph with the variables and, behind them, a direction for each; its outputs are the products, one for each
        variable, of its shape.
    """
    shapes = names(graph)
    directions = {f"{DIRECTION}{name}": shapes[name] for name in graph.variables}
    sweep = TensorSweep(graph, shapes | directions)
    total = sweep.constant(0.0)
    for name, partial in zip(graph.variables, sweep.backwards(sweep.root, graph.variables), strict=True):
        product = sweep.apply("mul", partial, sweep.variable(f"{DIRECTION}{name}"))
        axes = tuple(range(len(sweep.shapes[product])))
        total = sweep.apply("add", total, sweep.structural("sum", (product,), axes) if axes else product)
    products = sweep.backwards(total, graph.variables)
    return sweep.finish(*products, variables=(*graph.variables, *directions), prune=True)


def names(graph: Graph) -> dict[str, Shape]:
    """The shapes of a graph's variables and arrays; of a variable that makes no difference, of a single number."""
    found = dict.fromkeys(graph.variables, ())
    return found | {
        node.name: shape
        for node, shape in zip(graph.nodes, graph.shapes, strict=True)
        if node.op in ("variable", DATA)
    }


class TensorSweep(Sweep, TensorBuilder):
    """A builder that holds a graph of tensors and can sweep back from any of its nodes that is a single number."""

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        TensorBuilder.__init__(self, shapes)
        self.hold(graph)
        self._rules: dict[str, Callable[[int, int, int], int]] = {
            "expand": self._of_expand,
            "reduce_to": self._of_reduce_to,
            "reshape": self._of_reshape,
            "transpose": lambda i, place, g: self.structural("transpose", (self._full(g, i),)),
            "slice": self._of_slice,
            "embed": self._of_embed,
            "gather": self._of_gather,
            "scatter": self._of_scatter,
            "stack": self._of_stack,
            "dot": self._of_dot,
            "matmul": self._of_matmul,
            "outer": self._of_outer,
            "prod_others": self._of_prod_others,
            **dict.fromkeys(REDUCTIONS, self._of_reduction),
        }

    def backwards(self, output: int, names: Sequence[str]) -> list[int]:
        """The derivatives of the node `output` by the variables `names`, each of its variable's shape."""
        partials = super().backwards(output, names)
        return [
            self.shaped("expand", partial, self.names.get(name, ()))
            for name, partial in zip(names, partials, strict=True)
        ]

    def _passed_on(self, index: int, place: int, adjoint: int) -> int:
        op = self.nodes[index].op
        if op in STRUCTURAL:
            if adjoint == self._zero:
                return adjoint
            return self._rules[op](index, place, adjoint)
        share = super()._passed_on(index, place, adjoint)
        wanted = self.shapes[self.nodes[index].inputs[place]]
        if share == self._zero or wanted == self.shapes[index]:
            return share
        return self.shaped("reduce_to", self._full(share, index), wanted)

    def _full(self, adjoint: int, index: int) -> int:
        """An adjoint with the whole shape of its node."""
        return self.shaped("expand", adjoint, self.shapes[index])

    def _input(self, index: int, place: int = 0) -> int:
        return self.nodes[index].inputs[place]

    def _of_expand(self, index: int, place: int, adjoint: int) -> int:
        return self.shaped("reduce_to", self._full(adjoint, index), self.shapes[self._input(index)])

    def _of_reduce_to(self, index: int, place: int, adjoint: int) -> int:
        return self.shaped("expand", self._full(adjoint, index), self.shapes[self._input(index)])

    def _of_reshape(self, index: int, place: int, adjoint: int) -> int:
        if not self.shapes[adjoint]:
            return adjoint
        return self.shaped("reshape", self._full(adjoint, index), self.shapes[self._input(index)])

    def _of_slice(self, index: int, place: int, adjoint: int) -> int:
        axis, start, step, _ = self.nodes[index].attributes
        size = self.shapes[self._input(index)][axis]
        return self.structural("embed", (self._full(adjoint, index),), (axis, start, step, size))

    def _of_embed(self, index: int, place: int, adjoint: int) -> int:
        axis, start, step, _ = self.nodes[index].attributes
        count = self.shapes[self._input(index)][axis]
        return self.slice(self._full(adjoint, index), axis, start, step, count)

    def _of_gather(self, index: int, place: int, adjoint: int) -> int:
        x, where = self.nodes[index].inputs
        return self.structural("scatter", (self._full(adjoint, index), where), self.shapes[x])

    def _of_scatter(self, index: int, place: int, adjoint: int) -> int:
        return self.structural("gather", (self._full(adjoint, index), self._input(index, 1)))

    def _of_stack(self, index: int, place: int, adjoint: int) -> int:
        axis = len(self.shapes[index]) - 1
        return self.element(self._full(adjoint, index), axis, place)

    def _of_dot(self, index: int, place: int, adjoint: int) -> int:
        return self.apply("mul", adjoint, self._input(index, 1 - place))

    def _of_matmul(self, index: int, place: int, adjoint: int) -> int:
        adjoint = self._full(adjoint, index)
        a, b = self.nodes[index].inputs
        if place == 0:
            op, inputs = (
                ("outer", (adjoint, b))
                if len(self.shapes[b]) == 1
                else ("matmul", (adjoint, self._turned(b)))
            )
            # Of a vector times a matrix the adjoint is the matrix times a vector.
            return (
                self.structural("matmul", (b, adjoint))
                if len(self.shapes[a]) == 1
                else self.structural(op, inputs)
            )
        if len(self.shapes[b]) == 1:
            return self.structural("matmul", (adjoint, a))
        op, inputs = (
            ("outer", (a, adjoint)) if len(self.shapes[a]) == 1 else ("matmul", (self._turned(a), adjoint))
        )
        return self.structural(op, inputs)

    def _turned(self, matrix: int) -> int:
        node = self.nodes[matrix]
        return node.inputs[0] if node.op == "transpose" else self.structural("transpose", (matrix,))

    def _of_outer(self, index: int, place: int, adjoint: int) -> int:
        adjoint = self._full(adjoint, index)
        a, b = self.nodes[index].inputs
        return self.structural("matmul", (adjoint, b) if place == 0 else (a, adjoint))

    def _of_prod_others(self, index: int, place: int, adjoint: int) -> int:
        x, axes = self._input(index), self.nodes[index].attributes
        return self.structural("prod_pairs", (self._full(adjoint, index), x), axes)

    def _of_reduction(self, index: int, place: int, adjoint: int) -> int:
        """The adjoint of a reduction's result, for each element times what a change of that element does to it."""
        node, x = self.nodes[index], self._input(index)
        axes, shape = node.attributes, self.shapes[x]

        def kept(reduced: int) -> int:
            """A result beside its elements: broadcasting is from the end, so that its axes must be in their places."""
            if not self.shapes[reduced]:
                return reduced
            ones = tuple(1 if axis in axes else length for axis, length in enumerate(shape))
            return self.shaped("reshape", reduced, ones)

        g, out = kept(adjoint), kept(index)
        if node.op == "sum":
            # The axes that are summed over may be the first ones, where a smaller shape would say something else.
            return g if not self.shapes[g] else self.shaped("expand", g, shape)
        if node.op == "prod":
            return self.apply("mul", g, self.structural("prod_others", (x,), axes))
        if node.op == "logsumexp":
            return self.apply("mul", g, self.apply("exp", self.apply("sub", x, out)))
        zero, one = self.constant(0.0), self.constant(1.0)
        if node.op == "norm":
            still = self.apply("eq", out, zero)
            quotient = self.apply("div", self.apply("mul", g, x), self.apply("where", still, one, out))
            return self.apply("where", still, zero, quotient)
        # Of the largest elements each has the same share.
        largest = self.apply("where", self.apply("eq", x, out), one, zero)
        share = self.apply("div", g, kept(self.structural("sum", (largest,), axes)))
        return self.apply("mul", largest, share)
