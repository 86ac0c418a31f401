"""The descent methods, one a file. A new one is a file here and a line in `METHODS`.

Importing this package imports none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from gdcli.errors import UsageError

if TYPE_CHECKING:
    from gdcli.descent.methods.base import Method

METHODS: Mapping[str, str] = {
    "auto": "Auto",
    "gd": "Gd",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RmsProp",
    "adagrad": "Adagrad",
    "lbfgs": "Lbfgs",
    "cg": "Cg",
    "newton": "Newton",
}
"""By name the class, which is in the module of that name."""


CONSTANT = "constant"
SCHEDULES = ("cosine", "step", "exponential", "plateau")
"""The schedules of the step size other than `CONSTANT`, which are in `gdcli.descent.schedules`."""

SCHEDULE_PREFIX = "schedule_"
"""What ``--set`` puts before the names of a schedule's parameters."""


def method_class(name: str) -> type[Method]:
    """The class of a method.

    Raises:
        UsageError: If there is no such method.
    """
    if name not in METHODS:
        raise UsageError(f"there is no method {name}; there are {', '.join(METHODS)}")
    return _loaded(name)


@cache
def _loaded(name: str) -> type[Method]:
    module = import_module(f"gdcli.descent.methods.{name}")
    return cast("type[Method]", getattr(module, METHODS[name]))


def create(
    name: str,
    lr: float | str = "auto",
    settings: Mapping[str, str] | None = None,
    schedule: str = CONSTANT,
) -> Method:
    """A method by name.

    Args:
        name: One of `METHODS`.
        lr: The step size, or ``auto``.
        settings: Texts for some of its own parameters, as ``--set KEY=VALUE`` gives them, and for some of those of the
            schedule, with ``schedule_`` before their names.
        schedule: How the step size changes with the steps: ``constant`` or one of `SCHEDULES`.

    Raises:
        UsageError: If there is no such method, schedule or parameter, or a value does not fit, or the method finds its
            step itself and so follows no schedule.
    """
    from gdcli.descent.methods.base import configure

    settings = settings or {}
    plan = {key: text for key, text in settings.items() if key.startswith(SCHEDULE_PREFIX)}
    own = {key: text for key, text in settings.items() if key not in plan}
    method = configure(method_class(name), lr, own)
    if schedule == CONSTANT:
        for key in plan:
            raise UsageError(f"{key} is for a schedule", hint=f"give --schedule {', '.join(SCHEDULES)}")
        return method
    from gdcli.descent import schedules

    return replace(method, schedule=schedules.create(schedule, plan))


def describe() -> tuple[tuple[str, str, str, str], ...]:
    """Rows of method, parameter, default and meaning: for each method what it is, and then its parameters."""
    from gdcli.descent.methods.base import parameters

    rows = []
    for name in METHODS:
        method = method_class(name)
        rows.append((name, "", "", method.summary))
        step = "step size" if hasattr(method, "default_lr") else "step size, which adapts itself"
        if not method.searches:
            rows.append((name, "--lr", str(getattr(method, "default_lr", "auto")), step))
        for key, item in parameters(method).items():
            rows.append((name, f"--set {key}", str(item.default), item.metadata["meaning"]))
    return tuple(rows)
