"""Many starts: the global minimum is found, the same for the same seed, within the bounds and the time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gdcli.descent.loop import Criteria
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.descent.starts import shared_descents
from gdcli.descent.starts.multistart import minimize_many
from gdcli.engines import select
from gdcli.errors import NotFiniteError, UsageError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Status, Step
from tests.problems import MULTIMODAL

# Chosen for their difficulty: needles, kinks, plateaus, thousands of minima, a minimum on the rim.
HARD = {
    "ackley",
    "bukin-6",
    "cross-in-tray",
    "drop-wave",
    "easom",
    "eggholder",
    "keane",
    "rastrigin",
    "schaffer-4",
    "schwefel",
    "shubert-3",
    "trefethen",
}
RASTRIGIN = "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"
HIMMELBLAU = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2"
SQUARE = {"x": (-5.0, 5.0), "y": (-5.0, 5.0)}


def problem_of(
    expression: str, bounds: dict[str, tuple[float, float]], seed: int = 0, **more: Any
) -> Problem:
    engine = select(lower(parse(expression)), more.pop("engine", "auto"), dtype=more.pop("dtype", "float64"))
    pairs = tuple(bounds.get(name, (-math.inf, math.inf)) for name in engine.variables)
    start = {
        name: min(max(0.3 * (low + high) if math.isfinite(low + high) else 0.3, low), high)
        for name, (low, high) in zip(engine.variables, pairs, strict=True)
    }
    return Problem(engine, start, expression, seed=seed, bounds=pairs, **more)


def end_of(problem: Problem, starts: int = 200, criteria: Criteria | None = None, **more: Any) -> Finished:
    *_, end = minimize_many(problem, more.pop("method", create("auto")), criteria, starts=starts, **more)
    assert isinstance(end, Finished)
    return end


@pytest.mark.parametrize("row", MULTIMODAL, ids=lambda row: row.name)
def test_the_global_minimum_is_found(row: Any) -> None:
    seeds = range(2) if row.name in HARD else range(1)
    ends = [end_of(problem_of(row.expression, dict(row.bounds), seed), 1000) for seed in seeds]
    for end in ends:
        assert abs(end.value - row.minimum) < 1e-5
        assert all(low <= end.x[name] <= high for name, (low, high) in row.bounds.items())


def test_rows_go_down_and_the_end_says_how_many_came_there() -> None:
    *rows, end = minimize_many(problem_of(RASTRIGIN, SQUARE), create("auto"), starts=300, minima=4)
    values = [row.value for row in rows if isinstance(row, Step)]
    assert len(values) > 3
    assert values == sorted(values, reverse=True)
    assert isinstance(end, Finished)
    assert end.status is Status.CONVERGED
    assert end.starts == 300
    assert end.reached is not None and 0 < end.reached < 300
    assert end.minima is not None and len(end.minima) == 4
    assert [minimum.value for minimum in end.minima] == sorted(minimum.value for minimum in end.minima)
    assert end.minima[1].value == pytest.approx(0.99495905710, abs=1e-8)


def test_distinct_minima() -> None:
    end = end_of(problem_of(HIMMELBLAU, SQUARE), minima=10)
    assert end.minima is not None
    found = sorted((round(one.x["x"], 4), round(one.x["y"], 4)) for one in end.minima if one.value < 1e-9)
    assert found == [(-3.7793, -3.2832), (-2.8051, 3.1313), (3.0, 2.0), (3.5844, -1.8481)]


def test_the_same_seed_gives_the_same_and_the_batch_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    def result(seed: int) -> Finished:
        return replace(end_of(problem_of(RASTRIGIN, SQUARE, seed), 150, minima=3), seconds=0.0, evaluations=0)

    first = result(3)
    assert first == result(3)
    assert first.x != result(4).x or first.steps != result(4).steps
    monkeypatch.setattr(shared_descents, "_CHUNK", 40)
    assert first == result(3)


@pytest.mark.parametrize("method", ["lbfgs", "cg", "newton", "gd", "adam"])
def test_with_each_kind_of_method(method: str) -> None:
    end = end_of(problem_of("(x**2 - 1)**2 + x/5 + y**2", SQUARE), method=create(method))
    assert end.value == pytest.approx(-0.20244043434, abs=1e-6)
    assert end.x["x"] < 0.0


def test_nothing_is_evaluated_outside_the_bounds() -> None:
    problem = problem_of("sqrt(x*(4 - x))*cos(3*x) + y", {"x": (0.0, 4.0), "y": (1.0, math.inf)})
    seen = []
    evaluate = problem.engine.evaluate

    def watched(x: Any) -> Any:
        seen.append(np.array(x).reshape(-1, 2))
        return evaluate(x)

    problem.engine.evaluate = watched  # type: ignore[method-assign]
    end = end_of(problem)
    points = np.concatenate(seen)
    assert len(points) > 1000
    assert not ((points < (0.0, 1.0)) | (points > (4.0, math.inf))).any()
    assert end.x["y"] == 1.0
    assert end.on_bound == ("y",)


def test_starts_where_the_function_is_undefined_are_passed_over() -> None:
    end = end_of(problem_of("x*log(x)", {}), ranges={"x": (-50.0, 50.0)})
    assert end.x["x"] == pytest.approx(math.exp(-1.0))
    with pytest.raises(NotFiniteError, match="any of the 20 starts"):
        end_of(problem_of("log(x)", {"x": (-3.0, -1.0)}), 20)


def test_a_range_is_not_a_bound() -> None:
    end = end_of(problem_of("(x - 9)**2", {}), 20, ranges={"x": (-1.0, 1.0)})
    assert end.x["x"] == pytest.approx(9.0)
    with pytest.raises(UsageError, match="z"):
        end_of(problem_of("x**2", {}), 20, ranges={"z": (0.0, 1.0)})


def test_uphill() -> None:
    end = end_of(problem_of("exp(-(x-1)**2) + 2*exp(-(x+3)**2*4)", {"x": (-5.0, 5.0)}, command="maximize"))
    assert end.value == pytest.approx(2.0, abs=1e-3)
    assert end.x["x"] == pytest.approx(-3.0, abs=1e-3)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_on_torch(dtype: str) -> None:
    end = end_of(problem_of(RASTRIGIN, SQUARE, engine="torch", dtype=dtype))
    assert end.value == pytest.approx(0.0, abs=1e-5)
    assert end.engine == "torch"


def test_broken_off_it_reports_the_best_so_far() -> None:
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    end = end_of(problem_of(RASTRIGIN, SQUARE), criteria=Criteria(stop=stop))
    assert end.status is Status.INTERRUPTED
    assert end.value < 30.0
    late = end_of(problem_of(RASTRIGIN, SQUARE), criteria=Criteria(time_limit=1e-6))
    assert late.status is Status.TIME_LIMIT


def test_one_start_is_a_descent() -> None:
    end = end_of(problem_of("(x - 2)**2", {}), 1)
    assert end.x["x"] == pytest.approx(2.0)
    assert (end.starts, end.reached) == (1, 1)
