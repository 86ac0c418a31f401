"""The stopping rules."""

import math

import pytest

from gdcli.descent.convergence import (
    Ending,
    default_tolerances,
    examine,
    has_moved,
    is_finite,
    is_flat,
    rules,
    within_rounding,
)
from gdcli.descent.objective import Sample

EPSILON = 2.0**-52
START = Sample((1.0, 2.0), 5.0, (1.0, -3.0))


def rules_for(tol=None, start=START, searches=False):
    return rules(start, tol, "float64", EPSILON, searches)


@pytest.mark.parametrize(
    ("gradient", "expected"),
    [
        ((2.0, -30.0), (1e-10, 1e-10)),
        ((2e-8,), (2e-18,)),
        ((2e6, -2e-6), (1e-10, 2e-16)),
        ((0.0, 0.5), (0.5e-10, 0.5e-10)),
        ((3e-20, 0.01), (1e-12, 1e-12)),
        ((0.0,), (0.0,)),
    ],
)
def test_default_tolerances_follow_the_slope_at_the_start(gradient, expected):
    assert default_tolerances(gradient, "float64", EPSILON) == pytest.approx(expected, rel=1e-15)


def test_default_tolerances_follow_the_dtype():
    assert default_tolerances((5.0,), "float32", 2.0**-23) == (1e-5,)


@pytest.mark.parametrize(("tol", "expected"), [(1e-3, (1e-3, 1e-3)), (0.0, ())])
def test_a_tolerance_that_is_asked_for_is_taken(tol, expected):
    assert rules_for(tol).tolerances == expected
    assert rules_for(tol).explicit


@pytest.mark.parametrize(
    ("gradient", "tolerances", "flat"),
    [
        ((0.1, -0.1), (0.1, 0.1), True),
        ((0.1, -0.11), (0.1, 0.1), False),
        ((0.0,), (), False),
        ((math.nan,), (1.0,), False),
    ],
)
def test_is_flat(gradient, tolerances, flat):
    assert is_flat(gradient, tolerances) is flat


@pytest.mark.parametrize(
    "change",
    [{"value": math.inf}, {"value": math.nan}, {"gradient": (0.0, math.nan)}, {"x": (math.inf, 0.0)}],
)
def test_what_is_not_finite_is_found_before_anything_else(change):
    sample = START._replace(gradient=(0.0, 0.0))._replace(**change)
    assert not is_finite(sample)
    assert examine(sample, rules_for()) is Ending.NOT_FINITE


@pytest.mark.parametrize(
    ("sample", "ending"),
    [
        (START, None),
        (START._replace(gradient=(1e-11, 0.0)), Ending.FLAT),
        (START._replace(value=-1e151), Ending.UNBOUNDED),
    ],
)
def test_examine(sample, ending):
    assert examine(sample, rules_for()) is ending


def test_a_function_of_huge_values_is_not_unbounded():
    start = START._replace(value=-1e155)
    assert examine(START._replace(value=-2e155), rules_for(start=start)) is None


@pytest.mark.parametrize(
    ("before", "now", "travel", "moved"),
    [
        ((1.0, 2.0), (1.0, 2.0), 0.0, False),
        ((1.0, 2.0), (1.0 + EPSILON, 2.0), 0.0, False),
        ((1.0, 2.0), (1.0 + 4 * EPSILON, 2.0), 0.0, True),
        ((0.0, 1e-30), (0.0, 2e-30), 0.0, True),
        ((0.0, 1e-30), (0.0, 2e-30), EPSILON, False),
    ],
)
def test_has_moved(before, now, travel, moved):
    assert has_moved(before, now, (1.0, 1.0), EPSILON, travel) is moved


def sampler(function, slope):
    return lambda x: Sample(x, function(x[0]), (slope(x[0]),))


@pytest.mark.parametrize(
    ("name", "function", "slope", "at", "expected"),
    [
        (
            "a minimum between two numbers",
            lambda x: 1e12 * (x - 1 / 3) ** 2,
            lambda x: 2e12 * (x - 1 / 3),
            1 / 3 + 6e-17,
            True,
        ),
        ("beside a minimum", lambda x: (x - 1 / 3) ** 2, lambda x: 2 * (x - 1 / 3), 1 / 3 + 1e-9, False),
        ("a kink", lambda x: abs(x - 0.1), lambda x: math.copysign(1.0, x - 0.1), 0.1 + 1e-17, True),
        ("a plain slope", lambda x: x, lambda x: 1.0, 0.1, False),
        ("a pole", lambda x: 1 / x, lambda x: -1 / x**2, -1e-60, False),
        ("a jump", lambda x: x if x > 0 else 5.0, lambda x: 1.0, 1e-40, False),
    ],
)
def test_within_rounding(name, function, slope, at, expected):
    evaluate = sampler(function, slope)
    start = evaluate((-1.0 if name == "a pole" else 1.0,))
    found = within_rounding(
        evaluate((at,)), start, rules_for()._replace(tolerances=(1e-10,)), evaluate, EPSILON
    )
    assert found is expected
