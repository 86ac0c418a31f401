"""Schedules of the step size, step by step against torch.optim.lr_scheduler."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from gdcli.descent import methods, schedules
from gdcli.descent.codegen import fused
from gdcli.descent.convergence import rules
from gdcli.descent.methods import CONSTANT, SCHEDULES, create, method_class
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import ArrayObjective, FloatObjective
from gdcli.errors import UsageError
from tests.descent.codegen.test_fused import compare
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of, run

STEPS = 60
X, Y = -1.2, 1.0
OPTIMIZERS = {
    # Large enough for the value to rise now and then, so that there are plateaus.
    "gd": (3e-3, torch.optim.SGD, {}),
    "momentum": (2e-3, torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (2e-3, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adam": (0.3, torch.optim.Adam, {}),
    "adamw": (0.3, torch.optim.AdamW, {}),
    "rmsprop": (0.1, torch.optim.RMSprop, {}),
    "adagrad": (1.0, torch.optim.Adagrad, {}),
}
# Of each schedule its settings, and its counterpart with the same.
COUNTERPARTS = [
    ("cosine", {}, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=STEPS)),
    ("step", {}, lambda o: lr_scheduler.StepLR(o, step_size=20, gamma=0.1)),
    ("step", {"factor": "0.7", "every": "7"}, lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.7)),
    ("exponential", {}, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.01 ** (1 / STEPS))),
    ("exponential", {"end": "0.3"}, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.3 ** (1 / STEPS))),
    (
        "plateau",
        {"patience": "0"},
        lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0, eps=0),
    ),
    (
        "plateau",
        {"factor": "0.1", "patience": "3", "threshold": "0.05"},
        lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.1, patience=3, threshold=0.05, eps=0),
    ),
]
NUMBERS = range(len(COUNTERPARTS))
OBJECTIVES = {
    "floats": lambda: FloatObjective(engine_of(ROSENBROCK), 1.0),
    "NumPy": lambda: ArrayObjective(engine_of(ROSENBROCK), 1.0),
    "torch": lambda: ArrayObjective(engine_of(ROSENBROCK, "torch"), 1.0),
}


def scheduled(method, lr, schedule, settings=None, steps=STEPS):
    texts = {f"schedule_{name}": text for name, text in (settings or {}).items()}
    return create(method, lr, texts, schedule).lasting(steps)


@cache
def path_of_torch(method, number):
    lr, optimizer, options = OPTIMIZERS[method]
    point = torch.tensor([X, Y], dtype=torch.float64, requires_grad=True)
    steps = optimizer([point], lr=lr, foreach=False, **options)
    schedule = COUNTERPARTS[number][2](steps)
    path, rates = [], []
    for _ in range(STEPS):
        steps.zero_grad()
        x, y = point
        value = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        value.backward()
        if isinstance(schedule, lr_scheduler.ReduceLROnPlateau):
            schedule.step(value.item())
        rates.append(steps.param_groups[0]["lr"])
        steps.step()
        if not isinstance(schedule, lr_scheduler.ReduceLROnPlateau):
            schedule.step()
        path.append(tuple(point.tolist()))
    return path, rates


def path_of(target, method, point=(X, Y)):
    current = target.evaluate(target.point(point))
    state = method.init(target, current)
    path = []
    for _ in range(STEPS):
        current, state = method.step(target, current, state)
        path.append(current)
    return path


@pytest.mark.parametrize("where", OBJECTIVES)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_each_step_is_that_of_torch(where, method, number):
    schedule, settings, _ = COUNTERPARTS[number]
    target = OBJECTIVES[where]()
    path = path_of(target, scheduled(method, OPTIMIZERS[method][0], schedule, settings))
    theirs, rates = path_of_torch(method, number)
    assert len(set(rates)) > 1
    for step, (current, their) in enumerate(zip(path, theirs, strict=True), start=1):
        assert target.sample(current).x == pytest.approx(their, rel=1e-12, abs=0.0), f"step {step}"


def test_each_method_and_each_schedule_has_a_counterpart():
    elementwise = {name for name in methods.METHODS if issubclass(method_class(name), Elementwise)}
    assert set(OPTIMIZERS) == elementwise
    assert {name for name, *_ in COUNTERPARTS} == set(SCHEDULES) == set(schedules.SCHEDULES)


def rates_of(name, settings=None, steps=100, lr=2.0, values=()):
    """The step sizes of a whole run."""
    schedule = scheduled("gd", lr, name, settings, steps).schedule
    xp = FloatObjective(engine_of("x"), 1.0).xp
    values = values or [1.0] * steps
    memory, rates = schedule.init(lr, values[0]), []
    for k, value in enumerate(values, start=1):
        rate, *memory = schedule.rate(xp, math, lr, k, value, *memory)
        rates.append(rate)
    return rates


def test_cosine_goes_from_lr_to_its_end():
    rates = rates_of("cosine")
    assert rates[0] == 2.0
    assert rates[50] == pytest.approx(1.0)
    assert 0.0 < rates[99] < 1e-3
    assert rates == sorted(rates, reverse=True)
    rates = rates_of("cosine", {"end": "0.5"})
    assert rates[0] == 2.0
    assert rates[99] == pytest.approx(1.0, rel=1e-3)


def test_step_has_thirds_or_stairs_of_a_given_length():
    assert rates_of("step", steps=7) == pytest.approx([2, 2, 2, 0.2, 0.2, 0.2, 0.02])
    rates = rates_of("step", {"every": "2", "factor": "0.5"}, steps=5)
    assert rates == [2, 2, 1, 1, 0.5]
    assert rates_of("step", steps=1) == [2]


def test_exponential_falls_by_the_same_factor_to_its_end():
    rates = rates_of("exponential", {"end": "0.25"})
    assert rates[0] == 2.0
    assert rates[50] == pytest.approx(1.0)
    assert [b / a for a, b in pairwise(rates)] == pytest.approx([0.25**0.01] * 99)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    ("values", "settings", "expected"),
    [
        ([5, 4, 3, 2, 1], {}, [2, 2, 2, 2, 2]),
        ([5, 5, 5, 5, 5, 5], {}, [2, 2, 2, 1, 1, 1]),
        ([5, 6, 4, 7, 8, 3], {}, [2, 2, 2, 2, 2, 2]),
        ([5, 6, 7, 8, 9, 10, 11], {"factor": "0.1"}, [2, 2, 2, 0.2, 0.2, 0.2, 0.02]),
        ([5, 4.9, 4.8, 4.7, 4.6], {"threshold": "0.1"}, [2, 2, 2, 1, 1]),
    ],
)
def test_plateau_waits_for_better_values(sign, values, settings, expected):
    # Below zero "better by a part" is no less of a gain than above it.
    values = [value + (sign - 1.0) * 5.0 for value in values]
    settings = {"patience": "2", **settings}
    assert rates_of("plateau", settings, values=values) == pytest.approx(expected)


def test_plateau_counts_beyond_the_integers_of_half_precision():
    # In bfloat16, 256 + 1 is 256.
    schedule = scheduled("gd", 0.5, "plateau", {"patience": "300"}).schedule
    value = torch.ones(1, dtype=torch.bfloat16)
    memory = schedule.init(0.5, value)
    for k in range(1, 310):
        rate, *memory = schedule.rate(torch, math, 0.5, k, value, *memory)
    assert (rate.dtype, rate.item()) == (torch.bfloat16, 0.25)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize(
    ("text", "start"), [(ROSENBROCK, ROSENBROCK_START), ("abs(x) + sqrt(y)", {"x": 2, "y": 1})]
)
def test_the_generated_loop_gives_the_same_digits(monkeypatch, method, schedule, text, start):
    patient = {"schedule_patience": "3"} if schedule == "plateau" else {}
    compare(monkeypatch, text, start, method, 0.05, steps=300, settings=patient, schedule=schedule)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_uphill_the_digits_are_the_same_too(monkeypatch, schedule):
    found = compare(
        monkeypatch, "-(x-1)**2 - 5", {"x": 4}, "gd", 0.8, command="maximize", steps=80, schedule=schedule
    )
    assert found.finished.value > -5.1


def test_a_constant_step_size_costs_the_generated_loop_nothing():
    engine = engine_of(ROSENBROCK)
    target = FloatObjective(engine, 1.0)
    limits = rules(target.sample(target.evaluate(target.point((X, Y)))), None, "float64", 2.0**-52, False)
    text = {
        name: fused.source(engine.gradient_graph, scheduled("gd", 0.1, name), limits, 1.0).partition(
            "def hurry"
        )[0]
        for name in (CONSTANT, *SCHEDULES)
    }
    assert "def advance(k, end, x0, x1, v, g0, g1, best_x0" in text[CONSTANT]
    assert "0.1 * g0" in text[CONSTANT]
    assert "k - 1" not in text[CONSTANT].replace("return k - 1", "")
    # A step size is computed once a step, not once a variable.
    assert text["cosine"].count("cos(") == 1
    assert text["exponential"].count("0.01 **") == 1


@pytest.mark.parametrize("where", ["NumPy", "torch"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_many_starts_go_as_each_alone(where, schedule):
    starts = [(X, Y), (0.0, 0.5), (2.0, 1.0)]
    patient = {"patience": "2"} if schedule == "plateau" else {}
    method = scheduled("adam", 0.3, schedule, patient)
    target = OBJECTIVES[where]()
    together = np.array([current.x.tolist() for current in path_of(target, method, starts)])
    for i, start in enumerate(starts):
        alone = np.array([current.x.tolist() for current in path_of(target, method, start)])
        np.testing.assert_allclose(alone, together[:, i], rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_dtype_stays(dtype, schedule):
    target = ArrayObjective(engine_of("(x-3)**2 + y**2", "torch", dtype), 1.0)
    *_, last = path_of(target, scheduled("adam", 0.5, schedule), (0.0, 1.0))
    assert str(last.x.dtype) == f"torch.{dtype}"
    assert last.value.item() < 1.0


@pytest.mark.parametrize(("method", "lr"), [("auto", 0.1), ("gd", 0.1), ("adam", "auto")])
def test_a_schedule_reaches_from_the_first_step_to_the_last(method, lr):
    constant = run(ROSENBROCK, {"x": 1.1, "y": 1.2}, method, lr, steps=10, every=1)
    cosine = run(ROSENBROCK, {"x": 1.1, "y": 1.2}, method, lr, steps=10, every=1, schedule="cosine")
    assert cosine.steps[1] == constant.steps[1]
    assert cosine.steps[2] != constant.steps[2]
    assert cosine.finished.method == constant.finished.method
    assert cosine.finished.lr == constant.finished.lr


def test_a_schedule_lets_steps_that_are_too_large_come_to_rest():
    text, start = "(x-1)**2 + 10*(y-2)**2", {"x": 1.9, "y": -3}
    assert run(text, start, "gd", 0.1, steps=3000).finished.value > 1.0
    for schedule in ("cosine", "step", "plateau"):
        assert run(text, start, "gd", 0.1, steps=3000, schedule=schedule).finished.value < 1e-20


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(
    ("method", "lr", "says"),
    [
        ("lbfgs", "auto", "lbfgs finds its own step"),
        ("cg", "auto", "cg finds its own step"),
        ("newton", "auto", "newton finds its own step"),
        ("gd", "auto", "gd with --lr auto finds its own step"),
        ("auto", "auto", "auto with --lr auto finds its own step"),
    ],
)
def test_a_method_with_its_own_step_follows_no_schedule(method, lr, says, schedule):
    with pytest.raises(UsageError, match=says) as caught:
        create(method, lr, {}, schedule)
    assert "adam" in caught.value.hint


@pytest.mark.parametrize(
    ("schedule", "settings", "says"),
    [
        ("cosinus", {}, "cosinus; there are constant, cosine, step"),
        ("cosine", {"schedule_factor": "0.1"}, "schedule_factor; it has the parameters schedule_end"),
        ("cosine", {"schedule_end": "1"}, "cosine: schedule_end is to be at least 0 and less than 1, not 1"),
        ("step", {"schedule_every": "2.5"}, "schedule_every is to be a whole number, not '2.5'"),
        ("step", {"schedule_every": "-1"}, "schedule_every is to be at least 0, not -1"),
        ("plateau", {"schedule_patience": "long"}, "schedule_patience is to be a whole number"),
        ("plateau", {"patience": "3"}, "adam has no parameter patience"),
        ("constant", {"schedule_every": "2"}, "schedule_every is for a schedule"),
    ],
)
def test_what_does_not_fit_is_named(schedule, settings, says):
    with pytest.raises(UsageError, match=says):
        create("adam", 0.1, settings, schedule)


def test_settings_go_to_the_method_and_to_the_schedule():
    method = create("adam", 0.1, {"beta1": "0.5", "schedule_factor": "0.3", "schedule_every": "9"}, "step")
    assert method.beta1 == 0.5
    assert (method.schedule.factor, method.schedule.every) == (0.3, 9)


def test_describe_shows_each_schedule_with_its_parameters():
    rows = {name: (parameters, summary) for name, parameters, summary in schedules.describe()}
    assert tuple(rows) == SCHEDULES
    assert rows["plateau"][0] == "schedule_factor=0.5 schedule_patience=100 schedule_threshold=0.0"
    assert all(summary for _, summary in rows.values())
