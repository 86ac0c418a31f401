"""The first-order methods, step by step against torch.optim; their parameters; their register."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gdcli.descent import methods
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import ArrayObjective, FloatObjective
from gdcli.errors import UsageError
from tests.descent.support import ROSENBROCK, engine_of

STEPS = 60
X, Y = -1.2, 1.0
# For each method its step size, its settings, and its counterpart with the same.
COUNTERPARTS = [
    ("gd", 1e-3, {}, torch.optim.SGD, {}),
    ("momentum", 1e-4, {}, torch.optim.SGD, {"momentum": 0.9}),
    ("momentum", 1e-4, {"momentum": "0.5"}, torch.optim.SGD, {"momentum": 0.5}),
    ("nesterov", 1e-4, {}, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    ("nesterov", 3e-4, {"momentum": "0.3"}, torch.optim.SGD, {"momentum": 0.3, "nesterov": True}),
    ("adam", 1e-2, {}, torch.optim.Adam, {}),
    (
        "adam",
        0.1,
        {"beta1": "0.5", "beta2": "0.9", "eps": "0.1"},
        torch.optim.Adam,
        {"betas": (0.5, 0.9), "eps": 0.1},
    ),
    ("adamw", 1e-2, {}, torch.optim.AdamW, {}),
    ("adamw", 1e-2, {"weight_decay": "0.5"}, torch.optim.AdamW, {"weight_decay": 0.5}),
    ("rmsprop", 1e-2, {}, torch.optim.RMSprop, {}),
    ("rmsprop", 1e-2, {"alpha": "0.5", "eps": "0.1"}, torch.optim.RMSprop, {"alpha": 0.5, "eps": 0.1}),
    ("adagrad", 0.5, {}, torch.optim.Adagrad, {}),
    (
        "adagrad",
        0.5,
        {"lr_decay": "0.1", "initial_accumulator": "2", "eps": "0.1"},
        torch.optim.Adagrad,
        {"lr_decay": 0.1, "initial_accumulator_value": 2.0, "eps": 0.1},
    ),
]
OBJECTIVES = {
    "floats": lambda: FloatObjective(engine_of(ROSENBROCK), 1.0),
    "NumPy": lambda: ArrayObjective(engine_of(ROSENBROCK), 1.0),
    "torch": lambda: ArrayObjective(engine_of(ROSENBROCK, "torch"), 1.0),
}
ELEMENTWISE = [name for name in methods.METHODS if issubclass(methods.method_class(name), Elementwise)]


def path_of_torch(optimizer, lr, settings):
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(Y, dtype=torch.float64, requires_grad=True)
    steps = optimizer([x, y], lr=lr, foreach=False, **settings)
    path = []
    for _ in range(STEPS):
        steps.zero_grad()
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        steps.step()
        path.append((x.item(), y.item()))
    return path


def path_of(target, method, point=(X, Y)):
    current = target.evaluate(target.point(point))
    method = method.settle(target, current)
    state = method.init(target, current)
    path = []
    for _ in range(STEPS):
        current, state = method.step(target, current, state)
        path.append(current)
    return path


@pytest.mark.parametrize("where", OBJECTIVES)
@pytest.mark.parametrize(("name", "lr", "settings", "optimizer", "options"), COUNTERPARTS)
def test_each_step_is_that_of_torch(where, name, lr, settings, optimizer, options):
    target = OBJECTIVES[where]()
    path = [target.sample(current).x for current in path_of(target, methods.create(name, lr, settings))]
    for step, (ours, theirs) in enumerate(
        zip(path, path_of_torch(optimizer, lr, options), strict=True), start=1
    ):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=0.0), f"step {step}"


def test_each_elementwise_method_has_a_counterpart():
    assert {name for name, *_ in COUNTERPARTS} == set(ELEMENTWISE)


@pytest.mark.parametrize("where", ["NumPy", "torch"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_many_starts_go_as_each_alone(where, name):
    starts = [(X, Y), (0.0, 0.5), (2.0, 1.0)]
    method = methods.create(name, 1e-4)
    target = OBJECTIVES[where]()
    together = np.array([current.x.tolist() for current in path_of(target, method, starts)])
    for i, start in enumerate(starts):
        alone = np.array([current.x.tolist() for current in path_of(target, method, start)])
        np.testing.assert_allclose(alone, together[:, i], rtol=1e-12, atol=0.0)


def test_gd_is_exactly_x_minus_lr_times_g():
    target = OBJECTIVES["floats"]()
    current = target.evaluate(target.point((X, Y)))
    new, _ = methods.create("gd", 0.1).step(target, current, methods.create("gd", 0.1).init(target, current))
    assert new.x.elements == tuple(
        x - 0.1 * g for x, g in zip((X, Y), current.gradient.elements, strict=True)
    )


@pytest.mark.parametrize("name", [name for name in methods.METHODS if name != "auto"])
def test_settling_turns_auto_into_a_number_or_an_adapting_method(name):
    target = OBJECTIVES["floats"]()
    current = target.evaluate(target.point((X, Y)))
    settled = methods.create(name).settle(target, current)
    assert settled.name == name
    assert settled.searches if settled.lr == "auto" else settled.lr > 0.0


def test_auto_is_lbfgs_or_with_a_step_size_gd():
    target = OBJECTIVES["floats"]()
    current = target.evaluate(target.point((X, Y)))
    assert methods.create("auto").settle(target, current) == methods.create("lbfgs")
    assert methods.create("auto", 0.1).settle(target, current) == methods.create("gd", 0.1)


@pytest.mark.parametrize("name", ["lbfgs", "cg", "newton"])
def test_a_method_that_looks_for_its_step_takes_none(name):
    with pytest.raises(UsageError, match="looks for its step itself"):
        methods.create(name, 0.1)


def test_each_file_of_the_package_is_registered_or_shared():
    files = {path.stem for path in Path(methods.__file__).parent.glob("*.py")}
    shared = {"__init__", "base", "elementwise", "spectral", "searching"}
    assert files - shared == set(methods.METHODS)


def test_describe_shows_each_method_with_its_parameters():
    rows = methods.describe()
    assert [name for name, parameter, _, _ in rows if not parameter] == list(methods.METHODS)
    adam = [row[1:3] for row in rows if row[0] == "adam"][1:]
    assert adam == [("--lr", "0.1"), ("--set beta1", "0.9"), ("--set beta2", "0.999"), ("--set eps", "1e-08")]
    assert all(meaning for *_, meaning in rows)


@pytest.mark.parametrize(
    ("name", "lr", "settings", "says"),
    [
        ("adm", 0.1, {}, "adm.*gd, momentum"),
        ("gd", 0.1, {"momentum": "1"}, "momentum.*no parameters"),
        ("adam", 0.1, {"beta": "0.9"}, "beta; it has the parameters beta1, beta2, eps"),
        ("adam", 0.1, {"beta1": "much"}, "beta1 is to be a number, not 'much'"),
        ("adam", 0.1, {"beta1": "1"}, "beta1 is to be at least 0 and less than 1"),
        ("adam", 0.1, {"eps": "-1"}, "eps is to be at least 0, not -1"),
        ("adam", 0.1, {"eps": "nan"}, "eps is to be"),
        ("gd", 0.0, {}, "lr is to be a positive number"),
        ("gd", float("nan"), {}, "lr is to be a positive number"),
        ("gd", float("inf"), {}, "lr is to be a positive number"),
        ("gd", "fast", {}, "lr is to be a positive number"),
    ],
)
def test_what_does_not_fit_is_named(name, lr, settings, says):
    with pytest.raises(UsageError, match=says):
        methods.create(name, lr, settings)
