"""Axes around a drawing in characters, with numbers along them, and the characters that there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gdcli.reporting.ticks import texts, ticks

BRAILLE = 0x2800
ARROWS, ASCII_ARROWS = "→↗↑↖←↙↓↘", ">/^\\</v\\"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
SIDE_NUMBERS, FLOOR_NUMBERS = 5, 6
_LEAST_WIDTH, _LEAST_HEIGHT = 8, 3


class Signs(NamedTuple):
    """The characters of a drawing.

    Attributes:
        shades: From the lowest to the highest.
        side: The axis at the left, where there is a number and where there is none.
        corner: Where the axes meet.
        floor: The axis below, where there is a number and where there is none.
        arrows: Eight directions, anticlockwise from the right.
        minus: The minus sign of numbers.
        is_braille: Whether curves are made of Braille dots.
    """

    shades: str
    side: tuple[str, str]
    corner: str
    floor: tuple[str, str]
    arrows: str
    minus: str
    is_braille: bool


UNICODE = Signs("·░▒▓█", ("┤", "│"), "└", ("┬", "─"), ARROWS, "−", True)
ASCII = Signs(".:-=+*#%@", ("+", "|"), "+", ("+", "-"), ASCII_ARROWS, "-", False)
EVERYTHING = "".join(UNICODE.shades + ARROWS + "┤│└┬─−⁻·" + chr(BRAILLE))
"""What a stream's encoding has to have for a drawing in Unicode."""


class Label(NamedTuple):
    """A number along the side, and its text."""

    place: float
    text: str


def side_labels(limits: tuple[float, float], signs: Signs) -> list[Label]:
    """The numbers along the left side."""
    places = ticks(*limits, SIDE_NUMBERS)
    return [
        Label(place, in_signs(text, signs)) for place, text in zip(places, _texts(places, signs), strict=True)
    ]


def _texts(numbers: Sequence[float], signs: Signs) -> list[str]:
    return texts(numbers, plain=not signs.is_braille)


def in_signs(text: str, signs: Signs) -> str:
    """A number's text with the minus sign that there is."""
    return text.replace("−", signs.minus)


def room_for(size: tuple[int, int], labels: Sequence[Label], more: int = 0) -> tuple[int, int]:
    """What is left of a drawing's size beside the numbers, and above them and so many `more` lines."""
    margin = max((len(label.text) for label in labels), default=0) + 2
    return max(size[0] - margin, _LEAST_WIDTH), max(size[1] - 3 - more, _LEAST_HEIGHT)


def place_of(number: float, low: float, high: float, count: int) -> int:
    """In which of so many equal parts of an interval a number is."""
    return min(int((number / 2 - low / 2) / (high / 2 - low / 2) * count), count - 1)


def framed(
    rows: Sequence[str],
    labels: Sequence[Label],
    sides: tuple[float, float],
    floor: tuple[float, float],
    name: str,
    signs: Signs,
    title: str = "value",
) -> list[str]:
    """Rows with axes; `title` is what the numbers at the left are, `name` what those below are."""
    height = len(rows)
    width = max(len(label.text) for label in labels) if labels else 0
    at: dict[int, str] = {}
    for label in labels:
        at.setdefault(height - 1 - place_of(label.place, *sides, height), label.text)
    lines = [title]
    for i, row in enumerate(rows):
        lines.append(f"{at.get(i, '').rjust(width)} {signs.side[0 if i in at else 1]}{row}")
    return lines + _floor(floor, name, width, signs, width_of(rows[0]))


def width_of(line: str) -> int:
    """How many columns a line takes, whatever colours are in it."""
    return len(COLOR.sub("", line))


def _floor(sides: tuple[float, float], name: str, margin: int, signs: Signs, width: int) -> list[str]:
    """The axis below and its numbers, as many as there is room for, with the variable's name at the end."""
    places = ticks(*sides, FLOOR_NUMBERS)
    line, below = [signs.floor[1]] * width, [" "] * width
    name = name if len(name) <= width // 3 else name[: width // 3]
    room = width - len(name) - 2
    free = 0
    for place, text in zip(places, _texts(places, signs), strict=True):
        column = place_of(place, *sides, width)
        begin = max(column - len(text) // 2, 0)
        if begin < free or begin + len(text) > room:
            continue
        line[column] = signs.floor[0]
        below[begin : begin + len(text)] = in_signs(text, signs)
        free = begin + len(text) + 2
    below[room + 2 :] = name
    return [" " * margin + " " + signs.corner + "".join(line), (" " * (margin + 2) + "".join(below)).rstrip()]
