"""Sparklines: the course of a number in one line of text.

E. R. Tufte, Beautiful Evidence, Graphics Press 2006: small, intense, word-sized graphics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TextIO

from gdcli.reporting.course import Course
from gdcli.reporting.terminal import can_encode

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-=*#"
UNDEFINED = " "
MOST_BARS = 60
LABELS = ("value", "gradient norm")
LABEL_WIDTH = max(map(len, LABELS)) + 2
LOGARITHMIC = "log"
DIGITS = 4
DECADES = 1.0
"""From so many powers of ten on, what is positive is drawn by its logarithm."""


class Sparkline(NamedTuple):
    """A line of bars, and whether their heights are logarithms."""

    text: str
    logarithmic: bool


def can_spark(stream: TextIO) -> bool:
    """Whether the stream's encoding has the bars and the arrow."""
    return can_encode(stream, BARS + "→")


def course_lines(
    course: Course,
    width: int,
    *,
    unicode: bool = True,
    styled: Callable[[str, str], str] = lambda text, style: text,
) -> list[str]:
    """A line for the value and one for the gradient's norm: the bars, the first number and the last.

    Args:
        course: The run; without any step there are no lines.
        width: The most columns.
        unicode: Whether there are more characters than those of ASCII.
        styled: Gives a text the style of a name, as `gdcli.reporting.drawing.Canvas` does.
    """
    rows = course.rows
    if not rows or width < LABEL_WIDTH:
        return []
    steps = [row.step for row in rows]
    arrow, bars = ("→", BARS) if unicode else ("->", ASCII_BARS)
    columns = [row.value for row in rows], [row.gradient_norm for row in rows]
    ends = [f"{numbers[0] + 0.0:.{DIGITS}g} {arrow} {numbers[-1] + 0.0:.{DIGITS}g}" for numbers in columns]
    room = min(width - LABEL_WIDTH - max(map(len, ends)) - len(f"    {LOGARITHMIC}"), MOST_BARS)
    lines = []
    for label, numbers, text in zip(LABELS, columns, ends, strict=True):
        line = sparkline(steps, numbers, room, bars)
        parts = [line.text, text, LOGARITHMIC if line.logarithmic else ""]
        plain = (label.ljust(LABEL_WIDTH) + "  ".join(part for part in parts if part))[:width]
        end = LABEL_WIDTH + len(line.text)
        lines.append(
            styled(plain[:LABEL_WIDTH], "label") + styled(plain[LABEL_WIDTH:end], "step") + plain[end:]
        )
    return lines


def sparkline(places: Sequence[int], numbers: Sequence[float], width: int, bars: str = BARS) -> Sparkline:
    """Draw numbers against their places (the steps), of which there may be many more than columns, or fewer.

    The first column shows the first number, and each other the last finite one in it, so that the line ends with where
    the run is. Where none is in it, it shows what lies between its neighbours. What is not finite before there was
    anything finite leaves a blank.

    Args:
        places: Where the numbers are: whole numbers in ascending order.
        numbers: As many numbers.
        width: The most columns; fewer are used where there are fewer places from the first to the last.
        bars: The characters, the lowest first.
    """
    if not numbers or width < 1:
        return Sparkline("", False)
    columns = min(width, places[-1] - places[0] + 1)
    finite = [each for each in numbers if math.isfinite(each)]
    if not finite:
        return Sparkline(UNDEFINED * columns, False)
    least, most = min(finite), max(finite)
    logarithmic = least > 0.0 and math.log10(most) - math.log10(least) >= DECADES
    if logarithmic:
        numbers = [math.log(each) if math.isfinite(each) else each for each in numbers]
        least, most = math.log(least), math.log(most)
    heights = _columns(places, numbers, columns)
    return Sparkline("".join(_bar(each, least, most, bars) for each in heights), logarithmic)


def _columns(places: Sequence[int], numbers: Sequence[float], columns: int) -> list[float]:
    """For each column the last finite number in it, or what lies between the numbers around it."""
    first, extent = places[0], max(places[-1] - places[0], 1)
    known: dict[int, float] = {}
    for place, number in zip(places, numbers, strict=True):
        if math.isfinite(number):
            # Half a column later: the first place is in the middle of the first column, the last in that of the last.
            known[((place - first) * (columns - 1) * 2 + extent) // (2 * extent)] = number
    if columns > 1:
        known[0] = numbers[0]
    found = [math.nan] * columns
    before: int | None = None
    for at in sorted(known):
        if before is not None:
            for column in range(before + 1, at):
                part = (column - before) / (at - before)
                found[column] = known[before] * (1.0 - part) + known[at] * part
        found[at] = known[at]
        before = at if math.isfinite(known[at]) else None
    for column in range(0 if before is None else before + 1, columns):
        found[column] = found[column - 1] if column else math.nan
    return found


def _bar(height: float, least: float, most: float, bars: str) -> str:
    if not math.isfinite(height):
        return UNDEFINED
    if least == most:
        return bars[0]
    # Halves first: the difference may be more than a float holds.
    part = (height / 2 - least / 2) / (most / 2 - least / 2)
    # To the nearest, of two the higher whatever the last digit is.
    return bars[int(part * (len(bars) - 1) + 0.5 + 1e-9)]
