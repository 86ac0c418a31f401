"""Reading what ``--trace`` has written, and what ``--format csv``, ``tsv`` or ``jsonl`` prints of a run."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TextIO

from gdcli.errors import FileError, UsageError
from gdcli.reporting.course import Course, Row, flat
from gdcli.reporting.trace import DELIMITERS, ENDINGS, JSON_LINES

OWN = ("step", "value", "gradient_norm")
MOST_RUNS = 50
"""More courses than these in one picture nobody tells apart."""


class _Line(NamedTuple):
    """A row of a file, under the names of its numbers."""

    number: int
    names: tuple[str, ...]
    row: Row


def read_trace(path: str) -> list[Course]:
    """The runs of a trace file, each labelled by the file's name, and with a number where there are several.

    A run ends where the next row has no later step or other variables. Where the last line was not finished, as in the
    file of a process that was killed, it is left out.

    Raises:
        UsageError: The file's ending names no format of a trace.
        FileError: The file cannot be read, or is damaged; the message says in which line.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"the ending of {path!r} names no format of a trace",
            hint=f"traces end with one of {', '.join(ENDINGS)}",
        )
    courses: list[Course] = []
    before: _Line | None = None
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            lines = _objects(file, path) if ending in JSON_LINES else _rows(file, path, DELIMITERS[ending])
            for line in lines:
                if before is None or before.names != line.names or line.row.step <= before.row.step:
                    courses.append(Course(Path(path).name))
                    courses[-1].names = line.names
                    if len(courses) > MOST_RUNS:
                        raise FileError(f"{path} has more than {MOST_RUNS} runs, too many for one picture")
                courses[-1].append(line.row)
                before = line
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x}") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from None
    if not courses:
        raise FileError(f"{path} has no steps", hint="gdcli minimize … --trace FILE writes a trace")
    if len(courses) > 1:
        for place, course in enumerate(courses, 1):
            course.label += f" ({place})"
    return courses


def _rows(file: TextIO, path: str, delimiter: str) -> Iterator[_Line]:
    """The rows of a table, whose header may come again, and change, behind a blank line."""
    header: list[str] | None = None
    for number, text in enumerate(file, 1):
        if not text.strip():
            header = None
            continue
        try:
            cells = next(csv.reader([text], delimiter=delimiter, strict=True))
        except csv.Error as error:
            _refuse(path, number, str(error), text)
        if header is None:
            header = [cell.strip() for cell in cells]
            if tuple(header[:3]) != OWN:
                # The minima, which are a table of their own, follow the steps.
                if header[:1] == ["minimum"] and number > 1:
                    return
                _refuse(path, number, f"the header does not begin with {','.join(OWN)}", text)
            if len(header) == len(OWN):
                _refuse(path, number, "the header names no variable", text)
            continue
        if not text.endswith("\n"):
            return
        if len(cells) != len(header):
            _refuse(
                path,
                number,
                f"expected {len(header)} values ({', '.join(header)}), but found {len(cells)}",
                text,
            )
        numbers = [_number(cell, path, number, name, text) for cell, name in zip(cells, header, strict=True)]
        yield _Line(number, tuple(header[3:]), _row(numbers, path, number, text))


def _number(cell: str, path: str, line: int, name: str, text: str) -> float:
    try:
        return float(cell)
    except ValueError:
        _refuse(path, line, f"the {name} {cell.strip()[:40]!r} is not a number", text)


def _row(numbers: Sequence[float], path: str, line: int, text: str) -> Row:
    step, value, norm, *x = numbers
    if not (math.isfinite(step) and step >= 0 and step == int(step)):
        _refuse(path, line, f"the step {step:g} is not a whole number from 0 up", text)
    return Row(int(step), value, norm, tuple(x))


def _objects(file: TextIO, path: str) -> Iterator[_Line]:
    """The events of JSON Lines that are steps."""
    for number, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            if not text.endswith("\n"):
                return
            _refuse(
                path,
                number,
                f"this is not JSON: {getattr(error, 'msg', 'a value is too large').lower()}",
                text,
            )
        if not isinstance(found, dict):
            _refuse(path, number, "this is no object", text)
        if found.get("event") != "step":
            if "event" not in found and "step" in found:
                _refuse(path, number, 'the object has no "event"', text)
            continue
        for key in (*OWN, "x"):
            if key not in found:
                _refuse(path, number, f'the object has no "{key}"', text)
        if not isinstance(found["x"], dict) or not found["x"]:
            _refuse(path, number, '"x" is no object of numbers by variable', text)
        try:
            numbers = [_known(found[key]) for key in OWN]
            x = flat({name: _known(value) for name, value in found["x"].items()})
        except (TypeError, ValueError, OverflowError):
            _refuse(path, number, "a value is not a number", text)
        yield _Line(number, tuple(x), _row([*numbers, *x.values()], path, number, text))


def _known(value: Any) -> Any:
    """A number, or lists of them; null stands for one that is not finite."""
    if isinstance(value, list):
        return [_known(each) for each in value]
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _refuse(path: str, line: int, what: str, text: str) -> NoReturn:
    raise FileError(f"{path}, line {line}: {what}", text=text.rstrip("\r\n")[:200])
