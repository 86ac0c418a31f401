"""Trials that have become Python text give the digits of those that have not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent import loop
from gdcli.descent.codegen import traced_walk
from gdcli.descent.codegen.traced_loop import Loop
from gdcli.descent.codegen.trees import as_row, flatten, unflatten
from gdcli.descent.methods import create
from tests.descent.codegen.test_fused import CASES, compare
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run

METHODS = ["gd", "lbfgs", "cg", "newton"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Functions are made from the first trial on; how often one has been called."""
    calls = [0]
    compiled = Loop.compiled

    def counted(loop):
        functions = compiled(loop)

        def descend(*numbers):
            calls[0] += 1
            return functions.descend(*numbers)

        return functions._replace(descend=descend)

    monkeypatch.setattr(Loop, "compiled", counted)
    monkeypatch.setattr(traced_walk, "_PAYS", 0.0)
    monkeypatch.setattr(traced_walk, "_kept", {})
    return calls


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("text", "start"), CASES)
def test_the_records_are_the_same(monkeypatch, made, method, text, start):
    compare(monkeypatch, text, start, method, "auto", steps=120)
    assert made[0] > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "options",
    [{"tol": 0.0}, {"tol": 1e-3}, {"every": 1}, {"bounds": ((-2.0, 0.5), (-1.0, 3.0))}, {"steps": 3}],
)
def test_the_records_are_the_same_whatever_the_options(monkeypatch, made, method, options):
    compare(monkeypatch, ROSENBROCK, ROSENBROCK_START, method, "auto", **{"steps": 150, **options})
    assert made[0] > 0


@pytest.mark.parametrize("method", METHODS)
def test_the_records_are_the_same_uphill(monkeypatch, made, method):
    compare(
        monkeypatch, "x*y*exp(-x**2-y**2)", {"x": 1.5, "y": 0.1}, method, "auto", command="maximize", steps=60
    )
    assert made[0] > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "text", ["1e305*(x**2 + 3*y**2)", "1e-200*(x**4 + x*y + y**4)", "1e200*(x - 1e-9*y)**2"]
)
def test_the_records_are_the_same_at_the_ends_of_the_range(monkeypatch, made, method, text):
    compare(monkeypatch, text, {"x": 3.0, "y": -2.0}, method, "auto", steps=60)
    assert made[0] > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", ["floor", "ceil", "round", "sign", "gamma"])
def test_functions_are_not_hidden_by_the_names_of_the_loop(monkeypatch, made, method, function):
    compare(monkeypatch, f"x**2 + y**4 + {function}(x)", {"x": 3.5, "y": 2}, method, "auto", steps=30)
    assert made[0] > 0


@pytest.mark.parametrize(
    ("text", "start", "options"),
    [
        ("exp(-x)", {"x": 740}, {}),
        ("1e-10*x", {"x": 1e305}, {}),
        ("2*x/y", {"x": 0, "y": 1e-160}, {}),
        (
            "x*y/(1e-160*u) * (w/z*1e8*u) + z*sin(z) + z*u/4",
            {"x": 1e-160, "y": 0, "u": 0.413, "w": -1.529, "z": 2.998},
            {"bounds": ((-1, 1), (-1, 1), (-0.587, 1.413), (-math.inf, -1.529), (1.998, math.inf))},
        ),
    ],
)
def test_no_step_of_gradient_descent_is_tried_for_ever(monkeypatch, made, text, start, options):
    compare(monkeypatch, text, start, "gd", "auto", steps=60, tol=0.0, **options)


@pytest.mark.parametrize(
    ("text", "start", "options"),
    [
        ("(x-1)**4 - x/4 + (y-2)**4", {"x": 1, "y": 0}, {}),
        ("sqrt(x*y) - 2e160 + 1/x", {"x": 1, "y": 1}, {}),
        (
            "4e220*(1e-8 - x) + (y-1)**4",
            {"x": 1, "y": 0.3},
            {"bounds": ((-math.inf, math.inf), (-1, math.inf)), "command": "maximize"},
        ),
    ],
)
def test_no_step_of_newton_is_tried_for_ever(monkeypatch, made, text, start, options):
    compare(monkeypatch, text, start, "newton", "auto", steps=60, tol=0.0, **options)


def test_a_saddle_point_is_left_alike(monkeypatch, made):
    compare(monkeypatch, "(x**2 - 1)**2 + y**2 + z**2", {"x": 0, "y": 3, "z": -2}, "auto", "auto", steps=200)
    assert made[0] > 0


@given(x=st.floats(-50, 50), y=st.floats(-50, 50), method=st.sampled_from(METHODS))
@settings(max_examples=60)
def test_the_records_are_the_same_from_anywhere(x, y, method):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(traced_walk, "_PAYS", 0.0)
        compare(
            monkeypatch, "(x**2 + y - 11)**2 + log(1 + x**2*y**2)", {"x": x, "y": y}, method, "auto", steps=60
        )


def test_the_memory_of_lbfgs_may_be_short_or_shorter_than_the_run(monkeypatch, made):
    for memory in ("1", "3", "40"):
        compare(
            monkeypatch, "x**4 + y**4 + (x-y)**2 + z**2*x**2 + (z-1)**2", {"x": 3, "y": -2, "z": 2}, "lbfgs",
            "auto", steps=60, settings={"memory": memory},
        )  # fmt: skip
    assert made[0] > 0


def test_a_run_of_few_trials_makes_no_function(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("made")

    monkeypatch.setattr(traced_walk, "_kept", {})
    monkeypatch.setattr(Loop, "compiled", refuse)
    assert run(ROSENBROCK, ROSENBROCK_START, "lbfgs", "auto").finished.evaluations > 40


def test_another_start_takes_the_function_that_is_there(monkeypatch):
    monkeypatch.setattr(traced_walk, "_kept", {})
    engine = engine_of(ROSENBROCK)
    for x in (-1.2, 5.0, 7.0):
        walk = walk_of(engine, "gd", (x, 1.0))
        walk.advance(20)
        (kept,) = traced_walk._kept.values()
    assert kept.functions is not None
    assert walk_of(engine, "cg", (1.1, 1.0))._kept.functions is None


def test_a_walk_can_be_taken_up_at_any_step(made):
    engine = engine_of(ROSENBROCK)
    for method in METHODS:
        one, other = walk_of(engine, method), walk_of(engine, method)
        one.advance(8)
        other.restore(one.snapshot())
        one.advance(20)
        other.advance(20)
        assert one.snapshot()._replace(evaluations=0, state=()) == other.snapshot()._replace(
            evaluations=0, state=()
        )
    assert made[0] > 0


def test_numbers_in_a_row_are_those_of_a_state():
    engine = engine_of(ROSENBROCK)
    target = loop.objective(engine, 1.0)
    current = target.evaluate(target.point((-1.2, 1.0)))
    state = create("lbfgs").init(target, current)
    numbers = flatten((current, state))
    assert flatten(unflatten((current, state), numbers)) == numbers
    assert list(eval(as_row((current, state)))((current, state))) == numbers


def walk_of(engine, method, start=(-1.2, 1.0)):
    """A walk of a method on an engine."""
    target = loop.objective(engine, 1.0)
    current = target.evaluate(target.point(start))
    settled = create(method).settle(target, current)
    limits = loop.rules(target.sample(current), 0.0, "float64", target.epsilon, True)
    return traced_walk.TracedWalk(target, settled, limits, current, engine.gradient_graph, 1.0)
