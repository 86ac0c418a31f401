"""Basins: groups of ends of many starts that are one minimum's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gdcli.reporting.pictures.function import Floats

_NEAR = 0.01  # of the extent of all ends: those that lie so near to a better one belong to it
_MOST_LOOKED_AT = 2_000


class Basin(NamedTuple):
    """The best end of a group, its value, and how many ends there are in the group."""

    x: tuple[float, ...]
    value: float
    ends: int


def basins(points: Floats, values: Floats, most: int = 8, *, maximised: bool = False) -> list[Basin]:
    """The best basins, the best first.

    A basin is the end with the best value and all that lie near it; the next is that of the rest. One that a single end
    has found does not count, where others were found by several: a descent that was broken off is no minimum.

    Args:
        points: Ends, of shape (k, n).
        values: Their k values.
        most: How many to give at most.
        maximised: Whether the greatest value is the best.
    """
    known = np.isfinite(values) & np.isfinite(points).all(axis=1)
    points, values = points[known][:_MOST_LOOKED_AT], values[known][:_MOST_LOOKED_AT]
    if not len(points):
        return []
    order = np.argsort(-values if maximised else values, kind="stable")
    points, values = points[order], values[order]
    extent = points.max(axis=0) - points.min(axis=0)
    extent = np.where(extent > 0.0, extent, 1.0)
    left = np.ones(len(points), bool)
    found: list[Basin] = []
    while left.any() and len(found) < 10 * most:
        best = int(np.argmax(left))
        near = left & (np.abs((points - points[best]) / extent).max(axis=1) <= _NEAR)
        found.append(Basin(tuple(points[best].tolist()), float(values[best]), int(near.sum())))
        left &= ~near
    often = [each for each in found if each.ends > 1]
    return (often or found)[:most]
