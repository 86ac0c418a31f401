"""What is to be seen, in numbers: views, scales, histories, curves and basins. None of it needs matplotlib."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.reporting.pictures.basins import basins
from gdcli.reporting.pictures.curves import broken, height_limits
from gdcli.reporting.pictures.function import View, arrows, axis, sample, slopes
from gdcli.reporting.pictures.history import norm_series, value_series
from gdcli.reporting.pictures.scales import scale_of
from gdcli.reporting.pictures.views import ascends, diverges, seen, view_of
from tests.reporting.pictures.samples import PARABOLA, ROSENBROCK, course, descent, function

SQUARE = View((-2.0, -2.0), (2.0, 2.0))


def test_none_of_it_loads_matplotlib() -> None:
    names = ("basins", "curves", "files", "function", "history", "scales", "views")
    modules = ", ".join(f"gdcli.reporting.pictures.{name}" for name in names)
    program = (
        f"import sys, gdcli.reporting.terminal_drawing, {modules}; assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


# Sampling


def test_a_sample_has_the_functions_values() -> None:
    view = View((-1.0, 0.0), (1.0, 4.0))
    sampled = sample(ROSENBROCK, view, (5, 9))
    assert sampled.values.shape == (9, 5)
    assert (sampled.x[0], sampled.x[-1], sampled.y[0], sampled.y[-1]) == (-1.0, 1.0, 0.0, 4.0)
    for i, y in enumerate(sampled.y):
        for j, x in enumerate(sampled.x):
            assert sampled.values[i, j] == (1 - x) ** 2 + 100 * (y - x**2) ** 2


def test_what_is_not_finite_is_blank() -> None:
    log = function("x", np.log)
    sampled = sample(log, View((-1.0,), (1.0,)), (5,))
    assert np.isnan(sampled.values).tolist() == [True, True, True, False, False]
    assert sampled.defined
    assert not sample(log, View((-2.0,), (-1.0,)), (5,)).defined


def test_an_axis_may_be_as_long_as_floats_are() -> None:
    assert axis(-1.7e308, 1.7e308, 3).tolist() == [-1.7e308, 0.0, 1.7e308]


def test_slopes() -> None:
    x = np.array([0.0, 1.0, 3.0])
    assert slopes(PARABOLA, x) == pytest.approx([-6.0, -4.0, 0.0], abs=1e-6)


def test_arrows_point_uphill_as_one_sees_it() -> None:
    """In a view that is a thousand times wider than high, what counts is how many views one gets on."""
    field = arrows(function("xy", lambda x, y: x / 1000 + y), View((-1000.0, -1.0), (1000.0, 1.0)), (3, 3))
    assert len(field.x) == 9
    assert np.hypot(field.right, field.up) == pytest.approx(1.0)
    assert field.slope == pytest.approx(math.hypot(1e-3, 1.0))
    assert field.right == pytest.approx(1e-6, rel=1e-3)
    bowl = arrows(function("xy", lambda x, y: x**2 + y**2), SQUARE, (4, 4))
    assert ((bowl.right * bowl.x + bowl.up * bowl.y) > 0).all()
    assert np.abs(bowl.x).max() < 2.0


def test_there_is_no_arrow_where_there_is_no_slope() -> None:
    assert len(arrows(function("xy", lambda x, y: 0 * x + 1.0), SQUARE).x) == 0
    half = arrows(function("xy", lambda x, y: np.log(x) + y), SQUARE)
    assert len(half.x) > 0
    assert (half.x > 0).all()


# Views


def test_a_view_holds_the_path_and_some_room() -> None:
    points = np.array([[0.0, 0.0], [4.0, 2.0]])
    assert view_of(points, "xy") == View((-1.0, -0.5), (5.0, 2.5))


@pytest.mark.parametrize(
    ("points", "low", "high"),
    [
        # A narrow path gets a view that is not: the basin is to be seen.
        ([[0.0, 0.0], [10.0, 0.1]], (-2.5, -2.95), (12.5, 3.05)),
        # Two variables of quite other sizes have scales of their own.
        ([[0.0, 0.0], [1e6, 0.1]], (-2.5e5, -0.025), (1.25e6, 0.125)),
        # A path along one variable.
        ([[0.0, 3.0], [4.0, 3.0]], (-1.0, 0.0), (5.0, 6.0)),
        # No path at all.
        ([[0.0, 0.0]], (-0.5, -0.5), (0.5, 0.5)),
        ([[100.0, -1.0]], (50.0, -1.5), (150.0, -0.5)),
        # Nothing but rounding.
        ([[1.0, 1.0], [1.0 + 2e-16, 1.0]], (0.5, 0.5), (1.5, 1.5)),
    ],
)
def test_views(points: list[list[float]], low: tuple[float, ...], high: tuple[float, ...]) -> None:
    view = view_of(np.array(points), "xy")
    assert view.low == pytest.approx(low)
    assert view.high == pytest.approx(high)


def test_a_view_ends_a_little_beyond_the_bounds() -> None:
    view = view_of(np.array([[0.0, 0.0], [4.0, 4.0]]), "xy", {"x": (0.0, 4.5)})
    assert view.low[0] == pytest.approx(-0.24)
    assert view.high[0] == pytest.approx(4.74)
    assert (view.low[1], view.high[1]) == (-1.0, 5.0)


def test_a_view_that_is_asked_for() -> None:
    view = view_of(np.array([[0.0, 0.0], [4.0, 4.0]]), "xy", ranges={"x": (1.0, 1.5)})
    assert (view.low[0], view.high[0]) == (1.0, 1.5)


@given(
    points=st.lists(st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)), min_size=1, max_size=20)
)
def test_any_points_are_seen(points: list[tuple[float, float]]) -> None:
    array = np.array(points)
    view = view_of(array, "xy")
    assert all(low < high for low, high in zip(view.low, view.high, strict=True))
    assert view.holds(array).all()


def test_of_a_path_that_diverges_the_beginning_is_seen() -> None:
    run = course([(4.0**k, 2.0, {"x": (-2.0) ** k}) for k in range(200)])
    assert diverges(run)
    points = seen(run)
    assert 3 <= len(points) < 12
    assert points[0] == 1.0
    assert diverges(run, maximised=True)
    assert not diverges(course([(1.0, 1.0, {"x": 0.0}), (4.0, 1.0, {"x": 1.0})]), maximised=True)


def test_of_a_fall_without_end_the_start_is_seen() -> None:
    run = course([(2.0, 9.0, {"x": -2.0}), (-8e111, 1.0, {"x": -2e37}), (-8e222, 1.0, {"x": -2e74})])
    assert seen(run).tolist() == [[-2.0]]


def test_of_a_path_that_converges_everything_is_seen() -> None:
    assert len(seen(descent(30))) == 30
    tiny = course([((x - 3) ** 2, 1.0, {"x": x}) for x in np.linspace(0, 3, 500).tolist()])
    assert len(seen(tiny)) == 500


def test_a_trace_that_goes_up_to_where_it_is_flat_is_an_ascent() -> None:
    assert ascends(course([(0.0, 9.0, {"x": 0.0}), (5.0, 0.1, {"x": 1.0})]))
    assert not ascends(descent())
    assert not ascends(course([(4.0**k, 2.0**k, {"x": (-2.0) ** k}) for k in range(20)]))
    assert not ascends(course([(1.0, 0.0, {"x": 0.0})]))


def test_points_that_are_not_finite_are_passed_over() -> None:
    run = course([(1.0, 1.0, {"x": 1.0}), (math.nan, math.nan, {"x": math.inf})])
    assert seen(run).tolist() == [[1.0]]


# Scales


def heights_of(values: Any, **options: Any) -> Any:
    scale = scale_of(np.asarray(values, float), **options)
    return scale, scale.heights(np.asarray(values, float))


def test_values_that_span_decades_are_on_a_logarithmic_scale() -> None:
    scale, _ = heights_of(sample(ROSENBROCK, View((-2.0, -1.0), (2.0, 3.0))).values)
    assert scale.logarithmic
    assert not scale.inverted
    assert scale.label == "value"
    texts = [level.text for level in scale.levels() if level.text]
    assert "100" in texts
    bowl, _ = heights_of(sample(function("xy", lambda x, y: x**2 + y**2), SQUARE).values)
    assert not bowl.logarithmic
    assert [level.text for level in bowl.levels() if level.text][-1] == "7"


def test_the_scale_says_from_where_it_counts() -> None:
    scale, _ = heights_of(sample(function("xy", lambda x, y: 1000 * (x**2 + y**2) ** 6 - 5), SQUARE).values)
    assert scale.logarithmic
    assert scale.label == "value above −5"
    upside_down = sample(function("xy", lambda x, y: 5 - 1000 * (x**2 + y**2) ** 6), SQUARE).values
    scale, heights = heights_of(upside_down, maximised=True)
    assert (scale.logarithmic, scale.inverted, scale.label) == (True, True, "value below 5")
    assert heights[100, 100] == 1.0


@pytest.mark.parametrize("factor", [1e-300, 1e-5, 1.0, 1e200, 1.7e305])
@pytest.mark.parametrize("maximised", [False, True, None])
def test_heights_rise_with_values_of_any_size(factor: float, maximised: bool | None) -> None:
    for values in (np.geomspace(1.0, 1000.0, 50), np.linspace(-1, 1, 50), 1000 - np.geomspace(1, 1000, 50)):
        scale, heights = heights_of(values * factor, maximised=maximised)
        assert ((heights >= 0.0) & (heights <= 1.0)).all()
        assert (np.diff(heights[np.argsort(values)]) >= 0.0).all()
        assert heights.max() > heights.min()
        levels = [level.height for level in scale.levels()]
        assert levels == sorted(levels)
        assert 3 <= len(levels) <= 30
        assert 2 <= sum(bool(level.text) for level in scale.levels()) <= 8


def test_poles_on_either_side_do_not_take_all_the_colours() -> None:
    x = np.linspace(-5, 5, 2_000)
    scale, heights = heights_of(1 / x)
    assert not scale.logarithmic
    assert heights.min() == 0.0
    assert heights.max() == 1.0
    assert np.ptp(heights[np.abs(x) > 1]) > 0.02
    smooth, _ = heights_of(np.sin(x))
    assert smooth.high * smooth.unit == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e300])
def test_a_flat_function(value: float) -> None:
    scale, heights = heights_of([value] * 4)
    assert heights.tolist() == [0.5] * 4
    assert scale.levels() == []


def test_nothing_defined() -> None:
    scale, heights = heights_of([math.nan] * 3)
    assert np.isnan(heights).all()
    assert scale.levels() == []


@given(values=st.lists(st.floats(), min_size=1, max_size=30), maximised=st.sampled_from([True, False, None]))
def test_any_values(values: list[float], maximised: bool | None) -> None:
    scale, heights = heights_of(values, maximised=maximised)
    known = heights[~np.isnan(heights)]
    assert ((known >= 0.0) & (known <= 1.0)).all()
    assert all(0.0 <= level.height <= 1.0 for level in scale.levels())
    assert isinstance(scale.label, str)


def test_a_height_stands_for_a_number() -> None:
    for values in (np.geomspace(1e-3, 1e3, 100), np.linspace(2.0, 7.0, 11)):
        scale = scale_of(values)
        for value in values[len(values) // 2 :]:
            height = float(scale.heights(np.array([value]))[0])
            shown = scale.number_at(height) + (scale.base * scale.unit if scale.logarithmic else 0.0)
            assert shown == pytest.approx(value)


# Histories


def test_values_that_fall_to_zero_are_on_a_logarithmic_axis() -> None:
    series = value_series([descent()])
    assert (series.label, series.logarithmic) == ("value", True)
    steps, values = series.lines[0]
    assert steps.tolist() == list(range(30))
    assert values[0] == 9.0


def test_values_that_fall_elsewhere_are_drawn_above_the_lowest() -> None:
    run = course([(value, 1.0, {"x": 0.0}) for value in (5.0, -0.9, -0.999, -1.0)])
    series = value_series([run])
    assert (series.label, series.logarithmic) == ("value above\nthe lowest, −1", True)
    assert series.lines[0][1][:3] == pytest.approx([6.0, 0.1, 0.001])
    assert math.isnan(series.lines[0][1][3])


def test_values_that_rise_are_drawn_below_the_highest() -> None:
    run = course([(value, 1.0, {"x": 0.0}) for value in (1.0, 4.9, 4.999, 5.0)])
    series = value_series([run], maximised=True)
    assert series.label == "value below\nthe highest, 5"
    assert series.lines[0][1][:3] == pytest.approx([4.0, 0.1, 0.001])


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0], [-1.0, -1.5], [math.nan], [math.inf, math.nan], [0.0]])
def test_other_values_are_on_a_plain_axis(values: list[float]) -> None:
    series = value_series([course([(value, value, {"x": 0.0}) for value in values])])
    assert (series.label, series.logarithmic) == ("value", False)


def test_several_runs_have_the_lowest_in_common() -> None:
    runs = [
        course([(value, 1.0, {"x": 0.0}) for value in values]) for values in ([9.0, -1.0], [9.0, 0.0, 4.0])
    ]
    series = value_series(runs)
    assert series.lines[1][1] == pytest.approx([10.0, 1.0, 5.0])


def test_norms() -> None:
    assert norm_series([descent()]).logarithmic
    assert not norm_series([course([(1.0, 1.0, {"x": 0.0}), (1.0, 1.1, {"x": 0.0})])]).logarithmic
    zero = norm_series([course([(1.0, 100.0, {"x": 0.0}), (1.0, 1.0, {"x": 0.0}), (1.0, 0.0, {"x": 0.0})])])
    assert zero.logarithmic
    assert math.isnan(zero.lines[0][1][2])


# Curves


def test_a_pole_does_not_squeeze_the_rest() -> None:
    x = np.linspace(-1, 1, 401) + 1e-4
    limits = height_limits(1 / x, np.zeros(0))
    assert limits is not None
    assert -120 < limits[0] < -10
    assert 10 < limits[1] < 120
    plain = height_limits(x**2, np.zeros(0))
    assert plain == pytest.approx((-0.07, 1.07), abs=0.01)


def test_what_is_marked_is_seen() -> None:
    limits = height_limits(np.linspace(0, 1, 100), np.array([50.0]))
    assert limits is not None
    assert limits[1] > 50.0


@pytest.mark.parametrize("value", [0.0, 3.0, -1e299, 1e-310])
def test_limits_of_a_flat_curve(value: float) -> None:
    limits = height_limits(np.full(9, value), np.zeros(0))
    assert limits is not None
    assert limits[0] < value < limits[1]


def test_no_limits_of_nothing() -> None:
    assert height_limits(np.full(9, math.nan), np.zeros(0)) is None


def gaps(values: Any, limits: tuple[float, float] = (-10.0, 10.0)) -> list[int]:
    return np.flatnonzero(np.isnan(broken(np.asarray(values, float), limits))).tolist()


def test_a_curve_is_broken_at_poles_and_nowhere_else() -> None:
    assert gaps([1.0, 5.0, 20.0, -20.0, -5.0]) == [3]
    assert gaps([1.0, 3.0, 9.0, -9.0, -3.0]) == [3]
    assert gaps([-1.0, -1.0, 1.0, 1.0]) == []
    assert gaps([0.0, 9.0, 0.0, 9.0][:2]) == []
    assert gaps([0.0, 20.0, 300.0]) == []
    assert gaps(np.linspace(-50, 50, 20)) == []
    x = np.linspace(-5, 5, 1201)
    assert len(gaps(np.tan(x))) == 4
    assert gaps(np.sin(3 * x) * 9) == []


# Basins


def test_ends_are_grouped_into_basins() -> None:
    random = np.random.default_rng(0)
    minima = {(0.0, 0.0): (-3.0, 30), (5.0, 1.0): (-1.0, 20), (-5.0, 4.0): (-2.0, 10)}
    points = np.concatenate([np.array(x) + 1e-4 * random.normal(size=(n, 2)) for x, (_, n) in minima.items()])
    values = np.concatenate([np.full(n, value) + 1e-8 * random.random(n) for value, n in minima.values()])
    found = basins(points, values, 2)
    assert [(round(each.x[0]), round(each.x[1]), each.ends) for each in found] == [(0, 0, 30), (-5, 4, 10)]
    assert found[0].value == pytest.approx(-3.0)
    found = basins(points, -values, 3, maximised=True)
    assert [each.ends for each in found] == [30, 10, 20]


def test_an_end_by_itself_is_no_basin_where_there_are_others() -> None:
    points = np.array([[0.0], [0.0], [5.0]])
    assert [each.x for each in basins(points, np.array([1.0, 1.0, 0.0]))] == [(0.0,)]
    assert [each.x for each in basins(points[1:], np.array([1.0, 0.0]))] == [(5.0,), (0.0,)]


def test_no_ends() -> None:
    assert basins(np.array([[0.0]]), np.array([math.inf])) == []
    assert basins(np.zeros((0, 2)), np.zeros(0)) == []
