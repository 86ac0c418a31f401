"""Backpropagation on the graph level: from a graph to the graph of its derivatives.

The reverse sweep visits the nodes backwards and gives each input its share, by the rules of the function
table. Its result is a graph again, so that it can be compiled, shown, or differentiated once more. As in
torch, a node's adjoint is the sum over its uses, the last use first, so that both give the same digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gdcli.expression.functions import TABLE
from gdcli.graph.folding import FoldingBuilder, as_float
from gdcli.graph.formulas import formula
from gdcli.graph.lowering import LoweringBuilder
from gdcli.graph.nodes import Graph

_TRIVIAL = ("0", "1", "-1")


def gradient(graph: Graph, wrt: Sequence[str] | None = None) -> Graph:
    """The graph of a value and its partial derivatives.

    Args:
        graph: A lowered graph with one output.
        wrt: Names of those of its variables to differentiate by; left out, all of them in their order.

    Returns:
        A graph with the same variables, whose outputs are the value and the partial derivatives.
    """
    sweep = Sweep(graph)
    partials = sweep.backwards(sweep.root, graph.variables if wrt is None else wrt)
    return sweep.finish(sweep.root, *partials, variables=graph.variables, prune=True)


def hessian(graph: Graph) -> Graph:
    """The graph of a value, its n partial derivatives and the upper triangle of its second derivatives.

    Args:
        graph: A lowered graph with one output.

    Returns:
        A graph with the same variables. Its outputs are the value, the n partial derivatives and, row by row,
        the derivatives by variables i and j for j >= i: 1 + n + n*(n + 1)/2 in all.
    """
    sweep = Sweep(graph)
    names = graph.variables
    partials = sweep.backwards(sweep.root, names)
    triangle: list[int] = []
    for i, partial in enumerate(partials):
        triangle += sweep.backwards(partial, names[i:])
    return sweep.finish(sweep.root, *partials, *triangle, variables=names, prune=True)


@lru_cache(maxsize=4096)
def _rule(text: str, constants: tuple[tuple[str, str], ...]) -> Graph:
    """A rule of the function table, lowered.

    Args:
        text: The formula.
        constants: Those of its arguments that are constants, and their numbers in hexadecimal.
    """
    source = formula(text)
    builder = LoweringBuilder()
    arguments = {name: builder.variable(name) for name in source.variables}
    for name, number in constants:
        arguments[name] = builder.constant(float.fromhex(number))
    (output,) = builder.as_floats([builder.lower(source, source.outputs[0], arguments)])
    return builder.finish(output, prune=True)


class Sweep(FoldingBuilder):
    """A builder that holds a lowered graph and can sweep back from any of its nodes.

    Attributes:
        root: The index of the graph's output.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.hold(graph)

    def hold(self, graph: Graph) -> None:
        """Take over the graph that is to be swept."""
        (self.root,) = self.graft(graph)
        self._zero = self.constant(0.0)

    def backwards(self, output: int, names: Sequence[str]) -> list[int]:
        """The derivatives of the node `output` by the variables `names`."""
        adjoints = {output: self.constant(1.0)}
        for index in range(output, -1, -1):
            if index in adjoints:
                self._share(index, adjoints)
        return [adjoints.get(self.variable(name), self._zero) for name in names]

    def _share(self, index: int, adjoints: dict[int, int]) -> None:
        """Add to the adjoints of a node's inputs what it passes on to them."""
        node = self.nodes[index]
        adjoint = adjoints[index]
        for place, used in enumerate(node.inputs):
            if not self.varying[used]:
                continue
            share = self._passed_on(index, place, adjoint)
            if share != self._zero:
                adjoints[used] = self.apply("add", adjoints[used], share) if used in adjoints else share

    def _passed_on(self, index: int, place: int, adjoint: int) -> int:
        """The adjoint of a node times its derivative by the input at `place`."""
        op, inputs = self.nodes[index][:2]
        if op == "where":
            # Selected, not multiplied by 1 and 0: the adjoint of a branch not taken need not be finite.
            branches = {1: (adjoint, self._zero), 2: (self._zero, adjoint)}
            return self.apply("where", inputs[0], *branches[place]) if place else self._zero
        rule = TABLE[op].derivatives[place]
        if rule in _TRIVIAL:
            return adjoint if rule == "1" else self.apply("neg", adjoint) if rule == "-1" else self._zero
        arguments = dict(zip("abc", inputs, strict=False))
        if rule in arguments:
            return self.apply("mul", adjoint, arguments[rule])
        constants = [(name, used) for name, used in arguments.items() if self.number(used) is not None]
        arguments["out"] = index
        graph = _rule(rule, tuple([(name, as_float(self.number(used)).hex()) for name, used in constants]))
        return self._times(adjoint, *self.graft(graph, arguments))

    def _times(self, adjoint: int, derivative: int) -> int:
        """Their product, in as few operations as the derivative's form allows."""
        node = self.nodes[derivative]
        if self.is_number(derivative, 0.0):
            return self._zero
        if node.op == "neg":
            opposite = self._times(adjoint, node.inputs[0])
            return opposite if opposite == self._zero else self.apply("neg", opposite)
        if node.op == "div" and self.is_number(node.inputs[0], 1.0):
            return self.apply("div", adjoint, node.inputs[1])
        if node.op == "div" and self.is_number(node.inputs[0], -1.0):
            return self.apply("neg", self.apply("div", adjoint, node.inputs[1]))
        if node.op == "where" and any(self.is_number(branch, 0.0) for branch in node.inputs[1:]):
            condition, a, b = node.inputs
            return self.apply("where", condition, self._times(adjoint, a), self._times(adjoint, b))
        return self.apply("mul", adjoint, derivative)
