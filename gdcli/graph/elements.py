"""The elements of vectors and matrices, and a builder that writes what is done with them in single numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from gdcli.expression.functions import TABLE
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.lowering import LoweringBuilder

Shape: TypeAlias = tuple[int, ...]


REDUCTIONS = (
    *("sum", "mean", "prod", "norm", "norm1", "logsumexp"),
    *("var", "std", "largest", "smallest"),
)


class Elements(NamedTuple):
    """The elements of a value, row by row: their nodes. A single number has shape ()."""

    shape: Shape
    nodes: tuple[int, ...]


class ElementBuilder(GraphBuilder):
    """A builder of a graph of single numbers that knows which of its nodes are numbers.

    Attributes:
        numbers: By node the number that it is, of those on which no variable has a part.
    """

    def __init__(self) -> None:
        super().__init__(track_positions=True)
        self.numbers: dict[int, int | float] = {}

    def constant(self, value: int | float, name: str = "") -> int:
        """As of `GraphBuilder`."""
        node = super().constant(value, name)
        self.numbers[node] = value
        return node

    def apply(self, op: str, *inputs: int) -> int:
        """As of `GraphBuilder`."""
        node, numbers = super().apply(op, *inputs), self.numbers
        if node not in numbers and all(i in numbers for i in inputs):
            arithmetic = LoweringBuilder()
            constants = [arithmetic.constant(numbers[i]) for i in inputs]
            result = arithmetic.number(arithmetic._operation(TABLE[op], constants, None, formula=False))
            assert result is not None
            numbers[node] = result
        return node

    def chain(self, op: str, nodes: Sequence[int]) -> int:
        result = nodes[0]
        for node in nodes[1:]:
            result = self.apply(op, result, node)
        return result

    def inner(self, a: Sequence[int], b: Sequence[int]) -> int:
        return self.chain("add", [self.apply("mul", *pair) for pair in zip(a, b, strict=True)])

    def reduced(self, op: str, nodes: list[int]) -> int:
        apply, count = self.apply, self.constant(len(nodes))
        if op in ("sum", "prod", "logsumexp"):
            return self.chain({"sum": "add", "prod": "mul", "logsumexp": "logaddexp"}[op], nodes)
        if op == "norm1":
            return self.chain("add", [apply("abs", node) for node in nodes])
        if op == "norm":
            # The gradient of abs and of hypot is 0 at 0.
            return self.chain("hypot", nodes) if len(nodes) > 1 else apply("abs", nodes[0])
        if op in ("largest", "smallest"):
            return self._extreme({"largest": "max", "smallest": "min"}[op], nodes)
        mean = apply("div", self.chain("add", nodes), count)
        if op == "mean":
            return mean
        away = [apply("sub", node, mean) for node in nodes]
        freedom = self.constant(len(nodes) - 1)
        if op == "std":
            return apply("div", self.reduced("norm", away), apply("sqrt", freedom))
        return apply("div", self.chain("add", [apply("mul", node, node) for node in away]), freedom)

    def _extreme(self, op: str, nodes: list[int]) -> int:
        """The mean of those that are the largest, so that they share the gradient equally.

        In a chain of max the last of three would have half of it.
        """
        apply = self.apply
        if len(nodes) == 1:
            return nodes[0]
        largest = self.chain(op, nodes)
        zero, one = self.constant(0), self.constant(1)
        are = [apply("eq", node, largest) for node in nodes]
        count = self.chain("add", [apply("where", condition, one, zero) for condition in are])
        shares = [
            apply("where", condition, apply("div", node, count), zero)
            for condition, node in zip(are, nodes, strict=True)
        ]
        return self.chain("add", shares)


def flat(value: Any) -> tuple[Shape, list[int | float]]:
    """The shape of nested lists, and their numbers row by row."""
    if not isinstance(value, Sequence):
        return (), [value]
    parts = [flat(each) for each in value]
    shape = parts[0][0] if parts else ()
    return (len(parts), *shape), [number for _, numbers in parts for number in numbers]


def selected(value: Elements, chosen: Sequence[range | int]) -> Elements:
    """The elements at some places of the first axes, and all along the others; a single place leaves no axis."""
    shape: list[int] = []
    offsets = [0]
    for axis, size in enumerate(value.shape):
        places = chosen[axis] if axis < len(chosen) else range(size)
        if isinstance(places, int):
            places = range(places, places + 1)
        else:
            shape.append(len(places))
        offsets = [offset * size + place for offset in offsets for place in places]
    return Elements(tuple(shape), tuple([value.nodes[offset] for offset in offsets]))
