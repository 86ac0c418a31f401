"""A function drawn in characters: a curve in Braille dots, or contours in shades, with numbers along the sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TextIO

import numpy as np

from gdcli.reporting.pictures.curves import broken, height_limits
from gdcli.reporting.pictures.function import Arrows, Floats, Function, Sampled, View, slopes
from gdcli.reporting.pictures.scales import Scale
from gdcli.reporting.ticks import number_text, texts, ticks

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a Braille character, row by row (Unicode, block 2800)."""
BRAILLE = 0x2800
ARROWS, ASCII_ARROWS = "→↗↑↖←↙↓↘", ">/^\\</v\\"
COLORS = (
    *("white on #00224e", "white on #123570", "white on #3b496c", "white on #575d6d", "white on #707173"),
    *("black on #8a8678", "black on #a59c74", "black on #c3b369", "black on #e1cc55", "black on #fee838"),
)
"""Cividis in ten steps (`gdcli.reporting.pictures.style`)."""


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

ARROW_COLUMNS, ARROW_LINES = 5, 2
COLOR = re.compile(r"\x1b\[[0-9;]*m")
SIDE_NUMBERS, FLOOR_NUMBERS = 5, 6
_LEAST_WIDTH, _LEAST_HEIGHT = 8, 3


def curve(
    sampled: Sampled, view: View, name: str, size: tuple[int, int], signs: Signs, title: str = "value"
) -> list[str]:
    """The lines of a curve.

    Args:
        sampled: The function along the view, as finely as there are dots, or more so.
        view: What is shown of the variable.
        name: The variable.
        size: Columns and lines, all in all.
        signs: The characters.
        title: What the numbers at the left are.
    """
    limits = height_limits(sampled.values, np.zeros(0)) or (0.0, 1.0)
    labels = _labels(limits, signs)
    width, height = _room(size, labels)
    across, down = (2, 4) if signs.is_braille else (1, 1)
    dots = _dots(broken(sampled.values, limits), limits, width * across, height * down)
    rows = [
        "".join(
            _cell(dots[i * down : (i + 1) * down, j * across : (j + 1) * across], signs) for j in range(width)
        )
        for i in range(height)
    ]
    return _framed(rows, labels, limits, (view.low[0], view.high[0]), name, signs, title)


def contours(
    sampled: Sampled,
    view: View,
    names: Sequence[str],
    scale: Scale,
    signs: Signs,
    field: Arrows | None = None,
    paint: Callable[[str, str], str] | None = None,
) -> list[str]:
    """The lines of coarse contours, with what the shades mean below.

    Args:
        sampled: The function, at a place for each character.
        view: What is shown of the variables.
        names: The variables.
        scale: The scale of its values.
        signs: The characters.
        field: Directions to be drawn on it.
        paint: Colours a text, given the background; then colours stand for shades.
    """
    heights = scale.heights(sampled.values)[::-1]
    steps = len(COLORS) if paint is not None else len(signs.shades)
    cells = [[_shade(each, steps) for each in row] for row in heights]
    drawn = [[" " if shade is None or paint else signs.shades[shade] for shade in row] for row in cells]
    if field is not None:
        _draw_field(drawn, field, view, signs.arrows)
    rows = [_painted(row, shades, paint) for row, shades in zip(drawn, cells, strict=True)]
    sides = view.low[1], view.high[1]
    lines = _framed(
        rows, _labels(sides, signs), sides, (view.low[0], view.high[0]), names[0], signs, names[1]
    )
    return [*lines, "", *_legend(scale, signs, steps, paint, max(map(width_of, lines)))]


def slope(function: Function, sampled: Sampled, view: View, size: tuple[int, int], signs: Signs) -> list[str]:
    """The lines of a curve of the derivative, under that of the function."""
    derivative = Sampled(sampled.x, sampled.y, slopes(function, sampled.x))
    return curve(derivative, view, function.variables[0], size, signs, "derivative")


