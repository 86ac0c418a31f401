"""Names of columns and of lines: one flat name for each number or vector of a record, no two the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from gdcli.records import Derivative, Evaluated, Point, Value, Vector
from gdcli.reporting.elements import element_names

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


def step_columns(point: Point) -> list[str]:
    """The header of a run's steps: ``step``, ``value``, ``gradient_norm``, and the variables or their elements."""
    own = ["step", "value", "gradient_norm"]
    return own + columns(distinct(point.items(), own))


def columns(pairs: Iterable[Named]) -> list[str]:
    """The header over named values: a name for each number, ``x[0]``, ``x[1]``, … for a vector ``x``.

    Brackets are in no other name, so that distinct names have distinct elements.
    """
    header: list[str] = []
    for name, value in pairs:
        if isinstance(value, Vector):
            header += element_names(name, value)
        else:
            header.append(name)
    return header


def _around(name: str, value: float, before: list[Named], after: list[Named]) -> list[Named]:
    pairs = distinct(before + after, [name])
    return [*pairs[: len(before)], (name, value), *pairs[len(before) :]]
