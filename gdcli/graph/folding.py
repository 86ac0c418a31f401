"""A graph builder that computes what is constant and leaves out what changes nothing.

Whatever it leaves out is without effect on any result, nan, infinities and the sign of zero included; there
is no algebra here (``x - x`` stays, and so does ``0*x``, which is nan where x is infinite).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from gdcli.engines import scalar
from gdcli.expression.bounds import MAX_INTEGER_BITS
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.nodes import VARIABLE, Graph, Node


class FoldingBuilder(GraphBuilder):
    """A `GraphBuilder` that folds constants and skips operations without effect.

    Integers stay exact as long as there are only integers; an operation that stays in the graph gets floats.

    Attributes:
        varying: For each node, whether it depends on a variable.
    """

    def __init__(self) -> None:
        super().__init__()
        self.varying: list[bool] = []
        self._simplifiers: dict[str, Callable[..., int | None]] = {
            "add": self._simplify_add,
            "sub": self._simplify_sub,
            "neg": self._simplify_neg,
            "mul": self._simplify_mul,
            "div": self._simplify_div,
            "pow": self._simplify_pow,
            "and": self._simplify_and,
            "or": self._simplify_or,
            "not": self._simplify_not,
            "where": self._simplify_where,
        }

    def apply(self, op: str, *inputs: int) -> int:
        """The index of a node that has the value of the operation `op` on the nodes `inputs`."""
        known = self._known.get((op, inputs))
        if known is not None:
            return known
        constants = [i for i in inputs if not self.varying[i]]
        if constants:
            if op == "pow" and self.nodes[inputs[0]].name == "e" and constants[0] == inputs[0]:
                return self.apply("exp", inputs[1])
            if len(constants) == len(inputs):
                return self.constant(_fold(op, [self.nodes[i] for i in inputs]))
        if (simplify := self._simplifiers.get(op)) and (simpler := simplify(*inputs)) is not None:
            return simpler
        return super().apply(op, *([self._as_float(i) for i in inputs] if constants else inputs))

    def graft(self, graph: Graph, arguments: Mapping[str, int] | None = None) -> list[int]:
        """The indices of a lowered graph's outputs, after its nodes have been taken over.

        Args:
            graph: The lowered graph.
            arguments: What its variables stand for; left out, they are variables here too.
        """
        indices: list[int] = []
        for op, inputs, value, name, _ in graph.nodes:
            if value is not None:
                indices.append(self.constant(value, name))
            elif op == VARIABLE:
                indices.append(self.variable(name) if arguments is None else arguments[name])
            elif arguments is None:
                # Nothing is left to simplify.
                indices.append(super().apply(op, *[indices[i] for i in inputs]))
            else:
                indices.append(self.apply(op, *[indices[i] for i in inputs]))
        return [indices[output] for output in graph.outputs]

    def number(self, index: int) -> int | float | None:
        """The number of a constant, or None for any other node."""
        return self.nodes[index].value

    def is_number(self, index: int, number: float) -> bool:
        """Whether a node is the constant `number`; of the two zeros only 0 is 0."""
        value = self.nodes[index].value
        return value is not None and value == number and (value != 0 or math.copysign(1.0, value) > 0.0)

    def _add(self, key: tuple[object, ...], node: Node) -> int:
        varying = self.varying
        varying.append(node.op == VARIABLE or any([varying[i] for i in node.inputs]))  # noqa: C419 (quicker)
        return super()._add(key, node)

    def _as_float(self, index: int) -> int:
        node = self.nodes[index]
        return self.constant(as_float(node.value), node.name) if isinstance(node.value, int) else index

    def _negated(self, index: int) -> int | None:
        node = self.nodes[index]
        return node.inputs[0] if node.op == "neg" else None

    def _simplify_add(self, a: int, b: int) -> int | None:
        if (negated := self._negated(b)) is not None:
            return self.apply("sub", a, negated)
        if (negated := self._negated(a)) is not None:
            return self.apply("sub", b, negated)
        return None

    def _simplify_sub(self, a: int, b: int) -> int | None:
        if self.is_number(b, 0.0):
            return a
        if (negated := self._negated(b)) is not None:
            return self.apply("add", a, negated)
        return None

    def _simplify_neg(self, a: int) -> int | None:
        return self._negated(a)

    def _simplify_mul(self, a: int, b: int) -> int | None:
        for one, other in ((a, b), (b, a)):
            if self.is_number(one, 1.0):
                return other
            if self.is_number(one, -1.0):
                return self.apply("neg", other)
        # A sign that is carried along to the next sum costs nothing there.
        if (negated := self._negated(a)) is not None:
            return self.apply("neg", self.apply("mul", negated, b))
        if (negated := self._negated(b)) is not None:
            return self.apply("neg", self.apply("mul", a, negated))
        return None

    def _simplify_div(self, a: int, b: int) -> int | None:
        if self.is_number(b, 1.0):
            return a
        if self.is_number(b, -1.0):
            return self.apply("neg", a)
        if (negated := self._negated(a)) is not None:
            return self.apply("neg", self.apply("div", negated, b))
        if (negated := self._negated(b)) is not None:
            return self.apply("neg", self.apply("div", a, negated))
        return None

    def _simplify_pow(self, a: int, b: int) -> int | None:
        if self.is_number(b, 1.0):
            return a
        # IEEE 754 has both of these even where the other argument is nan.
        return self.constant(1.0) if self.number(b) == 0 or self.is_number(a, 1.0) else None

    def _simplify_and(self, a: int, b: int) -> int | None:
        for one, other in ((a, b), (b, a)):
            if one == other or self.number(one) is True:
                return other
            if self.number(one) is False:
                return one
        return None

    def _simplify_or(self, a: int, b: int) -> int | None:
        for one, other in ((a, b), (b, a)):
            if one == other or self.number(one) is False:
                return other
            if self.number(one) is True:
                return one
        return None

    def _simplify_not(self, a: int) -> int | None:
        node = self.nodes[a]
        return node.inputs[0] if node.op == "not" else None

    def _simplify_where(self, condition: int, a: int, b: int) -> int | None:
        holds = self.number(condition)
        if holds is not None:
            return a if holds else b
        if a == b:
            return a
        nodes = self.nodes
        if nodes[condition].op == "not":
            return self.apply("where", nodes[condition].inputs[0], b, a)
        if nodes[a].op == "where" and nodes[a].inputs[0] == condition:
            return self.apply("where", condition, nodes[a].inputs[1], b)
        if nodes[b].op == "where" and nodes[b].inputs[0] == condition:
            return self.apply("where", condition, a, nodes[b].inputs[2])
        return None


def as_float(value: int | float | None) -> float:
    """The float nearest to a constant's number; infinite for an integer beyond the floats."""
    assert value is not None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _fold(op: str, inputs: list[Node]) -> int | float:
    values = [node.value for node in inputs]
    numbers = [value for value in values if type(value) is int]
    if len(numbers) == len(values):
        exact = _fold_integers(op, numbers)
        if exact is not None:
            return exact
    return scalar.evaluate(op, [as_float(value) for value in values])


def _fold_integers(op: str, numbers: list[int]) -> int | float | None:
    """The exact result, or for a quotient the float nearest to it; None if there is none or it is large."""
    a, b = numbers[0], numbers[-1]
    bits_a, bits_b = a.bit_length(), b.bit_length()
    result: int | float | None = None
    if op == "neg":
        result = -a
    elif op == "add":
        result = a + b
    elif op == "sub":
        result = a - b
    elif op == "mul" and bits_a + bits_b <= MAX_INTEGER_BITS:
        result = a * b
    elif op == "pow" and b >= 0 and bits_a * b <= MAX_INTEGER_BITS:
        result = a**b
    elif op == "div" and b:
        try:
            result = a / b
        except OverflowError:
            return None
    return result
