"""Where many starts have ended, as records for a picture."""

from __future__ import annotations

from gdcli.descent.problem import Problem
from gdcli.descent.starts.region import Floats
from gdcli.records import End

MOST_ENDS = 2_000
"""No picture shows more points apart. Starts are spread evenly however many one takes of them."""


def handed_out(problem: Problem, x: Floats, value: Floats) -> tuple[End, ...]:
    """The ends of the first starts.

    Args:
        problem: Whose they are.
        x: Points of shape (k, n).
        value: Their k values, of the function that is to be minimised; infinite where a descent has none.
    """
    numbers = zip(x[:MOST_ENDS].tolist(), (problem.sign * value[:MOST_ENDS]).tolist(), strict=True)
    return tuple([End(problem.point(point), each) for point, each in numbers])
