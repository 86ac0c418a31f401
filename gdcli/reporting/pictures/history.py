"""What a picture shows against the steps: values and gradient norms, on axes that fit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdcli.reporting.course import Course
from gdcli.reporting.pictures.function import LARGEST, Floats
from gdcli.reporting.ticks import number_text

_MARGIN = 0.05
_LEAST, _MOST = -300.0, 300.0  # powers of ten
_SPAN = 10.0  # what is positive and spans more is drawn on a logarithmic axis


class Series(NamedTuple):
    """A number of each step, for one course or several.

    Attributes:
        label: What the numbers are.
        logarithmic: Whether the axis is to be logarithmic; then there are only positive numbers.
        lines: For each course the steps and the numbers; NaN where there is nothing to be drawn.
    """

    label: str
    logarithmic: bool
    lines: tuple[tuple[Floats, Floats], ...]


def value_series(courses: Sequence[Course], *, maximised: bool = False) -> Series:
    """The values: on a logarithmic axis where they are positive, else as what they are above the lowest.

    Of what is to be maximised it is what the values are below the highest.
    """
    steps, values = _columns(courses, "value")
    best = _extreme(values, maximised=maximised)
    if not maximised and spans(values):
        return _series("value", True, steps, values)
    if best is None:
        return _series("value", False, steps, values)
    gaps = []
    for each in values:
        with np.errstate(all="ignore"):
            gaps.append(best - each if maximised else each - best)
    if spans([np.where(gap > 0.0, gap, np.nan) for gap in gaps]):
        where = "below\nthe highest" if maximised else "above\nthe lowest"
        return _series(f"value {where}, {number_text(best, 4)}", True, steps, gaps)
    return _series("value", False, steps, values)


def norm_series(courses: Sequence[Course]) -> Series:
    """The norms of the gradients: on a logarithmic axis, unless they are nearly the same."""
    steps, norms = _columns(courses, "gradient_norm")
    return _series("gradient norm", spans(norms), steps, norms)


def log_limits(numbers: Sequence[Floats]) -> tuple[float, float]:
    """The ends of a logarithmic axis for numbers that are positive: with some room, and within the floats."""
    known = np.concatenate(list(numbers))
    known = np.log10(known[np.isfinite(known) & (known > 0.0)])
    low, high = float(known.min()), float(known.max())
    room = max(_MARGIN * (high - low), 0.05)
    high = min(max(high + room, _LEAST + 1.0), _MOST)
    return 10.0 ** max(min(low - room, high - 1.0), _LEAST), 10.0**high


def _columns(courses: Sequence[Course], name: str) -> tuple[list[Floats], list[Floats]]:
    rows = [course.rows for course in courses]
    steps = [np.array([row.step for row in each], np.float64) for each in rows]
    numbers = [np.array([getattr(row, name) for row in each], np.float64) for each in rows]
    return steps, [np.where(np.isfinite(each), each, np.nan) for each in numbers]


def _extreme(values: Sequence[Floats], *, maximised: bool) -> float | None:
    """The best value of all, if there is one."""
    known = np.concatenate(list(values))
    known = known[np.isfinite(known)]
    return None if not len(known) else float(known.max() if maximised else known.min())


def spans(numbers: Sequence[Floats]) -> bool:
    """Whether the numbers are positive (zeros aside) and span so much that their logarithms tell more."""
    known = np.concatenate(list(numbers))
    known = known[np.isfinite(known)]
    if not len(known) or known.min() < 0.0:
        return False
    known = known[known > 0.0]
    return len(known) > 1 and bool(known.max() / _SPAN >= known.min())


def _series(label: str, logarithmic: bool, steps: Sequence[Floats], numbers: Sequence[Floats]) -> Series:
    drawn = [
        np.where(each > 0.0, each, np.nan)
        if logarithmic
        else np.clip(np.where(np.isfinite(each), each, np.nan), -LARGEST, LARGEST)
        for each in numbers
    ]
    return Series(label, logarithmic, tuple(zip(steps, drawn, strict=True)))
