"""Constraints that are bounds: `x >= 0`, `x == 2`. As bounds they hold at every evaluation, not only in the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from gdcli.descent.bounds import Bounds
from gdcli.graph.nodes import VARIABLE, Graph, Node

_INSIDE = 1e-2  # how far within its bound a start is put that lies outside, relative to the bound


class Limits(NamedTuple):
    """The bounds of a problem with those of its constraints.

    Attributes:
        bounds: For each variable a pair (low, high), or nothing where there are no bounds at all.
        sources: Which constraint a bound comes from: for the place of a variable and the end (0 for low, 1 for high)
            the place of the constraint and the sign with which the variable stands in its residual.
        others: The places of the constraints that are no bounds.
    """

    bounds: Bounds
    sources: dict[tuple[int, int], tuple[int, float]]
    others: tuple[int, ...]


def limits(residuals: Sequence[Graph], equalities: Sequence[bool], bounds: Bounds) -> Limits:
    """Take the constraints on a single variable as bounds.

    A constraint that would leave a variable no number at all stays what it is: that it cannot be met is for the solver
    to find out, who says so.

    Args:
        residuals: For each constraint the lowered graph of its residual, all in the same variables.
        equalities: For each constraint whether it is an equality.
        bounds: Those that there are already.
    """
    variables = residuals[0].variables if residuals else ()
    pairs = list(bounds) or [(-math.inf, math.inf)] * len(variables)
    sources: dict[tuple[int, int], tuple[int, float]] = {}
    others = []
    for place, (graph, equality) in enumerate(zip(residuals, equalities, strict=True)):
        found = _bound(graph)
        if found is None:
            others.append(place)
            continue
        name, sign, bound = found
        variable = variables.index(name)
        low, high = pairs[variable]
        new_low = max(low, bound) if equality or sign < 0.0 else low
        new_high = min(high, bound) if equality or sign > 0.0 else high
        if new_low > new_high:
            others.append(place)
            continue
        pairs[variable] = (new_low, new_high)
        if new_low > low:
            sources[variable, 0] = (place, sign)
        if new_high < high:
            sources[variable, 1] = (place, sign)
    bounded = any(low > -math.inf or high < math.inf for low, high in pairs)
    return Limits(tuple(pairs) if bounded else (), sources, tuple(others))


def inside(x: Sequence[float], bounds: Bounds) -> tuple[float, ...]:
    """The point `x` with each variable that is outside its bounds moved a little within them.

    Not onto the bound, where log(x) and 1/x are not finite.
    """
    moved = []
    for number, (low, high) in zip(x, bounds or [(-math.inf, math.inf)] * len(x), strict=True):
        if number < low:
            number = min(low + _INSIDE * max(1.0, abs(low)), 0.5 * low + 0.5 * high)
        elif number > high:
            number = max(high - _INSIDE * max(1.0, abs(high)), 0.5 * low + 0.5 * high)
        moved.append(min(max(number, low), high))
    return tuple(moved)


def _bound(graph: Graph) -> tuple[str, float, float] | None:
    """For the residual ±x + c of one variable its name, the sign, and the number at which the residual is zero."""
    node = graph.nodes[graph.outputs[0]]
    inputs = [graph.nodes[i] for i in node.inputs]
    if node.op in (VARIABLE, "neg"):
        terms, offset = [(node, 1.0)], 0.0
    elif node.op in ("add", "sub"):
        last = -1.0 if node.op == "sub" else 1.0
        signed = list(zip(inputs, (1.0, last), strict=True))
        terms = [(term, sign) for term, sign in signed if term.value is None]
        offset = sum(sign * term.value for term, sign in signed if term.value is not None)
    else:
        return None
    if len(terms) != 1 or not math.isfinite(offset):
        return None
    term, sign = terms[0]
    if term.op == "neg":
        term, sign = graph.nodes[term.inputs[0]], -sign
    return (term.name, sign, 0.0 - sign * offset) if _is_variable(term) else None


def _is_variable(node: Node) -> bool:
    return node.op == VARIABLE
