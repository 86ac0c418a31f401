"""From the graph of a text to the graph that the engines compute.

Lowering computes constants, writes out the functions that stand for a formula, and guards branches: in
``where(c, A, B)``, and so in ``A if c else B``, the one that is not taken must touch neither the value nor
the gradient. Both are computed all the same (an array takes both at once), and 0 times the infinite
derivative of a branch not taken is nan. So within a branch each operation whose derivative may be infinite is
fed with ``where(context, input, safe)``: where the branch is not taken it sees a harmless number instead, and
no derivative passes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from gdcli.expression.functions import TABLE, Function
from gdcli.expression.rows import vectors
from gdcli.graph.folding import FoldingBuilder
from gdcli.graph.formulas import formula
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

# A finite factor or numerator makes no derivative of a product or a quotient infinite.
_FINITE_SUFFICES = frozenset({("mul", 0), ("mul", 1), ("div", 0)})


def lower(graph: Graph) -> Graph:
    """The graph with constants folded, formulas written out and branches guarded; its constants are floats.

    Args:
        graph: A source graph, as the parser writes it.

    Returns:
        A graph with the same outputs and variables. A variable that makes no difference to the value need not
        have a node. Equal sub-expressions are one node, those of a branch apart from those outside it.
    """
    builder = LoweringBuilder()
    outputs = [builder.lower(graph, output) for output in graph.outputs]
    return builder.finish(*builder.as_floats(outputs), variables=graph.variables, prune=True)


_Arguments: TypeAlias = Mapping[str, int] | None
"""What a formula's variables stand for; None for an expression, whose variables are variables."""

_Context: TypeAlias = int | None
"""The node of the condition under which a branch counts; None outside branches."""


class LoweringBuilder(FoldingBuilder):
    """A builder that takes in source graphs: an expression's, or those of the function table's formulas."""

    def __init__(self) -> None:
        super().__init__()
        self._finite: set[tuple[int, int]] = set()
        """Pairs of a node and a context: those that are finite wherever the context does not hold."""

    def as_floats(self, indices: list[int]) -> list[int]:
        """The same nodes, integers as floats."""
        return [self._as_float(index) for index in indices]

    def lower(self, graph: Graph, output: int, arguments: _Arguments = None, context: _Context = None) -> int:
        """The index of the lowered node `output` of a source graph.

        Args:
            graph: The source graph.
            output: The node wanted.
            arguments: For a formula, what its variables stand for.
            context: For a formula within a branch, the node of the condition under which that is taken.
        """
        nodes = graph.nodes
        if not any(node.op == "where" for node in nodes):
            lowered: list[int] = []
            for node in nodes:
                inputs = [lowered[i] for i in node.inputs]
                lowered.append(self._lower_node(node, inputs, arguments, context))
            return lowered[output]
        done: dict[_Context, dict[int, int]] = {context: {}}
        stack = [(output, context)]
        while stack:
            index, within = stack[-1]
            if index in done[within]:
                stack.pop()
                continue
            needed = self._needs(nodes[index], within, done)
            missing = [task for task in needed if task[0] not in done.setdefault(task[1], {})]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            inputs = [done[branch][i] for i, branch in needed]
            done[within][index] = self._lower_node(nodes[index], inputs, arguments, within)
        return done[context][output]

    def _needs(
        self, node: Node, context: _Context, done: dict[_Context, dict[int, int]]
    ) -> list[tuple[int, _Context]]:
        """The nodes of the source graph, each in its context, that come before `node`, as far as known yet.

        What the contexts of the two branches are is known once their condition has been lowered; if that is a
        constant, only the branch that is taken comes.
        """
        if node.op != "where":
            return [(index, context) for index in node.inputs]
        condition, first, second = node.inputs
        if condition not in done[context]:
            return [(condition, context)]
        lowered = done[context][condition]
        holds = self.number(lowered)
        if holds is not None:
            return [(first if holds else second, context)]
        contrary = self.apply("not", lowered)
        if context is not None:
            lowered, contrary = self.apply("and", context, lowered), self.apply("and", context, contrary)
        return [(condition, context), (first, lowered), (second, contrary)]

    def _lower_node(self, node: Node, inputs: list[int], arguments: _Arguments, context: _Context) -> int:
        op = node.op
        if op == CONSTANT:
            assert node.value is not None
            return self.constant(node.value, node.name)
        if op == VARIABLE:
            return self.variable(node.name) if arguments is None else arguments[node.name]
        if op == "where":
            return inputs[0] if len(inputs) == 1 else self.apply("where", *inputs)
        if op in vectors.LARGEST.values():
            # Of a single number.
            return inputs[0]
        row = TABLE[op]
        return self._operation(row, inputs, context, formula=arguments is not None)

    def _operation(self, row: Function, inputs: list[int], context: _Context, *, formula: bool) -> int:
        if row.stands_for_formula(len(inputs)):
            return self._expand(row, inputs, context)
        if context is None or not any(map(self.varying.__getitem__, inputs)):
            return self.apply(row.name, *inputs)
        guarded = self._guard(row, inputs, context, formula=formula)
        result = self.apply(row.name, *guarded)
        if len(inputs) == 1 and row.safe:
            self._finite.add((result, context))
        return result

    def _expand(self, row: Function, inputs: list[int], context: _Context) -> int:
        graph = formula(row.expands)
        return self.lower(graph, graph.outputs[0], dict(zip("abc", inputs, strict=False)), context)

    def _guard(self, row: Function, inputs: list[int], context: int, *, formula: bool) -> list[int]:
        """The inputs of an operation in a branch, made harmless where the branch is not taken."""
        if not row.safe or self._linear(row.name, inputs):
            return inputs
        guarded = []
        all_vary = all(map(self.varying.__getitem__, inputs))
        for place, (index, safe) in enumerate(zip(inputs, row.safe, strict=False)):
            harmless = not self.varying[index] or (
                all_vary
                and (row.name, place) in _FINITE_SUFFICES
                and self._is_finite(index, context, formula=formula)
            )
            guarded.append(index if harmless else self.apply("where", context, index, self.constant(safe)))
        return guarded

    def _linear(self, op: str, inputs: list[int]) -> bool:
        """Whether a product or a quotient is one with a constant, and that constant finite in every use."""
        if op == "mul":
            constant = self.number(inputs[0]) if self.varying[inputs[1]] else self.number(inputs[1])
            return constant is not None and abs(constant) < 1e300
        if op == "div":
            constant = self.number(inputs[1])
            return constant is not None and 1e-300 < abs(constant) < 1e300
        return False

    def _is_finite(self, index: int, context: int, *, formula: bool) -> bool:
        """Whether a node is finite where `context` does not hold.

        A variable is, and so is what the function table's formulas multiply within their branches; that keeps
        their derivatives short.
        """
        return formula or self.nodes[index].op == VARIABLE or (index, context) in self._finite
