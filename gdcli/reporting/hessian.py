"""Second derivatives for people: a matrix, or what stands for one that nobody would read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from gdcli.records import Point, Value, Vector
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.elements import FEW, element, subscript
from gdcli.reporting.number_text import short

Hessian: TypeAlias = Mapping[str, Mapping[str, Value | str]]


def hessian_table(hessian: Hessian, at: Point | None, canvas: Canvas, precision: int | None) -> str:
    """The matrix; where it is too wide for the terminal, an entry a line; where vectors are long, a block a line."""
    lengths = {name: len(value.numbers) for name, value in (at or {}).items() if isinstance(value, Vector)}
    names = dict.fromkeys([*hessian, *(name for row in hessian.values() for name in row)])
    if not lengths.keys().isdisjoint(names):
        if sum(lengths.get(name, 1) for name in names) > FEW:
            return _blocks(hessian, canvas, precision)
        hessian = _spelled_out(hessian, lengths)
    return _matrix(hessian, canvas, precision)


def _matrix(hessian: Hessian, canvas: Canvas, precision: int | None) -> str:
    rows_of, columns = list(hessian), list(next(iter(hessian.values())))
    entries = [[_text(row.get(name, ""), precision) for name in columns] for row in hessian.values()]
    numeric = not any(isinstance(value, str) for row in hessian.values() for value in row.values())
    header = ["hessian", *columns]
    rows = [[name, *row] for name, row in zip(rows_of, entries, strict=True)]
    if canvas.fits(header, rows):
        return canvas.table(header, rows, [False, *[numeric] * len(columns)])
    # Of a symmetric matrix the upper triangle says all.
    rows = [
        [row, column, entries[i][j]]
        for i, row in enumerate(rows_of)
        for j, column in enumerate(columns)
        if j >= i or rows_of != columns
    ]
    return canvas.table(["hessian", "", "entry"], rows, [False, False, numeric])


def _blocks(hessian: Hessian, canvas: Canvas, precision: int | None) -> str:
    """A line for each pair of variables: how many second derivatives there are, their norm, and their extremes."""
    rows_of, columns = list(hessian), list(next(iter(hessian.values())))
    rows = []
    for i, (name, entries) in enumerate(hessian.items()):
        for j, (other, entry) in enumerate(entries.items()):
            if j >= i or rows_of != columns:
                rows.append([name, other, *_block(entry, precision)])
    header = ["hessian", "", "entries", "norm", "min", "max"]
    return canvas.table(header, rows, [False, False, True, True, True, True])


def _block(entry: Value | str, precision: int | None) -> list[str]:
    if not isinstance(entry, Vector):
        text = _text(entry, precision)
        return ["1", _text(abs(entry), precision) if isinstance(entry, float) else "", text, text]
    return [
        " by ".join(map(str, entry.shape)),
        short(entry.norm, precision),
        f"{subscript(entry.shape, entry.least_at)} {short(entry.least, precision)}",
        f"{subscript(entry.shape, entry.most_at)} {short(entry.most, precision)}",
    ]


def _spelled_out(hessian: Hessian, lengths: Mapping[str, int]) -> Hessian:
    """The same with a row and a column for each element."""
    return {
        row: {
            column: _entry(entry, i, j, lengths.get(other))
            for other, entry in entries.items()
            for column, j in _elements(other, lengths)
        }
        for name, entries in hessian.items()
        for row, i in _elements(name, lengths)
    }


def _elements(name: str, lengths: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    if name not in lengths:
        yield name, 0
    for place in range(lengths.get(name, 0)):
        yield f"{name}[{place}]", place


def _entry(entry: Value | str, row: int, column: int, columns: int | None) -> Value | str:
    return element(entry, row * (columns or 1) + column) if isinstance(entry, Vector) else entry


def _text(value: Value | str, precision: int | None) -> str:
    assert not isinstance(value, Vector)
    return short(value, precision)
