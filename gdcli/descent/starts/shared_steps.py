"""The same steps from many starts, of which each process makes those from its part."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gdcli.descent.convergence import DEFAULT_TOLERANCE
from gdcli.descent.loop import Criteria
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.problem import Problem
from gdcli.descent.starts.group import Group, part
from gdcli.descent.starts.region import Floats, Region
from gdcli.descent.starts.side_by_side import Ends, SideBySide, Store
from gdcli.engines import Engine
from gdcli.records import Status

_LOOK = 100  # steps between two looks at which starts have come to rest; what is compiled divides it
_SLICE = 20  # steps between two questions whether to stop; what is compiled divides it
_PAUSE = 0.1  # seconds between two times that the processes of a run agree on whether to go on
_NEAR = 1e-3  # ends that lie nearer, in units of the region, are the same minimum


class Candidate(NamedTuple):
    """An end: its value, the number of its start, its place, after how many steps, and whether it has come to rest."""

    value: float
    start: int
    x: tuple[float, ...]
    step: int
    flat: bool


class Summary(NamedTuple):
    """What has come of many starts.

    Attributes:
        distinct: The best ends that lie apart, the best first.
        counts: How many starts have ended near each.
        lost: How many have no finite end.
        steps: After how many steps the last has ended.
        evaluations: How often a gradient was computed for a start.
    """

    distinct: list[Candidate]
    counts: list[int]
    lost: int
    steps: int
    evaluations: int


@dataclass
class SharedSteps:
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
            self.descents.begin(
                self._mine.start, len(self._mine), self.draw, lambda: self._wish() is not None
            )
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
        going, step = self._agree(), 0
        while going and step < steps:
            # A process that is to stop goes through the motions until all have agreed upon it.
            if self._advance(min(_LOOK, steps - step)):
                self.descents.look(self.tolerance)
            looks += 1
            step = min(step + _LOOK, steps)
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
        # Who has made all steps does not mind that he was to stop.
        if all(self.group.gather(self.descents.step >= steps or not self.descents.moving)):
            self.over = None
        elif self.over is None:
            self._agree()

    def _advance(self, steps: int) -> bool:
        """Make steps; False where something has asked to stop before all were made."""
        for begin in range(0, steps, _SLICE):
            if self._wish() is not None:
                return False
            self.descents.advance(min(_SLICE, steps - begin), seen=begin + _SLICE >= steps)
        return True

    def _wish(self) -> Status | None:
        """What asks this process to stop, if anything."""
        if self.criteria.stop():
            return Status.INTERRUPTED
        return Status.TIME_LIMIT if time.perf_counter() >= self._deadline else None

    def _agree(self) -> bool:
        """Let all processes know whether to go on: not where one has been told to stop, or where no start moves."""
        wishes = self.group.gather((self._wish(), self.descents.moving))
        self.over = next((each for each, _ in wishes if each is not None), None)
        return self.over is None and any(moving for _, moving in wishes)

    def best(self, count: int) -> list[Candidate]:
        """The best ends so far, of all processes."""
        mine = _best(self.descents.here(), count)
        return sorted(each for own in self.group.gather(mine) for each in own)[:count]

    def finish(self, minima: int) -> Summary:
        """Let all starts end, and what has come of them in all processes."""
        self.descents.finish(self.tolerance)
        ends = self.descents.ended
        distinct, counts = self._distinct(max(1, minima))
        lost = sum(self.group.gather(sum(int(np.sum(~np.isfinite(each.value))) for each in ends)))
        evaluations = sum(self.group.gather(self.descents.evaluations + len(self._mine)))
        steps = max(self.group.gather(max((end.step for end in ends), default=0)))
        return Summary(distinct, counts, lost, steps, evaluations)

    def _distinct(self, count: int) -> tuple[list[Candidate], list[int]]:
        """The best ends that lie apart, and how many starts have ended near each that are near no better one."""
        ends = self.descents.ended
        rest = [np.isfinite(end.value) for end in ends]
        found: list[Candidate] = []
        counts: list[int] = []
        while len(found) < count:
            mine = _best((_only(end, some) for end, some in zip(ends, rest, strict=True)), 1)
            offers = sorted(each for own in self.group.gather(mine) for each in own)
            if not offers:
                break
            found.append(offers[0])
            near = 0
            for end, some in zip(ends, rest, strict=True):
                close = some.copy()
                for column, x, size in zip(end.x, offers[0].x, self.area.size, strict=True):
                    close &= np.abs(column - x) <= _NEAR * size
                some &= ~close
                near += int(close.sum())
            counts.append(sum(self.group.gather(near)))
        return found, counts


def _only(end: Ends, some: Any) -> Ends:
    """The ends of which that is true."""
    x = [column[some] for column in end.x]
    return Ends(end.step, end.places[some], x, end.value[some], end.flat[some])


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
