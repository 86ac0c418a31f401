"""The picture of many starts: where each has ended, and the minima that they have found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from gdcli.reporting.course import Course
from gdcli.reporting.pictures import marks
from gdcli.reporting.pictures.basins import Basin, basins
from gdcli.reporting.pictures.figures import (
    HEIGHT,
    NARROW,
    NARROW_CHARACTERS,
    TITLE_CHARACTERS,
    WIDTH,
    add_legend,
    add_title,
    halves,
)
from gdcli.reporting.pictures.function import Floats, Function, View, sample
from gdcli.reporting.pictures.history import value_series
from gdcli.reporting.pictures.line import draw_curve
from gdcli.reporting.pictures.panels import draw_best, draw_ends
from gdcli.reporting.pictures.plane import draw_contours, frame, label_scale
from gdcli.reporting.pictures.scales import scale_of
from gdcli.reporting.pictures.style import GREYS, HEIGHTS, new_figure
from gdcli.reporting.pictures.views import view_of

_FAR = 4.0  # what lies farther outside of the middle half of the ends, in units of it, is not shown
_MARGIN = 0.06
MOST_MINIMA = 8


@dataclass(frozen=True)
class Many:
    """What a picture of many starts shows.

    Attributes:
        title: What was done: the command and the expression.
        subtitle: How it went.
        names: The variables.
        points: Where starts have ended, of shape (k, n).
        values: The k values there; infinite where a descent has none.
        course: The best so far, by step.
        answer: The best end, refined: its point and value.
        minima: The distinct minima, if they were asked for; else they are found among the ends.
        function: What was minimised, if it has one variable or two.
        bounds: Where variables had to stay.
        ranges: Where starts were drawn.
        maximised: Whether the greatest value was sought.
    """

    title: str
    subtitle: str
    names: tuple[str, ...]
    points: Floats
    values: Floats
    course: Course
    answer: tuple[tuple[float, ...], float]
    minima: Sequence[Basin] = ()
    function: Function | None = None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    maximised: bool = False


def draw_many(many: Many) -> Figure:
    """All ends coloured by value, with the minima marked, and how good they are."""
    found = list(many.minima) or basins(many.points, many.values, MOST_MINIMA, maximised=many.maximised)
    # The ends are those of a batch; the refined answer is the best minimum exactly.
    found = [each for each in found if not _is_answer(each, many)]
    if len(many.names) > 2:
        figure = new_figure(NARROW, HEIGHT + 0.8)
        above, below = figure.subplots(2, 1)
        entries: list[marks.Entry] = []
        characters = NARROW_CHARACTERS
    else:
        figure = new_figure(WIDTH, HEIGHT)
        left, right = halves(figure)
        entries = _space(many, found, left, left.subplots())
        above, below = right.subplots(2, 1)
        characters = TITLE_CHARACTERS
    known = np.sort(many.values[np.isfinite(many.values)])
    draw_ends(above, known[::-1] if many.maximised else known, "value at its end")
    draw_best(below, value_series([many.course], maximised=many.maximised))
    add_title(figure, many.title, many.subtitle, characters)
    add_legend(figure, entries)
    return figure


def _space(many: Many, found: Sequence[Basin], figure: Any, axes: Axes) -> list[marks.Entry]:
    """The ends and the minima, over the function."""
    view = many_view(many, found)
    scale = scale_of(many.values, maximised=many.maximised)
    flat = len(many.names) == 1
    if flat:
        sampled = None if many.function is None else sample(many.function, view)
        draw_curve(axes, view, sampled, many.names[0], [(many.points[:, 0], many.values)])
        places = np.stack([many.points[:, 0], many.values], axis=1)
    else:
        frame(axes, view, many.names)
        if many.function is not None:
            sampled = sample(many.function, view)
            below = scale_of(sampled.values, maximised=many.maximised)
            draw_contours(figure, axes, sampled, below, GREYS, labelled=False)
        places = many.points
    known = np.isfinite(places).all(axis=1) & np.isfinite(many.values)
    marks.mark_ends(axes, places[known, 0], places[known, 1], scale.heights(many.values[known]))
    label_scale(
        figure.colorbar(ScalarMappable(Normalize(0.0, 1.0), HEIGHTS), ax=axes, pad=0.02, aspect=28), scale
    )
    entries: list[marks.Entry] = [(marks.end_entry(), f"{int(known.sum()):,} ends, by value")]
    spots = [(each.x[0], each.value) if flat else (each.x[0], each.x[1]) for each in found]
    word = "maximum" if many.maximised else "minimum"
    line = marks.mark_basins(axes, spots)
    if line is not None:
        plural = f"{len(found)} other {word[:-2]}a" if len(found) > 1 else f"another {word}"
        entries.append((line, plural))
    point, value = many.answer
    spot = (point[0], value) if flat else (point[0], point[1])
    entries.append((marks.mark_point(axes, spot, marks.ANSWER, 7), f"best {word}"))
    return entries


def many_view(many: Many, found: Sequence[Basin]) -> View:
    """Where starts were drawn, and where they have ended, but for a few that have run away."""
    points = many.points[np.isfinite(many.points).all(axis=1) & np.isfinite(many.values)]
    ranges = {name: each for name, each in many.ranges.items() if np.isfinite(each).all()}
    marked = np.array([*(each.x for each in found), many.answer[0]], np.float64)
    if len(points):
        low, high = np.quantile(points, [0.25, 0.75], axis=0)
        room = _FAR * np.maximum(high - low, 1e-3 * (points.max(axis=0) - points.min(axis=0)))
        points = points[((points >= low - room) & (points <= high + room)).all(axis=1)]
    corners = [
        [ranges.get(name, (x, x))[end] for name, x in zip(many.names, many.answer[0], strict=True)]
        for end in (0, 1)
    ]
    everything = np.concatenate([points, marked, np.array(corners, np.float64)])
    return view_of(everything, many.names, many.bounds, margin=_MARGIN)


def _is_answer(basin: Basin, many: Many) -> bool:
    """Whether a basin is that of the best minimum."""
    extent = np.ptp(many.points[np.isfinite(many.points).all(axis=1)], axis=0) if len(many.points) else 1.0
    away = np.abs(np.array(basin.x) - np.array(many.answer[0]))
    return bool((away <= 0.01 * np.maximum(extent, 1e-12)).all())
