"""Rosenbrock's function, 100 times as steep, by scipy.optimize, with derivatives by hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.optimize import minimize


def rosenbrock(p: np.ndarray) -> tuple[float, np.ndarray]:
    """The value and the gradient."""
    x, y = p.tolist()
    across, along = y - x * x, 1.0 - x
    gradient = np.array((-40000.0 * across * x - 2.0 * along, 20000.0 * across))
    return 10000.0 * across * across + along * along, gradient


def hessian(p: np.ndarray) -> np.ndarray:
    """The matrix of second derivatives."""
    x, y = p.tolist()
    return np.array(((120000.0 * x * x - 40000.0 * y + 2.0, -40000.0 * x), (-40000.0 * x, 20000.0)))


def descend(method: str, starts: Iterable[tuple[float, float]]) -> int:
    """The number of iterations from all starts together."""
    more = {"hess": hessian} if method == "trust-exact" else {}
    return sum(
        minimize(rosenbrock, start, jac=True, method=method, tol=1e-10, **more).nit for start in starts
    )
