"""The fused loop gives the digits of the step-by-step walk, whatever happens on the way."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent import loop
from gdcli.descent.codegen import fused
from gdcli.descent.methods import create
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run

TWO = {"x": 1.5, "y": -0.5}
METHODS = ["gd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad"]
CASES = [
    (ROSENBROCK, ROSENBROCK_START),
    ("x**2 + y**2", {"x": 1, "y": 3}),
    ("x*x - 4*x + 4", {"x": 0}),
    ("exp(x) + exp(-2*y) + x**2*y**2", TWO),
    # These leave the domain of Python's functions, or its range, on the way or for good.
    ("x**4 + y**2", {"x": 30, "y": 1}),
    ("x - log(x) + y**2", {"x": 2, "y": 1}),
    ("sqrt(x) + y**2", {"x": 0.01, "y": 1}),
    ("where(x > 0.9, x**2, 1/(x-x)) + y**2", {"x": 1, "y": 1}),
    ("where(x > 1.4, x**2 + y**2, where(x < 100, x**2 + y**2, exp(1e6*x)))", TWO),
    ("-x**2 - y**2", TWO),
    ("abs(x) + 2*abs(y)", TWO),
    ("exp(-exp(-exp(x**2))) + y**2", {"x": 2, "y": 1}),
]


def compare(monkeypatch, *arguments, **options):
    """Run fused and walked, and check that the records are the same but for the time taken."""
    ours = run(*arguments, **options)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "graph_to_fuse", lambda engine, method: None)
        walked = run(*arguments, **options)
    assert repr(ours.steps) == repr(walked.steps)
    assert repr(replace(ours.finished, seconds=0.0)) == repr(replace(walked.finished, seconds=0.0))
    return ours


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("text", "start"), CASES)
@pytest.mark.parametrize("lr", [0.3, 0.01])
def test_the_records_are_the_same(monkeypatch, method, text, start, lr):
    compare(monkeypatch, text, start, method, lr, steps=350)


@pytest.mark.parametrize("method", METHODS)
def test_the_records_are_the_same_uphill(monkeypatch, method):
    ours = compare(
        monkeypatch, "x*y*exp(-x**2-y**2)", {"x": 1.5, "y": 0.1}, method, 0.02, command="maximize", steps=300
    )
    assert ours.finished.value > ours.steps[0].value


@pytest.mark.parametrize(
    "options", [{"tol": 0.0}, {"tol": 1e-3}, {"every": 1}, {"every": 7, "steps": 2500}, {"steps": 0}]
)
def test_the_records_are_the_same_whatever_the_criteria(monkeypatch, options):
    compare(monkeypatch, "x**2 + y**2", {"x": 1, "y": 3}, "gd", 0.1, **{"steps": 1200, **options})


@given(x=st.floats(-50, 50), y=st.floats(-50, 50), lr=st.floats(1e-6, 10), method=st.sampled_from(METHODS))
@settings(max_examples=60)
def test_the_records_are_the_same_from_anywhere(x, y, lr, method):
    with pytest.MonkeyPatch.context() as monkeypatch:
        compare(
            monkeypatch, "(x**2 + y - 11)**2 + log(1 + x**2*y**2)", {"x": x, "y": y}, method, lr, steps=60
        )


@pytest.mark.parametrize("method", METHODS)
def test_what_can_be_fused_is(monkeypatch, method):
    def walked(self, until):
        raise AssertionError("walked")

    monkeypatch.setattr(fused.Walk, "advance", walked)
    run(ROSENBROCK, ROSENBROCK_START, method, 1e-4, steps=2000)


@pytest.mark.parametrize(
    ("text", "method", "engine"),
    [(ROSENBROCK, "gd", "torch"), (" + ".join(f"x{i}**2" for i in range(60)), "adam", "native")],
)
def test_what_cannot_be_fused_is_walked(text, method, engine):
    assert fused.graph_to_fuse(engine_of(text, engine), create(method, 0.1)) is None


def test_a_function_that_always_raises_is_walked_most_of_the_time(monkeypatch):
    calls = 0
    generated = fused.FusedWalk._run

    def counted(self, end):
        nonlocal calls
        calls += 1
        return generated(self, end)

    monkeypatch.setattr(fused.FusedWalk, "_run", counted)
    # exp(1000) is beyond Python's own exp, though not beyond IEEE arithmetic.
    finished = run("where(exp(1000 + x) > 5, x**2, 0)", {"x": 1}, "gd", 1e-6, steps=3000, tol=0.0).finished
    assert finished.steps == 3000
    assert math.isfinite(finished.value)
    assert calls <= 300


def test_remembered_values_are_those_before_the_step():
    """A method may remember the very x and g that it was given."""

    class Remembering(type(create("gd"))):
        def initial(self):
            return 0.0, 0.0, 0.0

        def update(self, xp, lr, k, x, g, *slots):
            last_x, last_g, older = slots
            return x - lr * (g + 0.5 * last_g + 0.1 * (last_x - older)), x, g, last_x

    engine = engine_of(ROSENBROCK)
    target = loop.objective(engine, 1.0)
    current = target.evaluate(target.point((1.1, 1.0)))
    limits = loop.rules(target.sample(current), 0.0, "float64", target.epsilon, False)
    method = Remembering(lr=1e-4)
    one = loop.Walk(target, method, limits, current)
    other = loop.FusedWalk(target, method, limits, current, engine.gradient_graph, 1.0)
    assert one.advance(200) is other.advance(200) is None
    assert one.here == other.here
    assert one.best == other.best


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_way_out_of_a_saddle_point_is_the_same(schedule):
    engine = engine_of("x**2 - y**2 + y**4")
    target = loop.objective(engine, 1.0)
    current = target.evaluate(target.point((1.0, 0.0)))
    limits = loop.rules(target.sample(current), 1e-3, "float64", target.epsilon, False)
    method = create("momentum", 0.05, {}, schedule).lasting(400)
    walks = [
        loop.Walk(target, method, limits, current),
        loop.FusedWalk(target, method, limits, current, engine.gradient_graph, 1.0),
    ]
    for walk in walks:
        assert walk.advance(400) is loop.Ending.FLAT
        assert not walk.is_minimum()
        walk.advance(walk.step + 30)
        assert walk.here.value < -0.01
    one, other = walks
    assert one.snapshot()._replace(evaluations=0)[:5] == other.snapshot()._replace(evaluations=0)[:5]
    assert one.snapshot().state.updates == other.snapshot().state.updates == 30
