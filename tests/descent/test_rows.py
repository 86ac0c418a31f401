"""Which steps are shown."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.descent import rows


def shown(steps, every=None):
    found = [0]
    while found[-1] < steps:
        found.append(rows.next_shown(found[-1], steps, every))
    return found


def test_the_example():
    assert doctest.testmod(rows).failed == 0


@pytest.mark.parametrize(
    ("steps", "every", "expected"),
    [
        (0, None, [0]),
        (1, None, [0, 1]),
        (7, None, [0, 1, 2, 3, 4, 5, 6, 7]),
        (30, None, [0, 1, 2, 5, 10, 15, 20, 25, 30]),
        (100, None, [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
        (10, 4, [0, 4, 8, 10]),
        (5, 1, [0, 1, 2, 3, 4, 5]),
        (5, 100, [0, 5]),
    ],
)
def test_shown_steps(steps, every, expected):
    assert shown(steps, every) == expected


@given(steps=st.integers(1, 10**7))
def test_there_are_about_twenty(steps):
    found = shown(steps)
    assert found[-1] == steps
    assert found == sorted(set(found))
    assert min(steps + 1, 8) <= len(found) <= 32


@given(step=st.integers(0, 10**9))
def test_a_picture_wants_every_step_at_first_and_then_no_wide_gap(step):
    gap = rows.next_drawn(step) - step
    assert gap == 1 if step < 1_000 else 1 < gap <= step / 500


def test_a_picture_of_a_long_run_stays_small():
    step, count = 0, 0
    while step < 10**8:
        step, count = rows.next_drawn(step), count + 1
    assert 1_000 < count < 8_000
