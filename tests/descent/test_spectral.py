"""gd with lr=auto gets to the minimum, wherever it starts and whatever the scale."""

import math

import numpy as np
import pytest

from gdcli.descent.methods import create
from gdcli.descent.methods.spectral import Spectral
from gdcli.descent.objective import ArrayObjective
from gdcli.records import Status
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run

BEALE = "(1.5-x+x*y)**2 + (2.25-x+x*y**2)**2 + (2.625-x+x*y**3)**2"
BOOTH = "(x+2*y-7)**2 + (2*x+y-5)**2"
HIMMELBLAU = "(x**2+y-11)**2 + (x+y**2-7)**2"
POWELL = "(a+10*b)**2 + 5*(c-d)**2 + (b-2*c)**4 + 10*(a-d)**4"
# Text, start, value and place of the minimum, how near the place is to be met, and the most evaluations.
MINIMA = [
    (ROSENBROCK, ROSENBROCK_START, 0.0, {"x": 1, "y": 1}, 1e-8, 200),
    (ROSENBROCK, {"x": 0, "y": 0}, 0.0, {"x": 1, "y": 1}, 1e-8, 200),
    (ROSENBROCK, {"x": 100, "y": 100}, 0.0, {"x": 1, "y": 1}, 1e-8, 700),
    ("1e6*(x-1)**2 + 1e-6*(y-1)**2", {"x": 0, "y": 0}, 0.0, {"x": 1, "y": 1}, 1e-8, 20),
    ("1e6*(x-1)**2 + 1e-6*(y-1)**2", {"x": 100, "y": 1e4}, 0.0, {"x": 1, "y": 1}, 1e-8, 20),
    ("(x-1e6)**2", {"x": 0}, 0.0, {"x": 1e6}, 1e-8, 20),
    ("(x-1e6)**2", {"x": -1e7}, 0.0, {"x": 1e6}, 1e-8, 20),
    ("x**4", {"x": 1}, 0.0, {"x": 0}, 1e-3, 60),
    ("x**4", {"x": 1e8}, 0.0, {"x": 0}, 1e-3, 150),
    ("exp(x)-x", {"x": 1}, 1.0, {"x": 0}, 1e-8, 30),
    ("exp(x)-x", {"x": -50}, 1.0, {"x": 0}, 1e-8, 30),
    ("log(cosh(x))", {"x": 300}, 0.0, {"x": 0}, 1e-8, 60),
    ("abs(x)", {"x": 1 / 3}, 0.0, {"x": 0}, 1e-15, 500),
    ("abs(x-1/3)", {"x": 1e5}, 0.0, {"x": 1 / 3}, 1e-15, 300),
    ("abs(x-1/3) + 0.01*y**2", {"x": 3, "y": 2}, 0.0, {"x": 1 / 3, "y": 0}, 1e-8, 300),
    ("1e-8*x**2", {"x": 1}, 0.0, {"x": 0}, 1e-8, 20),
    ("1e12*(x-3)**2", {"x": 0}, 0.0, {"x": 3}, 1e-8, 20),
    ("1e-300*(x-3)**2", {"x": 0}, 0.0, {"x": 3}, 1e-8, 20),
    ("1e200*(x-3)**2", {"x": 0}, 0.0, {"x": 3}, 1e-8, 20),
    ("sqrt(1+x**2)", {"x": 1e8}, 1.0, {"x": 0}, 1e-8, 150),
    ("x - log(x)", {"x": 100}, 1.0, {"x": 1}, 1e-8, 60),
    ("x - log(x)", {"x": 1e-5}, 1.0, {"x": 1}, 1e-8, 60),
    ("x**2", {"x": 1e8}, 0.0, {"x": 0}, 1e-8, 20),
    ("1e10 + (x-1/3)**2", {"x": 9}, 1e10, {"x": 1 / 3}, 1e-12, 20),
    ("(exp(x)-1e5)**2", {"x": 0}, 0.0, {"x": 11.512925464970229}, 1e-12, 200),
    ("hypot(x, y)", {"x": 3, "y": 4}, 0.0, {"x": 0, "y": 0}, 1e-12, 500),
    (BEALE, {"x": 1, "y": 1}, 0.0, {"x": 3, "y": 0.5}, 1e-8, 100),
    (BOOTH, {"x": 0, "y": 0}, 0.0, {"x": 1, "y": 3}, 1e-8, 30),
    (POWELL, {"a": 3, "b": -1, "c": 0, "d": 1}, 0.0, {"a": 0, "b": 0, "c": 0, "d": 0}, 1e-2, 2000),
]


