"""``--bounds`` and ``--fix``: what they are given, and what becomes of it."""

from __future__ import annotations

import math

import pytest

from gdcli.cli.intervals import intervals
from gdcli.errors import PointError
from tests.cli.running import gdcli

INF = math.inf


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["x=0:5"], {"x": (0, 5)}),
        (["x=:5"], {"x": (-INF, 5)}),
        (["x=0:"], {"x": (0, INF)}),
        (["x=0:,y=:pi"], {"x": (0, INF), "y": (-INF, math.pi)}),
        (["x=0:1", "y=-1e-3:2**3"], {"x": (0, 1), "y": (-1e-3, 8)}),
        ([" x = -pi : max(1, 2) "], {"x": (-math.pi, 2)}),
        (["x=-inf:inf"], {"x": (-INF, INF)}),
        (["x=2:2"], {"x": (2, 2)}),
        ([], {}),
    ],
)
def test_intervals_are_read(texts: list[str], expected: dict[str, tuple[float, float]]) -> None:
    assert intervals(texts, ("x", "y"), "--bounds") == expected


@pytest.mark.parametrize(
    ("text", "message", "caret"),
    [
        ("z=0:1", "the expression has no variable z", 0),
        ("x=0:1, z=0:1", "the expression has no variable z", 7),
        ("x=0:1,x=2:3", "x is given twice", 6),
        ("x", "'x' is not NAME=LOW:HIGH", 0),
        ("x=0:1,y", "'y' is not NAME=LOW:HIGH", 6),
        ("0:1", "'0:1' is not NAME=LOW:HIGH", 0),
        ("x=5", "'5' is not LOW:HIGH", 2),
        ("x= 0:1:2", "'0:1:2' is not LOW:HIGH", 3),
        ("x=", "'' is not LOW:HIGH", 2),
        ("x=:", "x is given no end of an interval", 2),
        ("y=0:1,x=5:0", "the lower end for x is above the upper one: 5 > 0", 8),
        ("x=inf:", "x is left no number", 2),
        ("x=0:abc", "the upper end for x is not a number: it contains the name abc", 4),
        ("x=0/0:1", "the lower end for x is not a number (nan)", 2),
        ("x=0:1+", "the upper end for x cannot be read", 6),
    ],
)
def test_a_wrong_interval_is_refused_with_its_place(text: str, message: str, caret: int) -> None:
    with pytest.raises(PointError) as caught:
        intervals([text], ("x", "y"), "--bounds")
    assert message in caught.value.message
    assert (caught.value.text, caught.value.position) == (text, caret)


def test_the_message_has_a_caret_under_the_place() -> None:
    ran = gdcli("minimize", "x+y", "--bounds", "x=0:1,y=1:0")
    assert ran.status == 2
    assert ran.err == (
        "error: the lower end for y is above the upper one: 1 > 0\n  x=0:1,y=1:0\n          ^\n"
    )


def run(expression: str, *argv: str) -> dict[str, object]:
    ran = gdcli("minimize", expression, *argv, "--format", "json")
    assert ran.status == 0, ran.err
    return ran.json


def test_a_minimum_on_a_bound() -> None:
    found = run("(x-3)**2 + (y+1)**2", "--bounds", "x=:2", "--bounds", "y=-5:5")
    assert found["status"] == "converged"
    assert found["x"] == {"x": 2, "y": pytest.approx(-1)}
    assert found["on_bound"] == ["x"]
    assert "the largest gradient component that no bound holds back is 0" in str(found["message"])
    found = run("(x-3)**2", "--bounds", "x=0:5")
    assert (found["x"], found["on_bound"]) == ({"x": pytest.approx(3)}, [])


def test_a_function_is_not_asked_outside_its_bounds() -> None:
    assert run("x - 3*log(x)", "--bounds", "x=0:", "--start", "x=1e-3")["x"] == {"x": pytest.approx(3)}
    assert run("sqrt(x)", "--bounds", "x=1e-6:")["x"] == {"x": 1e-6}


@pytest.mark.parametrize(
    ("bounds", "low", "high"),
    [("x=1000:1001", 1000, 1001), ("x=7:", 7, INF), ("x=:-7", -INF, -7), ("x=-1e308:1e308", -1e308, 1e308)],
)
def test_a_random_start_is_within_the_bounds(bounds: str, low: float, high: float) -> None:
    starts = set()
    for seed in range(20):
        argv = ("--bounds", bounds, "--steps", "0", "--seed", str(seed))
        start = run("x*1e-9 + y", *argv)["start"]
        assert isinstance(start, dict)
        assert low <= start["x"] <= high
        starts.add(start["x"])
        assert start["y"] == run("y", "--steps", "0", "--seed", str(seed))["start"]["y"]
    assert len(starts) == 20


def test_a_start_outside_its_bounds_is_named() -> None:
    ran = gdcli("minimize", "x+y", "--bounds", "x=0:5", "--start", "x=7,y=1")
    assert ran.status == 2
    assert ran.err.startswith("error: the start x=7 is outside its bounds 0:5\n")


def test_a_variable_may_be_bounded_by_the_environment() -> None:
    ran = gdcli(
        "minimize", "x", "--format", "json", environ={"GDCLI_BOUNDS": "x=1:2", "GDCLI_FORMAT": "json"}
    )
    assert ran.json["x"] == {"x": 1}


def test_a_fixed_variable_is_in_every_point() -> None:
    argv = ("--fix", "n=2", "--start", "x=1,y=1", "--format", "jsonl")
    *steps, finished = gdcli("minimize", "x**n + n*y**2 + n", *argv).objects
    assert all(list(step["x"]) == ["x", "n", "y"] and step["x"]["n"] == 2 for step in steps)
    assert finished["x"] == {"x": pytest.approx(0, abs=1e-9), "n": 2, "y": pytest.approx(0, abs=1e-9)}
    assert finished["start"] == {"x": 1, "n": 2, "y": 1}
    # x**n*log(x) + y**2 + 1, of which the first vanishes with x or is not defined, for it is of the order of rounding.
    assert list(finished["gradient"]) == ["x", "n", "y"]
    assert finished["gradient"]["n"] in (None, pytest.approx(1))
    assert finished["gradient_norm"] < 1e-9


def test_the_derivative_by_a_fixed_variable() -> None:
    assert run("(x-n)**2 + 3*n", "--fix", "n=2")["gradient"]["n"] == pytest.approx(3)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--fix", "z=1"], "the expression has no variable z"),
        (["--fix", "x=1", "--fix", "x=1"], "x is given twice"),
        (["--fix", "x=1,y=2"], "every variable is fixed, and nothing is left to be sought"),
        (["--fix", "x=inf"], "x cannot be fixed at inf"),
        (["--fix", "x=1", "--start", "x=2"], "x is fixed, and has no --start"),
        (["--fix", "x=1", "--bounds", "x=2:3"], "x is fixed at 1, outside its bounds 2:3"),
    ],
)
def test_what_cannot_be_fixed(argv: list[str], message: str) -> None:
    ran = gdcli("minimize", "x + y**2", *argv, "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["message"] == message


def test_a_fixed_variable_may_have_bounds_that_it_keeps() -> None:
    assert run("x + y**2", "--fix", "x=1", "--bounds", "x=0:3")["x"] == {
        "x": 1,
        "y": pytest.approx(0, abs=1e-9),
    }
