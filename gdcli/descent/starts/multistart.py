"""Many starts: descents side by side, more of them around the best, and the best few to full accuracy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gdcli.descent import loop
from gdcli.descent.bounds import free
from gdcli.descent.loop import Criteria
from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.methods.lbfgs import Lbfgs
from gdcli.descent.objective import ArrayObjective
from gdcli.descent.problem import Problem
from gdcli.descent.starts.ends import handed_out
from gdcli.descent.starts.group import ALONE, Group
from gdcli.descent.starts.region import Region, offspring, region
from gdcli.descent.starts.shared_descents import LIMIT, Descents, Ends
from gdcli.errors import NotFiniteError
from gdcli.records import Finished, Minimum, Started, Status, Step, numbers_of

# Chosen by successes and time over 110 functions and five seeds.
_GAIN = 1e-7  # what a step gains at most that gains next to nothing, in units of the spread of the values
_LEAST_ROUNDS, _MOST_ROUNDS, _IDLE_ROUNDS = 6, 30, 4
_CHILDREN, _FEWEST, _MOST = (
    0.2,
    20,
    2_000,
)  # starts of a later round, as a part of the first, and bounds of it
_PARENTS, _REFINED = 20, 5
_NEAR = 1e-3  # refined minima that lie nearer are one, and starts that ended nearer ended there
_TRIES = 10  # ends that are refined at most for each minimum to be reported
_ALIKE = 1e-6  # values that differ by less, in units of their spread, are the same minimum's


def minimize_many(
    problem: Problem,
    method: Method,
    criteria: Criteria | None = None,
    *,
    starts: int,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    minima: int = 0,
    group: Group = ALONE,
) -> Iterator[Started | Step | Finished]:
    """The best of many descents.

    The starts are spread evenly over the ranges, the bounds, or around the problem's own start, which is the first of
    them. They descend as one batch, which those leave that have come to rest. In further rounds, a fifth as many start
    around the best ends so far. The best few are then refined by a descent of their own.

    Args:
        problem: What, with its own start and the seed.
        method: How; ``auto`` is L-BFGS.
        criteria: When to end. A step is one of the batch; `time_limit` and `stop` are for all together.
        starts: How many.
        ranges: For some variables the interval to draw from.
        minima: How many distinct minima to report.
        group: The processes that share the starts; all call this with the same arguments.

    Yields:
        `Started`, the best so far at the start and after each round, and `Finished`; in the first process of a group
        only.

    Raises:
        NotFiniteError: If the function is finite at none of the starts.
        UsageError: If a range does not fit.
        RankError: If another process of the group is gone.
    """
    found = _minimize(problem, method, criteria or Criteria(), starts, ranges or {}, minima, group)
    return (record for record in found if group.rank == 0)


def _minimize(
    problem: Problem,
    method: Method,
    criteria: Criteria,
    starts: int,
    ranges: Mapping[str, tuple[float, float]],
    minima: int,
    group: Group,
) -> Iterator[Started | Step | Finished]:
    began = time.perf_counter()
    area = region(problem.variables, problem.values(), problem.bounds, ranges)
    points = area.draw(starts, problem.seed)
    points[0] = problem.values()
    if method.name == AUTO and method.lr == AUTO:
        method = Lbfgs(memory=5)
    target = ArrayObjective(problem.engine, problem.sign, problem.bounds)
    with target.quiet():
        method = method.settle(target, target.evaluate(target.point(points[:1]))).lasting(LIMIT)
    descents = Descents(problem, target, method, criteria, began, group)
    values = descents.values(points)
    finite = values[np.isfinite(values)]
    if not len(finite):
        raise NotFiniteError(
            f"the function is not finite at any of the {starts} starts",
            hint="say with --range or --bounds where it is defined",
        )
    yield problem.started(method, criteria.steps, problem.values())
    ends = Ends(points, values)
    yield _row(problem, 0, ends)
    spread = float(np.median(finite) - finite.min())
    descents.leaving = replace(descents.leaving, gain=_GAIN * spread)
    ends = first = descents.run(points)
    yield _row(problem, descents.steps, ends)
    usual = first.value[np.isfinite(first.value)]
    spread = max(float(np.quantile(usual, 0.9) - usual.min()), 1e-3 * spread) if len(usual) else spread
    descents.leaving = replace(descents.leaving, gain=min(descents.leaving.gain, _GAIN * spread))
    generator = np.random.default_rng([problem.seed, 1])
    idle, best, over = 0, ends.value.min(), descents.over()
    for number in range(_MOST_ROUNDS if starts > 1 else 0):
        parents = ends.distinct(area.size, _PARENTS)
        if over is not None or not parents or (number >= _LEAST_ROUNDS and idle >= _IDLE_ROUNDS):
            break
        if number >= 2 and len(parents) == 1:
            break
        children = offspring(
            ends.x[parents], min(_MOST, max(_FEWEST, int(starts * _CHILDREN))), area.size, generator
        )
        ends = ends.joined(descents.run(children))
        idle = 0 if best - ends.value.min() > _ALIKE * spread else idle + 1
        best, over = ends.value.min(), descents.over()
        yield _row(problem, descents.steps, ends)
    if group.rank == 0:
        yield _finish(
            problem, descents, area, first, ends, spread, over, starts, minima, began, criteria.drawn
        )


def _refine(
    problem: Problem, descents: Descents, area: Region, ends: Ends, minima: int, broken_off: bool
) -> tuple[list[Finished], list[Finished]]:
    """The best few ends to full accuracy; all of them, and those that differ, the best first."""
    refined: list[Finished] = []
    distinct: list[Finished] = []
    for i in ends.distinct(area.size, _REFINED + _TRIES * minima):
        criteria = Criteria(steps=0 if broken_off else loop.DEFAULT_STEPS, time_limit=descents.remaining())
        *_, end = loop.minimize(replace(problem, start=problem.point(ends.x[i].tolist())), Lbfgs(), criteria)
        assert isinstance(end, Finished)
        refined.append(end)
        distinct = []
        for one in sorted(refined, key=lambda end: problem.sign * end.value):
            if all(_distance(one, other, area) > _NEAR for other in distinct):
                distinct.append(one)
        if broken_off or (len(refined) >= _REFINED and len(distinct) >= minima):
            break
    return refined, distinct


def _finish(
    problem: Problem,
    descents: Descents,
    area: Region,
    first: Ends,
    ends: Ends,
    spread: float,
    over: Status | None,
    starts: int,
    minima: int,
    began: float,
    drawn: bool,
) -> Finished:
    """Refine the best ends, and say what was found."""
    broken_off = over in (Status.INTERRUPTED, Status.TIME_LIMIT)
    refined, distinct = _refine(problem, descents, area, ends, minima, broken_off)
    best = distinct[0]
    close = _ALIKE * max(spread, abs(best.value) * 1e-6) + 1e-12
    reached = int(np.sum(first.value <= problem.sign * best.value + close))
    found = []
    for end in distinct:
        near = np.abs((first.x - np.array(list(end.x.values()))) / area.size).max(axis=1) <= _NEAR
        same = first.value <= problem.sign * end.value + 10.0 * close
        found.append(Minimum(end.x, end.value, int(np.sum(near & same))))
    share = f"the best of {starts} starts, reached by {reached} of them"
    status, message = best.status, f"{share}; {best.message}"
    if status is Status.CONVERGED:
        downhill = [problem.sign * g for g in numbers_of(best.gradient)]
        slope = max(map(abs, free(numbers_of(best.x), downhill, downhill, problem.bounds)))
        known = best.message.partition("; ")[2]
        message = f"{share}; the largest gradient component is {slope:.3g}{'; ' if known else ''}{known}"
    if broken_off and over is not None:
        status = over
        words = "interrupted" if over is Status.INTERRUPTED else "ran for the time allowed"
        message = f"{words} after {descents.steps} steps of the batch; {share}"
    return replace(
        best,
        status=status,
        message=message,
        start=problem.point(problem.values()),
        steps=descents.steps + best.steps,
        evaluations=descents.evaluations + sum(end.evaluations for end in refined),
        seconds=time.perf_counter() - began,
        starts=starts,
        reached=reached,
        minima=tuple(found[:minima]) if minima else None,
        ends=handed_out(problem, first.x, first.value) if drawn else None,
    )


def _distance(one: Finished, other: Finished, area: Region) -> float:
    """How far apart two ends are in the variable that differs most, in units of the region."""
    pairs = zip(numbers_of(one.x), numbers_of(other.x), area.size.tolist(), strict=True)
    return max([0.0, *(abs(a - b) / float(size) for a, b, size in pairs)])


def _row(problem: Problem, step: int, ends: Ends) -> Step:
    """The best so far."""
    x = tuple(ends.x[int(np.argmin(ends.value))].tolist())
    return problem.row(step, x)
