"""How far rounding alone may carry a result: the measure by which two computations of it are compared.

Monte Carlo arithmetic (D. S. Parker, "Monte Carlo Arithmetic: exploiting randomness in floating-point
arithmetic", Technical Report CSD-970002, UCLA, 1997; the idea is that of J. Vignes,
doi:10.1016/0378-4754(93)90003-D): the graph is computed several times, with each operation's result changed
at random by as much as rounding might change it, and the spread of the outputs is what rounding can do to
them. Cancellation and ill-conditioned functions show in it, wherever in the graph they are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from gdcli.engines import scalar
from gdcli.expression.functions import TABLE
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph

UNIT = 2.0**-52
"""The relative change made: that of two roundings, as a library's functions are not exactly rounded."""


def spread(
    graph: Graph,
    x: Sequence[float],
    *,
    unit: float = UNIT,
    point_rounded: bool = False,
    samples: int = 10,
    seed: int = 0,
) -> tuple[float, ...]:
    """How far each output of `graph` at the point `x` goes when every operation's rounding is changed.

    Args:
        graph: A lowered graph, or one of derivatives.
        x: A number for each variable.
        unit: The largest relative change.
        point_rounded: Whether the point's numbers are changed too.
        samples: How many times it is computed.
        seed: For the random changes, so that the result is reproducible.

    Returns:
        For each output the largest distance from its undisturbed value; inf where a disturbed one is not
        finite though the undisturbed one is, and 0 where that is not finite either.
    """
    chance = random.Random(seed)
    program = _program(graph, x, point_rounded)
    outputs = _run(program, graph.outputs, lambda number: number)

    def disturb(number: float) -> float:
        return number * (1.0 + unit * chance.uniform(-1.0, 1.0))

    furthest = [0.0] * len(outputs)
    for _ in range(samples):
        disturbed = _run(program, graph.outputs, disturb)
        for i, (exact, other) in enumerate(zip(outputs, disturbed, strict=True)):
            if math.isfinite(exact):
                distance = abs(other - exact)
                furthest[i] = max(furthest[i], distance if math.isfinite(distance) else math.inf)
    return tuple(furthest)


class _Operation:
    """A node as it is run: its function, the places of its arguments, and whether its result is rounded."""

    __slots__ = ("function", "inputs", "rounded")

    def __init__(self, function: Callable[..., float], inputs: tuple[int, ...], rounded: bool) -> None:
        self.function = function
        self.inputs = inputs
        self.rounded = rounded


# What these give is one of their arguments or a condition, without rounding.
_EXACT = frozenset({"where", "neg", "abs", "max", "min", "clip", "relu"})


def _program(graph: Graph, x: Sequence[float], point_rounded: bool) -> list[_Operation]:
    point = dict(zip(graph.variables, x, strict=True))
    program = []
    for node in graph.nodes:
        if node.op in (CONSTANT, VARIABLE):
            number = float(node.value) if node.value is not None else float(point[node.name])
            # A text's 0.1 is not exactly the number that stands for it; a whole number is.
            rounded = point_rounded if node.op == VARIABLE else not number.is_integer()
            program.append(_Operation(lambda number=number: number, (), rounded))
        else:
            exact = node.op in _EXACT or TABLE[node.op].boolean
            program.append(_Operation(scalar.function(node.op), node.inputs, not exact))
    return program


def _run(
    program: Sequence[_Operation], outputs: Sequence[int], disturb: Callable[[float], float]
) -> list[float]:
    values: list[float] = []
    for operation in program:
        value = operation.function(*[values[i] for i in operation.inputs])
        values.append(disturb(value) if operation.rounded else value)
    return [values[output] for output in outputs]
