"""What is marked in the space of the variables: the path, the start and the answer, and the ends of many starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from gdcli.reporting.pictures.function import Floats
from gdcli.reporting.pictures.panels import FEW_STEPS, line_style
from gdcli.reporting.pictures.style import BLACK, HEIGHTS, ORANGE, VERMILLION

Entry = tuple[Any, str]
"""A line of the legend: what stands for it, and its text."""

_OUTLINE = [withStroke(linewidth=3.0, foreground="black")]
START: dict[str, Any] = {
    "marker": "o",
    "markersize": 7,
    "color": "white",
    "markeredgecolor": BLACK,
    "markeredgewidth": 1.3,
}
ANSWER: dict[str, Any] = {
    "marker": "*",
    "markersize": 14,
    "color": ORANGE,
    "markeredgecolor": BLACK,
    "markeredgewidth": 1.0,
}
BASIN: dict[str, Any] = {
    "marker": "D",
    "markersize": 7,
    "color": VERMILLION,
    "markeredgecolor": "white",
    "markeredgewidth": 1.2,
}


def mark_path(axes: Axes, x: Floats, y: Floats, place: int, *, pale: bool = False) -> Line2D:
    """Draw a path in the colour of the course of that place, or `pale` on dark contours."""
    count = len(x)
    few = count <= FEW_STEPS * 5
    if pale:
        style: dict[str, Any] = {"color": "white", "marker": "o", "markersize": 3.0, "path_effects": _OUTLINE}
        style |= {"linewidth": 1.4, "markeredgecolor": BLACK, "markeredgewidth": 0.5}
    else:
        style = {"markersize": 3.5, "linewidth": 1.6, **line_style(place)}
    if not few:
        style["marker"] = ""
    (line,) = axes.plot(x, y, zorder=4, **style)
    return line


def mark_point(axes: Axes, spot: Sequence[float], style: dict[str, Any], zorder: float) -> Line2D:
    """Mark a point."""
    (line,) = axes.plot(spot[:1], spot[1:], linestyle="", zorder=zorder, **style)
    return line


def mark_ends(axes: Axes, x: Floats, y: Floats, heights: Floats, *, cmap: Any = HEIGHTS) -> Any:
    """Draw the ends of many starts, coloured by their heights on the scale of the values."""
    # The best last, so that they are on top.
    order = np.argsort(-heights)
    size = 26 if len(x) <= 200 else 14
    return axes.scatter(
        x[order],
        y[order],
        c=heights[order],
        cmap=cmap,
        vmin=0.0,
        vmax=1.0,
        s=size,
        edgecolors="white",
        linewidths=0.5,
        zorder=4,
    )


def end_entry() -> Line2D:
    """What stands for the ends in the legend."""
    return Line2D([], [], linestyle="", marker="o", markersize=6, color="#7c7b78", markeredgecolor="white")


def mark_basins(axes: Axes, spots: Sequence[tuple[float, float]]) -> Line2D | None:
    """Mark the minima of basins."""
    if not spots:
        return None
    (line,) = axes.plot([x for x, _ in spots], [y for _, y in spots], linestyle="", zorder=6, **BASIN)
    return line
