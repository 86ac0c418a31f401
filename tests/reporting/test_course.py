"""The course of a run: bounded, with its first and its last step."""

from __future__ import annotations

import doctest
import itertools

from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Step
from gdcli.reporting import course as module
from gdcli.reporting.course import Course, Row


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0


@given(count=st.integers(1, 300), most=st.integers(4, 40))
def test_it_is_thinned_out_evenly(count: int, most: int) -> None:
    course = Course(most=most)
    for step in range(count):
        course.add(Step(step, float(step), 1.0, {"x": 0.0}))
    steps = [row.step for row in course.rows]
    assert len(steps) <= most + 1
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, count - 1)
    gaps = {after - before for before, after in itertools.pairwise(steps[:-1])}
    assert len(gaps) <= 1
    if count <= most:
        assert steps == list(range(count))


def test_what_is_held_is_left_out() -> None:
    course = Course("a", leave_out=["b"])
    course.add(Step(0, 1.0, 2.0, {"a": 3.0, "b": 4.0, "c": 5.0}))
    assert course.names == ("a", "c")
    assert course.rows == [Row(0, 1.0, 2.0, (3.0, 5.0))]
    less = course.without(["a"])
    assert (less.label, less.names, less.rows) == ("a", ("c",), [Row(0, 1.0, 2.0, (5.0,))])
