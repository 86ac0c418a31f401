"""The tables of problems, by gdcli's own reader and engine: what a row says of itself is true.

That nothing lower lies within the bounds cannot be shown in a quick test; that a listed point is a stationary
one of the listed value can.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from scipy.optimize import nnls

from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from tests.problems import (
    ENDINGS,
    HOCK_SCHITTKOWSKI,
    MORE_GARBOW_HILLSTROM,
    MULTIMODAL,
    PROBLEMS,
    SMOOTH,
    Ending,
    Problem,
)

TAGS = {"kink", "flat", "boundary", "many", "local", "badly-scaled", "convex", "irregular"}
KINDS = {
    "unbounded",
    "unattained",
    "saddle",
    "stationary",
    "flat",
    "undefined-at-start",
    "undefined-on-the-way",
    "overflow",
    "kink",
}
EITHER = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
CONSTRAINED = pytest.mark.parametrize("problem", HOCK_SCHITTKOWSKI, ids=lambda problem: problem.name)
UNCONSTRAINED = pytest.mark.parametrize(
    "problem",
    [problem for problem in PROBLEMS if not problem.constraints and "kink" not in problem.tags],
    ids=lambda problem: problem.name,
)
RUNS = pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)


@cache
def engine(expression: str) -> NativeEngine:
    return NativeEngine(lower(parse(expression)))


def value(problem: Problem, expression: str, point: Sequence[float]) -> float:
    at = dict(zip(problem.variables, point, strict=True))
    run = engine(expression)
    return run.value([at[name] for name in run.variables])


def gradient(problem: Problem, expression: str, point: Sequence[float]) -> np.ndarray:
    """Shape (variables of the problem,), in the problem's order."""
    at = dict(zip(problem.variables, point, strict=True))
    run = engine(expression)
    partials = dict(
        zip(run.variables, run.value_and_gradient([at[name] for name in run.variables])[1], strict=True)
    )
    return np.array([partials.get(name, 0.0) for name in problem.variables])


def rounding(problem: Problem, point: Sequence[float]) -> np.ndarray:
    """How far from zero the gradient may be because the point is rounded: |H| |x| ε, and some room."""
    at = dict(zip(problem.variables, point, strict=True))
    run = engine(problem.expression)
    hessian = np.abs(run.hessian([at[name] for name in run.variables]))
    slack = dict(zip(run.variables, hessian @ [abs(at[name]) for name in run.variables], strict=True))
    return 1e-12 * (1 + np.array([slack[name] for name in problem.variables]))


def residual(constraint: str) -> tuple[str, bool]:
    """The expression that is to be zero (True) or not negative (False)."""
    for sign in ("==", ">=", "<="):
        left, found, right = constraint.partition(sign)
        if found:
            return (f"{right} - ({left})" if sign == "<=" else f"{left} - ({right})"), sign == "=="
    raise AssertionError(constraint)


def test_the_tables_are_as_large_as_other_tests_rely_on() -> None:
    assert len(MULTIMODAL) >= 100
    assert sum(len(problem.variables) == 2 for problem in MULTIMODAL) >= 48
    assert len(HOCK_SCHITTKOWSKI) >= 60
    assert len(MORE_GARBOW_HILLSTROM) == 35
    assert len(SMOOTH) >= 30
    assert {ending.kind for ending in ENDINGS} == KINDS


def test_names_are_unique() -> None:
    names = [row.name for row in (*PROBLEMS, *ENDINGS)]
    assert sorted(set(names)) == sorted(names)


@EITHER
def test_a_row_is_complete(problem: Problem) -> None:
    assert problem.source
    assert problem.minimizers
    assert set(problem.tags) <= TAGS
    assert set(problem.bounds) <= set(problem.variables)
    assert all(low < high for low, high in problem.bounds.values())
    expressions = [problem.expression, *(residual(constraint)[0] for constraint in problem.constraints)]
    named = {name for expression in expressions for name in parse(expression).variables}
    assert named == set(problem.variables)


@EITHER
def test_each_minimizer_has_the_minimum(problem: Problem) -> None:
    for point in problem.minimizers:
        expected = pytest.approx(problem.minimum, rel=1e-11, abs=1e-13)
        assert value(problem, problem.expression, point) == expected


@EITHER
def test_the_minimizers_are_within_the_bounds(problem: Problem) -> None:
    on_a_bound = False
    for point in problem.minimizers:
        for name, x in zip(problem.variables, point, strict=True):
            low, high = problem.bounds.get(name, (-math.inf, math.inf))
            assert low <= x <= high
            on_a_bound |= x in (low, high)
    assert on_a_bound == ("boundary" in problem.tags)


@pytest.mark.parametrize(
    "problem", [problem for problem in PROBLEMS if problem.start], ids=lambda problem: problem.name
)
def test_the_start_is_above_the_minimum_or_not_feasible(problem: Problem) -> None:
    point = [problem.start[name] for name in problem.variables]
    at_start = value(problem, problem.expression, point)
    assert math.isfinite(at_start)
    assert at_start > problem.minimum or not feasible(problem, point, 1e-9)


