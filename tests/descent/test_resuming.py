"""Runs that are interrupted and go on: the end and the steps are, bit for bit, those of a run that was not."""

import math
import os
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent import loop
from gdcli.descent.checkpoint import Checkpointer, read
from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import METHODS, SCHEDULES, create, method_class
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.problem import Problem
from gdcli.engines import select
from gdcli.errors import UsageError
from gdcli.expression.parser import parse
from gdcli.graph.fixing import fix
from gdcli.graph.lowering import lower
from gdcli.records import Status, Step
from tests.descent.interrupting import NATIVE, interrupted, resumed, timeless
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of

ELEMENTWISE = [name for name in METHODS if issubclass(method_class(name), Elementwise)]
# Each method that there is, each way a step size is found.
METHODS_AND_RATES = [
    *((name, 1e-3, "constant") for name in ("auto", *ELEMENTWISE)),
    *((name, "auto", "constant") for name in ("auto", "gd", "lbfgs", "cg", "newton")),
    *(("adam", 1e-2, name) for name in SCHEDULES),
]
ENGINES = [("native", "float64"), ("torch", "float64"), ("torch", "float32")]
PROBLEMS = {
    engine: Problem(engine_of(ROSENBROCK, *engine), ROSENBROCK_START, ROSENBROCK, seed=3)
    for engine in ENGINES
}


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """Do not wait for the disk a thousand times."""
    monkeypatch.setattr(os, "fsync", lambda number: None)


