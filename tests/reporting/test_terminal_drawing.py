"""Functions drawn in characters, letter by letter: golden_drawings/ has a file for each.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1 pytest tests/reporting`` and read
the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gdcli.reporting.pictures.function import Function, View, arrows, sample
from gdcli.reporting.pictures.scales import scale_of
from gdcli.reporting.terminal_drawing import contour_room, contours, curve, field_counts
from gdcli.reporting.terminal_frame import ASCII, EVERYTHING, UNICODE, Signs, width_of
from tests.reporting.pictures.samples import ROSENBROCK, function

GOLDEN = Path(__file__).parent / "golden_drawings"
SIZE = (80, 20)


def curve_of(
    of: Callable[..., object], low: float, high: float, size: tuple[int, int], signs: Signs
) -> list[str]:
    view = View((low,), (high,))
    sampled = sample(function("x", of), view, (8 * size[0],))
    return curve(sampled, view, "x", size, signs)


def contours_of(
    of: Function,
    view: View,
    size: tuple[int, int],
    signs: Signs,
    gradient: bool = False,
    paint: object = None,
) -> list[str]:
    room = contour_room(size, view, signs)
    sampled = sample(of, view, room)
    field = arrows(of, view, field_counts(room)) if gradient else None
    return contours(sampled, view, of.variables, scale_of(sampled.values), signs, field, paint)  # type: ignore[arg-type]


HALF = function("xy", lambda x, y: np.log(x) * (y**2 + x))
BOWL = function("xy", lambda x, y: x**2 + 3 * y**2)
VALLEY = View((-2.0, -1.0), (2.0, 3.0))
SQUARE = View((-2.0, -2.0), (2.0, 2.0))
DRAWINGS: dict[str, Callable[[Signs], list[str]]] = {
    "curve": lambda signs: curve_of(lambda x: np.sin(x) / x, -20.0, 20.0, SIZE, signs),
    "curve-narrow": lambda signs: curve_of(lambda x: x**3 - x, -2.0, 2.0, (40, 12), signs),
    "curve-pole": lambda signs: curve_of(lambda x: 1 / (x - 1), -5.0, 5.0, SIZE, signs),
    "curve-half": lambda signs: curve_of(np.log, -5.0, 5.0, SIZE, signs),
    "curve-flat": lambda signs: curve_of(lambda x: 0 * x + 5, -5.0, 5.0, SIZE, signs),
    "curve-huge": lambda signs: curve_of(lambda x: 1e200 * x**2, -1e-9, 1e-9, SIZE, signs),
    "contours": lambda signs: contours_of(ROSENBROCK, VALLEY, SIZE, signs),
    "contours-narrow": lambda signs: contours_of(BOWL, SQUARE, (40, 16), signs),
    "contours-half": lambda signs: contours_of(HALF, View((-2.0, -5.0), (6.0, 5.0)), SIZE, signs),
    "contours-flat": lambda signs: contours_of(
        function("xy", lambda x, y: 0 * x + 5), SQUARE, (40, 12), signs
    ),
    "field": lambda signs: contours_of(BOWL, SQUARE, SIZE, signs, gradient=True),
}
ALPHABETS = {"unicode": UNICODE, "ascii": ASCII}


def check(name: str, lines: list[str]) -> None:
    path = GOLDEN / f"{name}.txt"
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_golden(name: str, alphabet: str) -> None:
    lines = DRAWINGS[name](ALPHABETS[alphabet])
    assert alphabet == "unicode" or all(line.isascii() for line in lines)
    assert set("".join(lines)) <= set(EVERYTHING) | set(map(chr, range(0x2800, 0x2900))) | set(
        map(chr, range(32, 127))
    ) | set("⁰¹²³⁴⁵⁶⁷⁸⁹")
    check(f"{name}-{alphabet}", lines)


def test_golden_has_no_file_too_many() -> None:
    names = {f"{name}-{alphabet}" for name in DRAWINGS for alphabet in ALPHABETS}
    assert {path.stem for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize("signs", ALPHABETS.values(), ids=list(ALPHABETS))
@pytest.mark.parametrize("columns", [20, 33, 60, 80, 110])
@pytest.mark.parametrize("lines", [8, 20])
def test_a_drawing_fits(signs: Signs, columns: int, lines: int) -> None:
    drawn = curve_of(np.cos, -3.0, 3.0, (columns, lines), signs)
    assert max(map(len, drawn)) <= columns
    assert len(drawn) == lines
    drawn = contours_of(BOWL, SQUARE, (columns, lines), signs, gradient=True)
    assert max(map(len, drawn[: drawn.index("")])) <= columns
    # What the shades mean may take more lines where there is little room.
    assert len(drawn[: drawn.index("")]) == lines - 2


@pytest.mark.parametrize("height", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("width", [1e-300, 1.0, 1e299])
@pytest.mark.parametrize("signs", ALPHABETS.values(), ids=list(ALPHABETS))
def test_any_size_of_numbers(height: float, width: float, signs: Signs) -> None:
    drawn = curve_of(lambda x: height * (x / width), -width, width, SIZE, signs)
    assert max(map(len, drawn)) <= SIZE[0]
    plane = function("xy", lambda x, y: height * (x / width / 2 + y / width / 2))
    contours_of(plane, View((-width, -width), (width, width)), SIZE, signs, gradient=True)


def test_a_curve_goes_from_its_least_to_its_greatest_value() -> None:
    drawn = curve_of(lambda x: x, 0.0, 1.0, (40, 12), ASCII)
    rows = [line.partition("+" if "+" in line else "|")[2] for line in drawn[1:-2]]
    stars = [[i for i, sign in enumerate(row) if sign == "*"] for row in rows if "*" in row]
    assert stars[0][-1] == max(map(max, stars))
    assert stars[-1][0] == 0
    assert sorted(stars, reverse=True) == stars


def test_colours_stand_for_shades() -> None:
    styles: list[str] = []

    def paint(text: str, style: str) -> str:
        styles.append(style)
        return f"\x1b[1m{text}\x1b[0m"

    drawn = contours_of(BOWL, SQUARE, SIZE, UNICODE, gradient=True, paint=paint)
    assert len(set(styles)) == 10
    assert not set("".join(drawn)) & set(UNICODE.shades[1:])
    plain = contours_of(BOWL, SQUARE, SIZE, UNICODE)
    assert [width_of(line) for line in drawn[:16]] == [len(line) for line in plain[:16]]
