"""Programs on columns: lists of operations on one array a variable, an element a start.

Every operation then runs over memory that lies in a row, and a compiler can keep the whole state of a start in
registers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gdcli.engines.scalar import evaluate
from gdcli.graph.folding import as_float
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

_PROBES = (1, 2, 3, 10, 1000)  # updates at which two functions of their number are compared

_SMALLEST = 1e-30
"""Numbers that are made one lie between this and its inverse, so that they are numbers in float32 too."""

SCALAR = "scalar"
"""The op of a number that is the same for all starts, but not at every step; its node's value is its place."""

_POWERS: dict[float, tuple[str, ...]] = {
    2.0: ("mul",),
    3.0: ("mul", "mul"),
    0.5: ("sqrt",),
    -0.5: ("sqrt", "inverse"),
    -1.0: ("inverse",),
    -2.0: ("mul", "inverse"),
}


@dataclass(frozen=True)
class Program:
    """Operations on columns, in order.

    Attributes:
        nodes: The operations; a ``variable`` is a column that is given, a ``constant`` a literal, and a ``scalar`` a
            number that depends on the step.
        inputs: The names of the given columns, in their order.
        outputs: The columns that come out, as indices of nodes.
        scalars: For each scalar the function that computes it from the number of the update.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[int, ...]
    scalars: tuple[Callable[[int], float], ...]

    @property
    def operations(self) -> int:
        """How many operations there are."""
        return sum(node.op not in (CONSTANT, VARIABLE, SCALAR) for node in self.nodes)

    @property
    def functions(self) -> int:
        """How many of them take much longer than an addition."""
        return self.operations - sum(node.op in CHEAP for node in self.nodes)


CHEAP = frozenset(
    [
        *("add", "sub", "mul", "div", "neg", "sqrt", "abs", "min", "max", "where"),
        *("sign", "floor", "ceil", "round", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"),
    ]
)
"""Operations that take not much longer than an addition."""


class Builder:
    """Writes a program; equal operations are the same one.

    Args:
        exact: Whether every operation is to round as it does where it stands. Otherwise numbers by which a product or
            a quotient is multiplied are made one, which is quicker and may differ in the last digit.
    """

    def __init__(self, *, exact: bool = True) -> None:
        self.exact = exact
        self.nodes: list[Node] = []
        self.scalars: list[Callable[[int], float]] = []
        self._known: dict[Any, int] = {}

    def column(self, name: str) -> int:
        """A column that is given."""
        return self._node(Node(VARIABLE, name=name))

    def literal(self, value: float) -> int:
        """A number."""
        return self._node(Node(CONSTANT, value=float(value)), value.hex())

    def scalar(self, function: Callable[[int], float]) -> int:
        """A number that depends on the step; the same one for functions that agree."""
        key = ",".join(float(function(k)).hex() for k in _PROBES)
        if (SCALAR, (), key, "") not in self._known:
            self.scalars.append(function)
        return self._node(Node(SCALAR, value=len(self.scalars) - 1), key)

    def apply(self, op: str, *inputs: int) -> int:
        """An operation of the function table."""
        if all(self.nodes[i].op in (CONSTANT, SCALAR) for i in inputs):
            return self._of_numbers(op, inputs)
        if op in ("and", "or", "where") and (decided := self._decided(op, inputs)) is not None:
            return decided
        if op == "pow" and (steps := _POWERS.get(self._number(inputs[1]) or 0.0)):
            return self._power(inputs[0], steps)
        if op == "mul":
            return self._product(*inputs)
        if op == "neg":
            return self._product(self.literal(-1.0), *inputs)
        if op == "sqrt" and not self.exact and (factor := self._factor(inputs[0]) or 0.0) > 0.0:
            root = self._node(Node("sqrt", (self.nodes[inputs[0]].inputs[1],)))
            return self._product(self.literal(math.sqrt(factor)), root)
        if op == "div" and (quotient := self._quotient(*inputs)) is not None:
            return quotient
        if op in ("add", "sub") and self._factor(inputs[1]) == -1.0:
            return self.apply("sub" if op == "add" else "add", inputs[0], self.nodes[inputs[1]].inputs[1])
        if op == "add" and self._factor(inputs[0]) == -1.0:
            return self.apply("sub", inputs[1], self.nodes[inputs[0]].inputs[1])
        second = inputs[-1]
        if (
            op == "sub"
            and self._is_product(inputs[0])
            and (multiple := self._factor(second))
            and self._may_merge(-1.0, multiple, -multiple)
            and not self._is_product(second)
        ):
            # The product of two columns can then be added in the same pass.
            return self.apply("add", inputs[0], self.apply("neg", inputs[1]))
        return self._node(Node(op, inputs))

    def graft(self, graph: Graph, arguments: Sequence[int]) -> list[int]:
        """The outputs of a graph, of these arguments."""
        names = dict(zip(graph.variables, arguments, strict=True))
        places: list[int] = []
        for node in graph.nodes:
            if node.op == VARIABLE:
                places.append(names[node.name])
            elif node.op == CONSTANT:
                places.append(self.literal(as_float(node.value)))
            else:
                places.append(self.apply(node.op, *[places[i] for i in node.inputs]))
        return [places[output] for output in graph.outputs]

    def finish(self, inputs: Sequence[str], outputs: Sequence[int]) -> Program:
        """The program of these outputs, without what they do not need."""
        needed = set(outputs)
        for index in range(len(self.nodes) - 1, -1, -1):
            if index in needed:
                needed.update(self.nodes[index].inputs)
        new: dict[int, int] = {}
        kept: list[Node] = []
        for index in sorted(needed):
            node = self.nodes[index]
            new[index] = len(kept)
            kept.append(node._replace(inputs=tuple([new[i] for i in node.inputs])))
        return Program(tuple(kept), tuple(inputs), tuple([new[i] for i in outputs]), tuple(self.scalars))

    def _node(self, node: Node, key: str = "") -> int:
        where = (node.op, node.inputs, key or node.value, node.name)
        if where not in self._known:
            self._known[where] = len(self.nodes)
            self.nodes.append(node)
        return self._known[where]

    def _number(self, index: int) -> float | None:
        node = self.nodes[index]
        return as_float(node.value) if node.op == CONSTANT else None

    def _factor(self, index: int) -> float | None:
        """The number by which a node multiplies a column, if it does that."""
        node = self.nodes[index]
        return self._number(node.inputs[0]) if node.op == "mul" else None

    def _is_product(self, index: int) -> bool:
        """Whether a node is a product of two columns, or a multiple of one."""
        if self._factor(index) is not None:
            index = self.nodes[index].inputs[1]
        return self.nodes[index].op == "mul" and self._factor(index) is None

    def _of_numbers(self, op: str, inputs: Sequence[int]) -> int:
        nodes = [self.nodes[i] for i in inputs]
        if all(node.op == CONSTANT for node in nodes):
            return self.literal(float(evaluate(op, [as_float(node.value) for node in nodes])))
        parts = [
            self.scalars[int(node.value or 0)] if node.op == SCALAR else _always(node.value) for node in nodes
        ]
        return self.scalar(lambda k: evaluate(op, [part(k) for part in parts]))

    def _decided(self, op: str, inputs: Sequence[int]) -> int | None:
        """What comes of a condition of which a part is a number, which is no column of truth values."""
        for place, index in enumerate(inputs[:1] if op == "where" else inputs):
            number = self._number(index)
            if number is not None:
                if op == "where":
                    return inputs[1 if number else 2]
                return index if bool(number) is (op == "or") else inputs[1 - place]
        return None

    def _product(self, a: int, b: int) -> int:
        if all(self.nodes[i].op in (CONSTANT, SCALAR) for i in (a, b)):
            return self._of_numbers("mul", (a, b))
        if self._number(b) is not None:
            a, b = b, a
        number, second = self._number(a), self._factor(b)
        if number is not None:
            if number == 1.0:
                return b
            if second is not None and self._may_merge(number, second, number * second):
                return self._product(self.literal(number * second), self.nodes[b].inputs[1])
            absorbed = self._absorbed(number, b)
            return self._node(Node("mul", (a, b))) if absorbed is None else absorbed
        (first, one), (second, other) = self._split(a), self._split(b)
        merges = self._may_merge(first, second, first * second, both=True)
        if merges and self._is_variable(one) != self._is_variable(other):
            # The same multiple of what is no variable may be needed for each of the variables.
            one, other = (other, one) if self._is_variable(one) else (one, other)
            return self._node(Node("mul", (self._product(self.literal(first * second), one), other)))
        if merges and a != one and b != other:
            return self._product(self.literal(first * second), self._node(Node("mul", (one, other))))
        return self._node(Node("mul", (a, b)))

    def _split(self, index: int) -> tuple[float, int]:
        """The number by which a column is multiplied, and the column."""
        factor = self._factor(index)
        return (1.0, index) if factor is None else (factor, self.nodes[index].inputs[1])

    def _is_variable(self, index: int) -> bool:
        return self.nodes[index].op == VARIABLE

    def _quotient(self, a: int, b: int) -> int | None:
        """A quotient as a multiple, where there is a number below that can be made one with what is above."""
        number, below, above = self._number(b), self._factor(b), self._number(a)
        if number:
            merges = self._may_merge(1.0, number, 1.0 / number, both=True)
            return self._product(self.literal(1.0 / number), a) if merges else None
        if not below:
            return None
        column = self.nodes[b].inputs[1]
        if above is not None:
            merges = self._may_merge(above, below, above / below, both=True)
            return self._node(Node("div", (self.literal(above / below), column))) if merges else None
        first, rest = self._split(a)
        if not self._may_merge(first, below, first / below, both=True):
            return None
        return self._product(self.literal(first / below), self._node(Node("div", (rest, column))))

    def _absorbed(self, number: float, place: int) -> int | None:
        """A number times a product of two columns, where there is a number in one of these to be merged with."""
        node = self.nodes[place]
        for own, other in ((1, 0), (0, 1)) if node.op == "mul" else ():
            factor = self._factor(node.inputs[own])
            if factor is not None and self._may_merge(number, factor, number * factor):
                multiple = self._product(self.literal(number), node.inputs[own])
                return self._product(node.inputs[other], multiple)
        return None

    def _may_merge(self, first: float, second: float, result: float, *, both: bool = False) -> bool:
        """Whether two numbers may be made one.

        By a power of 2 nothing is rounded, and so the order does not matter: it is enough that one of them is, unless
        there is another rounding between the two.
        """
        powers = [_is_power_of_two(value) for value in (first, second)]
        if not self.exact or (all(powers) if both else any(powers)):
            return is_ordinary(result)
        return False

    def _power(self, base: int, steps: Sequence[str]) -> int:
        result = base
        for step in steps:
            if step == "mul":
                result = self._node(Node("mul", (result, base)))
            elif step == "sqrt":
                result = self._node(Node("sqrt", (result,)))
            else:
                result = self._node(Node("div", (self.literal(1.0), result)))
        return result


def is_ordinary(number: float) -> bool:
    """Whether a number is neither so small nor so large that a product with it may leave the range of floats."""
    return _SMALLEST < abs(number) < 1.0 / _SMALLEST


def _always(value: float | None) -> Callable[[int], float]:
    return lambda k: as_float(value)


def _is_power_of_two(value: float) -> bool:
    return math.isfinite(value) and 1e-3 < abs(value) < 1e3 and math.frexp(value)[0] in (0.5, -0.5)
