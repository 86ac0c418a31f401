"""The pictures: what is drawn, on which axes, and that no text covers another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver
from matplotlib.text import Text

from gdcli.reporting.pictures.basins import Basin
from gdcli.reporting.pictures.figures import LEGEND_CHARACTERS, MOST_ENTRIES, Runs, draw_runs
from gdcli.reporting.pictures.function import View, sample
from gdcli.reporting.pictures.functions import draw_function
from gdcli.reporting.pictures.many import Many, draw_many
from gdcli.reporting.pictures.style import styled
from tests.reporting.pictures.samples import PARABOLA, ROSENBROCK, course, descent, function, valley


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at these pictures."""
    monkeypatch.setattr("gdcli.reporting.pictures.function.GRID_POINTS", 41)


HOSTILE = r"$\frac{x_1}{2}$ _a^b \n & <b> %d {} x²·y ∂"


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Every text that is drawn, and where it is on paper."""
    found = []
    draw = Text.draw

    def noting(text: Text, renderer: Any, *arguments: Any, **named: Any) -> None:
        draw(text, renderer, *arguments, **named)
        # Of a text along a slanted axis the box says little.
        if text.get_visible() and text.get_text().strip() and text.get_rotation() % 90 == 0:
            found.append((text.get_text().strip(), text.get_window_extent(renderer)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", noting)
        FigureCanvasAgg(figure).draw()
    return found


def require_readable(figure: Figure) -> None:
    """No text covers another, and none is cut by the edge."""
    found = boxes(figure)
    assert found
    for (one, box), (other, another) in itertools.combinations(found, 2):
        across = min(box.x1, another.x1) - max(box.x0, another.x0)
        along = min(box.y1, another.y1) - max(box.y0, another.y0)
        assert not (across > 0.5 and along > 0.5), f"{one!r} covers {other!r}"
    for one, box in found:
        assert box.x0 >= -0.5, one
        assert box.y0 >= -0.5, one
        assert box.x1 <= figure.bbox.x1 + 0.5, one
        assert box.y1 <= figure.bbox.y1 + 0.5, one


def panels(figure: Figure) -> list[Any]:
    """The axes, but for those of colours."""
    return [
        axes
        for axes in figure.findobj(lambda each: hasattr(each, "get_xlabel"))
        if axes.get_label() != "<colorbar>"
    ]


def drawn(runs: Runs) -> Figure:
    with styled():
        figure = draw_runs(runs)
        require_readable(figure)
    return figure


def line_through(axes: Any, x: float, y: float) -> bool:
    """Whether a line of a panel goes through a point, as one of its own."""
    return any(
        bool((np.isclose(line.get_xdata(), x) & np.isclose(line.get_ydata(), y)).any()) for line in axes.lines
    )


def test_one_variable_the_curve_with_the_steps_on_it() -> None:
    run = descent()
    figure = drawn(
        Runs("minimize (x-3)**2", "gd, 29 steps", [run], PARABOLA, answer=({"x": 3.0}, 0.0, "minimum"))
    )
    left, above, below = panels(figure)
    low, high = left.get_xlim()
    assert low < 0.0
    assert high > 3.0
    curve, path, start, answer = left.lines
    assert curve.get_ydata() == pytest.approx((curve.get_xdata() - 3) ** 2)
    assert path.get_xdata().tolist() == [row.x[0] for row in run.rows]
    assert path.get_ydata().tolist() == [row.value for row in run.rows]
    assert (start.get_xdata().tolist(), start.get_ydata().tolist()) == ([0.0], [9.0])
    assert (answer.get_xdata().tolist(), answer.get_ydata().tolist()) == ([3.0], [0.0])
    assert (left.get_xlabel(), left.get_ylabel()) == ("x", "value")
    assert (above.get_ylabel(), below.get_ylabel(), below.get_xlabel()) == ("value", "gradient norm", "step")
    assert (above.get_yscale(), below.get_yscale(), below.get_xscale()) == ("log", "log", "linear")
    assert above.lines[0].get_xdata().tolist() == list(range(30))
    assert below.lines[0].get_ydata().tolist() == [row.gradient_norm for row in run.rows]
    shown = [text for text, _ in boxes(figure)]
    assert "minimize (x-3)**2\ngd, 29 steps" in shown
    assert {"29 steps", "start", "minimum"} <= set(shown)


def test_two_variables_contours_with_the_path() -> None:
    run = valley()
    figure = drawn(Runs("minimize", "", [run], ROSENBROCK, answer=({"x": 1.0, "y": 1.0}, 0.0, "minimum")))
    left, above, below = panels(figure)
    path, start, answer = left.lines
    assert path.get_xydata().tolist() == [list(row.x) for row in run.rows]
    assert start.get_xydata().tolist() == [list(run.rows[0].x)]
    assert answer.get_xydata().tolist() == [[1.0, 1.0]]
    (low_x, high_x), (low_y, high_y) = left.get_xlim(), left.get_ylim()
    assert all(low_x < x < high_x and low_y < y < high_y for x, y in path.get_xydata())
    assert (left.get_xlabel(), left.get_ylabel()) == ("x", "y")
    filled = [each for each in left.collections if hasattr(each, "levels")]
    assert len(filled) == 2
    # Spaced by logarithms: they are even in height.
    texts = [text for text, _ in boxes(figure)]
    assert {"1", "10"} <= set(texts)
    assert above.get_yscale() == "log"
    assert below.get_yscale() == "log"


def test_more_variables_value_and_gradient_norm() -> None:
    run = course([(10.0**-k, 10.0 ** (-k / 2), {"a": 1.0, "b": 2.0, "c": 3.0}) for k in range(50)])
    above, below = panels(drawn(Runs("minimize a", "", [run])))
    assert (above.get_ylabel(), below.get_ylabel()) == ("value", "gradient norm")
    assert above.get_yscale() == below.get_yscale() == "log"
    assert line_through(above, 7, 1e-7)
    assert line_through(below, 8, 1e-4)


def test_several_runs_have_a_legend() -> None:
    runs = [descent(30, "gd.csv"), descent(12, "_adam$x$.csv", 0.5), descent(60, "slow_one.csv", 0.95)]
    figure = drawn(Runs("three", "3 runs", runs, PARABOLA))
    left, above, below = panels(figure)
    assert {"gd.csv", "_adam$x$.csv", "slow_one.csv", "start", "end"} <= {text for text, _ in boxes(figure)}
    for axes in (above, below):
        assert [len(line.get_xdata()) for line in axes.lines] == [30, 12, 60]
    for lines in (above.lines, [line for line in left.lines[1:] if len(line.get_xdata()) > 1]):
        looks = [(line.get_color(), line.get_linestyle(), line.get_marker()) for line in lines]
        # Print has no colours.
        assert len({dashes for _, dashes, _ in looks}) == 3
        assert len({marker for _, _, marker in looks}) == 3
        assert len(set(looks)) == 3


def test_runs_of_different_variables_are_compared_by_their_values() -> None:
    figure = drawn(Runs("two", "", [descent(10, "a"), valley(10, "b")]))
    assert len(panels(figure)) == 2


def test_very_many_runs() -> None:
    runs = [descent(9, f"a run with a long name, number {k:02}.csv", 0.5 + k / 100) for k in range(30)]
    figure = drawn(Runs("thirty", "", runs))
    labels = [text for text, _ in boxes(figure) if "run with" in text]
    assert len(labels) == MOST_ENTRIES
    assert all(len(text) <= LEGEND_CHARACTERS + len(", and 99 more") for text in labels)
    # Two of the entries are the start and the end.
    assert labels[-1].endswith(", and 20 more")


LOG = function("x", lambda x: x - np.log(x))
CASES: dict[str, Callable[[], Runs]] = {
    "no path": lambda: Runs("f", "", [course([(0.0, 0.0, {"x": 0.0, "y": 0.0})])], ROSENBROCK),
    "no path in one variable": lambda: Runs("f", "", [course([(9.0, 6.0, {"x": 0.0})])], PARABOLA),
    "huge values": lambda: Runs(
        "f",
        "",
        [course([(1e200 * k, 1e100, {"x": 1e100 * k, "y": -1e100 * k}) for k in range(9, 0, -1)])],
        function("xy", lambda x, y: x**2 + y**2),
    ),
    "the largest values": lambda: Runs(
        "f",
        "",
        [course([(1.7e308 / k, 1e300, {"x": 1.0 / k}) for k in range(1, 9)])],
        function("x", lambda x: 1.7e308 * x),
    ),
    "values from end to end of the floats": lambda: Runs(
        "f", "", [course([(10.0 ** (300 - 60 * k), 10.0 ** (-300 + 55 * k), {"x": k}) for k in range(10)])]
    ),
    "tiny values": lambda: Runs(
        "f",
        "",
        [course([(1e-300 / k, 1e-310, {"x": 1e-200 / k}) for k in range(1, 9)])],
    ),
    "flat": lambda: Runs(
        "f", "", [course([(5.0, 0.0, {"x": 1.0, "y": 2.0})])], function("xy", lambda x, y: 5.0 + 0 * x)
    ),
    "half undefined": lambda: Runs("f", "", [course([(4.0, 1.0, {"x": 4.0}), (1.0, 1.0, {"x": 0.5})])], LOG),
    "undefined": lambda: Runs(
        "f", "", [course([(1.0, 1.0, {"x": 4.0, "y": 0.0})])], function("xy", lambda x, y: np.log(-1 - x * x))
    ),
    "diverging": lambda: Runs(
        "f",
        "",
        [course([(4.0**k, 2.0**k, {"x": (-2.0) ** k, "y": 3.0**k}) for k in range(400)])],
        ROSENBROCK,
        answer=({"x": 1.0, "y": 1.0}, 1.0, "best point"),
    ),
    "not finite in the end": lambda: Runs(
        "f", "", [course([(1.0, 1.0, {"x": 1.0}), (math.inf, math.nan, {"x": math.inf})])], PARABOLA
    ),
    "nothing finite": lambda: Runs(
        "f", "", [course([(math.nan, math.nan, {"x": math.nan, "y": 0.0})])], ROSENBROCK
    ),
    "far from zero": lambda: Runs(
        "f", "", [course([((x - 1e6) ** 2, 1.0, {"x": x, "y": -x}) for x in (1e6 + 1e-3, 1e6 + 1e-4, 1e6)])]
    ),
    "hostile texts": lambda: Runs(
        HOSTILE, HOSTILE, [course([(1.0, 1.0, {HOSTILE: 1.0}), (0.5, 1.0, {HOSTILE: 2.0})], HOSTILE)]
    ),
    "wide letters": lambda: Runs("W" * 500, "M" * 500, [descent()], PARABOLA),
    "no word breaks": lambda: Runs("x" * 5000, "", [course([(1.0, 1.0, {"W" * 300: 1.0, "M" * 300: 2.0})])]),
    "an offset": lambda: Runs(
        "f", "", [course([(-1234.5678 + 10.0**-k, 1.0, {"x": 0.1 * k}) for k in range(9)])]
    ),
    "downwards": lambda: Runs(
        "f", "", [course([(-(10.0**k), 1.0, {"x": 1.0, "y": 1.0 * k}) for k in range(9)])]
    ),
    "uphill": lambda: Runs("f", "", [descent()], PARABOLA, maximised=True),
    "within bounds": lambda: Runs("f", "", [descent()], LOG, bounds={"x": (0.5, 2.0)}),
}


@pytest.mark.parametrize("name", CASES)
def test_odd_runs_are_readable(name: str) -> None:
    drawn(CASES[name]())


def test_a_users_text_is_no_mathematics() -> None:
    texts = [text for text, _ in boxes(drawn(CASES["hostile texts"]()))]
    assert any(r"$\frac{x_1}{2}$ _a^b \n & <b> %d {} x²·y ∂" in text for text in texts)


def test_a_long_expression_is_cut() -> None:
    texts = [text for text, _ in boxes(drawn(CASES["wide letters"]()))]
    (title,) = [text for text in texts if text.startswith("WWW")]
    first, second = title.split("\n")
    assert first.endswith("W…")
    assert second.endswith("M…")


def many(names: str, values: Any = None, **more: Any) -> Many:
    random = np.random.default_rng(0)
    points = random.integers(-3, 4, (200, len(names))) + 1e-5 * random.normal(size=(200, len(names)))
    if values is None:
        values = np.abs(points).sum(axis=1)
    run = course([(value, 1.0, dict.fromkeys(names, 0.0)) for value in (9.0, 0.1, 0.0)])
    answer = (0.0,) * len(names), 0.0
    return Many("minimize", "200 starts", tuple(names), points, values, run, answer, **more)


def drawn_many(story: Many) -> Figure:
    with styled():
        figure = draw_many(story)
        require_readable(figure)
    return figure


def test_all_ends_of_many_starts_coloured_by_value() -> None:
    story = many("xy", function=function("xy", lambda x, y: abs(x) + abs(y)))
    figure = drawn_many(story)
    left, above, _ = panels(figure)
    (ends,) = [each for each in left.collections if isinstance(each, PathCollection)]
    places, colours = np.asarray(ends.get_offsets()), np.asarray(ends.get_array())
    assert sorted(map(tuple, places)) == sorted(map(tuple, story.points))
    assert len(set(np.round(colours, 2))) == len(set(np.round(story.values)))
    values = np.abs(places).sum(axis=1)
    assert (np.diff(colours[np.argsort(values)]) >= 0).all()
    shown = {text for text, _ in boxes(figure)}
    assert {"200 ends, by value", "8 other minima", "best minimum"} <= shown | {
        "8 other minima",
        "7 other minima",
    }
    minima, best = left.lines[-2:]
    assert best.get_xydata().tolist() == [[0.0, 0.0]]
    assert np.abs(minima.get_xydata()).sum(axis=1).round(3).max() <= 2.0
    assert above.lines[0].get_ydata().tolist() == sorted(story.values)


def test_the_minima_that_were_asked_for_are_marked() -> None:
    asked = [Basin((0.0, 0.0), 0.0, 9), Basin((2.0, 1.0), 3.0, 5)]
    left, *_ = panels(drawn_many(many("xy", minima=asked)))
    assert left.lines[-2].get_xydata().tolist() == [[2.0, 1.0]]


@pytest.mark.parametrize("names", ["x", "xyz"])
def test_many_starts_of_another_number_of_variables(names: str) -> None:
    figure = drawn_many(many(names, function=function("x", abs) if names == "x" else None))
    assert len(panels(figure)) == (3 if names == "x" else 2)


@pytest.mark.parametrize(
    "values", [np.full(200, math.inf), np.zeros(200), np.where(np.arange(200) % 2, math.inf, 1e300)]
)
def test_many_starts_that_ended_badly(values: Any) -> None:
    for names in ("x", "xy", "xyz"):
        drawn_many(many(names, values))


def test_ends_that_have_run_away_do_not_spoil_the_view() -> None:
    story = many("xy")
    story.points[7] = 1e9, -1e9
    left, *_ = panels(drawn_many(story))
    assert left.get_xlim()[1] < 10


def drawn_function(of: Any, view: View, **more: Any) -> Figure:
    with styled():
        figure = draw_function(of, view, sample(of, view, more.pop("counts", None)), ["f", "a = 1"], **more)
        require_readable(figure)
    return figure


def test_a_curve() -> None:
    (axes,) = panels(drawn_function(PARABOLA, View((-1.0,), (7.0,))))
    (line,) = axes.lines
    assert axes.get_xlim() == (-1.0, 7.0)
    assert line.get_ydata() == pytest.approx((line.get_xdata() - 3) ** 2)


def test_a_curve_with_its_derivative() -> None:
    above, below = panels(drawn_function(PARABOLA, View((-1.0,), (7.0,)), gradient=True))
    line = below.lines[-1]
    assert below.get_ylabel() == "derivative"
    assert line.get_ydata() == pytest.approx(2 * (line.get_xdata() - 3), abs=1e-5)
    assert above.get_xlim() == below.get_xlim() == (-1.0, 7.0)


def test_contours_with_the_gradient() -> None:
    (axes,) = panels(drawn_function(ROSENBROCK, View((-2.0, -1.0), (2.0, 3.0)), gradient=True))
    (field,) = [each for each in axes.collections if isinstance(each, Quiver)]
    assert len(field.X) == 17 * 17
    assert (axes.get_xlim(), axes.get_ylim()) == ((-2.0, 2.0), (-1.0, 3.0))


@pytest.mark.parametrize(
    ("of", "view"),
    [
        (ROSENBROCK, View((-2.0, -1.0), (2.0, 3.0))),
        (function("xy", lambda x, y: np.log(x) * y), View((-2.0, -2.0), (2.0, 2.0))),
        (function("xy", lambda x, y: 1e200 * (x + y)), View((-1e50, -1e-50), (1e50, 1e-50))),
        (function("xy", lambda x, y: 0 * x + 3.0), View((-2.0, -2.0), (2.0, 2.0))),
        (function(("W" * 99, "a_{b}$c$"), lambda x, y: x - y), View((0.0, 0.0), (1e-9, 1e9))),
    ],
)
def test_surfaces(of: Any, view: View) -> None:
    figure = drawn_function(of, view, surface=True, counts=(21, 21))
    (axes,) = [axes for axes in panels(figure) if axes.name == "3d"]
    assert len(axes.collections) == 1
    for gradient in (False, True):
        drawn_function(of, view, gradient=gradient, counts=(21, 21))
