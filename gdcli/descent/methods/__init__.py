"""The descent methods, one a file. A new one is a file here and a line in `METHODS`.

Importing this package imports none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def method_class(name: str) -> type[Method]:
    """The class of a method.

    Raises:
        UsageError: If there is no such method.
    """
    if name not in METHODS:
        raise UsageError(f"there is no method {name}; there are {', '.join(METHODS)}")
    module = import_module(f"gdcli.descent.methods.{name}")
    return cast("type[Method]", getattr(module, METHODS[name]))


def create(name: str, lr: float | str = "auto", settings: Mapping[str, str] | None = None) -> Method:
    """A method by name.

    Args:
        name: One of `METHODS`.
        lr: The step size, or ``auto``.
        settings: Texts for some of its own parameters, as ``--set KEY=VALUE`` gives them.

    Raises:
        UsageError: If there is no such method or parameter, or a value does not fit.
    """
    from gdcli.descent.methods.base import configure

    return configure(method_class(name), lr, settings or {})


def describe() -> tuple[tuple[str, str, str], ...]:
    """For each method its name, its parameters with their defaults, and one line about it."""
    from gdcli.descent.methods.base import parameters

    rows = []
    for name in METHODS:
        method = method_class(name)
        lr = getattr(method, "default_lr", "auto")
        own = [f"{key}={item.default}" for key, item in parameters(method).items()]
        rows.append((name, " ".join([f"lr={lr}", *own]), method.summary))
    return tuple(rows)