@pytest.mark.parametrize(("text", "start", "value", "place", "near", "evaluations"), MINIMA)
def test_it_gets_to_the_minimum(text, start, value, place, near, evaluations):
    finished = run(text, start).finished
    assert finished.status is Status.CONVERGED
    assert finished.value == pytest.approx(value, abs=1e-8)
    assert finished.x == pytest.approx(place, abs=near)
    assert finished.evaluations <= evaluations
    assert finished.lr == "auto"


@pytest.mark.parametrize("seed", range(8))
def test_it_gets_to_a_minimum_from_anywhere(seed):
    start = dict(zip("xy", np.random.default_rng(seed).normal(0.0, 5.0, 2).tolist(), strict=True))
    finished = run(HIMMELBLAU, start).finished
    assert finished.status is Status.CONVERGED
    # From somewhere it may also come to one of the saddle points, along the line that leads there.
    assert finished.value < 1e-12
    assert finished.evaluations < 100


@pytest.mark.parametrize(
    ("text", "start"),
    [("x", {"x": 3}), ("-x**2", {"x": 1}), ("x - 2*y", {"x": 0, "y": 0}), ("-exp(x)", {"x": 0})],
)
def test_a_function_without_a_lower_bound_is_noticed(text, start):
    finished = run(text, start).finished
    assert finished.status is Status.DIVERGED
    assert "unbounded below" in finished.message


def test_a_pole_is_no_minimum():
    assert run("log(x)", {"x": 1}).finished.status is Status.STALLED


def test_rounding_counts_as_converged_unless_a_tolerance_was_asked_for():
    # For no double is exp(x) exactly 3, so that the slope is never less than 3.
    text, start = "abs(exp(x) - 3)", {"x": 2}
    assert run(text, start).finished.status is Status.CONVERGED
    assert run(text, start).finished.x["x"] == pytest.approx(math.log(3), rel=1e-15)
    assert run(text, start, tol=1e-6).finished.status is Status.STALLED


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_it_runs_on_torch(dtype):
    finished = run(ROSENBROCK, ROSENBROCK_START, engine="torch", dtype=dtype).finished
    assert finished.status is Status.CONVERGED
    assert finished.value < 1e-7
    assert finished.dtype == dtype


def test_floats_and_torch_go_the_same_way():
    native = run(ROSENBROCK, ROSENBROCK_START, every=1, steps=30)
    torch = run(ROSENBROCK, ROSENBROCK_START, every=1, steps=30, engine="torch")
    for ours, theirs in zip(native.steps, torch.steps, strict=True):
        assert ours.x == pytest.approx(theirs.x, rel=1e-9)


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_many_starts_at_once(engine):
    target = ArrayObjective(engine_of(HIMMELBLAU, engine), 1.0)
    starts = np.random.default_rng(1).normal(0.0, 4.0, (20, 2)).tolist()
    with np.errstate(all="ignore"):
        current = target.evaluate(target.point(starts))
        method = create("gd").settle(target, current)
        assert isinstance(method, Spectral)
        state = method.init(target, current)
        for _ in range(100):
            current, state = method.step(target, current, state)
    assert current.value.shape == (20, 1)
    assert float(current.value.max()) < 1e-12


def test_a_point_outside_the_domain_is_never_accepted():
    steps = run("x - log(x)", {"x": 100}, every=1).steps
    assert all(step.x["x"] > 0.0 for step in steps)
