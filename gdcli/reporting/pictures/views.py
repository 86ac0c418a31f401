"""What part of the plane, or of the line, a picture of a run shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gdcli.reporting.course import Course
from gdcli.reporting.pictures.function import LARGEST, Floats, View

MARGIN = 0.25  # on each side of the path, in units of its extent
_NARROW = 0.4  # a side of the picture is at least so long, in units of the other
_UNLIKE = 1e3  # sides that differ by more are of variables on scales of their own
_ALONE = 0.5  # half a side, relative to the point, where the path has no extent
_FAR = 40.0  # how far the part of a diverging path goes that is shown, in units of its first step
_FARTHEST = 1e3  # and in units of the start, for a first step may be one into nowhere
_DEEP = 1e30  # a fall of the value by so much, relative to its size, is one without end
_BEYOND = 0.04  # how much beyond a bound is shown, in units of the view


def path(course: Course) -> Floats:
    """The points of a course, of shape (k, n)."""
    rows = course.rows
    return np.array([row.x for row in rows], np.float64).reshape(len(rows), len(course.names))


def diverges(course: Course, *, maximised: bool = False) -> bool:
    """Whether a course ends worse than it began, or falls without end."""
    first, *_, last = (*course.rows[:1], *course.rows[-1:])
    sign = -1.0 if maximised else 1.0
    begin, end = sign * first.value, sign * last.value
    if not (math.isfinite(end) and math.isfinite(begin)):
        return True
    return end > begin or end < -_DEEP * max(1.0, abs(begin))


def ascends(course: Course) -> bool:
    """Whether a course looks like one to a maximum: up, to where it is less steep. A trace does not say."""
    first, *_, last = (*course.rows[:1], *course.rows[-1:])
    return last.value > first.value and last.gradient_norm < first.gradient_norm


def seen(course: Course, *, maximised: bool = False) -> Floats:
    """The points of a course that a view has to show: finite ones; of a course that diverges the first."""
    points = path(course)
    if diverges(course, maximised=maximised):
        away = np.abs(points - points[0]).max(axis=1)
        steps = away[np.isfinite(away) & (away > 0.0)]
        if len(steps):
            points = points[away <= min(_FAR * steps[0], _FARTHEST * max(1.0, np.abs(points[0]).max()))]
    return points[np.isfinite(points).all(axis=1)]


def view_of(
    points: Floats,
    names: Sequence[str],
    bounds: Mapping[str, tuple[float, float]] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    margin: float = MARGIN,
) -> View:
    """A view that shows points with a margin around them.

    Args:
        points: Of shape (k, n), finite.
        names: The n variables.
        bounds: Where a variable stays: next to nothing is shown beyond.
        ranges: What is to be shown of a variable, whatever the points are.
        margin: On each side of the points, in units of their extent.
    """
    sides = [_side(points[:, i], (ranges or {}).get(name), margin) for i, name in enumerate(names)]
    half = [high / 2 - low / 2 for low, high in sides]
    free = [name not in (ranges or {}) for name in names]
    for i, (low, high) in enumerate(sides):
        others = [each for j, each in enumerate(half) if j != i]
        least = max(others, default=0.0) * _NARROW
        if half[i] == 0.0:
            middle = low
            longest = max(others, default=0.0)
            wanted = longest if longest > 0.0 else _ALONE * max(1.0, abs(middle))
            wanted = max(wanted, 1e-6 * abs(middle))
        elif free[i] and half[i] < least <= _UNLIKE * half[i]:
            middle, wanted = low / 2 + high / 2, least
        else:
            continue
        sides[i] = middle - wanted, middle + wanted
    limited = [
        _drawable(_within(side, (bounds or {}).get(name))) for side, name in zip(sides, names, strict=True)
    ]
    return View(tuple(low for low, _ in limited), tuple(high for _, high in limited))


def _side(numbers: Floats, wanted: tuple[float, float] | None, part: float) -> tuple[float, float]:
    if wanted is not None:
        return wanted
    if not len(numbers):
        return 0.0, 0.0
    low, high = float(numbers.min()), float(numbers.max())
    margin = part * (high - low)
    # Nothing but the rounding of one number.
    if not math.isfinite(margin) or high / 2 - low / 2 <= 1e-12 * max(abs(low), abs(high)):
        return (low, high) if not math.isfinite(margin) else (low / 2 + high / 2,) * 2
    return low - margin, high + margin


def _within(side: tuple[float, float], bounds: tuple[float, float] | None) -> tuple[float, float]:
    """A side that does not go on beyond bounds, if that leaves anything of it."""
    if bounds is None:
        return side
    low, high = side
    beyond = _BEYOND * (high - low)
    inside = max(low, bounds[0] - beyond), min(high, bounds[1] + beyond)
    return inside if inside[0] < inside[1] else side


def _drawable(side: tuple[float, float]) -> tuple[float, float]:
    """A side whose extent is a number."""
    return max(side[0], -LARGEST), min(side[1], LARGEST)