def field_counts(room: tuple[int, int]) -> tuple[int, int]:
    """How many arrows there are across and down contours of so many characters."""
    return max(room[0] // ARROW_COLUMNS, 1), max(room[1] // ARROW_LINES, 1)


def painter(stdout: TextIO) -> Callable[[str, str], str]:
    """Rich's way of giving a text a background."""
    from gdcli.reporting.drawing import Canvas
    from gdcli.reporting.reporter import Output

    return Canvas(Output(stdout, stdout, color=True)).painted


def contour_room(size: tuple[int, int], view: View, signs: Signs) -> tuple[int, int]:
    """How many characters across and down contours have in a drawing of that size."""
    return _room(size, _labels((view.low[1], view.high[1]), signs), more=2)


class _Label(NamedTuple):
    place: float
    text: str


def _labels(limits: tuple[float, float], signs: Signs) -> list[_Label]:
    """The numbers along the left side."""
    places = ticks(*limits, SIDE_NUMBERS)
    return [
        _Label(place, _plain(text, signs)) for place, text in zip(places, _texts(places, signs), strict=True)
    ]


def _texts(numbers: Sequence[float], signs: Signs) -> list[str]:
    return texts(numbers, plain=not signs.is_braille)


def _plain(text: str, signs: Signs) -> str:
    return text.replace("−", signs.minus)


def _room(size: tuple[int, int], labels: Sequence[_Label], more: int = 0) -> tuple[int, int]:
    """What is left of a drawing's size beside the numbers, and above them and so many `more` lines."""
    margin = max((len(label.text) for label in labels), default=0) + 2
    return max(size[0] - margin, _LEAST_WIDTH), max(size[1] - 3 - more, _LEAST_HEIGHT)


def _dots(
    values: Floats, limits: tuple[float, float], width: int, height: int
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which dots of a curve are set: in each column those between its lowest and highest place, joined to the next."""
    low, high = limits
    with np.errstate(all="ignore"):
        part = (high / 2 - values / 2) / (high / 2 - low / 2) * (height - 1)
    dots = np.zeros((height, width), bool)
    # Far outside is as far as just outside, and no number is too large to be a place.
    part = np.clip(part, -1.0, float(height))
    columns = np.linspace(0.0, width - 1e-9, len(values)).astype(int)
    previous: float | None = None
    for column, place in zip(columns.tolist(), part.tolist(), strict=True):
        if not np.isfinite(place):
            previous = None
            continue
        ends = sorted((place, place if previous is None else previous))
        first, last = round(ends[0]), round(ends[1])
        # The neighbour's dot is in its own column.
        first, last = max(first, 0), min(last, height - 1)
        dots[first : last + 1, column] = True
        previous = place
    return dots


def _cell(dots: np.ndarray[tuple[int, int], np.dtype[np.bool_]], signs: Signs) -> str:
    if not signs.is_braille:
        return "*" if dots.any() else " "
    bits = sum(
        bit
        for row, pair in zip(dots.tolist(), DOTS, strict=True)
        for dot, bit in zip(row, pair, strict=True)
        if dot
    )
    return chr(BRAILLE + bits) if bits else " "


def _shade(height: float, steps: int) -> int | None:
    return None if np.isnan(height) else min(int(height * steps), steps - 1)


def _painted(
    row: Sequence[str], shades: Sequence[int | None], paint: Callable[[str, str], str] | None
) -> str:
    if paint is None:
        return "".join(row)
    parts: list[str] = []
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or shades[end] != shades[start]:
            text, shade = "".join(row[start:end]), shades[start]
            parts.append(text if shade is None else paint(text, COLORS[shade]))
            start = end
    return "".join(parts)


def _draw_field(drawn: list[list[str]], field: Arrows, view: View, signs: str) -> None:
    """Put an arrow of the eight directions where each of the gradients is."""
    for x, y, right, up in zip(field.x, field.y, field.right, field.up, strict=True):
        column = _place(x, view.low[0], view.high[0], len(drawn[0]))
        row = len(drawn) - 1 - _place(y, view.low[1], view.high[1], len(drawn))
        drawn[row][column] = signs[round(float(np.arctan2(up, right)) / (np.pi / 4)) % 8]


def _place(number: float, low: float, high: float, count: int) -> int:
    return min(int((number / 2 - low / 2) / (high / 2 - low / 2) * count), count - 1)


def _framed(
    rows: Sequence[str],
    labels: Sequence[_Label],
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
        at.setdefault(height - 1 - _place(label.place, *sides, height), label.text)
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
    room = max(width - len(name) - 2, 0)
    free = 0
    for place, text in zip(places, _texts(places, signs), strict=True):
        column = _place(place, *sides, width)
        begin = max(column - len(text) // 2, 0)
        if begin < free or begin + len(text) > room:
            continue
        line[column] = signs.floor[0]
        below[begin : begin + len(text)] = _plain(text, signs)
        free = begin + len(text) + 2
    below[room + 2 :] = name[: width - room - 2]
    return [" " * margin + " " + signs.corner + "".join(line), (" " * (margin + 2) + "".join(below)).rstrip()]


def _legend(
    scale: Scale, signs: Signs, steps: int, paint: Callable[[str, str], str] | None, width: int
) -> list[str]:
    """What the shades stand for: from which value on there is which."""
    if scale.high <= 0.0:
        return [
            _plain(
                f"value {number_text(scale.base * scale.unit, 6, plain=not signs.is_braille)} everywhere",
                signs,
            )
        ]
    parts = [f"{_plain(scale.label_text(plain=not signs.is_braille), signs)}:"]
    for step in range(0, steps, 2 if steps > 6 else 1):
        shown = paint("  ", COLORS[step]) if paint is not None else f"[{signs.shades[step]}]"
        low = number_text(scale.number_at(step / steps), 2, plain=not signs.is_braille)
        parts.append(
            f"{shown} from {_plain(low, signs)}" if step or not scale.logarithmic else f"{shown} below"
        )
    lines = parts[:1]
    for part in parts[1:]:
        if width_of(f"{lines[-1]}  {part}") <= width:
            lines[-1] += f"  {part}"
        else:
            lines.append(part)
    return lines
