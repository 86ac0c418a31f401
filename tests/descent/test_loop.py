"""Runs: what they yield, and how each of them ends."""

import itertools
import math
import subprocess
import sys

import pytest

from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import METHODS, create
from gdcli.descent.problem import Problem
from gdcli.errors import ExitStatus, NotFiniteError
from gdcli.records import Started, Status
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run

PARABOLA = "x**2 + y**2"
NET2_START = {"x": 1.0, "y": 3.0}


def test_net2():
    found = run(PARABOLA, NET2_START, lr=0.02, steps=100, tol=0.0, every=1)
    values = [step.value for step in found.steps]
    assert [step.step for step in found.steps] == list(range(101))
    assert values[:4] == pytest.approx([10, 9.216, 8.4934656, 7.827577896960003], rel=1e-14)
    assert values[15] == pytest.approx(2.93857643230706, rel=1e-14)
    assert values[99] == pytest.approx(0.003088190920893857, rel=1e-14)
    assert found.finished.x == pytest.approx({"x": 0.01687031935884968, "y": 0.050610958076549}, rel=1e-14)
    assert found.finished.status is Status.MAX_STEPS


def test_torch_gd1():
    found = run(
        "x*x-4*x+4", {"x": 0.05263785645365715}, lr=0.001, steps=4901, dtype="float32", every=100, tol=0.0
    )
    x = {step.step: step.x["x"] for step in found.steps}
    row = {
        100: 0.4059540331363678,
        900: 1.6786823272705078,
        4900: 1.9998914003372192,
        4901: 1.9998916387557983,
    }
    for step, notes in row.items():
        assert x[step] == pytest.approx(notes, abs=2.0**-23 if notes >= 1 else 2.0**-25)
    assert found.finished.value == 0.0
    assert found.finished.dtype == "float32"


def test_what_a_run_yields():
    found = run(PARABOLA, NET2_START, lr=0.25, steps=50)
    started, finished = found.started, found.finished
    assert (started.command, started.expression, started.variables) == ("minimize", PARABOLA, ("x", "y"))
    assert (started.method, started.lr, started.max_steps, started.seed) == ("gd", 0.25, 50, 7)
    assert (started.engine, started.device, started.dtype) == ("native", "cpu", "float64")
    assert started.start == finished.start == NET2_START
    assert found.steps[0].step == 0
    assert found.steps[0].x == NET2_START
    assert found.steps[0].value == 10.0
    assert found.steps[0].gradient_norm == math.sqrt(40)
    assert found.steps[-1].step == finished.steps
    assert found.steps[-1].x == finished.x
    assert finished.status is Status.CONVERGED
    assert finished.evaluations == finished.steps + 1
    assert finished.gradient == {"x": 2 * finished.x["x"], "y": 2 * finished.x["y"]}
    assert max(map(abs, finished.gradient.values())) <= 1e-10
    assert finished.gradient_norm == math.hypot(*finished.gradient.values())
    assert 0.0 < finished.seconds < 5.0
    assert finished.last is None


def test_uphill_every_number_has_the_users_sign():
    found = run("3 - (x-1)**2 + 0*y", {"x": 4, "y": 1}, lr=0.1, command="maximize")
    assert found.steps[0].value == -6.0
    assert found.finished.value == 3.0
    assert found.finished.x["x"] == pytest.approx(1.0, abs=1e-9)
    assert found.finished.gradient["x"] == pytest.approx(2 * (1 - found.finished.x["x"]))
    assert math.copysign(1.0, found.finished.gradient["y"]) == 1.0
    assert run("3 - (x-1)**2", {"x": 4}, command="maximize").finished.value == 3.0


@pytest.mark.parametrize("lr", [0.2, "auto"])
def test_the_first_and_the_last_step_show_however_it_ends(lr):
    found = run(PARABOLA, NET2_START, lr=lr, every=1000)
    assert [step.step for step in found.steps] == [0, found.finished.steps]


@pytest.mark.parametrize("method", METHODS)
def test_tolerance_zero_runs_every_step(method):
    found = run("(x-1/3)**2", {"x": 0}, method, steps=3000, tol=0.0)
    assert found.finished.steps == 3000
    assert found.finished.status is Status.MAX_STEPS
    assert found.finished.hints == ()


def test_zero_steps():
    found = run(PARABOLA, NET2_START, lr=0.1, steps=0)
    assert [step.step for step in found.steps] == [0]
    assert found.finished.status is Status.MAX_STEPS
    assert found.finished.evaluations == 1


def test_running_out_of_steps_says_how_far_it_got():
    finished = run(ROSENBROCK, ROSENBROCK_START, lr=0.001, steps=100).finished
    assert finished.status is Status.MAX_STEPS
    assert "100 steps" in finished.message
    assert any("--steps" in hint for hint in finished.hints)
    assert any("--lr auto" in hint for hint in finished.hints)


@pytest.mark.parametrize(
    ("text", "start", "lr", "step", "says"),
    [
        (ROSENBROCK, ROSENBROCK_START, 0.01, 6, "value is inf"),
        ("x**2", {"x": 1.0}, 1.5, 512, "value is inf"),
        ("sqrt(x)", {"x": 1.0}, 10.0, 1, "value is nan"),
        ("x - 2*sqrt(x)", {"x": 4.0}, 8.0, 1, "derivative by x is -inf"),
    ],
)
def test_divergence(text, start, lr, step, says):
    found = run(text, start, lr=lr)
    finished = found.finished
    assert finished.status is Status.DIVERGED
    assert f"step {step}:" in finished.message
    assert says in finished.message
    assert found.steps[-1].step == finished.steps == finished.last.step == step
    assert finished.x == start
    assert finished.value == found.steps[0].value
    assert any("smaller step" in hint for hint in finished.hints)
    assert "try --lr auto" in finished.hints


