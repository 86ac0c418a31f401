"""Points: the texts of ``--at`` and ``--start`` and the rows of ``--points``, to numbers by variable name."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from gdcli.cli.assignments import Assignment, Given, assignments, listed, pieces, unknown_name
from gdcli.cli.values import FILE, Value, from_file, shown
from gdcli.engines import select
from gdcli.errors import ExpressionError, FileError, GdcliError, PointError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


ELEMENT = re.compile(r"(\w+)\[(\d+)\]", re.ASCII)
"""The name of a column that is an element of a vector."""


def point(given: Given, variables: Sequence[str], option: str) -> dict[str, Value]:
    """The values that are given to variables, in the variables' order; some may have none.

    Args:
        given: Assignments of constant expressions, of lists of them, or of files (``@FILE``).
        variables: The names that there are.
        option: The option they were given with, for the hints.

    Raises:
        PointError: A name is unknown or given twice, or a value is not a number.
    """
    values = {
        name: quantity(name, value, text, position)
        for name, value, text, _, position in assignments(given, variables, option)
    }
    return {name: values[name] for name in variables if name in values}


def quantity(name: str, value: str, text: str = "", offset: int = 0) -> Value:
    """What a text gives to a variable: a number, the numbers of a list, or those of a file.

    Raises:
        PointError: It is none of them.
        FileError: The file cannot be read.
    """
    what, stripped = f"the value of {name}", value.strip()
    if stripped.startswith("["):
        return _listed_numbers(value, what, text or value, offset)
    if not stripped.startswith(FILE):
        return constant(value, what, text, offset)
    array = from_file(stripped[1:], name, what)
    if array.ndim > 1:
        raise PointError(
            f"{what} is a matrix of {array.shape[0]:,} by {array.shape[1]:,}, but a variable is a vector",
            hint=f"name a column, as in {name}={stripped}:COLUMN, or give a constant with --let",
            text=text,
            position=offset if text else None,
        )
    return array if array.ndim else float(array)


def _listed_numbers(value: str, what: str, text: str, offset: int) -> tuple[float, ...]:
    """The numbers of ``[1, pi/4, -1e-3]``.

    Args:
        value: The list.
        what: What the messages call it: ``the value of x``.
        text: The text that it is a part of.
        offset: Where it begins there.

    Raises:
        PointError: It is no list of numbers, or an empty one.
    """
    start = offset + len(value) - len(value.lstrip())
    stripped = value.strip()
    if not stripped.endswith("]"):
        raise PointError(f"{what} is a list that is never closed", text=text, position=start)
    inner = stripped[1:-1]
    if not inner.strip():
        raise PointError(
            f"{what} is an empty list", hint="a vector has at least one element", text=text, position=start
        )
    return tuple(
        constant(piece, f"element {place} of {what}", text, start + 1 + at)
        for place, (at, piece) in enumerate(pieces(inner))
    )


def complete_point(given: Given, variables: Sequence[str], option: str) -> dict[str, Value]:
    """The same, for a point at which every variable needs a value.

    Raises:
        PointError: Also where a variable has no value.
    """
    values = point(given, variables, option)
    missing = [name for name in variables if name not in values]
    if missing:
        found = [f"{item.name}={item.value}" if isinstance(item, Assignment) else item for item in given]
        raise PointError(
            f"no value is given for {listed(missing)}",
            hint=f"{option} {','.join([*found, *(f'{name}=…' for name in missing)])}",
        )
    return values


def constant(value: str, what: str, text: str = "", offset: int = 0) -> float:
    """The number that a constant expression stands for.

    Args:
        value: The expression.
        what: What the messages call it: ``the value of x``.
        text: The text that it is a part of, for the caret, and the `offset` at which it begins there.

    Raises:
        PointError: It is not the expression of a number.
    """
    stripped = value.strip()
    if PLAIN_NUMBER.fullmatch(stripped):
        return float(stripped)
    text = text or value
    place = offset + len(value) - len(value.lstrip())

    def refuse(message: str, hint: str = "", position: int = 0) -> NoReturn:
        # A text of JSON may have been written with escapes: then only its beginning is known.
        at = place + position if text.startswith(value, offset) else offset
        raise PointError(f"{what} {message}", hint=hint, text=text, position=at)

    if not stripped:
        refuse("is missing")
    if stripped.startswith("["):
        refuse("is a list, and is to be a single number")
    try:
        graph = parse(stripped)
    except ExpressionError as error:
        refuse(f"cannot be read: {error.message}", error.hint, error.position or 0)
    if graph.variables:
        first = graph.variables[0]
        place_of_name = re.search(rf"\b{re.escape(first)}\b", stripped)
        refuse(
            f"is not a number: it contains the name {first}",
            "a value is a number or a constant expression such as pi/4",
            place_of_name.start() if place_of_name else 0,
        )
    number = select(lower(graph), engine="native").value(())
    if math.isnan(number):
        refuse("is not a number (nan)")
    return number


def rows(path: str, variables: Sequence[str]) -> Iterator[tuple[str, dict[str, Value] | GdcliError]]:
    """The points of a CSV file, one after the other as they are read, each with its place.

    The place is ``points.csv, line 3``. A row that is wrong gives its error instead of a point, and the next
    row is read.

    Args:
        path: A file with a header that names all the variables, or the elements of those that are vectors (``x[0]``),
            separated by commas (or tabs: .tsv).
        variables: The names that there are.

    Raises:
        PointError: The header is missing or wrong.
        FileError: The file cannot be read.
    """
    delimiter = "\t" if path.lower().endswith(".tsv") else ","
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
            header = _header(next(reader, None), path, variables)
            for row in reader:
                if row:
                    yield f"{path}, line {reader.line_num}", _row(row, header, variables)
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x}") from None
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: {error}") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from None


def _header(row: list[str] | None, path: str, variables: Sequence[str]) -> list[str]:
    if not row:
        raise PointError(
            f"{path} has no header", hint=f"its first line names the variables: {','.join(variables)}"
        )
    names = [cell.strip() for cell in row]
    text = ",".join(names)
    for index, name in enumerate(names):
        position = len(",".join(names[:index])) + (index > 0)
        element = ELEMENT.fullmatch(name)
        if element and element[1] in variables:
            before = sum(each.startswith(f"{element[1]}[") for each in names[:index])
            if int(element[2]) != before:
                raise PointError(
                    f"the header of {path} is to name {element[1]}[{before}] here",
                    hint="the elements of a vector are named in their order",
                    text=text,
                    position=position,
                )
        elif name not in variables:
            raise unknown_name(name, variables, text, position, place=f"the header of {path}: ")
        if name in names[:index]:
            raise PointError(f"the header of {path} names {name} twice", text=text, position=position)
    missing = [name for name in variables if name not in names and f"{name}[0]" not in names]
    if missing:
        raise PointError(f"the header of {path} does not name {listed(missing)}", text=text)
    return names


def _row(row: list[str], header: list[str], variables: Sequence[str]) -> dict[str, Value] | GdcliError:
    try:
        if len(row) != len(header):
            raise PointError(f"expected {len(header)} values ({', '.join(header)}), but found {len(row)}")
        values = {
            name: constant(cell, f"the value of {name}") for name, cell in zip(header, row, strict=True)
        }
    except GdcliError as error:
        return error
    if not any("[" in name for name in header):
        return {name: values[name] for name in variables}
    whole: dict[str, Value] = {}
    for name in variables:
        elements = [value for column, value in values.items() if column.startswith(f"{name}[")]
        whole[name] = values[name] if name in values else tuple(elements)
    return whole


def described(point: Mapping[str, Value]) -> str:
    """Where a point is, for a message: `` at x=1.0, y=3.0``; nothing where there are no variables."""
    return " at " + ", ".join(f"{name}={shown(value)}" for name, value in point.items()) if point else ""
