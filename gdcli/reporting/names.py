"""Names of columns and of lines: one flat name for each number or vector of a record, no two the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from gdcli.records import Derivative, Evaluated, Step, Value

Named: TypeAlias = tuple[str, Value | str]


def distinct(pairs: Iterable[Named], reserved: Iterable[str] = ()) -> list[Named]:
    """The pairs with an underscore after each name that stands for something else already.

    `reserved` names mean the same in every record: a variable called ``value`` gives way, as ``value_``.

    >>> distinct([("x", 1.0), ("value", 2.0)], reserved=["value"])
    [('x', 1.0), ('value_', 2.0)]
    """
    used = set(reserved)
    result = []
    for name, value in pairs:
        while name in used:
            name += "_"
        used.add(name)
        result.append((name, value))
    return result


def prefixed(prefix: str, values: Mapping[str, Value | str]) -> list[Named]:
    """``gradient_x``, ``gradient_y``, … for the prefix ``gradient``."""
    return [(f"{prefix}_{name}", value) for name, value in values.items()]


def rows_of(hessian: Mapping[str, Mapping[str, Value | str]] | None) -> list[Named]:
    """``hessian_x_x``, ``hessian_x_y``, …: every entry, row by row."""
    return [pair for name, row in (hessian or {}).items() for pair in prefixed(f"hessian_{name}", row)]


def derivative_columns(record: Derivative | Evaluated) -> list[Named]:
    """The columns of a result: the point, the value, the gradient, the Hessian; or the symbols."""
    if isinstance(record, Evaluated):
        return _around("value", record.value, list(record.at.items()), [])
    derivatives = rows_of(record.hessian)
    if record.at is None:
        return distinct(prefixed("symbolic", record.symbolic or {}) + derivatives)
    derivatives = prefixed("gradient", record.gradient or {}) + derivatives
    value = float("nan") if record.value is None else record.value
    return _around("value", value, list(record.at.items()), derivatives)


def step_columns(record: Step) -> list[Named]:
    """The columns of a run's step: ``step``, ``value``, ``gradient_norm``, and the variables."""
    own: list[Named] = [
        ("step", float(record.step)),
        ("value", record.value),
        ("gradient_norm", record.gradient_norm),
    ]
    return own + distinct(record.x.items(), [name for name, _ in own])


def _around(name: str, value: float, before: list[Named], after: list[Named]) -> list[Named]:
    pairs = distinct(before + after, [name])
    return [*pairs[: len(before)], (name, value), *pairs[len(before) :]]
