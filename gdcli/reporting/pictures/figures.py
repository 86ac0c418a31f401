"""Whole pictures of runs, put together from panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gdcli.reporting.course import Course
from gdcli.reporting.pictures import marks
from gdcli.reporting.pictures.function import Function, View, sample
from gdcli.reporting.pictures.line import draw_curve
from gdcli.reporting.pictures.panels import draw_history, legend_line
from gdcli.reporting.pictures.plane import draw_contours, frame
from gdcli.reporting.pictures.scales import scale_of
from gdcli.reporting.pictures.style import GREYS, HEIGHTS, new_figure, shortened
from gdcli.reporting.pictures.views import path, seen, view_of

WIDTH, HEIGHT, NARROW = 11.0, 4.9, 7.5
TITLE_CHARACTERS, NARROW_CHARACTERS = 120, 84
TITLE_WIDTH = 0.96
MOST_ENTRIES = 12
LEGEND_CHARACTERS = 30


@dataclass(frozen=True)
class Runs:
    """What a picture of one run, or of several, shows.

    Attributes:
        title: What was done: the command and the expression.
        subtitle: How it went.
        courses: The steps of each run.
        function: What was minimised, if it is known and has one variable or two.
        bounds: Where variables had to stay.
        ranges: For some variables what of them is to be shown.
        maximised: Whether the greatest value was sought.
        answer: The answer's numbers, by name, its value, and what the legend calls it.
    """

    title: str
    subtitle: str
    courses: Sequence[Course]
    function: Function | None = None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    maximised: bool = False
    answer: tuple[Mapping[str, float], float, str] | None = None


def draw_runs(runs: Runs) -> Figure:
    """A picture of runs: of one variable or two where they went, and always values and gradient norms by step."""
    names = runs.courses[0].names
    if len(names) > 2 or any(course.names != names for course in runs.courses):
        figure = new_figure(NARROW, HEIGHT + 0.8)
        above, below = figure.subplots(2, 1)
        entries: list[marks.Entry] = []
        title_characters = NARROW_CHARACTERS
    else:
        figure = new_figure(WIDTH, HEIGHT)
        left, right = halves(figure)
        draw = _line if len(names) == 1 else _plane
        entries = draw(runs, left, left.subplots())
        above, below = right.subplots(2, 1)
        title_characters = TITLE_CHARACTERS
    draw_history(above, below, runs.courses, maximised=runs.maximised)
    if len(runs.courses) > 1:
        courses = [(legend_line(place), course.label) for place, course in enumerate(runs.courses)]
        entries = [*courses, *entries[len(courses) :]]
    add_title(figure, runs.title, runs.subtitle, title_characters)
    add_legend(figure, entries)
    return figure


def halves(figure: Figure) -> tuple[Any, Any]:
    """The left part of a figure, for the function, and the right one, for the history."""
    left, right = cast(Any, figure.subfigures(1, 2, width_ratios=[1.15, 1.0]))
    return left, right


def add_title(figure: Figure, title: str, subtitle: str, most: int = TITLE_CHARACTERS) -> None:
    """Write what is shown above everything, shortened to what there is room for."""
    shown = figure.suptitle(" ", fontsize=10.5)
    lines = [_fitted(shown, shortened(text, most), figure) for text in (title, subtitle) if text]
    shown.set_text("\n".join(lines))


def _fitted(shown: Any, text: str, figure: Figure) -> str:
    """A text cut to what the figure's width holds of it, for letters are not alike."""
    renderer = cast(Any, FigureCanvasAgg(figure)).get_renderer()
    while len(text) > 1:
        shown.set_text(text)
        part = figure.bbox.width * TITLE_WIDTH / shown.get_window_extent(renderer).width
        if part >= 1.0:
            break
        text = shortened(text.rstrip("…"), max(int(len(text) * part), 1))
    return text


def steps_text(count: int) -> str:
    """How many steps there are, in words."""
    return "1 step" if count == 1 else f"{count:,} steps"


