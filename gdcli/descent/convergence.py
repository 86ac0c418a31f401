"""The rules by which a run ends, as pure functions on plain numbers.

All numbers are those of a function to be minimised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from gdcli.descent.bounds import Bounds, clip, free
from gdcli.descent.objective import Sample

DEFAULT_TOLERANCE = {"float64": 1e-10, "float32": 1e-5, "bfloat16": 5e-2, "float16": 1e-2}
"""What the largest gradient component is to fall below when nothing else is asked for."""

_WINDOW, _WINDOW_OF_SEARCH = 1000, 100
_FLOORS = {"float64": -1e150, "float32": -1e30, "bfloat16": -1e30, "float16": -3e4}
CONTINUOUS = 1e-3  # change of the value between neighbours, in units of what was descended
VALUE_NOISE = 64.0  # rounding errors in a value, in units of its last place
NOISE = 8.0  # rounding errors in a gradient, in units of what the neighbouring points show


class Ending(Enum):
    """What a rule found."""

    NOT_FINITE = "a value, a gradient or a coordinate is not finite"
    UNBOUNDED = "the value has fallen so far that there seems to be no minimum"
    FLAT = "the gradient is within the tolerance"
    ROUNDED = "the gradient that is left is nothing but rounding"
    STILL = "the steps do not move any more, for another reason"


class Rules(NamedTuple):
    """When a run ends by itself.

    Attributes:
        tolerances: For each variable the size of its partial derivative that counts as zero; empty where
            every step is to be run.
        floor: The value below which a function counts as unbounded.
        searches: Whether a step that does not move is the last, because the method has found no lower point.
        travel: Part of the way from the start that counts as not moving, for a method that searches; 0 for
            others, whose steps may be small because they are told to be.
        window: Steps between two points that are compared to see whether a run still moves.
        epsilon: The distance from 1 to the next larger number of the dtype.
        explicit: Whether the tolerance was asked for.
        bounds: The bounds of the variables, if any.
    """

    tolerances: tuple[float, ...]
    floor: float
    searches: bool
    travel: float
    window: int
    epsilon: float
    explicit: bool
    bounds: Bounds = ()


def rules(
    start: Sample, tol: float | None, dtype: str, epsilon: float, searches: bool, bounds: Bounds = ()
) -> Rules:
    """The rules for a run from `start`.

    Args:
        start: The start.
        tol: The tolerance on the largest gradient component; 0 to run every step; None for
            `default_tolerances`.
        dtype: The dtype of the run.
        epsilon: Its rounding unit.
        searches: See `Rules`.
        bounds: See `Rules`.
    """
    if tol is None:
        tolerances = default_tolerances(start.gradient, dtype, epsilon)
    else:
        tolerances = (tol,) * len(start.x) if tol > 0.0 else ()
    return Rules(
        tolerances,
        floor=min(_FLOORS[dtype], -1e10 * abs(start.value)),
        searches=searches,
        travel=epsilon if searches else 0.0,
        window=_WINDOW_OF_SEARCH if searches else _WINDOW,
        epsilon=epsilon,
        explicit=tol is not None,
        bounds=bounds,
    )


def default_tolerances(gradient: Sequence[float], dtype: str, epsilon: float) -> tuple[float, ...]:
    """For each variable the size of its partial derivative that counts as zero if nothing else is asked for.

    It is that of `DEFAULT_TOLERANCE`, times the partial derivative at the start where that is less than 1.
    The minimum of 1e-8*x**2 is where its slope has become small against the slope that it began with. A
    partial derivative that is zero at the start, but for rounding, counts as the largest one there.
    """
    largest = max(map(abs, gradient), default=0.0)
    scales = (abs(g) if abs(g) > NOISE * epsilon * largest else largest for g in gradient)
    return tuple(DEFAULT_TOLERANCE[dtype] * min(1.0, scale) for scale in scales)


def is_finite(sample: Sample) -> bool:
    """Whether everything about a point is finite."""
    x, value, gradient = sample
    # A sum is finite only if everything in it is.
    return math.isfinite(sum(x, sum(gradient, value))) or all(map(math.isfinite, (value, *gradient, *x)))


def is_flat(gradient: Sequence[float], tolerances: Sequence[float]) -> bool:
    """Whether each partial derivative is within its tolerance (never, if there are no tolerances)."""
    for g, t in zip(gradient, tolerances, strict=bool(tolerances)):
        if not -t <= g <= t:
            return False
    return bool(tolerances)


def has_moved(
    before: Sequence[float], now: Sequence[float], start: Sequence[float], epsilon: float, travel: float
) -> bool:
    """Whether a variable has changed by more than its rounding and `travel` times its way from the start."""
    points = zip(before, now, start, strict=True)
    return any(abs(b - a) > max(epsilon * abs(b), travel * abs(b - s)) for a, b, s in points)


def slope(sample: Sample, bounds: Bounds) -> Sequence[float]:
    """The gradient at a point, with zeros where a bound keeps a variable from going downhill."""
    return free(sample.x, sample.gradient, sample.gradient, bounds)


def examine(sample: Sample, rules: Rules) -> Ending | None:
    """What there is to be said of a point by itself."""
    if not is_finite(sample):
        return Ending.NOT_FINITE
    _, value, gradient = sample
    if value < rules.floor:
        return Ending.UNBOUNDED
    if rules.tolerances and is_flat(
        slope(sample, rules.bounds) if rules.bounds else gradient, rules.tolerances
    ):
        return Ending.FLAT
    return None


def within_rounding(
    sample: Sample,
    start: Sample,
    rules: Rules,
    evaluate: Callable[[tuple[float, ...]], Sample],
    travel: float,
) -> bool:
    """Whether the gradient that is left at a point is nothing but rounding.

    It is compared with its change towards the neighbouring representable points: a partial derivative that
    changes by about its own size from one number to the next cannot get any smaller, nor can one that changes
    its sign between them (a kink). The value has to be about the same there: beside a pole or a jump nothing
    is known.

    Args:
        sample: The point.
        start: The start of the run.
        rules: Its rules, with tolerances.
        evaluate: Computes value and gradient at a point.
        travel: Neighbours are at least this part of the way from the start apart.
    """
    gaps = [max(rules.epsilon * abs(a), travel * abs(a - b)) for a, b in zip(sample.x, start.x, strict=True)]
    noise = [0.0] * len(gaps)
    alike = max(CONTINUOUS * (start.value - sample.value), rules.epsilon * abs(sample.value))
    for sign in (1.0, -1.0):
        neighbour = [a + sign * gap for a, gap in zip(sample.x, gaps, strict=True)]
        there = evaluate(tuple(clip(neighbour, rules.bounds)))
        if not abs(there.value - sample.value) <= alike:
            return False
        noise = [max(n, abs(b - a)) for n, a, b in zip(noise, sample.gradient, there.gradient, strict=True)]
    limits = zip(slope(sample, rules.bounds), noise, rules.tolerances, strict=True)
    return all(abs(g) <= max(t, NOISE * n) for g, n, t in limits)
