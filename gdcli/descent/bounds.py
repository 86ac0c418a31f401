"""Bounds on the variables: for each a pair (low, high), either of which may be infinite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Bounds: TypeAlias = tuple[tuple[float, float], ...]
"""A pair for each variable, or nothing at all where no variable has bounds."""


def clip(x: Sequence[float], bounds: Bounds) -> Sequence[float]:
    """The point within bounds that is nearest to `x`; NaN stays."""
    if not bounds:
        return x
    return [low if a < low else high if a > high else a for a, (low, high) in zip(x, bounds, strict=True)]


def free(
    x: Sequence[float], gradient: Sequence[float], direction: Sequence[float], bounds: Bounds
) -> Sequence[float]:
    """`direction` with zeros where a variable is on a bound and would have to leave it to go downhill."""
    if not bounds:
        return direction
    return [
        0.0 if (a <= low and g > 0.0) or (a >= high and g < 0.0) else d
        for a, g, d, (low, high) in zip(x, gradient, direction, bounds, strict=True)
    ]


def on_bound(x: Sequence[float], bounds: Bounds) -> tuple[int, ...]:
    """The places of the variables that are on a bound."""
    return tuple(i for i, (a, (low, high)) in enumerate(zip(x, bounds)) if a <= low or a >= high)  # noqa: B905
