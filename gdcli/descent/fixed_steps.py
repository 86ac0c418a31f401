"""Many starts, and from each the same steps: a first-order method with the step size that was asked for.

Where somebody gives the step size, each start makes the steps of ``--steps``, as a single one does: nothing is refined,
and no start is added.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import numpy as np

from gdcli.descent import compiling, loop
from gdcli.descent.compile_choices import AUTO as COMPILE_AUTO
from gdcli.descent.compile_choices import OFF
from gdcli.descent.compiling import Notice
from gdcli.descent.convergence import DEFAULT_TOLERANCE
from gdcli.descent.group import ALONE, Group, part
from gdcli.descent.loop import Criteria
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import objective
from gdcli.descent.problem import Problem
from gdcli.descent.side_by_side import Ends, SideBySide, Store
from gdcli.descent.starts import Floats, Region, region
from gdcli.engines import Engine
from gdcli.errors import NotFiniteError
from gdcli.records import Finished, Minimum, Started, Status, Step

_LOOK = 100  # steps between two looks at which starts have come to rest; what is compiled divides it
_PAUSE = 0.1  # seconds between two times that the processes of a run agree on whether to go on
_NEAR = 1e-3  # ends that lie nearer, in units of the region, are the same minimum
_CANDIDATES = 20  # ends that are looked through for each minimum to be reported


class Candidate(NamedTuple):
    """An end: its value, the number of its start, its place, after how many steps, and whether it has come to rest."""

    value: float
    start: int
    x: tuple[float, ...]
    step: int
    flat: bool


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
        compile: ``auto``, ``on`` or ``off``; see `gdcli.descent.compiling`.
        notice: Told in one line what is compiled, and what cannot be.
        group: The processes that share the starts; all call this with the same arguments.

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
    run = _Run(problem, method, criteria, area, starts, group, began)
    run.begin()
    best = run.best(1)
    if not best:
        raise NotFiniteError(
            f"the function is not finite at any of the {starts} starts",
            hint="say with --range or --bounds where it is defined",
        )
    leads = group.rank == 0
    if leads:
        yield _started(problem, method, criteria)
        yield _row(problem, 0, best[0])
    first = best[0]
    if compile != OFF and problem.engine.name == "torch":
        store = cast(Any, run.store)
        program = run.descents.fast_program
        limit = criteria.time_limit
        run.descents.runner = compiling.runner(
            program, store, compile, starts, criteria.steps, limit, notice, group
        )
    shown = 0
    for step in run.go():
        best = run.best(1)
        if leads and best:
            yield _row(problem, step, best[0])
        shown = step
    end = run.finish(minima, first)
    if leads:
        if end.steps != shown:
            yield _row(problem, end.steps, Candidate(end.value, 0, tuple(end.x.values()), end.steps, False))
        yield end


@dataclass
class _Run:
    """The descents of this process, and what the group knows of all."""

    problem: Problem
    method: Elementwise
    criteria: Criteria
    area: Region
    starts: int
    group: Group
    began: float
    over: Status | None = None
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        engine = self.problem.engine
        self.store = store_of(engine)
        graph = gradient_graph(engine)
        self.descents = SideBySide(graph, self.method, self.problem.sign, self.problem.bounds, self.store)
        self._mine = part(self.group, self.starts)
        self._deadline = (
            math.inf if self.criteria.time_limit is None else self.began + self.criteria.time_limit
        )

    def begin(self) -> None:
        """Stand at the starts."""
        if len(self._mine):
            self.descents.begin(self._mine.start, len(self._mine), self.draw)
        slope = max(self.group.gather(self.descents.steepest()))
        tol = self.criteria.tol
        default = DEFAULT_TOLERANCE[self.problem.engine.dtype] * min(1.0, slope or 1.0)
        # Where every step is to be run, nothing counts as at rest.
        self.tolerance = (default if tol is None else tol) or -1.0

    def draw(self, begin: int, end: int) -> Floats:
        """The starts of these numbers; the first of all is the problem's own."""
        points = self.area.draw(self.starts, self.problem.seed, range(begin, end))
        if begin == 0 and end:
            points[0] = self.problem.values()
        return points

    def go(self) -> Iterator[int]:
        """Make the steps; yields at those that are shown how many have been made."""
        looks, pace, since = 0, 1, time.perf_counter()
        steps, every = self.criteria.steps, self.criteria.every
        shown = _LOOK if every is None else _rounded_up(every)
        going = self._agree()
        while going and self.descents.step < steps:
            self.descents.advance(min(_LOOK, steps - self.descents.step))
            self.descents.look(self.tolerance)
            looks += 1
            step = self.descents.step
            is_shown = step == shown < steps
            if looks >= pace or is_shown:
                # How often they agree is itself agreed upon.
                spent = max(self.group.gather(time.perf_counter() - since)) / looks
                looks, pace, since = 0, max(1, min(64, int(_PAUSE / max(spent, 1e-9)))), time.perf_counter()
                going = self._agree()
            if is_shown:
                shown = 2 * shown if every is None else shown + _rounded_up(every)
                if going:
                    yield step

    def _agree(self) -> bool:
        """Let all processes know whether to go on: not where one has been told to stop, or where no start moves."""
        wish = None
        if self.criteria.stop():
            wish = Status.INTERRUPTED
        elif time.perf_counter() >= self._deadline:
            wish = Status.TIME_LIMIT
        wishes = self.group.gather((wish, self.descents.moving))
        self.over = next((each for each, _ in wishes if each is not None), None)
        return self.over is None and any(moving for _, moving in wishes)

    def best(self, count: int) -> list[Candidate]:
        """The best ends so far, of all processes."""
        mine = _best(self.descents.here(), count)
        return sorted(each for own in self.group.gather(mine) for each in own)[:count]

    def finish(self, minima: int, first: Candidate) -> Finished:
        """The end of the run."""
        descents = self.descents
        descents.finish(self.tolerance)
        ends = descents.ended
        candidates = self.best(_CANDIDATES * (1 + minima))
        lost = sum(self.group.gather(sum(int(np.sum(~np.isfinite(each.value))) for each in ends)))
        best = candidates[0] if candidates else first
        distinct = self._distinct(candidates or [best], max(1, minima))
        near = self.group.gather([self._near(one) for one in distinct])
        counts = [sum(each) for each in zip(*near, strict=True)]
        evaluations = sum(self.group.gather(descents.evaluations + len(self._mine)))
        ran = max(self.group.gather(max((end.step for end in ends), default=0)))
        return self._finished(best, bool(candidates), distinct, counts, lost, ran, evaluations, minima)

    def _distinct(self, candidates: list[Candidate], count: int) -> list[Candidate]:
        found: list[Candidate] = []
        size = self.area.size
        for each in candidates:
            apart = [np.abs((np.array(each.x) - other.x) / size).max() > _NEAR for other in found]
            if all(apart):
                found.append(each)
            if len(found) == count:
                break
        return found

    def _near(self, one: Candidate) -> int:
        """How many starts of this process have ended there."""
        count = 0
        for end in self.descents.ended:
            close = np.isfinite(end.value)
            for column, x, size in zip(end.x, one.x, self.area.size, strict=True):
                close &= np.abs(column - x) <= _NEAR * size
            count += int(close.sum())
        return count

    def _finished(
        self,
        best: Candidate,
        any_end: bool,
        distinct: list[Candidate],
        counts: list[int],
        lost: int,
        ran: int,
        evaluations: int,
        minima: int,
    ) -> Finished:
        problem = self.problem
        known = _verdict(problem, self.method, best, self.tolerance)
        share = f"the best of {self.starts} starts, reached by {counts[0]} of them"
        if lost:
            share += f"; {lost} of them diverged" if any_end else ""
        slope = max(map(abs, known.gradient.values()))
        if not any_end:
            status = Status.DIVERGED
            message = f"each of the {self.starts} starts diverged; the best of them is reported"

        elif self.over is not None:
            status = self.over
            words = "interrupted" if status is Status.INTERRUPTED else "ran for the time allowed"
            message = f"{words} after {self.descents.step} steps; {share}"
        elif best.flat:
            status = Status.CONVERGED
            of_point = known.message.partition("; ")[2] if known.status is Status.CONVERGED else ""
            message = (
                f"{share}; the largest gradient component is {slope:.3g}{'; ' if of_point else ''}{of_point}"
            )
        else:
            status = Status.MAX_STEPS
            message = (
                f"ran all {self.criteria.steps} steps; {share}; the largest gradient component is {slope:.3g}"
            )
        hints: tuple[str, ...] = ()
        if status is Status.MAX_STEPS:
            hints = (
                "not converged yet: try more --steps",
                "without --lr the best starts are refined to the end",
            )
        if status is Status.DIVERGED:
            hints = (f"try a smaller --lr: {self.method.lr} is too large here", "try --lr auto")
        start = tuple(self.draw(best.start, best.start + 1)[0].tolist())
        return replace(
            known,
            status=status,
            message=message,
            start=problem.point(start),
            steps=ran,
            evaluations=evaluations + known.evaluations,
            seconds=time.perf_counter() - self.began,
            hints=hints,
            starts=self.starts,
            reached=counts[0] if any_end else 0,
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


def _best(ends: Iterable[Ends], count: int) -> list[Candidate]:
    """The best of some ends, by value and then by the number of the start."""
    found: list[Candidate] = []
    for end in ends:
        order = np.argsort(end.value, kind="stable")[:count]
        for i in order[np.isfinite(end.value[order])]:
            x = tuple(float(column[i]) for column in end.x)
            found.append(Candidate(float(end.value[i]), int(end.places[i]), x, end.step, bool(end.flat[i])))
        found = sorted(found)[:count]
    return found


def _rounded_up(every: int) -> int:
    """The next step at which the starts are looked at."""
    return -(-every // _LOOK) * _LOOK


def store_of(engine: Engine) -> Store:
    """The library of the columns of an engine."""
    if engine.name == "native":
        from gdcli.engines.columns_numpy import NumPyColumns

        return NumPyColumns()
    import torch

    from gdcli.engines.columns_torch import TorchColumns

    return TorchColumns(getattr(torch, engine.dtype), torch.device(engine.device))


def gradient_graph(engine: Engine) -> Any:
    """The graph of the value and the partial derivatives."""
    from gdcli.graph.differentiate import gradient

    known = getattr(engine, "gradient_graph", None)
    return gradient(engine.graph) if known is None else known


def _started(problem: Problem, method: Method, criteria: Criteria) -> Started:
    return Started(
        command=problem.command,
        expression=problem.expression,
        variables=problem.variables,
        start=problem.point(problem.values()),
        method=method.name,
        lr=method.lr,
        max_steps=criteria.steps,
        engine=problem.engine.name,
        device=problem.engine.device,
        dtype=problem.engine.dtype,
        seed=problem.seed,
    )


def _row(problem: Problem, step: int, best: Candidate) -> Step:
    value, gradient = problem.engine.value_and_gradient(best.x)
    return Step(step, value, math.hypot(*gradient), problem.point(best.x))
