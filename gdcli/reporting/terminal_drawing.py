"""A function drawn in characters: a curve in Braille dots, or contours in shades, with numbers along the sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

import numpy as np

from gdcli.reporting.pictures.curves import broken, height_limits
from gdcli.reporting.pictures.function import Arrows, Floats, Function, Sampled, View, slopes
from gdcli.reporting.pictures.scales import Scale
from gdcli.reporting.terminal_frame import (
    BRAILLE,
    Signs,
    framed,
    in_signs,
    place_of,
    room_for,
    side_labels,
    width_of,
)
from gdcli.reporting.ticks import number_text

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a Braille character, row by row (Unicode, block 2800)."""
COLORS = (
    *("white on #00224e", "white on #123570", "white on #3b496c", "white on #575d6d", "white on #707173"),
    *("black on #8a8678", "black on #a59c74", "black on #c3b369", "black on #e1cc55", "black on #fee838"),
)
"""Cividis in ten steps (`gdcli.reporting.pictures.style`)."""


ARROW_COLUMNS, ARROW_LINES = 5, 2


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
    labels = side_labels(limits, signs)
    width, height = room_for(size, labels)
    across, down = (2, 4) if signs.is_braille else (1, 1)
    dots = _dots(broken(sampled.values, limits), limits, width * across, height * down)
    rows = [
        "".join(
            _cell(dots[i * down : (i + 1) * down, j * across : (j + 1) * across], signs) for j in range(width)
        )
        for i in range(height)
    ]
    return framed(rows, labels, limits, (view.low[0], view.high[0]), name, signs, title)


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
    lines = framed(
        rows, side_labels(sides, signs), sides, (view.low[0], view.high[0]), names[0], signs, names[1]
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
    return room_for(size, side_labels((view.low[1], view.high[1]), signs), more=2)


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
        column = place_of(x, view.low[0], view.high[0], len(drawn[0]))
        row = len(drawn) - 1 - place_of(y, view.low[1], view.high[1], len(drawn))
        drawn[row][column] = signs[round(float(np.arctan2(up, right)) / (np.pi / 4)) % 8]


def _legend(
    scale: Scale, signs: Signs, steps: int, paint: Callable[[str, str], str] | None, width: int
) -> list[str]:
    """What the shades stand for: from which value on there is which."""
    if scale.high <= 0.0:
        return [
            in_signs(
                f"value {number_text(scale.base * scale.unit, 6, plain=not signs.is_braille)} everywhere",
                signs,
            )
        ]
    parts = [f"{in_signs(scale.label_text(plain=not signs.is_braille), signs)}:"]
    for step in range(0, steps, 2 if steps > 6 else 1):
        shown = paint("  ", COLORS[step]) if paint is not None else f"[{signs.shades[step]}]"
        low = number_text(scale.number_at(step / steps), 2, plain=not signs.is_braille)
        parts.append(
            f"{shown} from {in_signs(low, signs)}" if step or not scale.logarithmic else f"{shown} below"
        )
    lines = parts[:1]
    for part in parts[1:]:
        if width_of(f"{lines[-1]}  {part}") <= width:
            lines[-1] += f"  {part}"
        else:
            lines.append(part)
    return lines