@pytest.mark.parametrize("engine", ENGINES, ids=" ".join)
@pytest.mark.parametrize(("method", "lr", "schedule"), METHODS_AND_RATES)
def test_each_method_goes_on_as_if_it_had_not_stopped(tmp_path, engine, method, lr, schedule):
    problem = PROBLEMS[engine]
    patience = {"schedule_patience": "5"} if schedule == "plateau" else {}
    method = create(method, lr, patience, schedule)
    criteria = {"steps": 60, "every": 1}
    whole = list(minimize(problem, method, Criteria(**criteria)))
    last = whole[-1].steps
    for cut in sorted({0, 1, last // 2, last - 1, last}):
        before = interrupted(tmp_path / "run", problem, method, cut, **criteria)
        assert before[-1].steps == cut
        steps = [each for each in whole if not isinstance(each, Step) or each.step > cut]
        assert timeless(resumed(tmp_path / "run")) == timeless(steps), f"cut at {cut}"


SADDLE = "x**4 - x**2 + y**2"
ENDINGS = [
    # For each ending one that comes after the end of a window, or after a way out of a saddle point.
    ("x**2 + y**2", {"x": 1, "y": 3}, "gd", 0.01, {"steps": 5000}, "converged after"),
    ("x**2 + y**2", {"x": 1, "y": 3}, "gd", 0.001, {"steps": 1500}, "ran all 1500"),
    ("x**2 + y**2", {"x": 1, "y": 3}, "adam", 0.01, {"steps": 1500, "tol": 0.0}, "ran all 1500"),
    ("abs(x) + abs(y)", {"x": 1.03, "y": 3}, "gd", 0.1, {"steps": 5000}, "stalled at step 2000"),
    ("abs(x) + abs(y)", {"x": 1.03, "y": 3}, "auto", "auto", {}, "converged"),
    ("x**4 + y**2", {"x": 30, "y": 1}, "gd", 0.3, {"steps": 5000}, "diverged"),
    ("-x**2 - y", {"x": 3, "y": 1}, "gd", 0.3, {"steps": 5000}, "unbounded below"),
    (SADDLE, {"x": 0, "y": 1}, "auto", "auto", {}, "strict local minimum"),
    (ROSENBROCK, {"x": -40, "y": 1}, "auto", "auto", {}, "strict local minimum"),
    (ROSENBROCK, {"x": -40, "y": 1}, "gd", "auto", {"steps": 2500}, ""),
    ("3*x + exp(-x) + y**2", {"x": 3, "y": 1}, "newton", "auto", {}, "converged"),
]


@pytest.mark.parametrize(("text", "start", "method", "lr", "criteria", "says"), ENDINGS)
def test_each_ending_is_the_same_after_any_number_of_interruptions(
    tmp_path, text, start, method, lr, criteria, says
):
    problem = Problem(engine_of(text), start, text)
    method = create(method, lr)
    whole = list(minimize(problem, method, Criteria(**criteria)))
    assert says in whole[-1].message
    generator = random.Random(text)
    records, kept = [], None
    path = tmp_path / "run"
    for _ in range(10_000):
        asked = generator.randrange(1, 9)

        def stop():
            nonlocal asked
            asked -= 1
            return asked < 0

        rules = Criteria(**criteria, stop=stop, checkpointer=Checkpointer(path))
        records += minimize(problem, method, rules, kept)
        if records[-1].status is not Status.INTERRUPTED:
            break
        kept = read(path)
    assert timeless(records[-1:]) == timeless(whole[-1:])
    steps = {each.step: each for each in records if isinstance(each, Step)}
    for each in whole:
        if isinstance(each, Step):
            assert steps[each.step] == each
    # A run that has ended by itself has nothing to add.
    ended = resumed(path)
    assert timeless(ended) == timeless([whole[0], whole[-1]])


@given(
    x=st.floats(-50, 50),
    y=st.floats(-50, 50),
    lr=st.floats(1e-6, 1.0),
    method=st.sampled_from(ELEMENTWISE),
    cut=st.integers(0, 60),
)
@settings(max_examples=40, deadline=None)
def test_from_anywhere_and_wherever_it_stops(tmp_path_factory, x, y, lr, method, cut):
    path = tmp_path_factory.mktemp("here") / "run"
    text = "(x**2 + y - 11)**2 + log(1 + x**2*y**2)"
    problem = Problem(engine_of(text), {"x": x, "y": y}, text)
    method = create(method, lr)
    whole = list(minimize(problem, method, Criteria(steps=60, every=1)))
    interrupted(path, problem, method, cut, steps=60, every=1)
    steps = [each for each in whole if not isinstance(each, Step) or each.step > cut]
    assert timeless(resumed(path)) == timeless(steps)


@pytest.mark.parametrize("slice_", [1e-9, 1e-5, 10.0])
@pytest.mark.parametrize(
    ("method", "lr", "text"),
    [("gd", 1e-3, ROSENBROCK), ("adam", 0.1, "abs(x) + x*y + y**4"), ("auto", "auto", SADDLE)],
)
def test_how_far_a_walk_goes_at_a_time_makes_no_difference(monkeypatch, method, lr, text, slice_):
    problem = Problem(engine_of(text), {"x": 0.0, "y": 1.5}, text)
    usual = list(minimize(problem, create(method, lr), Criteria(steps=2500)))
    monkeypatch.setattr(loop, "_SLICE", slice_)
    assert timeless(minimize(problem, create(method, lr), Criteria(steps=2500))) == timeless(usual)


def test_everything_of_a_problem_is_in_the_file(tmp_path):
    text = "-(x-1)**2 - z*(y-5)**2"
    engine = select(lower(fix(parse(text), {"z": 0.1})), "torch", "cpu", "float32")
    bounds = ((-math.inf, 0.7), (0.0, math.inf))
    problem = Problem(engine, {"x": 0.1, "y": 1 / 3}, text, "maximize", -5, bounds, {"z": 0.1})
    method = create("adam", 0.25, {"beta1": "0.7", "schedule_every": "11"}, "step")
    criteria = {"steps": 60, "tol": 1e-3, "every": 7}
    interrupted(tmp_path / "run", problem, method, 14, **criteria)
    kept = read(tmp_path / "run")
    assert kept.plan.method == method
    assert kept.plan.criteria() == Criteria(**criteria)
    found = kept.problem()
    assert replace(found, engine=engine) == problem
    assert (found.engine.name, found.engine.device, found.engine.dtype) == ("torch", "cpu", "float32")
    steps = list(minimize(problem, method, Criteria(**criteria)))
    assert timeless(resumed(tmp_path / "run"))[-4:] == timeless(steps)[-4:]


def test_more_steps_and_another_tolerance_may_be_asked_for(tmp_path):
    problem = NATIVE
    method = create("gd", 1e-3)
    path = tmp_path / "run"
    list(minimize(problem, method, Criteria(steps=100, checkpointer=Checkpointer(path))))
    whole = list(minimize(problem, method, Criteria(steps=300, every=50)))
    found = resumed(path, steps=300, every=50)
    assert timeless(found[1:]) == timeless(whole[-5:])
    assert found[0].max_steps == 300
    # A tolerance that the point is within ends the run there; a tighter one lets it go on.
    assert resumed(path, tol=1e6)[-1].message.startswith("converged after 100 steps")
    text = "x**2 + 3*y**2"
    problem, method = Problem(engine_of(text), {"x": 3, "y": 4}, text), create("gd", 0.01)
    list(minimize(problem, method, Criteria(tol=1.0, checkpointer=Checkpointer(path))))
    assert read(path).plan.tol == 1.0
    stopped = resumed(path)[-1].steps
    whole = list(minimize(problem, method, Criteria(tol=0.1)))
    assert timeless(resumed(path, tol=0.1)[-1:]) == timeless(whole[-1:])
    assert stopped < whole[-1].steps
    assert resumed(path, steps=3)[-1].steps == stopped


def test_the_time_of_a_run_adds_up_and_a_limit_counts_anew(tmp_path, monkeypatch):
    problem = NATIVE
    path = tmp_path / "run"
    clock = 0.0

    def tick():
        nonlocal clock
        clock += 1.0
        return clock

    monkeypatch.setattr(time, "perf_counter", tick)
    rules = Criteria(steps=10**9, time_limit=20.0, checkpointer=Checkpointer(path, math.inf))
    first = list(minimize(problem, create("gd", 1e-6), rules))[-1]
    assert first.status is Status.TIME_LIMIT
    second = resumed(path, time_limit=20.0)[-1]
    assert second.status is Status.TIME_LIMIT
    assert second.steps > first.steps
    assert second.seconds == pytest.approx(2 * first.seconds, rel=0.3)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_is_laid_out_once(tmp_path, schedule):
    path = tmp_path / "run"
    method = create("gd", 1e-3, {}, schedule)
    interrupted(path, NATIVE, method, 5, steps=30, every=1)
    if schedule == "plateau":
        assert resumed(path, steps=40)[-1].steps == 40
    else:
        with pytest.raises(UsageError, match=f"{schedule} schedule over 30 steps, not 40") as caught:
            resumed(path, steps=40)
        assert "--steps" in caught.value.hint
    assert resumed(path, steps=30)[-1].steps == 30