def test_divergence_keeps_the_best_point_on_the_way():
    found = run("x - 0.01*log(x)", {"x": 1.0}, lr=0.3, every=1)
    *before, last = found.steps
    assert found.finished.status is Status.DIVERGED
    assert math.isnan(last.value)
    assert len(before) == 4
    assert (found.finished.value, found.finished.x) == (before[-1].value, before[-1].x)


def test_a_run_that_ends_above_its_start_reports_the_best_point_and_the_last():
    finished = run("x**2", {"x": 1.0}, lr=1.0000001, steps=10, tol=0.0).finished
    assert finished.status is Status.MAX_STEPS
    assert finished.x == {"x": 1.0}
    assert finished.last.step == 10
    assert finished.last.value > finished.value == 1.0
    assert "worse than the start" in finished.message


def test_coming_to_rest_above_the_start_is_not_called_converged():
    # The first step leads from the left valley into the right one, whose floor is higher.
    finished = run("where(x < 0, (x+1)**2, 5 + (x-3)**2)", {"x": -2.5}, lr=0.9).finished
    assert finished.status is Status.STALLED
    assert finished.last.x == pytest.approx({"x": 3.0})
    assert (finished.x, finished.value) == ({"x": -2.5}, 2.25)
    assert "worse than the start" in finished.message
    assert "converged" not in finished.message


@pytest.mark.parametrize(
    ("text", "start", "says"),
    [
        ("log(x)", {"x": -1.0}, "x=-1.*step 0.*value is nan"),
        ("1/x + y", {"x": 0.0, "y": 1.0}, "x=0, y=1.*value is inf"),
        ("x - 2*sqrt(x)", {"x": 0.0}, "derivative by x is -inf"),
    ],
)
def test_a_start_that_is_not_finite(text, start, says):
    records = minimize(Problem(engine_of(text), start, text), create("gd", 0.1))
    with pytest.raises(NotFiniteError, match=says) as caught:
        next(records)
    assert caught.value.exit_status is ExitStatus.NOT_FINITE
    assert "--start" in caught.value.hint


def test_a_stationary_start():
    finished = run("cos(x)", {"x": 0.0}).finished
    assert (finished.status, finished.steps) == (Status.CONVERGED, 0)
    assert "already stationary" in finished.message
    assert any("saddle" in hint for hint in finished.hints)


@pytest.mark.parametrize(("lr", "limit"), [(1e-9, 0.05), (1e-9, 1e-9)])
def test_the_time_limit(lr, limit):
    finished = run(ROSENBROCK, ROSENBROCK_START, lr=lr, steps=10**9, tol=0.0, time_limit=limit).finished
    assert finished.status is Status.TIME_LIMIT
    assert finished.seconds < limit + 0.5
    assert finished.steps < 10**8


@pytest.mark.parametrize("method", ["gd", "adam"])
@pytest.mark.parametrize("engine", ["native", "torch"])
def test_interruption_gives_the_best_point_so_far(method, engine):
    asked = itertools.count()
    found = run(
        ROSENBROCK, ROSENBROCK_START, method, 1e-4, engine=engine, steps=10**9, stop=lambda: next(asked) >= 5
    )
    finished = found.finished
    assert finished.status is Status.INTERRUPTED
    assert found.steps[-1].step == finished.steps > 0
    assert finished.value <= min(step.value for step in found.steps)


@pytest.mark.parametrize(
    ("text", "start", "lr", "status"),
    [
        # A step that is lost in rounding, one that goes back and forth, and one that has arrived.
        ("x", {"x": 1.0}, 1e-20, Status.STALLED),
        ("abs(x)", {"x": 0.25}, 0.5, Status.STALLED),
        ("(x**2-2)**2", {"x": 1.0}, 0.05, Status.CONVERGED),
        ("1e6*(x**2-2)**2", {"x": 1.4}, 1e-7, Status.CONVERGED),
    ],
)
def test_a_constant_step_that_leads_nowhere_any_more(text, start, lr, status):
    finished = run(text, start, lr=lr, steps=20_000).finished
    assert finished.status is status
    assert finished.steps <= 5_000


def test_a_tolerance_that_is_asked_for_ends_the_run():
    finished = run(ROSENBROCK, ROSENBROCK_START, lr=0.001, tol=0.5).finished
    assert finished.status is Status.CONVERGED
    assert 0.1 < max(map(abs, finished.gradient.values())) <= 0.5


def test_a_run_can_be_left_early():
    records = minimize(Problem(engine_of(PARABOLA), NET2_START), create("gd", 1e-9), Criteria(steps=10**9))
    assert isinstance(next(records), Started)
    next(records)
    records.close()


PROGRAM = """
import sys
from tests.descent.support import run
run("(x-1)**2 + exp(y) - y", {"x": 3, "y": 1}, METHOD, LR, steps=200)
print(*sorted({"numpy", "torch", "sympy", "rich", "random"} & set(sys.modules)))
"""


@pytest.mark.parametrize(("method", "lr"), [("gd", 0.1), ("gd", "auto"), ("adam", "auto")])
def test_a_scalar_run_imports_nothing_heavy(method, lr):
    program = PROGRAM.replace("METHOD", repr(method)).replace("LR", repr(lr))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
