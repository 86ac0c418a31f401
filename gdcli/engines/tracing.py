"""A graph of derivatives and a method's update as one program on columns.

The update is not written again for it: it is passed `Traced` values, and what it does with them is the program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from gdcli.engines.columns import Builder, Program
from gdcli.expression.functions import TABLE
from gdcli.expression.rows import piecewise
from gdcli.graph.nodes import Graph

_PIECEWISE = {row.name for row in piecewise.ROWS} | {row.name for row in TABLE.values() if row.boolean}


class Traced:
    """A column that is not there yet: arithmetic with it writes a program."""

    def __init__(self, builder: Builder, index: int) -> None:
        self.builder, self.index = builder, index

    def apply(self, op: str, *others: Any) -> Traced:
        """An operation of the function table on this one and others."""
        places = [_place(self.builder, other) for other in others]
        return Traced(self.builder, self.builder.apply(op, self.index, *places))

    def _reflected(self, op: str, other: Any) -> Traced:
        return Traced(self.builder, self.builder.apply(op, _place(self.builder, other), self.index))

    def __add__(self, other: Any) -> Traced:
        return self.apply("add", other)

    def __radd__(self, other: Any) -> Traced:
        return self._reflected("add", other)

    def __sub__(self, other: Any) -> Traced:
        return self.apply("sub", other)

    def __rsub__(self, other: Any) -> Traced:
        return self._reflected("sub", other)

    def __mul__(self, other: Any) -> Traced:
        return self.apply("mul", other)

    def __rmul__(self, other: Any) -> Traced:
        return self._reflected("mul", other)

    def __truediv__(self, other: Any) -> Traced:
        return self.apply("div", other)

    def __rtruediv__(self, other: Any) -> Traced:
        return self._reflected("div", other)

    def __neg__(self) -> Traced:
        return self.apply("neg")


class Scalar:
    """A number that depends on the number k of the update: arithmetic with it makes another."""

    def __init__(self, function: Callable[[int], float]) -> None:
        self.function = function

    def _with(self, other: Any, how: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Traced):
            return NotImplemented
        mine = self.function
        if isinstance(other, Scalar):
            theirs = other.function
            return Scalar(lambda k: how(mine(k), theirs(k)))
        return Scalar(lambda k: how(mine(k), other))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    def __pow__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a**b)

    def __rpow__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b**a)


def _place(builder: Builder, value: Any) -> int:
    if isinstance(value, Traced):
        return value.index
    if isinstance(value, Scalar):
        return builder.scalar(value.function)
    return builder.literal(float(value))


class Functions:
    """The functions that an update may use, on what is traced."""

    @staticmethod
    def sqrt(x: Traced) -> Traced:
        """The square root."""
        return x.apply("sqrt")

    @staticmethod
    def abs(x: Traced) -> Traced:
        """The absolute value."""
        return x.apply("abs")


Update = Callable[..., Sequence[Any]]
"""``update(functions, k, x, g, *slots)`` of one variable: its new x, and what is to be remembered."""


def names(n: int, slots: int) -> tuple[str, ...]:
    """The names of the columns of a state: n variables, and then slot by slot what is remembered of each."""
    return (*(f"x{i}" for i in range(n)), *(f"s{j}_{i}" for j in range(slots) for i in range(n)))


def step_program(
    graph: Graph,
    update: Update,
    slots: int,
    sign: float,
    bounds: Sequence[tuple[float, float]] = (),
    *,
    slope: bool,
) -> Program:
    """The program of one step.

    Args:
        graph: The graph of the value and the n partial derivatives.
        update: The method's update of one variable.
        slots: How many columns it remembers of each variable.
        sign: -1.0 where the graph's value is to be maximised.
        bounds: A pair (low, high) for each variable, or nothing.
        slope: Whether to know the slope before the step.

    Returns:
        A program of the columns of `names` whose outputs are these columns after the step, and where it is wanted the
        largest size of a partial derivative before it (of one that a bound does not hold back), NaN where one is.
    """
    # Where a function jumps or has a kink, the last digit decides on which side of it a start stands.
    exact = any(node.op in _PIECEWISE for node in graph.nodes)
    builder, n = Builder(exact=exact), len(graph.variables)
    inputs = names(n, slots)
    columns = [builder.column(name) for name in inputs]
    x = columns[:n]
    gradient = _signed(builder, builder.graft(graph, x)[1:], sign)
    k = Scalar(float)
    updated = []
    for i in range(n):
        state = [Traced(builder, column) for column in columns[i::n]]
        new, *rest = update(Functions, k, state[0], Traced(builder, gradient[i]), *state[1:])
        place = _place(builder, new)
        if bounds:
            place = _clipped(builder, place, *bounds[i])
        updated.append([place, *(_place(builder, each) for each in rest)])
    outputs = [row[j] for j in range(1 + slots) for row in updated]
    if slope:
        outputs.append(_slope(builder, x, gradient, bounds))
    return builder.finish(inputs, outputs)


def look_program(graph: Graph, sign: float, bounds: Sequence[tuple[float, float]] = ()) -> Program:
    """The program of a value to be minimised, and of the largest size of its partial derivatives, as above."""
    builder = Builder()
    inputs = names(len(graph.variables), 0)
    x = [builder.column(name) for name in inputs]
    value, *gradient = _signed(builder, builder.graft(graph, x), sign)
    return builder.finish(inputs, [value, _slope(builder, x, gradient, bounds)])


def _signed(builder: Builder, places: Sequence[int], sign: float) -> list[int]:
    return [builder.apply("neg", place) for place in places] if sign < 0.0 else list(places)


def _clipped(builder: Builder, place: int, low: float, high: float) -> int:
    if low > -math.inf:
        place = builder.apply("max", place, builder.literal(low))
    return builder.apply("min", place, builder.literal(high)) if high < math.inf else place


def _slope(
    builder: Builder, x: Sequence[int], gradient: Sequence[int], bounds: Sequence[tuple[float, float]]
) -> int:
    result = -1
    for i, place in enumerate(gradient):
        low, high = bounds[i] if bounds else (-math.inf, math.inf)
        zero = builder.literal(0.0)
        if low > -math.inf:
            held = builder.apply(
                "and",
                builder.apply("le", x[i], builder.literal(low)),
                builder.apply("gt", gradient[i], zero),
            )
            place = builder.apply("where", held, zero, place)
        if high < math.inf:
            held = builder.apply(
                "and",
                builder.apply("ge", x[i], builder.literal(high)),
                builder.apply("lt", gradient[i], zero),
            )
            place = builder.apply("where", held, zero, place)
        place = builder.apply("abs", place)
        result = place if result < 0 else builder.apply("max", result, place)
    return result
