"""The rows for pictures: there are more of them, and the run is the same."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from gdcli.descent.constraints.run import minimize_constrained
from gdcli.descent.fixed import with_fixed
from gdcli.descent.loop import Criteria
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.descent.starts.ends import MOST_ENDS
from gdcli.descent.starts.multistart import minimize_many
from gdcli.expression.constraints import parse_constraint
from gdcli.records import Finished, Step
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run


@pytest.mark.parametrize(
    ("method", "lr", "engine", "criteria"),
    [
        ("auto", "auto", "native", {}),
        ("gd", 0.001, "native", {"steps": 3_000, "tol": 0.0}),
        ("adam", 0.01, "native", {"steps": 400, "tol": 0.0, "every": 30}),
        ("newton", "auto", "native", {}),
        ("gd", 0.001, "torch", {"steps": 60, "tol": 0.0}),
    ],
)
def test_the_run_is_the_same(method: str, lr: float | str, engine: str, criteria: dict[str, float]) -> None:
    """Even where the generated loop of the native engine is left more often."""
    plain = run(ROSENBROCK, ROSENBROCK_START, method, lr, engine=engine, **criteria)
    drawn = run(ROSENBROCK, ROSENBROCK_START, method, lr, engine=engine, drawn=True, **criteria)
    assert [step for step in drawn.steps if step.shown] == plain.steps
    assert replace(drawn.finished, seconds=0.0) == replace(plain.finished, seconds=0.0)
    places = [step.step for step in drawn.steps]
    assert places == sorted(set(places))
    # Every step at first, and no wide gap later.
    assert places[: min(len(places), 1_000)] == list(range(min(len(places), 1_000)))
    assert all(after - before <= max(1, before // 500) for before, after in itertools.pairwise(places))
    assert places[-1] == plain.finished.steps


def test_a_slow_run_leaves_out_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few steps fit between two looks at the clock."""
    monkeypatch.setattr("gdcli.descent.loop._SLICE", 0.0)
    drawn = run("x**2", {"x": 1.0}, lr=1e-4, steps=2_500, tol=0.0, drawn=True)
    places = [step.step for step in drawn.steps]
    assert places[:1_001] == list(range(1_001))
    assert all(after - before <= max(1, before // 500) for before, after in itertools.pairwise(places))


def test_without_a_picture_there_are_no_such_rows() -> None:
    assert all(step.shown for step in run(ROSENBROCK, ROSENBROCK_START).steps)


def test_with_constraints_the_way_between_the_descents_ends() -> None:
    problem = Problem(engine_of("x**2 + y**2"), {"x": 3.0, "y": 1.0}, "x**2 + y**2")
    constraints = parse_constraint("x+y>=1")
    *rows, end = minimize_constrained(problem, constraints, create("auto"), Criteria(drawn=True))
    *plain, plain_end = minimize_constrained(problem, constraints, create("auto"), Criteria())
    assert [row for row in rows[1:] if row.shown] == plain[1:]  # type: ignore[union-attr]
    assert replace(end, seconds=0.0) == replace(plain_end, seconds=0.0)  # type: ignore[type-var]
    between = [row for row in rows if isinstance(row, Step) and not row.shown]
    assert len(between) >= 5
    for row in between:
        x, y = row.x["x"], row.x["y"]
        assert row.value == pytest.approx(x * x + y * y)
        assert row.gradient_norm == pytest.approx(2 * np.hypot(x, y))
    places = [row.step for row in rows[1:]]  # type: ignore[union-attr]
    assert places == sorted(set(places))


@pytest.mark.parametrize(("command", "sign"), [("minimize", 1.0), ("maximize", -1.0)])
def test_many_starts_hand_out_their_ends(command: str, sign: float) -> None:
    text = "(x**2-1)**2" if sign > 0 else "-(x**2-1)**2"
    problem = Problem(engine_of(text), {"x": 0.4}, text, command)
    *_, end = minimize_many(problem, create("auto"), Criteria(drawn=True), starts=40)
    assert isinstance(end, Finished)
    assert end.ends is not None
    assert len(end.ends) == 40
    for one in end.ends:
        assert abs(abs(one.x["x"]) - 1.0) < 1e-3
        assert one.value == pytest.approx(sign * (one.x["x"] ** 2 - 1.0) ** 2, abs=1e-12)
    *_, end = minimize_many(problem, create("auto"), Criteria(), starts=4)
    assert isinstance(end, Finished)
    assert end.ends is None


def test_no_more_ends_than_a_picture_shows() -> None:
    problem = Problem(engine_of("x**2"), {"x": 1.0}, "x**2")
    *_, end = minimize_many(problem, create("auto"), Criteria(drawn=True), starts=MOST_ENDS + 5)
    assert isinstance(end, Finished)
    assert len(end.ends or ()) == MOST_ENDS
    (whole,) = with_fixed([end], ["a", "x"], {"a": 3.0})
    assert isinstance(whole, Finished)
    assert whole.ends is not None
    assert list(whole.ends[0].x) == ["a", "x"]
