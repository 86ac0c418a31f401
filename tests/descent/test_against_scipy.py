"""The methods that look for their step against their counterparts in scipy.optimize: result and evaluations.

Same start, same gradient, same tolerance, on the problems of Moré, Garbow and Hillstrom.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished
from tests.problems import MORE_GARBOW_HILLSTROM

optimize = pytest.importorskip("scipy.optimize")

TOLERANCE = 1e-6
COUNTERPARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "lbfgs": ("L-BFGS-B", {"ftol": 0.0, "gtol": TOLERANCE, "maxiter": 5000, "maxfun": 20000, "maxcor": 10}),
    "cg": ("CG", {"gtol": TOLERANCE, "maxiter": 5000}),
    "newton": ("trust-exact", {"gtol": TOLERANCE, "maxiter": 5000}),
}
# What both solve, and neither takes thousands of steps for.
PROBLEMS = [
    problem
    for problem in MORE_GARBOW_HILLSTROM
    if not any(
        name in problem.name for name in ("meyer", "osborne-1", "biggs", "freudenstein", "trigonometric")
    )
]


def ours(engine: NativeEngine, method: str, start: dict[str, float]) -> tuple[float, int]:
    *_, end = minimize(Problem(engine, start), create(method), Criteria(steps=5000, tol=TOLERANCE))
    assert isinstance(end, Finished)
    return end.value, end.evaluations


def theirs(engine: NativeEngine, method: str, start: dict[str, float]) -> tuple[float, int]:
    name, options = COUNTERPARTS[method]
    count = 0

    def function(x: Any) -> tuple[float, Any]:
        nonlocal count
        count += 1
        value, gradient = engine.value_and_gradient(x.tolist())
        return value, np.array(gradient)

    more = {"hess": lambda x: np.array(engine.hessian(x.tolist()))} if method == "newton" else {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = optimize.minimize(
            function, list(start.values()), jac=True, method=name, options=options, **more
        )
    return float(result.fun), count


@pytest.mark.parametrize("method", COUNTERPARTS)
def test_as_few_evaluations_as_scipy(method: str) -> None:
    ratios, worse = [], []
    for problem in PROBLEMS:
        engine = NativeEngine(lower(parse(problem.expression)))
        start = {name: problem.start[name] for name in engine.variables}
        if method == "newton" and len(start) > 10:
            continue
        value, count = ours(engine, method, start)
        their_value, their_count = theirs(engine, method, start)
        close = 1e-6 * max(1.0, abs(problem.minimum))
        if abs(value - problem.minimum) > close:
            worse.append((problem.name, value, problem.minimum))
        elif abs(their_value - problem.minimum) <= close:
            ratios.append(math.log(count / their_count))
    assert not worse
    assert len(ratios) > 20
    assert math.exp(sum(ratios) / len(ratios)) <= 1.5  # the geometric mean
