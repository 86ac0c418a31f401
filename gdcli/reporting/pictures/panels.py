"""Value and gradient norm against the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gdcli.reporting.course import Course
from gdcli.reporting.pictures.function import Floats
from gdcli.reporting.pictures.history import Series, log_limits, norm_series, spans, value_series
from gdcli.reporting.pictures.style import COLORS, DASHES, MARKERS, grid, log_axis, number_axis

FEW_STEPS = 40
"""So many steps have a marker each."""


def line_style(place: int) -> dict[str, object]:
    """The colour, dashes and marker of a course."""
    return {
        "color": COLORS[place % len(COLORS)],
        "linestyle": DASHES[(place // len(COLORS) + place) % len(DASHES)],
        "marker": MARKERS[place % len(MARKERS)],
    }


def draw_history(above: Axes, below: Axes, courses: Sequence[Course], *, maximised: bool = False) -> None:
    """Draw the values into one panel and the gradient norms into the one below it."""
    _draw(above, value_series(courses, maximised=maximised))
    _draw(below, norm_series(courses))
    below.set_xlabel("step")
    above.tick_params(labelbottom=False)
    above.sharex(below)
    number_axis(below, "x", whole=True)


def draw_ends(axes: Axes, values: Floats, label: str) -> None:
    """Draw the values at the ends of many starts, the best first."""
    axes.plot(np.arange(1, len(values) + 1), values, ".", color=COLORS[0], markersize=3)
    axes.set_xlabel("start, the best first")
    axes.set_ylabel(label)
    number_axis(axes, "x", whole=True)
    if spans([values]) and float(values.min()) > 0.0:
        log_axis(axes, "y", log_limits([values]))
    else:
        number_axis(axes, "y")
    grid(axes)


def draw_best(axes: Axes, series: Series) -> None:
    """Draw the best value so far of many starts."""
    _draw(axes, series)
    axes.set_xlabel("step of the batch")
    number_axis(axes, "x", whole=True)


def legend_line(place: int) -> Line2D:
    """What stands for a course in the legend."""
    return Line2D([], [], markersize=4, **line_style(place))  # type: ignore[arg-type]


def _draw(axes: Axes, series: Series) -> None:
    alone = len(series.lines) == 1
    for place, (steps, numbers) in enumerate(series.lines):
        style = line_style(place)
        known = np.isfinite(numbers)
        shown = len(steps) <= FEW_STEPS or int(known.sum()) < 2
        if not shown and alone:
            style["marker"] = ""
        every = max(1, len(steps) // 8)
        axes.plot(steps, numbers, markersize=3.5, markevery=1 if shown else every, **style)  # type: ignore[arg-type]
    axes.set_ylabel(series.label)
    if series.logarithmic:
        log_axis(axes, "y", log_limits([numbers for _, numbers in series.lines]))
    else:
        number_axis(axes, "y")
    grid(axes)
    if not any(np.isfinite(numbers).any() for _, numbers in series.lines):
        axes.text(
            0.5, 0.5, "nothing finite", transform=axes.transAxes, ha="center", va="center", color="#555555"
        )
