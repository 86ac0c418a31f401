"""Arithmetic with lowered values: element by element, and along the indices of sums."""

from __future__ import annotations

from collections.abc import Sequence

from gdcli.expression.functions import TABLE
from gdcli.graph.tensors.builder import TensorBuilder
from gdcli.graph.tensors.operations import Shape
from gdcli.graph.tensors.values import Affine, Context, Value


class Arithmetic:
    """Operations on values, which know along which sums they vary.

    Args:
        builder: What writes the tensor graph.

    Attributes:
        ranges: By level, the numbers that the index of the sum goes through that is open there.
    """

    def __init__(self, builder: TensorBuilder) -> None:
        self.builder = builder
        self.ranges: dict[int, range] = {}

    def apply(self, op: str, values: Sequence[Value], context: Context | None = None) -> Value:
        """An operation of the function table, element by element, on values whose own shapes fit."""
        builder = self.builder
        row = TABLE[op]
        guard = None
        if context is not None and row.safe and any(builder.varying[value.node] for value in values):
            guard = context.condition
        involved = [*values, guard] if guard is not None else list(values)
        nodes = self.aligned(involved)
        condition = nodes.pop() if guard is not None else None
        node = builder._operation(row, nodes, condition, formula=False)
        own = max((value.own for value in involved), key=len)
        levels = tuple(sorted({level for value in involved for level in value.levels}))
        affine = _affine(op, values)
        if affine is None and not levels:
            affine = self._whole(node)
        return self._spread(Value(node, levels, own, affine), involved)

    def aligned(self, values: Sequence[Value]) -> list[int]:
        """The nodes of values with their axes one under the other, as broadcasting wants them."""
        high = max((value.levels[-1] for value in values if value.levels), default=0)
        rank = max(len(value.own) for value in values)
        nodes = []
        for value in values:
            if value.levels:
                shape = self.builder.shapes[value.node]
                along = shape[: len(shape) - len(value.own)]
                ones = (1,) * (high - value.levels[-1] + rank - len(value.own))
                nodes.append(self.builder.shaped("reshape", value.node, (*along, *ones, *value.own)))
            else:
                nodes.append(value.node)
        return nodes

    def _spread(self, value: Value, involved: Sequence[Value]) -> Value:
        """The value with the shape that it is to have, where an input that is left out made it larger."""
        if not value.levels and not value.own:
            return value
        shape: Shape = value.own
        if value.levels:
            low, high = value.levels[0], value.levels[-1]
            lengths = {level: len(self.ranges[level]) for each in involved for level in each.levels}
            shape = (*[lengths.get(level, 1) for level in range(low, high + 1)], *value.own)
        return value._replace(node=self.builder.shaped("expand", value.node, shape))

    def _whole(self, node: int) -> Affine | None:
        number = self.builder.number(node)
        if number is None or isinstance(number, bool) or number != number or abs(number) > 2**53:
            return None
        return Affine(int(number)) if number == int(number) else None

    def constant(self, number: int | float) -> Value:
        """A number as a value."""
        node = self.builder.constant(number)
        return Value(node, affine=self._whole(node))

    def empty(self, neutral: float) -> Value:
        """The value of a sum, or a product, over no numbers at all."""
        return self.constant(neutral)

    def reduce(self, op: str, value: Value) -> Value:
        """A vector or matrix reduced to a number."""
        if not value.own:
            return value
        rank = len(self.builder.shapes[value.node])
        axes = tuple(range(rank - len(value.own), rank))
        return Value(self.builder.structural(op, (value.node,), axes), value.levels)

    def inner(self, values: Sequence[Value], context: Context | None) -> Value:
        """The inner product of two vectors of one length."""
        if any(value.levels for value in values):
            return self.reduce("sum", self.apply("mul", values, context))
        return Value(self.builder.structural("dot", [value.node for value in values]))

    def _reduced(self, op: str, value: Value, level: int, count: int) -> Value:
        """A value reduced along the level of the innermost open sum, which counts so many numbers."""
        if level not in value.levels:
            return self.apply("mul" if op == "sum" else "pow", [value, self.constant(count)])
        low = value.levels[0]
        node = self.builder.structural(op, (value.node,), (level - low,))
        levels = value.levels[:-1]
        # Where it does not vary along the levels just above, axes of length 1 are left.
        kept = levels[-1] - low + 1 if levels else 0
        along = self.builder.shapes[node][:kept]
        return Value(self.builder.shaped("reshape", node, (*along, *value.own)), levels, value.own)


def _affine(op: str, values: Sequence[Value]) -> Affine | None:
    """What whole number an operation gives, where it is known to be one."""
    known = [value.affine for value in values]
    if None in known or op not in ("add", "sub", "neg", "mul"):
        return None
    a, b = known[0], known[-1]
    assert a is not None and b is not None
    if op == "neg":
        return a.times(-1)
    if op == "mul":
        return (
            None if a.factors and b.factors else a.times(b.constant) if not b.factors else b.times(a.constant)
        )
    return a.plus(b, 1 if op == "add" else -1)
