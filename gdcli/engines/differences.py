"""Derivatives by differences of values: a witness that knows no rule of differentiation."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

Function = Callable[[float], float]

_EPS = 2.0**-52
_RATIO = 1.7
"""From one step to the next smaller one; not a whole number, so that no period fits them all."""
_ORDERS = 5
"""How many powers of the step's square are extrapolated away."""
_LARGEST, _SMALLEST = 0.1, 1e-8
"""The largest step, relative to the place (or to 1, where that is more), and the smallest."""
_FINEST = 2.0**-42
"""The smallest step relative to the place, where that is far from 0: a thousand of its units in the last place."""
_ENOUGH = 16
"""How many steps are wanted within the domain of the function."""


class Estimate(NamedTuple):
    """A derivative and how far off it may be; nan and inf where there are no values on both sides."""

    derivative: float
    error: float


def central(f: Function, x: float, noise: float = 0.0) -> Estimate:
    """The derivative of f at x by central differences, extrapolated to the step 0.

    Ridders' method (C. J. F. Ridders, Advances in Engineering Software 4(2), 1982,
    doi:10.1016/S0141-1195(82)80057-0) over all steps that make sense. An estimate that the smaller steps
    contradict is dropped: its steps were so large that they jumped over what happens at x.

    Args:
        f: The function; it gives nan or inf where it is undefined, and never raises.
        x: The place.
        noise: How far rounding may carry a value of f near x (`gdcli.engines.rounding.spread`), if that is
            more than the last digit.
    """
    best = Estimate(math.nan, math.inf)
    if not math.isfinite(x):
        return best
    scale = max(abs(x), 1.0)
    row: list[Estimate] = []
    # How fast a function changes has nothing to do with how far from 0 the place is.
    h, smallest = _LARGEST * scale, max(_SMALLEST, _FINEST * abs(x))
    defined = 0
    # Close to 0 a function such as log has values on both sides only for steps that are small beside x.
    while h >= smallest or (defined < _ENOUGH and h > _SMALLEST * abs(x) > 0.0):
        plain = _difference(f, x, h, noise)
        h /= _RATIO
        if not math.isfinite(plain.derivative):
            row = []
            continue
        defined += 1
        if row:
            doubt = plain.error + abs(plain.derivative - row[0].derivative)
            if abs(plain.derivative - best.derivative) > 2.0 * (best.error + doubt):
                best = Estimate(math.nan, math.inf)
        row = _extrapolate(plain, row)
        best = min([best, *row[1:]], key=lambda estimate: estimate.error)
    return best


def _difference(f: Function, x: float, h: float, noise: float) -> Estimate:
    above, below = x + h, x - h
    high, low = f(above), f(below)
    width = above - below
    slope = (high - low) / width
    # What f does to x first is rounded, too: that is as if x itself were.
    rounding = max(_EPS * abs(high) + _EPS * abs(low), _EPS * abs(x) * abs(slope))
    return Estimate(slope, max(2.0 * noise, rounding) / width)


def _extrapolate(plain: Estimate, before: list[Estimate]) -> list[Estimate]:
    """The row of the tableau that begins with `plain`, from the one of the next larger step."""
    row = [plain]
    factor = 1.0
    for previous in before[:_ORDERS]:
        factor *= _RATIO * _RATIO
        last = row[-1].derivative
        derivative = (last * factor - previous.derivative) / (factor - 1.0)
        change = max(abs(derivative - last), abs(derivative - previous.derivative))
        row.append(Estimate(derivative, change + plain.error))
    return row


class Shape(Enum):
    """How a function looks at a place, as far as its values beside it tell."""

    SMOOTH = "smooth"
    KINK = "kink"
    JUMP = "jump"
    EDGE = "edge"


class Sides(NamedTuple):
    """The shape of a function at a place, and its slopes on the left and on the right."""

    shape: Shape
    left: float
    right: float


def sides(f: Function, x: float) -> Sides:
    """What the values of f on both sides of x say of its shape there.

    At a kink the two slopes differ however small the step; at a jump they grow as the step shrinks; at an
    edge the function is undefined on one side.
    """
    scale = max(1.0, 2.0**-20 * abs(x))
    step_far, step = 2.0**-18 * scale, 2.0**-22 * scale
    far, near = _slopes(f, x, step_far), _slopes(f, x, step)
    if not all(map(math.isfinite, (*far, *near))):
        return Sides(Shape.EDGE, *near)
    gap, gap_far = abs(near[1] - near[0]), abs(far[1] - far[0])
    steepest, steepest_far = max(map(abs, near)), max(map(abs, far))
    noise = 8.0 * _EPS * max(abs(f(x)), abs(x) * steepest) / step
    if steepest > 8.0 * steepest_far + noise:
        return Sides(Shape.JUMP, *near)
    # Of a smooth function the gap is proportional to the step, which is 16 times smaller.
    kink = gap > 0.5 * gap_far and gap > 1e-6 * steepest + noise
    return Sides(Shape.KINK if kink else Shape.SMOOTH, *near)


def _slopes(f: Function, x: float, h: float) -> tuple[float, float]:
    here = f(x)
    above, below = x + h, x - h
    return (here - f(below)) / (x - below), (f(above) - here) / (above - x)
