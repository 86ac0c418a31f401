"""A function that is to be drawn, as numbers at many places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

CURVE_POINTS = 1_201
GRID_POINTS = 201
ARROWS = 17
LARGEST = 1e300
"""Farther from 0 nothing is drawn: there is to be room for the arithmetic of axes."""
CHUNK = 8_192


class View(NamedTuple):
    """What is shown of the variables: for each the least and the greatest number."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Which of the points, of shape (k, n), are in it."""
        inside: NDArray[np.bool_] = np.logical_and.reduce(
            (points >= np.array(self.low)) & (points <= np.array(self.high)), axis=1
        )
        return inside


@dataclass(frozen=True)
class Function:
    """A function of one variable or two.

    Attributes:
        variables: Their names.
        values: For points of shape (k, n) the k values; NaN or infinite where it is undefined.
        gradients: For points of shape (k, n) the gradients, of that shape.
        chunk: So many points at a time, which bounds the memory that a long expression takes.
    """

    variables: tuple[str, ...]
    values: Callable[[Floats], Floats]
    gradients: Callable[[Floats], Floats]
    chunk: int = CHUNK


class Sampled(NamedTuple):
    """A function on a grid; for one variable `y` is empty, and `values` are along `x`.

    Attributes:
        x: The places along the first variable.
        y: Those along the second.
        values: Of shape (len(y), len(x)), or (len(x),); NaN where there is no finite value.
    """

    x: Floats
    y: Floats
    values: Floats

    @property
    def defined(self) -> bool:
        """Whether there is a finite value anywhere."""
        return bool(np.isfinite(self.values).any())


class Arrows(NamedTuple):
    """Directions of the gradient, and how steep it is, at places of a plane; only where it is finite and not zero."""

    x: Floats
    y: Floats
    right: Floats
    up: Floats
    slope: Floats


def axis(low: float, high: float, count: int) -> Floats:
    """Evenly spaced places from end to end, which may be as far apart as floats are."""
    part = np.linspace(0.0, 1.0, count)
    places: Floats = low * (1.0 - part) + high * part
    return places


def sample(function: Function, view: View, counts: tuple[int, ...] | None = None) -> Sampled:
    """The function on a grid over the view, of so many places along each variable."""
    if len(view.low) == 1:
        (count,) = counts or (CURVE_POINTS,)
        x = axis(view.low[0], view.high[0], count)
        return Sampled(x, np.zeros(0), _in_chunks(function.values, x[:, None], function.chunk))
    nx, ny = counts or (GRID_POINTS, GRID_POINTS)
    x, y = axis(view.low[0], view.high[0], nx), axis(view.low[1], view.high[1], ny)
    return Sampled(x, y, _in_chunks(function.values, _plane(x, y), function.chunk).reshape(ny, nx))


def slopes(function: Function, x: Floats) -> Floats:
    """The derivative of a function of one variable; NaN where it is not finite."""
    return _in_chunks(function.gradients, x[:, None], function.chunk).reshape(len(x))


def arrows(function: Function, view: View, counts: tuple[int, int] = (ARROWS, ARROWS)) -> Arrows:
    """The gradient on a grid that keeps clear of the view's edges.

    The directions are those that one sees: in units of the view, of length 1.
    """
    width, height = (high / 2 - low / 2 for low, high in zip(view.low, view.high, strict=True))
    x, y = (
        axis(low + (high / 2 - low / 2) / count, high - (high / 2 - low / 2) / count, count)
        for low, high, count in zip(view.low, view.high, counts, strict=True)
    )
    places = _plane(x, y)
    gradients = _in_chunks(function.gradients, places, function.chunk)
    with np.errstate(all="ignore"):
        # Steepest ascent in the plane of the variables; on paper, it is as long as the view is wide.
        largest = np.abs(gradients).max(axis=1, keepdims=True)
        unit = gradients / largest
        slope = largest[:, 0] * np.hypot(unit[:, 0], unit[:, 1])
        right, up = unit[:, 0] / width, unit[:, 1] / height
        most = np.maximum(np.abs(right), np.abs(up))
        right, up = right / most, up / most
        length = np.hypot(right, up)
        right, up = right / length, up / length
    known = np.isfinite(right) & np.isfinite(up) & np.isfinite(slope)
    return Arrows(places[known, 0], places[known, 1], right[known], up[known], slope[known])


def _in_chunks(compute: Callable[[Floats], Any], points: Floats, chunk: int) -> Floats:
    """The numbers at points, so many points at a time; NaN for what is not finite."""
    parts = [compute(points[start : start + chunk]) for start in range(0, len(points), chunk)]
    numbers: Floats = np.concatenate([np.asarray(part, np.float64) for part in parts])
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _plane(x: Floats, y: Floats) -> Floats:
    """All points of a grid, those of one y after another: of shape (len(x)*len(y), 2)."""
    return np.stack([np.tile(x, len(y)), np.repeat(y, len(x))], axis=1)