def add_legend(figure: Figure, entries: Sequence[marks.Entry]) -> None:
    """Write below everything what stands for what."""
    if not entries:
        return
    shown = list(entries[:MOST_ENTRIES])
    labels = [shortened(label, LEGEND_CHARACTERS) for _, label in shown]
    if len(entries) > MOST_ENTRIES:
        labels[-1] += f", and {len(entries) - MOST_ENTRIES} more"
    longest = max(map(len, labels))
    columns = max(1, min(len(labels), int(figure.get_figwidth() * 10 / (longest + 6))))
    legend = figure.legend(
        [handle for handle, _ in shown],
        # matplotlib leaves out what begins with an underscore.
        [str(place) for place in range(len(labels))],
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=9,
    )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(label)


def _line(runs: Runs, figure: Any, axes: Axes) -> list[marks.Entry]:
    """The curve of a function of one variable, with the steps on it."""
    view = _view(runs)
    rows = [[(row.x[0], row.value) for row in course.rows] for course in runs.courses]
    paths = [np.array(each, np.float64).reshape(len(each), 2) for each in rows]
    sampled = None if runs.function is None else sample(runs.function, view)
    draw_curve(axes, view, sampled, runs.courses[0].names[0], [(each[:, 0], each[:, 1]) for each in paths])
    return _marked(runs, axes, paths)


def _plane(runs: Runs, figure: Any, axes: Axes) -> list[marks.Entry]:
    """The contours of a function of two variables, with the path on them."""
    view = _view(runs)
    frame(axes, view, runs.courses[0].names)
    if runs.function is not None:
        sampled = sample(runs.function, view)
        scale = scale_of(sampled.values, maximised=runs.maximised)
        draw_contours(figure, axes, sampled, scale, HEIGHTS if len(runs.courses) == 1 else GREYS)
    return _marked(runs, axes, [path(course) for course in runs.courses])


def _view(runs: Runs) -> View:
    points = [seen(course, maximised=runs.maximised) for course in runs.courses]
    return view_of(np.concatenate(points), runs.courses[0].names, runs.bounds, runs.ranges)


def _marked(runs: Runs, axes: Axes, paths: Sequence[Any]) -> list[marks.Entry]:
    """Mark paths, starts and the answer; of each kind an entry for the legend, those of the paths first."""
    alone = len(paths) == 1
    # On dark contours.
    pale = alone and len(runs.courses[0].names) == 2 and runs.function is not None
    entries: list[marks.Entry] = []
    for place, (course, points) in enumerate(zip(runs.courses, paths, strict=True)):
        known = np.isfinite(points).all(axis=1)
        line = marks.mark_path(axes, points[known, 0], points[known, 1], place, pale=pale)
        entries.append((line, steps_text(course.rows[-1].step) if alone else course.label))
    first = runs.courses[0].rows[0].step
    starts = [
        marks.mark_point(axes, points[0], marks.START, 5) for points in paths if np.isfinite(points[0]).all()
    ]
    if starts:
        entries.append((starts[0], "start" if first == 0 else f"step {first}"))
    answers = [_answer(runs)] if alone else [points[-1] for points in paths]
    labels = runs.answer[2] if alone and runs.answer is not None else "end"
    found = [
        marks.mark_point(axes, point, marks.ANSWER, 6)
        for point in answers
        if point is not None and np.isfinite(point).all()
    ]
    if alone and len(runs.courses[0].rows) == 1:
        return [(found[0], f"start and {labels}")] if found else []
    return [*entries, *([(found[0], labels)] if found else [])]


def _answer(runs: Runs) -> Any:
    """Where the answer is on paper: for one variable its value is the other coordinate."""
    course = runs.courses[0]
    if runs.answer is None:
        row = course.rows[-1]
        return np.array(row.x if len(course.names) == 2 else (*row.x, row.value))
    point, value, _ = runs.answer
    numbers = [point[name] for name in course.names if name in point]
    return np.array(numbers if len(numbers) == 2 else [*numbers, value])
