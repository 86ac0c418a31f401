"""Constraints on a single variable are bounds."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gdcli.descent.constraints.simple import Limits, inside, limits
from gdcli.expression.constraints import parse_constraint
from gdcli.graph.lowering import lower

INFINITE = (-math.inf, math.inf)


def limits_of(texts: list[str], bounds: tuple[tuple[float, float], ...] = ()) -> Limits:
    """The limits in the variables x and y."""
    read = [constraint for text in texts for constraint in parse_constraint(text)]
    graphs = [lower(replace(constraint.graph, variables=("x", "y"))) for constraint in read]
    return limits(graphs, [constraint.equality for constraint in read], bounds)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("x <= 5", -math.inf, 5.0),
        ("x < 5", -math.inf, 5.0),
        ("5 >= x", -math.inf, 5.0),
        ("x >= -5", -5.0, math.inf),
        ("-5 <= x", -5.0, math.inf),
        ("x >= 0", 0.0, math.inf),
        ("x <= 0", -math.inf, 0.0),
        ("0 <= x", 0.0, math.inf),
        ("-x <= 5", -5.0, math.inf),
        ("-x >= 5", -math.inf, -5.0),
        ("-x <= 0", 0.0, math.inf),
        ("0 >= -x", 0.0, math.inf),
        ("5 >= -x", -5.0, math.inf),
        ("x + 1 <= 0", -math.inf, -1.0),
        ("x <= pi/2", -math.inf, math.pi / 2),
        ("x == 2", 2.0, 2.0),
        ("-3 == x", -3.0, -3.0),
        ("-1 <= x <= 1", -1.0, 1.0),
    ],
)
def test_a_comparison_of_a_variable_and_a_number(text: str, low: float, high: float) -> None:
    found = limits_of([text])
    assert found.bounds == ((low, high), INFINITE)
    assert found.others == ()


@pytest.mark.parametrize(
    "text", ["2*x <= 5", "x + y <= 1", "x^2 <= 4", "x <= y", "x <= inf", "abs(x) <= 1", "x <= 0*y"]
)
def test_every_other_constraint_stays_one(text: str) -> None:
    assert limits_of([text]) == Limits((), {}, (0,))


def test_the_closest_bound_counts_and_its_constraint_is_remembered() -> None:
    found = limits_of(["x >= 1", "x*y >= 1", "-x <= -2", "x <= 9", "y == 3"], ((0.0, 5.0), INFINITE))
    assert found.bounds == ((2.0, 5.0), (3.0, 3.0))
    assert found.sources == {(0, 0): (2, -1.0), (1, 0): (4, 1.0), (1, 1): (4, 1.0)}
    assert found.others == (1,)


@pytest.mark.parametrize(
    ("texts", "bounds"),
    [(["x <= 0", "x >= 1"], ()), (["x == 1", "x == 2"], ()), (["y <= 1", "x >= 7"], ((0.0, 5.0), INFINITE))],
)
def test_what_leaves_no_number_stays_a_constraint(
    texts: list[str], bounds: tuple[tuple[float, float], ...]
) -> None:
    found = limits_of(texts, bounds)
    assert found.others == (1,)
    assert all(low <= high for low, high in found.bounds)


def test_without_constraints_bounds_stay_as_they_are() -> None:
    assert limits([], [], ((0.0, 1.0),)) == Limits(((0.0, 1.0),), {}, ())
    assert limits([], [], ()) == Limits((), {}, ())


@pytest.mark.parametrize(
    ("x", "low", "high", "expected"),
    [
        (3.0, -math.inf, math.inf, 3.0),
        (0.0, 0.0, 1.0, 0.0),
        (-3.0, 0.0, math.inf, 0.01),
        (3.0, -math.inf, 200.0, 3.0),
        (300.0, -math.inf, 200.0, 198.0),
        (-3.0, 0.0, 1e-3, 5e-4),
        (5.0, 2.0, 2.0, 2.0),
    ],
)
def test_a_start_outside_is_moved_inside(x: float, low: float, high: float, expected: float) -> None:
    assert inside([x, 7.0], ((low, high), INFINITE)) == (expected, 7.0)
    assert inside([x], ()) == (x,)
