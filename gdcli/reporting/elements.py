"""Vectors to text: whole where programs read them, and what stands for a long one where people do.

A vector may have ten million elements, so that it is written in pieces: nothing here holds the text of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from gdcli.records import Value, Vector
from gdcli.reporting.number_text import exact, rounded

FEW = 10
"""A vector of so many elements is shown whole where people read."""
HEAD = 3
TAIL = 3
PIECE = 2**16
"""Elements that are turned into text at once."""

_ELEMENT = re.compile(r"(.+?)((?:\[[^]]*\])+)")
_NOT_FINITE = re.compile("-?inf|nan|None")


def is_long(vector: Vector) -> bool:
    """Whether people see its head, tail, norm and extremes only."""
    return len(vector.numbers) > FEW


def element(vector: Vector, place: int) -> float:
    """One of its numbers."""
    return float(vector.numbers[place])


def split(name: str) -> tuple[str, str]:
    """The name of a variable, and the subscript that makes it the name of an element.

    >>> split("x[3]"), split("x[0][1]"), split("x")
    (('x', '[3]'), ('x', '[0][1]'), ('x', ''))
    """
    match = _ELEMENT.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")


def subscript(shape: Sequence[int], place: int) -> str:
    """How an element is found in what JSON has.

    >>> subscript((5,), 3), subscript((2, 3), 4)
    ('[3]', '[1][1]')
    """
    indices = []
    for length in reversed(shape):
        place, index = divmod(place, length)
        indices.append(f"[{index}]")
    return "".join(reversed(indices))


def element_names(name: str, vector: Vector) -> Iterator[str]:
    """``x[0]``, ``x[1]``, …; of a matrix ``h[0][0]``, ``h[0][1]``, …"""
    if len(vector.shape) == 1:
        return (f"{name}[{place}]" for place in range(len(vector.numbers)))
    return (name + subscript(vector.shape, place) for place in range(len(vector.numbers)))


def floats(vector: Vector, start: int = 0, stop: int | None = None) -> list[float]:
    """Some of its numbers, as Python floats."""
    part = vector.numbers[start:stop]
    # A view makes its floats itself, many times as quickly.
    return cast("list[float]", part.tolist()) if isinstance(part, memoryview) else list(map(float, part))


def joined(
    vector: Vector, text: Callable[[float], str], separator: str, start: int = 0, stop: int | None = None
) -> Iterator[str]:
    """The pieces of its numbers' texts with a separator between each two."""
    stop = len(vector.numbers) if stop is None else stop
    for place in range(start, stop, PIECE):
        piece = separator.join(map(text, floats(vector, place, min(place + PIECE, stop))))
        yield piece if place == start else separator + piece


def listed(vector: Vector, text: Callable[[float], str]) -> Iterator[str]:
    """The pieces of ``[1.0,3.0]``, or of a matrix ``[[1.0,3.0],[2.0,4.0]]``."""
    yield "["
    if len(vector.shape) == 1:
        yield from joined(vector, text, ",")
    else:
        columns = vector.shape[-1]
        for place in range(0, len(vector.numbers), columns):
            yield ",[" if place else "["
            yield from joined(vector, text, ",", place, place + columns)
            yield "]"
    yield "]"


def exactly(precision: int | None) -> Callable[[float], str]:
    """The text of a number outside tables; see `gdcli.reporting.number_text.exact`."""
    return repr if precision is None else lambda number: exact(number, precision)


def json_list(vector: Vector, precision: int | None) -> Iterator[str]:
    """The pieces of the list that JSON has of it, with null for what is not finite."""
    for piece in listed(
        vector, repr if precision is None else lambda number: repr(rounded(number, precision))
    ):
        # The texts of finite floats have no n in them.
        yield _NOT_FINITE.sub("null", piece) if "n" in piece else piece


def assigned(point: Mapping[str, Value]) -> str:
    """A point in a message, a long vector by its ends: ``x=[1.0,3.0], y=2.0``."""
    return ", ".join(f"{name}={brief(value)}" for name, value in point.items())


def brief(value: Value) -> str:
    """A value in a message: exact, but for a long vector's middle.

    >>> brief(Vector((12,), (1.0,) * 12, 12**0.5, 1.0, 0, 1.0, 0))
    '[1.0,1.0,1.0,...,1.0,1.0,1.0] (12 elements)'
    """
    if not isinstance(value, Vector):
        return exact(value)
    if not is_long(value):
        return "".join(listed(value, repr))
    size = len(value.numbers)
    ends = [*map(repr, floats(value, 0, HEAD)), "...", *map(repr, floats(value, size - TAIL))]
    return f"[{','.join(ends)}] ({size} elements)"


def some(names: Sequence[str]) -> str:
    """Names for people: all, or the first ones and how many there are."""
    if len(names) <= FEW:
        return ", ".join(names)
    return f"{', '.join(names[:FEW])}, ... ({len(names)} in all)"


MEASURES = {"norm": "norm", "min": "least", "max": "most"}
"""What is said of a long vector: how it is called, and the attribute of `gdcli.records.Vector`."""
EXTREMES = {name: MEASURES[name] for name in ("min", "max")}
"""What is said of it where there is little room."""


def watched(
    pairs: Iterable[tuple[str, Value]], measures: Mapping[str, str] = MEASURES
) -> list[tuple[str, float]]:
    """What one line says of named values: numbers, a short vector's elements, and measures of a long one."""
    result: list[tuple[str, float]] = []
    for name, value in pairs:
        if not isinstance(value, Vector):
            result.append((name, value))
        elif is_long(value):
            result += [(f"{title}({name})", getattr(value, which)) for title, which in measures.items()]
        else:
            result += zip(element_names(name, value), floats(value), strict=True)
    return result
