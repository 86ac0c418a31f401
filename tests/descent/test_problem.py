"""Problems, and starts drawn at random."""

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent.problem import Problem, random_start
from gdcli.errors import ExpressionError, PointError
from tests.descent.support import engine_of


def test_a_random_start_is_reproducible_and_normal():
    names = [f"x{i}" for i in range(400)]
    start = random_start(names, {}, 3)
    assert start == random_start(names, {}, 3)
    assert list(start) == names
    assert start != random_start(names, {}, 4)
    assert abs(statistics.mean(start.values())) < 0.2
    assert 0.85 < statistics.stdev(start.values()) < 1.15


def test_a_random_number_depends_on_its_own_name_alone():
    start = random_start(["x", "y", "z"], {}, 0)
    assert random_start(["z", "x"], {}, 0) == {"z": start["z"], "x": start["x"]}
    assert random_start(["x", "y", "z"], {"y": 5.0}, 0) == {"x": start["x"], "y": 5.0, "z": start["z"]}


def test_a_problem_has_the_variables_of_its_expression():
    problem = Problem(engine_of("y + 2*x"), {"x": 1, "y": 2}, "y + 2*x", "maximize")
    assert problem.variables == ("y", "x")
    assert problem.values() == (2.0, 1.0)
    assert problem.point([3.0, 4.0]) == {"y": 3.0, "x": 4.0}
    assert problem.sign == -1.0


@pytest.mark.parametrize(
    ("text", "start", "error", "says"),
    [
        ("x*y*z", {"y": 1.0}, PointError, "x, z"),
        ("x", {"x": 1.0, "q": 2.0}, PointError, "q"),
        ("1 + 2", {}, ExpressionError, "no variable"),
    ],
)
def test_what_does_not_fit_is_named(text, start, error, says):
    with pytest.raises(error, match=says):
        Problem(engine_of(text), start, text)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["both", "low", "high"]),
    st.integers(0, 1000),
)
@settings(deadline=None, max_examples=50)
def test_a_random_start_is_never_outside_its_interval(a, b, ends, seed):
    low = min(a, b) if ends != "high" else -math.inf
    high = max(a, b) if ends != "low" else math.inf
    start = random_start(["x", "y"], {}, seed, ((low, high), (-math.inf, math.inf)))
    assert low <= start["x"] <= high
    assert start["y"] == random_start(["y"], {}, seed)["y"]


def test_a_random_start_is_spread_over_its_interval():
    names = [f"x{i}" for i in range(400)]
    drawn = random_start(names, {}, 0, ((-2.0, 6.0),) * 400).values()
    assert abs(statistics.mean(drawn) - 2.0) < 0.3
    assert min(drawn) < -1.9
    assert max(drawn) > 5.9
    assert abs(statistics.mean(random_start(names, {}, 0, ((5.0, math.inf),) * 400).values()) - 5.8) < 0.1
