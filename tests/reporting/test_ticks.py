"""Numbers along an axis."""

from __future__ import annotations

import doctest
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.reporting import ticks as module
from gdcli.reporting.ticks import log_texts, log_ticks, number_text, scaled_texts, texts, ticks

FINITE = st.floats(-1e300, 1e300)


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0


@given(low=FINITE, high=FINITE, most=st.integers(1, 20))
def test_ticks_are_few_ascending_and_inside(low: float, high: float, most: int) -> None:
    low, high = min(low, high), max(low, high)
    found = ticks(low, high, most)
    assert 1 <= len(found) <= max(most, 2)
    assert found == sorted(found)
    room = 1e-6 * (high / 2 - low / 2)
    assert all(low - room <= each <= high + room for each in found)


@given(low=st.floats(-300.0, 299.0), decades=st.floats(0.05, 600.0), most=st.integers(3, 9))
def test_ticks_of_a_logarithmic_axis(low: float, decades: float, most: int) -> None:
    ends = 10.0**low, 10.0 ** min(low + decades, 300.0)
    found = log_ticks(*ends, most)
    assert 1 <= len(found) <= max(most, 2)
    assert found == sorted(set(found))
    assert all(0.999 * ends[0] <= each <= 1.001 * ends[1] for each in found)
    assert len(set(log_texts(found))) == len(found)


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-3, 1e6))
def test_texts_tell_ticks_apart_and_are_right(low: float, width: float) -> None:
    numbers = ticks(low, low + width, 8)
    shown = texts(numbers, plain=True)
    assert len(set(shown)) == len(set(numbers))
    gap = min((b - a for a, b in itertools.pairwise(numbers)), default=1.0)
    for number, text in zip(numbers, shown, strict=True):
        assert abs(float(text) - number) <= 2e-3 * gap


@pytest.mark.parametrize("number", [0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7e308, -1.7e308, 123456.0])
def test_there_is_a_text_for_every_number(number: float) -> None:
    assert number_text(number)
    assert texts([number, 1.0])
    assert scaled_texts([number, 1.0])[0]
    assert log_texts([number])
