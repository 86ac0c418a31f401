"""Sparklines."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Step
from gdcli.reporting.course import Course
from gdcli.reporting.sparkline import ASCII_BARS, BARS, UNDEFINED, course_lines, sparkline


@pytest.mark.parametrize(
    ("numbers", "width", "text", "logarithmic"),
    [
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 8, "▁▂▃▄▅▆▇█", False),
        ([1.0, 10.0, 100.0, 1000.0, 1e4, 1e5, 1e6, 1e7], 8, "▁▂▃▄▅▆▇█", True),
        ([3.0, 3.0, 3.0], 8, "▁▁▁", False),
        ([-1.0, 1.0], 8, "▁█", False),
        ([math.nan, 1.0, math.inf, 2.0], 8, " ▁▅█", False),
        ([math.nan, math.inf], 8, "  ", False),
        ([1.0], 8, "▁", False),
        ([], 8, "", False),
        ([1.0, 2.0], 0, "", False),
        ([-1.7e308, 0.0, 1.7e308], 8, "▁▅█", False),
        ([8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 2, "█▁", False),
    ],
)
def test_bars(numbers: list[float], width: int, text: str, logarithmic: bool) -> None:
    assert sparkline(range(len(numbers)), numbers, width) == (text, logarithmic)


def test_places_are_where_the_steps_are() -> None:
    """Ten steps at the beginning are not half of a run of a hundred."""
    places = [*range(11), 100]
    assert sparkline(places, [float(place < 10) for place in places], 11).text == "█" + "▁" * 10


@given(numbers=st.lists(st.floats(), min_size=1, max_size=200), width=st.integers(1, 80), ascii=st.booleans())
def test_any_numbers(numbers: list[float], width: int, ascii: bool) -> None:
    bars = ASCII_BARS if ascii else BARS
    text, _ = sparkline(range(len(numbers)), numbers, width, bars)
    assert len(text) == min(width, len(numbers))
    assert set(text) <= {*bars, UNDEFINED}
    finite = [each for each in numbers if math.isfinite(each)]
    if len(finite) == len(numbers) <= width:
        assert text[numbers.index(min(finite))] == bars[0]
        assert max(finite) == min(finite) or text[numbers.index(max(finite))] == bars[-1]


@pytest.mark.parametrize("width", [*range(0, 40), 80, 200])
def test_lines_of_a_course_fit(width: int) -> None:
    course = Course()
    for step in range(100):
        course.add(Step(step, 10.0**-step, 1.0, {"x": 0.0}))
    for unicode in (True, False):
        lines = course_lines(course, width, unicode=unicode)
        assert all(len(line) <= width for line in lines)
        assert unicode or all(line.isascii() for line in lines)
    assert len(lines) == (2 if width >= 15 else 0)
    if width == 80:
        assert lines[0].startswith("value          #")
        assert lines[0].endswith("_  1 -> 1e-99  log")
        assert len(lines[0]) == len(lines[1]) + len("  log") + len("1 -> 1e-99") - len("1 -> 1")


def test_before_the_first_step_there_is_nothing() -> None:
    assert course_lines(Course(), 80) == []
