"""The table with a row for each variable: where it is, its derivative, its start.

A short vector has a row for each element. A long one has its first and last elements, its norm and its extremes, each
of them behind its place. What is said in symbols of any element ``x[k]`` stands in a row of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from gdcli.records import Value, Vector
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.elements import HEAD, TAIL, element, is_long, split, subscript


class Shown(NamedTuple):
    """A column.

    Attributes:
        title: Its header.
        values: What it says of each variable; a text may be of an element alone.
        text: How a number is written.
        numeric: Whether it has numbers.
    """

    title: str
    values: Mapping[str, Value | str]
    text: Callable[[float | str], str]
    numeric: bool = True


def variable_table(columns: Sequence[Shown], canvas: Canvas) -> str:
    """Draw the table."""
    header = ["variable", *(column.title for column in columns)]
    rows = list(_rows(columns, canvas.ellipsis))
    return canvas.table(header, rows, [False, *(column.numeric for column in columns)])


def _rows(columns: Sequence[Shown], ellipsis: str) -> Iterable[list[str]]:
    vectors = {
        name: value
        for column in columns
        for name, value in column.values.items()
        if isinstance(value, Vector)
    }
    subscripts: dict[str, list[str]] = {name: [] for name in vectors}
    names = dict.fromkeys(name for column in columns for name in column.values)
    for name in names:
        variable, found = split(name)
        if found and variable in vectors:
            subscripts[variable].append(found)
    for name in names:
        variable, found = split(name)
        if name in vectors:
            yield from _rows_of_vector(name, vectors[name], subscripts[name], columns, ellipsis)
        elif not (found and variable in vectors):
            yield [name, *(_cell(column, column.values.get(name)) for column in columns)]


def _rows_of_vector(
    name: str, vector: Vector, said: Sequence[str], columns: Sequence[Shown], ellipsis: str
) -> Iterable[list[str]]:
    size = len(vector.numbers)
    own = {f"[{place}]": place for place in range(size)} if not is_long(vector) else _ends(size)
    for found in said:
        index = found[1:-1]
        if index.isdecimal() and int(index) < size:
            own[found] = int(index)
        else:
            yield [name + found, *(_cell(column, column.values.get(name + found)) for column in columns)]
    following = 0
    for place in sorted(own.values()):
        if place > following:
            yield [ellipsis, *[""] * len(columns)]
        yield [name + f"[{place}]", *(_element(column, name, place) for column in columns)]
        following = place + 1
    if is_long(vector):
        yield [f"norm({name})", *(_cell(column, _measure(column, name, "norm")) for column in columns)]
        yield [f"min({name})", *(_extreme(column, name, "least") for column in columns)]
        yield [f"max({name})", *(_extreme(column, name, "most") for column in columns)]


def _ends(size: int) -> dict[str, int]:
    return {f"[{place}]": place for place in (*range(HEAD), *range(size - TAIL, size))}


def _cell(column: Shown, value: Value | str | None) -> str:
    return "" if value is None or isinstance(value, Vector) else column.text(value)


def _element(column: Shown, name: str, place: int) -> str:
    value = column.values.get(name)
    if isinstance(value, Vector) and place < len(value.numbers):
        return column.text(element(value, place))
    return _cell(column, column.values.get(f"{name}[{place}]"))


def _measure(column: Shown, name: str, measure: str) -> float | None:
    value = column.values.get(name)
    return getattr(value, measure) if isinstance(value, Vector) else None


def _extreme(column: Shown, name: str, which: str) -> str:
    value = column.values.get(name)
    if not isinstance(value, Vector):
        return ""
    return f"{subscript(value.shape, getattr(value, which + '_at'))} {column.text(getattr(value, which))}"
