"""Many starts, and from each the same steps: a first-order method with the step size that was asked for.

Where somebody gives the step size, each start makes the steps of ``--steps``, as a single one does: nothing is refined,
and no start is added.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from gdcli.descent import loop
from gdcli.descent.loop import Criteria
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import objective
from gdcli.descent.problem import Problem
from gdcli.descent.starts import compiling
from gdcli.descent.starts.compile_choices import AUTO as COMPILE_AUTO
from gdcli.descent.starts.compile_choices import OFF
from gdcli.descent.starts.compiling import Notice
from gdcli.descent.starts.group import ALONE, Group
from gdcli.descent.starts.region import region
from gdcli.descent.starts.shared_steps import Candidate, SharedSteps, Summary
from gdcli.errors import NotFiniteError
from gdcli.records import Finished, Minimum, Started, Status, Step, numbers_of


def minimize_fixed(
    problem: Problem,
    method: Method,
    criteria: Criteria | None = None,
    *,
    starts: int,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    minima: int = 0,
    compile: str = COMPILE_AUTO,
    notice: Notice = lambda text: None,
    group: Group = ALONE,
    cache: Path | None = None,
) -> Iterator[Started | Step | Finished]:
    """The best of many descents with the same steps.

    The starts are spread evenly over the ranges, the bounds, or around the problem's own start, which is the first of
    them. Every hundred steps, those leave that have come to rest (no component of the gradient is larger than the
    tolerance, which a tolerance of 0 lets none be) or whose slope is not finite any more; no work is done on them.

    Args:
        problem: What, with its own start and the seed.
        method: One of which `gdcli.descent.methods.elementwise.makes_fixed_steps` is true.
        criteria: When to end. `time_limit` and `stop` are for all together.
        starts: How many.
        ranges: For some variables the interval to draw from.
        minima: How many distinct ends to report.
        compile: ``auto``, ``on`` or ``off``; see `gdcli.descent.starts.compiling`.
        notice: Told in one line what is compiled, and what cannot be.
        group: The processes that share the starts; all call this with the same arguments.
        cache: The folder where compiled steps are kept, if they are to be.

    Yields:
        `Started`, the best so far at steps 0, 100, 200, 400, …, and `Finished`; in the first process of a group only.

    Raises:
        NotFiniteError: If the function is finite at none of the starts.
        UsageError: If a range does not fit.
        UnavailableError: If steps are to be compiled, and cannot be.
        RankError: If another process of the group is gone.
    """
    began = time.perf_counter()
    criteria = criteria or Criteria()
    area = region(problem.variables, problem.values(), problem.bounds, ranges or {})
    target = objective(problem.engine, problem.sign, problem.bounds)
    method = method.settle(target, target.evaluate(target.point(problem.values())))
    assert isinstance(method, Elementwise)
    run = SharedSteps(problem, method, criteria, area, starts, group, began)
    run.begin()
    best = run.best(1)
    if not best:
        raise NotFiniteError(
            f"the function is not finite at any of the {starts} starts",
            hint="say with --range or --bounds where it is defined",
        )
    leads = group.rank == 0
    if leads:
        yield problem.started(method, criteria.steps, problem.values())
        yield problem.row(0, best[0].x)
    first = best[0]
    if compile != OFF and problem.engine.name == "torch":
        store = cast(Any, run.store)
        program = run.descents.fast_program
        limit = criteria.time_limit
        run.descents.runner = compiling.runner(
            program, store, compile, starts, criteria.steps, limit, notice, group, cache
        )
    if run.descents.runner is None and problem.engine.device.startswith("cuda"):
        from gdcli.engines.columns_captured import Captured

        run.descents.runner = Captured(run.descents.fast_program, cast(Any, run.store))
    shown = 0
    for step in run.go():
        best = run.best(1)
        if leads and best:
            yield problem.row(step, best[0].x)
        shown = step
    found = run.finish(minima)
    if leads:
        end = _finished(run, found, first, minima)
        if end.steps != shown:
            yield problem.row(end.steps, numbers_of(end.x))
        yield end


def _finished(run: SharedSteps, found: Summary, first: Candidate, minima: int) -> Finished:
    """The end of a run, in the user's own terms.

    Args:
        run: The run.
        found: What has come of it.
        first: The best of the starts.
        minima: How many distinct ends are wanted.
    """
    distinct, counts, lost, ran, evaluations = found
    best = distinct[0] if distinct else first
    problem = run.problem
    known = _verdict(problem, run.method, best, run.tolerance)
    reached = counts[0] if counts else 0
    share = f"the best of {run.starts} starts, reached by {reached} of them"
    share += f"; {lost} of them diverged" if lost else ""
    slope = max(map(abs, numbers_of(known.gradient)))
    if not distinct:
        status = Status.DIVERGED
        message = f"each of the {run.starts} starts diverged; the best of them is reported"
    elif run.over is not None:
        status = run.over
        words = "interrupted" if status is Status.INTERRUPTED else "ran for the time allowed"
        message = f"{words} after {run.descents.step} steps; {share}"
    elif best.flat:
        status = Status.CONVERGED
        of_point = known.message.partition("; ")[2] if known.status is Status.CONVERGED else ""
        message = (
            f"{share}; the largest gradient component is {slope:.3g}{'; ' if of_point else ''}{of_point}"
        )
    else:
        status = Status.MAX_STEPS
        message = (
            f"ran all {run.criteria.steps} steps; {share}; the largest gradient component is {slope:.3g}"
        )
    hints: tuple[str, ...] = ()
    if status is Status.MAX_STEPS:
        hints = (
            "not converged yet: try more --steps",
            "without --lr the best starts are refined to the end",
        )
    if status is Status.DIVERGED:
        hints = (f"try a smaller --lr: {run.method.lr} is too large here", "try --lr auto")
    start = tuple(run.draw(best.start, best.start + 1)[0].tolist())
    return replace(
        known,
        status=status,
        message=message,
        start=problem.point(start),
        steps=ran,
        evaluations=evaluations + known.evaluations,
        seconds=time.perf_counter() - run.began,
        hints=hints,
        starts=run.starts,
        reached=reached,
        minima=tuple(
            Minimum(problem.point(one.x), problem.sign * one.value, count)
            for one, count in zip(distinct, counts, strict=True)
        )
        if minima
        else None,
    )


def _verdict(problem: Problem, method: Method, best: Candidate, tolerance: float) -> Finished:
    """What there is to be said of a point by itself."""
    slopes = problem.engine.value_and_gradient(best.x)[1]
    # The engine, which is the judge, may round otherwise than what made the steps.
    tol = max(tolerance, 0.0, *map(abs, slopes)) if best.flat else 0.0
    *_, end = loop.minimize(replace(problem, start=problem.point(best.x)), method, Criteria(steps=0, tol=tol))
    assert isinstance(end, Finished)
    return end
