"""Many starts with a step size of one's own: the best of textbook descents, reported as such."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.descent.methods.elementwise import makes_fixed_steps
from gdcli.descent.problem import Problem
from gdcli.descent.starts.fixed_steps import minimize_fixed
from gdcli.descent.starts.group import part
from gdcli.engines import select
from gdcli.errors import NotFiniteError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Started, Status, Step

HIMMELBLAU = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2"
SQUARE = {"x": (-5.0, 5.0), "y": (-5.0, 5.0)}


def problem_of(expression: str, **more: Any) -> Problem:
    engine = select(lower(parse(expression)), more.pop("engine", "auto"), dtype=more.pop("dtype", "float64"))
    start = dict.fromkeys(engine.variables, more.pop("at", 0.3))
    return Problem(engine, start, expression, **more)


def records_of(
    expression: str, starts: int = 60, method: str = "gd", lr: float = 1e-3, **more: Any
) -> list[Any]:
    criteria = Criteria(more.pop("steps", 2000), more.pop("tol", None), more.pop("time_limit", None))
    run = {name: more.pop(name) for name in ("ranges", "minima", "compile", "notice") if name in more}
    return list(
        minimize_fixed(problem_of(expression, **more), create(method, lr), criteria, starts=starts, **run)
    )


def end_of(expression: str, *args: Any, **more: Any) -> Finished:
    *_, end = records_of(expression, *args, **more)
    assert isinstance(end, Finished)
    return end


def test_the_end_is_that_of_the_best_start_by_itself() -> None:
    end = end_of(HIMMELBLAU, lr=0.003, ranges=SQUARE, steps=70)
    problem = replace(problem_of(HIMMELBLAU), start=end.start)
    *_, single = minimize(problem, create("gd", 0.003), Criteria(steps=70, tol=0))
    assert isinstance(single, Finished)
    assert end.x == pytest.approx(single.x, abs=1e-12)
    assert (end.status, end.steps, end.evaluations) == (Status.MAX_STEPS, 70, 60 * 71 + 1)
    assert end.message.startswith("ran all 70 steps; the best of 60 starts, reached by ")
    assert "try more --steps" in end.hints[0]


def test_those_that_come_to_rest_end_early() -> None:
    first, *rows, end = records_of(HIMMELBLAU, lr=0.01, ranges=SQUARE, minima=9)
    assert isinstance(first, Started) and first.method == "gd"
    assert [row.step for row in rows] == sorted({row.step for row in rows})
    assert rows[-1].step == end.steps < 2000
    values = [row.value for row in rows if isinstance(row, Step)]
    assert values == sorted(values, reverse=True)
    assert end.status is Status.CONVERGED
    assert "a strict local minimum" in end.message
    found = sorted((round(one.x["x"], 4), round(one.x["y"], 4)) for one in end.minima)
    assert found == [(-3.7793, -3.2832), (-2.8051, 3.1313), (3.0, 2.0), (3.5844, -1.8481)]
    assert sum(one.starts for one in end.minima) == 60
    assert end.reached == end.minima[0].starts


def test_every_step_is_run_where_that_is_asked_for() -> None:
    end = end_of("(x-1)**2 + y**2", lr=0.1, steps=1234, tol=0.0)
    assert (end.status, end.steps) == (Status.MAX_STEPS, 1234)
    assert end.evaluations == 60 * 1235 + 1


def test_rows_are_where_they_are_asked_for() -> None:
    problem = problem_of("(x-1)**2 + y**2")
    criteria = Criteria(steps=1000, tol=0.0, every=250)
    records = minimize_fixed(problem, create("gd", 0.1), criteria, starts=5)
    assert [each.step for each in records if isinstance(each, Step)] == [0, 300, 600, 900, 1000]


@pytest.mark.parametrize(("engine", "dtype"), [("native", "float64"), ("torch", "float32")])
def test_those_that_diverge_are_counted(engine: str, dtype: str) -> None:
    end = end_of("x**4 - x**2", lr=0.01, ranges={"x": (-20.0, 20.0)}, engine=engine, dtype=dtype)
    assert end.value == pytest.approx(-0.25, abs=1e-5)
    assert " of them diverged" in end.message
    lost = end_of("x**4", lr=10.0, ranges={"x": (5.0, 20.0)}, engine=engine, dtype=dtype)
    assert lost.status is Status.DIVERGED
    assert lost.reached == 0
    assert math.isfinite(lost.value)
    assert "smaller --lr" in lost.hints[0]


def test_uphill_and_within_bounds() -> None:
    end = end_of("x*exp(-x)", lr=0.5, command="maximize", bounds=((0.0, 5.0),))
    assert end.value == pytest.approx(math.exp(-1.0))
    end = end_of("x*exp(-x)", lr=0.5, command="maximize", bounds=((2.0, 5.0),), at=3.0)
    assert (end.x, end.on_bound, end.status) == ({"x": 2.0}, ("x",), Status.CONVERGED)


def test_a_function_that_is_undefined_everywhere() -> None:
    with pytest.raises(NotFiniteError, match="any of the 60 starts"):
        records_of("log(-1 - x**2)", lr=0.1)


def test_broken_off() -> None:
    end = end_of("(x-1)**2 + y**2", time_limit=1e-9)
    assert end.status is Status.TIME_LIMIT
    assert end.message.startswith("ran for the time allowed after 0 steps")
    problem, asked = problem_of("(x-1)**2 + y**2"), []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    *_, end = minimize_fixed(problem, create("gd", 1e-6), Criteria(10**9, 0.0, stop=stop), starts=9)
    assert end.status is Status.INTERRUPTED
    assert 0 < end.steps < 10**9


def test_who_makes_fixed_steps() -> None:
    assert [
        makes_fixed_steps(create(name, lr)) for name, lr in (("auto", 0.1), ("gd", 0.1), ("adam", 1))
    ] == [True] * 3
    assert not any(makes_fixed_steps(create(name)) for name in ("auto", "gd", "adam", "lbfgs", "newton"))


class Member:
    """One of three processes."""

    size = 3

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def gather(self, item: Any) -> list[Any]:
        return [item] * 3


def test_parts_are_of_neighbours_and_complete() -> None:
    for count in (0, 1, 7, 100):
        parts = [part(Member(rank), count) for rank in range(3)]
        assert [number for each in parts for number in each] == list(range(count))
