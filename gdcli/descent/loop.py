"""The run itself: from a problem, a method and criteria to a stream of records."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gdcli.descent import verdict
from gdcli.descent.convergence import Ending, Rules, examine, rules
from gdcli.descent.fused import FusedWalk, graph_to_fuse
from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import Current, Objective, objective
from gdcli.descent.problem import Problem
from gdcli.descent.schedule import next_shown
from gdcli.descent.walk import Walk
from gdcli.records import Finished, Started, Status, Step

_SLICE = 0.02  # seconds between two looks at the clock and at whether to stop
_ESCAPES = 5  # stationary points that are left for a lower neighbour
DEFAULT_STEPS = 10_000


@dataclass(frozen=True)
class Criteria:
    """When a run ends, and which of its steps are shown.

    Attributes:
        steps: The most updates to be made.
        tol: What the largest gradient component is to fall below; 0 to run every step; None for a tolerance
            that fits the dtype and the slope at the start (`gdcli.descent.convergence.default_tolerances`).
        time_limit: The most seconds to go on, if any.
        every: Shown steps are the multiples of this; None for about 20 in all (`gdcli.descent.schedule`).
        stop: Asked some fifty times a second whether to break off.
    """

    steps: int = DEFAULT_STEPS
    tol: float | None = None
    time_limit: float | None = None
    every: int | None = None
    stop: Callable[[], bool] = lambda: False


def minimize(
    problem: Problem, method: Method, criteria: Criteria | None = None
) -> Iterator[Started | Step | Finished]:
    """Go downhill (or uphill, if the problem is to be maximised) from the problem's start.

    Args:
        problem: What, and from where.
        method: How.
        criteria: When to end, and what to show.

    Yields:
        `Started`, the shown steps (the first and the last always), and `Finished`. Numbers have the sign of
        the problem's own function.

    Raises:
        NotFiniteError: If the value or the gradient at the start is not finite, before anything is yielded.
    """
    began = time.perf_counter()
    criteria = criteria or Criteria()
    target = objective(problem.engine, problem.sign, problem.bounds, arrays=method.arrays)
    current = target.evaluate(target.point(problem.values()))
    start = target.sample(current)
    verdict.require_finite(problem, start)
    leaves = method.name == method.lr == AUTO
    method = method.settle(target, current)
    yield Started(
        command=problem.command,
        expression=problem.expression,
        variables=problem.variables,
        start=problem.point(start.x),
        method=method.name,
        lr=method.lr,
        max_steps=criteria.steps,
        engine=problem.engine.name,
        device=problem.engine.device,
        dtype=problem.engine.dtype,
        seed=problem.seed,
    )
    limits = rules(start, criteria.tol, problem.engine.dtype, target.epsilon, method.searches, problem.bounds)
    walk = _walk(problem, target, method, limits, current)
    deadline = math.inf if criteria.time_limit is None else began + criteria.time_limit
    yield verdict.row(problem, 0, start)
    shown, goal = 0, next_shown(0, criteria.steps, criteria.every)
    reason = examine(start, limits) or (Status.MAX_STEPS if criteria.steps <= 0 else None)
    pace = 1
    now = time.perf_counter()
    escapes = 0
    while True:
        if reason is Ending.FLAT and leaves and escapes < _ESCAPES and not walk.is_minimum():
            escapes += 1
            reason = None
        if reason is not None:
            break
        if criteria.stop():
            reason = Status.INTERRUPTED
        elif now >= deadline:
            reason = Status.TIME_LIMIT
        else:
            before, step = now, walk.step
            reason = walk.advance(min(goal, step + pace))
            now = time.perf_counter()
            # As many steps as fit into a slice, but the first few decide nothing yet.
            pace = min(4 * pace, max(1, int((walk.step - step) * _SLICE / max(now - before, 1e-9))))
            if reason is None and walk.step == goal:
                yield verdict.row(problem, goal, walk.here)
                shown, goal = goal, next_shown(goal, criteria.steps, criteria.every)
                if shown == criteria.steps:
                    reason = Status.MAX_STEPS
    if walk.step != shown:
        yield verdict.row(problem, walk.step, walk.here)
    yield verdict.finish(problem, method, walk, start, reason, time.perf_counter() - began)


def _walk(problem: Problem, target: Objective, method: Method, limits: Rules, current: Current) -> Walk:
    """The quickest walk that there is for the method on the problem's engine."""
    graph = graph_to_fuse(problem.engine, method)
    if graph is not None and isinstance(method, Elementwise):
        return FusedWalk(target, method, limits, current, graph, problem.sign)
    return Walk(target, method, limits, current)
