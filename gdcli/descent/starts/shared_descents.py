"""Batches of descents with which many starts are searched, each process with its part of them."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

import numpy as np

from gdcli.descent.loop import Criteria
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import ArrayObjective
from gdcli.descent.problem import Problem
from gdcli.descent.starts.batch import Batch, Leaving
from gdcli.descent.starts.group import Group, part
from gdcli.descent.starts.region import Floats
from gdcli.engines.lanes import lanes
from gdcli.records import Status

LIMIT = 80  # steps of a descent in the batch; the best few go on afterwards
_PATIENCE = 6  # steps that gain next to nothing, after which a start leaves the batch
_CHUNK = 16_384  # starts that descend at a time, which bounds the memory
_APART = 1e-4  # distinct minima differ by so much in a variable, in units of the region
_SLICE = 5  # steps of the batch between two looks at the clock
_TOLERANCE, _FLOOR = 1e-10, -1e150


class Ends(NamedTuple):
    """Where descents have ended: points of shape (k, n), and their values, infinite where there was none."""

    x: Floats
    value: Floats

    def joined(self, other: Ends) -> Ends:
        """These and the others."""
        return Ends(np.concatenate([self.x, other.x]), np.concatenate([self.value, other.value]))

    def distinct(self, size: Floats, count: int) -> list[int]:
        """The places of the best ends that lie apart, the best first."""
        order = np.argsort(self.value, kind="stable")[: 20 * count]
        found: list[int] = []
        for i in order[np.isfinite(self.value[order])]:
            if all(np.abs((self.x[i] - self.x[j]) / size).max() > _APART for j in found):
                found.append(int(i))
            if len(found) == count:
                break
        return found


class Descents:
    """Batches of descents, one after the other, within the criteria of one run; each process has its part of them."""

    def __init__(
        self,
        problem: Problem,
        target: ArrayObjective,
        method: Method,
        criteria: Criteria,
        began: float,
        group: Group,
    ) -> None:
        self._problem, self._method, self._criteria, self._group = problem, method, criteria, group
        self._deadline = math.inf if criteria.time_limit is None else began + criteria.time_limit
        self.target = target
        self.leaving = Leaving(_TOLERANCE, 0.0, _PATIENCE, _FLOOR)
        self.steps = self.evaluations = 0

    def values(self, points: Floats) -> Floats:
        """The values at points, infinite where they are not finite."""
        self.evaluations += len(points)
        mine, values = self._mine(points), np.zeros(0)
        if len(mine):
            missing = -len(mine) % lanes(self._problem.engine)
            filled = np.concatenate([mine, np.repeat(mine[-1:], missing, axis=0)])
            with self.target.quiet():
                current = self.target.evaluate(self.target.project(self.target.point(filled)))
            values = np.array(self._problem.engine.floats(current.value))[: len(mine)]
        values = np.concatenate(self._group.gather(values))
        return np.where(np.isfinite(values), values, math.inf)

    def run(self, points: Floats) -> Ends:
        """Where descents from the points end."""
        limit, most, evaluations = min(LIMIT, self._criteria.steps - self.steps), 0, 0
        mine = self._mine(points)
        ends = [Ends(mine[:0], np.zeros(0))]
        for chunk in np.array_split(mine, math.ceil(len(mine) / _CHUNK)) if len(mine) else ():
            batch = Batch(self._problem.engine, self.target, self._method, chunk, self.leaving)
            while batch.steps < limit and batch.moving and self._over() is None:
                batch.advance(min(_SLICE, limit - batch.steps))
            batch.gather()
            most = max(most, batch.steps)
            evaluations += batch.evaluations
            ends.append(Ends(batch.x, batch.value))
        x, value = np.concatenate([end.x for end in ends]), np.concatenate([end.value for end in ends])
        gathered = self._group.gather((x, value, most, evaluations))
        self.steps += max(each[2] for each in gathered)
        self.evaluations += sum(each[3] for each in gathered)
        return Ends(
            np.concatenate([each[0] for each in gathered]), np.concatenate([each[1] for each in gathered])
        )

    def over(self) -> Status | None:
        """What has ended the run from outside, if anything; the same in all processes."""
        return next((each for each in self._group.gather(self._over()) if each is not None), None)

    def _mine(self, points: Floats) -> Floats:
        """The points that are this process's."""
        own = part(self._group, len(points))
        return points[own.start : own.stop]

    def _over(self) -> Status | None:
        if self._criteria.stop():
            return Status.INTERRUPTED
        if time.perf_counter() >= self._deadline:
            return Status.TIME_LIMIT
        return Status.MAX_STEPS if self.steps >= self._criteria.steps else None

    def remaining(self) -> float | None:
        """The seconds that are left, if they are limited."""
        return None if self._deadline == math.inf else max(self._deadline - time.perf_counter(), 1e-3)