def feasible(problem: Problem, point: Sequence[float], tolerance: float) -> bool:
    for constraint in problem.constraints:
        expression, equality = residual(constraint)
        left = value(problem, expression, point)
        if left < -tolerance or (equality and left > tolerance):
            return False
    return all(
        low - tolerance <= x <= high + tolerance
        for x, (low, high) in (
            (x, problem.bounds.get(name, (-math.inf, math.inf)))
            for name, x in zip(problem.variables, point, strict=True)
        )
    )


@UNCONSTRAINED
def test_the_gradient_is_zero_at_a_minimizer_or_points_out_of_the_bounds(problem: Problem) -> None:
    for point in problem.minimizers:
        partials = gradient(problem, problem.expression, point)
        allowed = rounding(problem, point)
        for name, x, partial, slack in zip(problem.variables, point, partials, allowed, strict=True):
            low, high = problem.bounds.get(name, (-math.inf, math.inf))
            if x == low:
                assert partial >= -slack
            elif x == high:
                assert partial <= slack
            else:
                assert abs(partial) <= slack


@CONSTRAINED
def test_constraints_hold_at_the_minimizers(problem: Problem) -> None:
    assert all(feasible(problem, point, 1e-9) for point in problem.minimizers)


@pytest.mark.parametrize(
    "problem",
    [problem for problem in HOCK_SCHITTKOWSKI if "irregular" not in problem.tags],
    ids=lambda problem: problem.name,
)
def test_there_are_multipliers_at_the_minimizers(problem: Problem) -> None:
    """The conditions of Karush, Kuhn and Tucker: ∇f is a sum of the active constraints' gradients."""
    for point in problem.minimizers:
        columns = [np.zeros(len(point))]
        for constraint in problem.constraints:
            expression, equality = residual(constraint)
            slope = gradient(problem, expression, point)
            if equality:
                columns += [slope, -slope]
            elif value(problem, expression, point) < 1e-9 * (1 + np.abs(slope).max()):
                columns.append(slope)
        for i, name in enumerate(problem.variables):
            low, high = problem.bounds.get(name, (-math.inf, math.inf))
            columns += [np.eye(len(point))[i]] if point[i] == low else []
            columns += [-np.eye(len(point))[i]] if point[i] == high else []
        downhill = gradient(problem, problem.expression, point)
        _, distance = nnls(np.array(columns).T, downhill)
        assert distance <= 1e-8 * (1 + np.linalg.norm(downhill))


def step(run: NativeEngine, point: Sequence[float], lr: float) -> list[float]:
    return [x - lr * g for x, g in zip(point, run.value_and_gradient(point)[1], strict=True)]


@RUNS
def test_a_run_starts_as_its_ending_says(ending: Ending) -> None:
    run = engine(ending.expression)
    assert set(run.variables) == set(ending.start)
    at_start, partials = run.value_and_gradient([ending.start[name] for name in run.variables])
    if ending.kind == "undefined-at-start":
        assert not all(map(math.isfinite, (at_start, *partials)))
        return
    assert all(map(math.isfinite, (at_start, *partials)))
    assert at_start >= ending.infimum
    assert any(partials) == (ending.kind not in {"stationary", "flat"})
    assert (ending.lr is not None) == (ending.kind in {"undefined-on-the-way", "overflow"})


@pytest.mark.parametrize(
    "ending", [ending for ending in ENDINGS if ending.lr], ids=lambda ending: ending.name
)
def test_a_step_too_long_ends_where_nothing_is_finite(ending: Ending) -> None:
    run = engine(ending.expression)
    point = [ending.start[name] for name in run.variables]
    for _ in range(3000):
        point = step(run, point, ending.lr or 0)
        found = run.value_and_gradient(point)
        if not all(map(math.isfinite, (found[0], *found[1], *point))):
            break
    else:
        pytest.fail("every value was finite")
    if ending.kind == "undefined-on-the-way":
        assert math.isnan(found[0])
        assert all(map(math.isfinite, point))


@pytest.mark.parametrize(
    "ending", [ending for ending in ENDINGS if ending.kind == "saddle"], ids=lambda ending: ending.name
)
def test_short_steps_lead_to_the_saddle(ending: Ending) -> None:
    run = engine(ending.expression)
    point = [ending.start[name] for name in run.variables]
    for _ in range(3000):
        point = step(run, point, 0.05)
    reached, partials = run.value_and_gradient(point)
    assert max(map(abs, partials)) < 1e-3
    assert reached > ending.infimum + 0.1


@pytest.mark.parametrize(
    "ending",
    [ending for ending in ENDINGS if ending.kind in {"unbounded", "unattained"}],
    ids=lambda ending: ending.name,
)
def test_every_short_step_leads_further_down(ending: Ending) -> None:
    run = engine(ending.expression)
    point = [ending.start[name] for name in run.variables]
    before = run.value(point)
    for _ in range(200):
        point = step(run, point, 1e-3)
        now = run.value(point)
        assert ending.infimum < now < before
        before = now
