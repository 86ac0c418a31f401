"""What is asked of a sample, whose rows of numbers are tuples of floats or, where they are long, an engine's arrays."""

from __future__ import annotations

import math
from typing import Any

from gdcli.descent.objective import Sample
from gdcli.recorded import host


def norm(row: Any) -> float:
    """The Euclidean norm."""
    if isinstance(row, tuple):
        return math.hypot(*row)
    import numpy as np

    with np.errstate(all="ignore"):
        return float(np.linalg.norm(host(row)))


def first_not_finite(row: Any) -> int | None:
    """The place of the first number that is not finite, if there is one."""
    if isinstance(row, tuple):
        return next((place for place, number in enumerate(row) if not math.isfinite(number)), None)
    import numpy as np

    wrong = ~np.isfinite(host(row))
    return int(wrong.argmax()) if wrong.any() else None


def all_finite(sample: Sample) -> bool:
    """Whether everything about a point is finite."""
    rows = (sample.gradient, sample.x)
    if isinstance(sample.x, tuple) and math.isfinite(sum(sample.x, sum(sample.gradient, sample.value))):
        return True  # a sum is finite only if everything in it is
    return math.isfinite(sample.value) and all(first_not_finite(row) is None for row in rows)


def alike(a: Sample, b: Sample) -> bool:
    """Whether two samples are the same; of long ones it is enough to know whether they are one."""
    return a is b or (isinstance(a.x, tuple) and a == b)
