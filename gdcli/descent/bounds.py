"""Bounds on the variables: for each a pair (low, high), either of which may be infinite."""

from __future__ import annotations

import math
import struct
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
    if not bounds:
        return ()
    return tuple(i for i, (a, (low, high)) in enumerate(zip(x, bounds, strict=True)) if a <= low or a >= high)


def representable(bounds: Bounds, dtype: str) -> Bounds:
    """The bounds rounded inwards to numbers of a dtype, so that a variable can be on one and is never beyond.

    Where there is no number between two bounds, both become the number that is nearest to the lower one.

    Args:
        bounds: The bounds.
        dtype: ``float64``, ``float32``, ``bfloat16`` or ``float16``.
    """
    if dtype == "float64":
        return bounds
    rounded = []
    for low, high in bounds:
        inner = _least_not_below(low, dtype), -_least_not_below(-high, dtype)
        rounded.append(inner if inner[0] <= inner[1] else (_nearest(low, dtype),) * 2)
    return tuple(rounded)


_CODES = {"float32": ("f", "I"), "bfloat16": ("f", "I"), "float16": ("e", "H")}
"""The codes of `struct` for the numbers of a dtype and for their bits; a bfloat16 is a float32 without its last 16."""


def _least_not_below(x: float, dtype: str) -> float:
    """The least number of a dtype that is not below `x`."""
    nearest = _nearest(x, dtype)
    if nearest >= x:
        return nearest
    one = 0x10000 if dtype == "bfloat16" else 1
    return _of_bits(_bits(nearest, dtype) + (one if math.copysign(1.0, nearest) > 0.0 else -one), dtype)


def _nearest(x: float, dtype: str) -> float:
    """The number of a dtype that is nearest to `x`."""
    if math.isinf(x):
        return x
    try:
        bits = _bits(x, dtype)
    except OverflowError:
        return math.copysign(math.inf, x)
    if dtype == "bfloat16":
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return _of_bits(bits, dtype)


def _bits(x: float, dtype: str) -> int:
    number, bits = _CODES[dtype]
    return int(struct.unpack(bits, struct.pack(number, x))[0])


def _of_bits(bits: int, dtype: str) -> float:
    number, code = _CODES[dtype]
    return float(struct.unpack(number, struct.pack(code, bits))[0])
