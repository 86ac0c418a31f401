"""Descents side by side: each makes the steps that it makes alone, wherever it stands, and leaves at rest."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.problem import Problem
from gdcli.descent.starts.shared_steps import gradient_graph, store_of
from gdcli.descent.starts.side_by_side import Ends, SideBySide
from gdcli.engines import select
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished

ROSENBROCK = "(1-x)**2 + 100*(y-x**2)**2"
ALL_SORTS = "cosh(x/3) + exp(-(x-y)**2) + abs(y) + log(1+x**2)*tanh(y) + (x**2+1)**1.7 + max(x, y, 1)"
METHODS = [
    ("gd", {}),
    ("momentum", {}),
    ("nesterov", {}),
    ("adam", {}),
    ("adamw", {}),
    ("rmsprop", {}),
    ("adagrad", {"lr_decay": "0.1"}),
]
ENGINES = pytest.mark.parametrize(
    ("engine", "dtype"), [("native", "float64"), ("torch", "float64"), ("torch", "float32")]
)


def descents(
    expression: str,
    method: str = "gd",
    lr: float = 1e-3,
    engine: str = "native",
    dtype: str = "float64",
    bounds: Sequence[tuple[float, float]] = (),
    sign: float = 1.0,
    settings: dict[str, str] | None = None,
    device: str = "auto",
) -> SideBySide:
    run = select(lower(parse(expression)), engine, device, dtype)
    how = create(method, lr, settings or {})
    assert isinstance(how, Elementwise)
    return SideBySide(gradient_graph(run), how, sign, tuple(bounds), store_of(run))


def points(count: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-2.0, 2.0, (count, 2))


def go(
    run: SideBySide, starts: np.ndarray, steps: Sequence[int], tolerance: float, first: int = 0
) -> list[Any]:
    """For each start where it ended, its value, after how many steps, and whether it had come to rest."""
    run.begin(first, len(starts), lambda a, b: starts[a - first : b - first])
    for each in steps:
        run.advance(each)
        run.look(tolerance)
    run.finish(tolerance)
    return rows(run.ended)


def rows(ends: list[Ends]) -> list[Any]:
    found = [
        (
            int(end.places[i]),
            *(float(column[i]) for column in end.x),
            float(end.value[i]),
            end.step,
            bool(end.flat[i]),
        )
        for end in ends
        for i in range(len(end.places))
    ]
    return sorted(found)


@ENGINES
@pytest.mark.parametrize(("method", "settings"), METHODS, ids=lambda each: str(each))
def test_each_start_goes_where_it_goes_alone(
    method: str, settings: dict[str, str], engine: str, dtype: str
) -> None:
    starts = points(20)
    found = go(descents(ALL_SORTS, method, 1e-2, engine, dtype, settings=settings), starts, [30, 7], -1.0)
    close = 1e-12 if dtype == "float64" else 1e-4
    for number, x, y, *_ in found[::4]:
        problem = Problem(
            select(lower(parse(ALL_SORTS))), dict(zip("xy", starts[number].tolist(), strict=True))
        )
        *_, end = minimize(problem, create(method, 1e-2, settings), Criteria(steps=37, tol=0.0))
        assert isinstance(end, Finished)
        last = end.last.x if end.last else end.x
        assert (x, y) == pytest.approx((last["x"], last["y"]), abs=close, rel=close)


@ENGINES
@pytest.mark.parametrize("expression", [ROSENBROCK, ALL_SORTS])
def test_it_does_not_matter_among_which_others_a_start_is(expression: str, engine: str, dtype: str) -> None:
    starts = points(1000)
    whole = go(descents(expression, "adam", 1e-2, engine, dtype), starts, [100, 100, 50], 1e-3)
    parts = []
    for begin, end in ((0, 1), (1, 334), (334, 1000)):
        run = descents(expression, "adam", 1e-2, engine, dtype)
        parts += go(run, starts[begin:end], [100, 100, 50], 1e-3, first=begin)
    assert whole == parts
    few = descents(expression, "adam", 1e-2, engine, dtype)
    few.store.block = 2 * few.store.lanes
    assert go(few, starts, [100, 100, 50], 1e-3) == whole


@ENGINES
def test_who_has_come_to_rest_or_is_lost_leaves(engine: str, dtype: str) -> None:
    run = descents("x**2 + y**4", "gd", 0.2, engine, dtype)
    starts = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 50.0], [0.0, 0.0]] * 10)
    run.begin(0, 40, lambda a, b: starts[a:b])
    run.advance(100)
    run.look(1e-6)
    assert run.moving == 10
    assert len(run._columns[0]) == run.store.lanes
    before = run.evaluations
    run.advance(100)
    assert run.evaluations - before == 1000
    run.finish(1e-6)
    ends = rows(run.ended)
    assert [end[0] for end in ends] == list(range(40))
    assert all(ends[i][4:] == (100, True) for i in range(0, 40, 4))
    assert all(ends[i][3] == math.inf and not ends[i][5] for i in range(2, 40, 4))
    assert all(ends[i][4:] == (200, False) for i in range(1, 40, 4))


def test_a_tolerance_below_zero_lets_none_rest() -> None:
    run = descents("x**2 + y**2", lr=0.5)
    assert [end[4:] for end in go(run, points(3), [100, 100], -1.0)] == [(200, False)] * 3


@ENGINES
def test_bounds_hold_back(engine: str, dtype: str) -> None:
    bounds = ((0.5, math.inf), (-1.0, 1.0))
    starts = np.clip(points(50), (0.5, -1.0), (9.0, 1.0))
    run = descents("x**2 - y + x*y/9", "gd", 0.1, engine, dtype, bounds)
    ends = go(run, starts, [300], 1e-6)
    assert {end[1:3] for end in ends} == {(0.5, 1.0)}
    assert all(end[5] for end in ends)


def test_uphill() -> None:
    ends = go(descents("-(x-1)**2 - y**2", lr=0.1, sign=-1.0), points(5), [300], 1e-9)
    assert [end[1] for end in ends] == pytest.approx([1.0] * 5)


def test_a_variable_without_a_slope_stays() -> None:
    starts = points(9)
    ends = go(descents("x**2 + 0*y", "adam", 0.1), starts, [10], -1.0)
    assert [end[2] for end in ends] == starts[:, 1].tolist()
    ends = go(descents("3*x - 2*y", lr=0.1), starts, [10], -1.0)
    assert [end[1] for end in ends] == pytest.approx((starts[:, 0] - 3.0).tolist())


@pytest.mark.parametrize(("method", "slots"), [("gd", 0), ("momentum", 1), ("adam", 2)])
def test_memory(method: str, slots: int) -> None:
    """At most three times what the starts, and what the method remembers of each, take by themselves."""
    count, n = 400_000, 2
    run = descents(ROSENBROCK, method)
    go(descents(ROSENBROCK, method), points(5), [1], -1.0)
    tracemalloc.start()
    try:
        run.begin(0, count, lambda a, b: np.full((b - a, n), 0.3))
        run.advance(2)
        run.look(-1.0)
        run._moving[::3] = False  # as if a third had left
        run._compact()
        run.finish(-1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * count * n * 8 * (1 + slots)
