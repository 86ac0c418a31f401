"""Intervals of the variables: ``x=0:5``, of which either side may be empty (``--bounds``, ``--range``)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from gdcli.cli.assignments import Given, assignments, pieces
from gdcli.cli.points import constant
from gdcli.errors import PointError

Interval: TypeAlias = tuple[float, float]

EVERYTHING: Interval = (-math.inf, math.inf)
FORM = "LOW:HIGH"


def intervals(given: Given, variables: Sequence[str], option: str) -> dict[str, Interval]:
    """The intervals that are given to variables; an end that is left out is infinite.

    Args:
        given: Assignments of intervals, whose ends are constant expressions.
        variables: The names that there are.
        option: The option they were given with, for the hints.

    Raises:
        PointError: A name is unknown or given twice, or a value is no interval.
    """
    return {
        name: _interval(name, value, text, position, option)
        for name, value, text, _, position in assignments(given, variables, option, FORM)
    }


def bounds(given: dict[str, Interval], variables: Sequence[str]) -> tuple[Interval, ...]:
    """A pair for each variable, or nothing where none has an interval."""
    return tuple(given.get(name, EVERYTHING) for name in variables) if given else ()


def _interval(name: str, value: str, text: str, position: int, option: str) -> Interval:
    place = position + len(value) - len(value.lstrip())
    parts = list(pieces(value, ":"))
    if len(parts) != 2:
        raise PointError(
            f"{value.strip()!r} is not {FORM}",
            hint=f"write for instance {option} {name}=0:5; either side may be empty",
            text=text,
            position=place,
        )
    if not any(part.strip() for _, part in parts):
        raise PointError(f"{name} is given no end of an interval", text=text, position=place)
    low, high = (
        constant(part, f"the {side} end for {name}", text, position + start) if part.strip() else end
        for (start, part), side, end in zip(parts, ("lower", "upper"), EVERYTHING, strict=True)
    )
    if low > high:
        raise PointError(
            f"the lower end for {name} is above the upper one: {low:g} > {high:g}", text=text, position=place
        )
    if low == high and math.isinf(low):
        raise PointError(f"{name} is left no number", text=text, position=place)
    return low, high
