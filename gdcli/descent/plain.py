"""States of a run as plain data, fit for JSON, and back: numbers, lists and objects, every bit of a float kept.

What is read back is held against a template of the same structure, a state that the run itself has made, so that no
type is ever named by a file, and nothing but numbers comes out of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gdcli.descent.vector import Vector

MOST = 10**18
"""No count is larger."""

_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


class PlainError(ValueError):
    """Data does not have the structure that was expected; the message says where."""


def to_plain(tree: Any) -> Any:
    """Nested tuples of numbers, truth values, vectors and arrays as lists and, for named tuples, objects.

    Raises:
        TypeError: If there is something else in them.
    """
    if isinstance(tree, bool | int | str):
        return tree
    if isinstance(tree, float):
        return tree if math.isfinite(tree) else repr(float(tree))
    if isinstance(tree, Vector):
        return [to_plain(a) for a in tree.elements]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return {name: to_plain(item) for name, item in zip(tree._fields, tree, strict=True)}
    if isinstance(tree, tuple | list):
        return [to_plain(item) for item in tree]
    if hasattr(tree, "tolist"):
        return to_plain(tree.tolist())
    raise TypeError(f"{type(tree).__name__} cannot be written to a file")


def from_plain(template: Any, data: Any, where: str, array: Callable[[Any], Any]) -> Any:
    """What `to_plain` has made `data` of.

    Args:
        template: The same structure with other numbers, no count of which is larger.
        data: From a file.
        where: What it is called, for the messages.
        array: Makes an array of nested lists of floats, whole numbers or truth values.

    Raises:
        PlainError: If there is any difference in structure, type or length.
    """
    if isinstance(template, bool):
        return boolean(data, where)
    if isinstance(template, int):
        return count(data, where, template)
    if isinstance(template, float):
        return number(data, where)
    if isinstance(template, str):
        return text(data, where)
    if isinstance(template, tuple) and hasattr(template, "_fields"):
        fields = entries(data, where, template._fields)
        items = zip(template._fields, template, strict=True)
        return type(template)(
            *(from_plain(item, fields[name], f"{where}.{name}", array) for name, item in items)
        )
    if isinstance(template, tuple):
        return tuple(_items(template, data, where, array))
    if isinstance(template, Vector):
        return Vector(_items(template.elements, data, where, array))
    return array(_items(template.tolist(), data, where, array))


def _items(template: Any, data: Any, where: str, array: Callable[[Any], Any]) -> list[Any]:
    """The elements of a list that is as long as its template; of an array's, nested lists."""
    if not isinstance(data, list) or len(data) != len(template):
        raise PlainError(f"{where} is to be a list of {len(template)}")
    return [
        _items(item, each, f"{where}[{i}]", array)
        if isinstance(item, list)
        else from_plain(item, each, f"{where}[{i}]", array)
        for i, (item, each) in enumerate(zip(template, data, strict=True))
    ]


def boolean(data: Any, where: str) -> bool:
    """A truth value."""
    if not isinstance(data, bool):
        raise PlainError(f"{where} is to be true or false")
    return data


def count(data: Any, where: str, least: int = 0) -> int:
    """A whole number from `least` up."""
    if not isinstance(data, int) or isinstance(data, bool) or not least <= data <= MOST:
        raise PlainError(f"{where} is to be a whole number from {least} up")
    return data


def number(data: Any, where: str) -> float:
    """A float, which may be infinite or NaN."""
    if isinstance(data, str) and data in _NOT_FINITE:
        return _NOT_FINITE[data]
    if not isinstance(data, float) or not math.isfinite(data):
        raise PlainError(f"{where} is to be a floating-point number")
    return data


def finite(data: Any, where: str) -> float:
    """A finite float."""
    value = number(data, where)
    if not math.isfinite(value):
        raise PlainError(f"{where} is to be finite")
    return value


def text(data: Any, where: str) -> str:
    """A text."""
    if not isinstance(data, str):
        raise PlainError(f"{where} is to be a text")
    return data


def entries(data: Any, where: str, names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """An object; with exactly these names, if they are given."""
    if not isinstance(data, dict):
        raise PlainError(f"{where} is to be an object")
    for name in names or ():
        if name not in data:
            raise PlainError(f"{where} has no {name}")
    for name in data:
        if names is not None and name not in names:
            raise PlainError(f"{where} has {name!r}, which is not known")
    return data
