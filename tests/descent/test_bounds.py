"""Bounds as numbers of a dtype."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent.bounds import clip, free, on_bound, representable
from gdcli.descent.loop import minimize
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.records import Status
from tests.descent.support import engine_of

INF = math.inf
NUMBERS = st.floats(allow_nan=False) | st.floats(-4.0, 4.0)


def neighbours(x, dtype):
    """The number of a dtype nearest to `x`, and the ones beside it."""
    here = torch.tensor(x, dtype=torch.float64).to(getattr(torch, dtype))
    ends = torch.tensor([-INF, INF], dtype=here.dtype)
    return [here.item(), *torch.nextafter(here.expand(2), ends).tolist()]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@given(NUMBERS, NUMBERS)
@settings(deadline=None, max_examples=200)
def test_bounds_are_rounded_inwards(dtype, a, b):
    low, high = min(a, b), max(a, b)
    ((least, most),) = representable(((low, high),), dtype)
    above = [x for x in neighbours(low, dtype) if x >= low]
    below = [x for x in neighbours(high, dtype) if x <= high]
    if min(above) <= max(below):
        assert (least, most) == (min(above), max(below))
    else:
        assert least == most == neighbours(low, dtype)[0]


@given(NUMBERS, NUMBERS)
def test_bounds_of_float64_stay(a, b):
    assert representable(((a, b),), "float64") == ((a, b),)
    assert representable((), "float32") == ()


@pytest.mark.parametrize(
    ("low", "high"), [(0.1, 0.7), (-0.7, -0.1), (0.1, INF), (1 / 3, 1 / 3), (-1e-50, 1e-50)]
)
@pytest.mark.parametrize("command", ["minimize", "maximize"])
def test_a_bound_is_reached_in_float32(low, high, command):
    start = {"x": max(low, min(high, 0.5))}
    sign = "-" if command == "maximize" and high == INF else ""
    problem = Problem(engine_of(f"{sign}x", dtype="float32"), start, "x", command, bounds=((low, high),))
    *_, finished = minimize(problem, create("auto"))
    assert finished.status is Status.CONVERGED
    assert finished.on_bound == ("x",)
    assert finished.x["x"] in problem.bounds[0]


def test_a_start_on_a_bound_that_is_no_number_of_the_dtype():
    problem = Problem(engine_of("x", dtype="float32"), {"x": 0.1}, "x", bounds=((-1.0, 0.1),))
    assert problem.values() == (problem.bounds[0][1],)
    assert problem.bounds[0][1] < 0.1


def test_points_and_directions_within_bounds():
    bounds = ((0.0, 1.0), (-INF, 2.0))
    assert list(clip([-1.0, 5.0], bounds)) == [0.0, 2.0]
    assert math.isnan(clip([math.nan, 0.0], bounds)[0])
    assert list(free([0.0, 2.0], [1.0, -1.0], [5.0, 6.0], bounds)) == [0.0, 0.0]
    assert list(free([0.0, 2.0], [-1.0, 1.0], [5.0, 6.0], bounds)) == [5.0, 6.0]
    assert on_bound([0.0, 1.0], bounds) == (0,)
    assert on_bound([0.5, 2.0], ()) == ()
