"""The run itself: from a problem, a method and criteria to a stream of records."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

from gdcli.descent import verdict
from gdcli.descent.codegen.fused import FusedWalk, graph_to_fuse
from gdcli.descent.convergence import Ending, rules
from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import MANY, Current, LongObjective, Objective, Sample, objective
from gdcli.descent.problem import Problem
from gdcli.descent.rows import next_drawn, next_shown
from gdcli.descent.walk import Snapshot, Walk
from gdcli.records import Finished, Started, Status, Step

if TYPE_CHECKING:
    from gdcli.descent.checkpoint import Checkpoint, Checkpointer

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
        every: Shown steps are the multiples of this; None for about 20 in all (`gdcli.descent.rows`).
        stop: Asked some fifty times a second whether to break off.
        checkpointer: Writes down every so often where the run stands, and at its end.
        drawn: Whether there are to be rows for a picture as well, which are not shown (`gdcli.descent.rows`).
    """

    steps: int = DEFAULT_STEPS
    tol: float | None = None
    time_limit: float | None = None
    every: int | None = None
    stop: Callable[[], bool] = lambda: False
    checkpointer: Checkpointer | None = None
    drawn: bool = False


class Moment(NamedTuple):
    """Where a run stands.

    Attributes:
        walk: Where the walk is.
        shown: The last step that was shown.
        escapes: How many stationary points were left for a lower neighbour.
        seconds: How long the run has taken.
        ending: The name of the rule that has ended it, or nothing.
    """

    walk: Snapshot
    shown: int
    escapes: int
    seconds: float
    ending: str


def minimize(
    problem: Problem, method: Method, criteria: Criteria | None = None, kept: Checkpoint | None = None
) -> Iterator[Started | Step | Finished]:
    """Go downhill (or uphill, if the problem is to be maximised) from the problem's start.

    Args:
        problem: What, and from where.
        method: How.
        criteria: When to end, and what to show.
        kept: A checkpoint of this run, to go on from there.

    Yields:
        `Started`, the shown steps (the first and the last always), and `Finished`. Numbers have the sign of
        the problem's own function. From a checkpoint on, the steps and the end are what they would have been
        without one, and `seconds` includes those before it; a time limit does not.

    Raises:
        NotFiniteError: If the value or the gradient at the start is not finite, before anything is yielded.
        UsageError: If the checkpoint is of another run, before anything is yielded.
        FileError: If the checkpoint makes no sense, before anything is yielded, or one cannot be written.
    """
    began = time.perf_counter()
    criteria = criteria or Criteria()
    if kept is not None:
        kept.require(problem, method, criteria)
    if criteria.checkpointer is not None:
        criteria.checkpointer.begin(problem, method, criteria)
    long = problem.layout.size > MANY and problem.layout.has_vectors
    target = objective(problem.engine, problem.sign, problem.bounds, arrays=method.arrays, long=long)
    current = target.evaluate(target.point(problem.values()))
    start = target.sample(current)
    verdict.require_finite(problem, start)
    leaves = method.name == method.lr == AUTO
    method = method.settle(target, current).lasting(criteria.steps)
    walk = _walk(problem, target, method, criteria.tol, start, current)
    deadline = math.inf if criteria.time_limit is None else began + criteria.time_limit
    shown, escapes, seconds, ending = 0, 0, 0.0, ""
    if kept is not None:
        snapshot, shown, escapes, seconds, ending = kept.moment(
            Moment(walk.snapshot(), 0, 0, 0.0, ""), target
        )
        walk.restore(snapshot)
    yield problem.started(method, criteria.steps, start.x)
    if kept is None:
        yield verdict.row(problem, 0, start)
    began -= seconds
    reason: Ending | Status | None
    if kept is not None and criteria.tol == kept.plan.tol:
        reason = Ending[ending] if ending else None
        leaves = leaves and reason is None
    else:
        reason = walk.examine()
    if reason is None and walk.step >= criteria.steps:
        reason = Status.MAX_STEPS
    goal = next_shown(walk.step, criteria.steps, criteria.every)
    wanted = next_drawn(walk.step) if criteria.drawn else criteria.steps + 1
    pace = 1
    now = time.perf_counter()
    while True:
        if reason is not None:
            if not (reason is Ending.FLAT and leaves and escapes < _ESCAPES) or walk.is_minimum():
                break
            escapes += 1
            reason = None
        if criteria.checkpointer is not None and criteria.checkpointer.is_due(now):
            criteria.checkpointer.write(Moment(walk.snapshot(), shown, escapes, now - began, ""))
        if criteria.stop():
            reason = Status.INTERRUPTED
        elif now >= deadline:
            reason = Status.TIME_LIMIT
        else:
            before, step = now, walk.step
            reason = walk.advance(min(goal, wanted, step + pace))
            now = time.perf_counter()
            # As many steps as fit into a slice, but the first few decide nothing yet.
            pace = min(4 * pace, max(1, int((walk.step - step) * _SLICE / max(now - before, 1e-9))))
            if reason is None and walk.step == goal:
                yield verdict.row(problem, goal, walk.here)
                shown, goal = goal, next_shown(goal, criteria.steps, criteria.every)
                if shown == criteria.steps:
                    reason = Status.MAX_STEPS
            elif reason is None and walk.step == wanted:
                yield replace(verdict.row(problem, wanted, walk.here), shown=False)
            if walk.step >= wanted:
                wanted = next_drawn(walk.step)
    if walk.step != shown:
        yield verdict.row(problem, walk.step, walk.here)
    if criteria.checkpointer is not None:
        ending = reason.name if isinstance(reason, Ending) else ""
        seconds = time.perf_counter() - began
        criteria.checkpointer.write(Moment(walk.snapshot(), walk.step, escapes, seconds, ending))
    yield verdict.finish(problem, method, walk, start, reason, time.perf_counter() - began)


def _walk(
    problem: Problem, target: Objective, method: Method, tol: float | None, start: Sample, current: Current
) -> Walk:
    """The quickest walk that there is for the method on the problem's engine."""
    if not isinstance(start.x, tuple):
        from gdcli.descent.long import LongWalk

        return LongWalk(cast(LongObjective, target), method, current, tol, problem.engine.dtype)
    limits = rules(start, tol, problem.engine.dtype, target.epsilon, method.searches, problem.bounds)
    graph = graph_to_fuse(problem.engine, method)
    if graph is not None and isinstance(method, Elementwise):
        return FusedWalk(target, method, limits, current, graph, problem.sign)
    if graph is not None:
        from gdcli.descent.codegen.traced_walk import TracedWalk

        return TracedWalk(target, method, limits, current, graph, problem.sign)
    return Walk(target, method, limits, current)
