"""Functions and runs to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gdcli.records import Step
from gdcli.reporting.course import Course
from gdcli.reporting.pictures.function import Floats, Function


def function(names: Sequence[str], of: Callable[..., Any]) -> Function:
    """A function by its values; its gradients are central differences."""

    def values(points: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(of(*points.T), float), points.shape[:1])

    def gradients(points: Floats) -> Floats:
        columns = []
        for i in range(len(names)):
            step = np.zeros(len(names))
            step[i] = 1e-6
            with np.errstate(all="ignore"):
                columns.append((values(points + step) - values(points - step)) / 2e-6)
        return np.stack(columns, axis=1)

    return Function(tuple(names), values, gradients)


def course(rows: Sequence[tuple[float, float, Mapping[str, float]]], label: str = "") -> Course:
    """A course of values, gradient norms and points."""
    result = Course(label)
    for step, (value, norm, x) in enumerate(rows):
        result.add(Step(step, value, norm, x))
    return result


def rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


ROSENBROCK = function("xy", rosenbrock)
PARABOLA = function("x", lambda x: (x - 3) ** 2)


def descent(count: int = 30, label: str = "", rate: float = 0.8) -> Course:
    """A descent on the parabola."""
    points = [3.0 - 3.0 * rate**k for k in range(count)]
    return course([((x - 3) ** 2, abs(2 * (x - 3)), {"x": x}) for x in points], label)


def valley(count: int = 40, label: str = "", end: float = 1.0) -> Course:
    """A way along Rosenbrock's valley."""
    points = [(x, x * x) for x in np.linspace(-1.2, end, count).tolist()]
    return course([(rosenbrock(x, y), abs(2 * (x - 1)), {"x": x, "y": y}) for x, y in points], label)
