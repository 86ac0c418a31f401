"""Descents side by side with a first-order method: one column a variable, an element a start."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gdcli.descent.bounds import Bounds
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.starts.region import Floats
from gdcli.engines.columns_code import Library, Step, in_place
from gdcli.engines.tracing import look_program, step_program
from gdcli.graph.nodes import Graph

_SPARSE = 0.75  # the columns are made shorter when no more than this part of them still moves

_WITHIN, _LEAST = 1_000_000, 8_192  # elements that are worked on at a time, in all columns and in one

Places = NDArray[np.int64]


class Store(Library, Protocol):
    """A library of columns that can also be read, filled and made shorter; see `gdcli.engines.columns_torch`."""

    block: int
    lanes: int

    def quiet(self) -> Any: ...
    def empty(self, count: int) -> Any: ...
    def column(self, values: Floats) -> Any: ...
    def host(self, column: Any) -> NDArray[Any]: ...
    def take(self, column: Any, places: Places) -> Any: ...
    def within(self, column: Any, low: float, high: float) -> NDArray[np.bool_]: ...
    def all_within(self, column: Any, low: float, high: float) -> bool: ...


class Runner(Protocol):
    """Makes several steps at a time on whole columns."""

    steps: int

    def __call__(self, columns: Sequence[Any], times: int, scalars: Sequence[float], *, slopes: bool) -> Any:
        """Change the columns, and return the slopes before the last step, if they are wanted.

        Args:
            columns: Those of the state.
            times: How many times to make several steps.
            scalars: The scalars of all these steps, step after step.
            slopes: Whether to return the slopes.
        """


@dataclass
class Ends:
    """Where some starts have ended.

    Attributes:
        step: After how many steps.
        places: The numbers of the starts.
        x: For each variable a column, in the dtype of the run.
        value: The values there, infinite where there is no finite one.
        flat: Whether each has come to rest: its slope is within the tolerance.
    """

    step: int
    places: Places
    x: list[NDArray[Any]]
    value: NDArray[Any]
    flat: NDArray[np.bool_]


@dataclass
class SideBySide:
    """Descents from some of the starts of a run.

    Args:
        graph: The graph of the value and the n partial derivatives.
        method: A settled method with a number for lr.
        sign: -1.0 to maximise.
        bounds: A pair for each variable, or nothing.
        store: Keeps the columns, and computes with them.
        runner: Makes several steps at a time, where there is such a thing.

    Attributes:
        step: How many steps have been made.
        moving: How many starts still move.
        evaluations: How often a gradient was computed for a start.
        ended: Where starts have ended that move no more.
    """

    graph: Graph
    method: Elementwise
    sign: float
    bounds: Bounds
    store: Store
    runner: Runner | None = None
    step: int = 0
    moving: int = 0
    evaluations: int = 0
    ended: list[Ends] = field(default_factory=list)

    def __post_init__(self) -> None:
        initial, method = self.method.initial(), self.method
        self._n = len(self.graph.variables)
        self._initial = initial

        def update(xp: Any, k: Any, x: Any, g: Any, *slots: Any) -> Sequence[Any]:
            return method.update(xp, method.lr, k, x, g, *slots)

        self._program = step_program(self.graph, update, len(initial), self.sign, self.bounds, slope=False)
        self.fast_program = step_program(self.graph, update, len(initial), self.sign, self.bounds, slope=True)
        self._step = in_place(self._program, self.store)
        self._look = in_place(look_program(self.graph, self.sign, self.bounds), self.store, keep=True)
        self._columns: list[Any] = []
        self._places: Places | None = None
        self._first = self._count = 0
        self._moving = np.zeros(0, dtype=bool)
        self._slopes: Any = None
        self._reserve: list[Any] = []

    def begin(
        self,
        first: int,
        count: int,
        draw: Callable[[int, int], Floats],
        halted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Stand at the starts number `first` and following.

        Args:
            first: The number of the first.
            count: How many.
            draw: Gives the points of the numbers from … to, of shape (…, n).
            halted: Asked every so often whether to do with those that have been drawn.
        """
        self._first = first
        length = self._padded(count)
        n, lanes = self._n, self.store.lanes
        self._columns = [self.store.empty(length) for _ in range(n * (1 + len(self._initial)))]
        for begin in range(0, length, 64 * lanes):
            end = min(begin + 64 * lanes, length)
            if begin < count:
                points = draw(first + begin, first + min(end, count))
            # What fills up a column is its last start once more.
            points = np.concatenate([points, np.repeat(points[-1:], end - begin - len(points), axis=0)])
            for i in range(n):
                self._columns[i][begin:end] = self.store.column(points[:, i])
            if end < length and halted():
                count, length = end, end
                self._columns = [column[:end] for column in self._columns]
                break
        for j, value in enumerate(self._initial):
            for i in range(n):
                self._columns[n * (1 + j) + i][:] = value
        self._count = count
        self._moving = np.ones(count, dtype=bool)
        self.moving = count

    def advance(self, steps: int, *, seen: bool = True) -> None:
        """Make so many steps.

        Args:
            steps: How many.
            seen: Whether `look` comes next.
        """
        self._slopes = None
        if self.moving:
            self.evaluations += self.moving * steps
            with self.store.quiet():
                rest = steps if self.runner is None else self._run(self.runner, steps, seen)
                if rest:
                    self._walk(self.step + steps - rest, rest)
        self.step += steps

    def _run(self, runner: Runner, steps: int, seen: bool) -> int:
        """Let the runner make as many of the steps as it can; how many are left."""
        times, rest = divmod(steps, runner.steps)
        updates = range(self.step + 1, self.step + 1 + steps - rest)
        scalars = [f(k) for k in updates for f in self.fast_program.scalars]
        self._slopes = runner(self._columns, times, scalars, slopes=seen and not rest) if times else None
        return rest

    def _walk(self, done: int, steps: int) -> None:
        """Make steps one by one, some starts at a time."""
        updates = range(done + 1, done + 1 + steps)
        scalars = [[f(k) for f in self._program.scalars] for k in updates]
        for begin, end in self._blocks():
            mine = [column[begin:end] for column in self._columns]
            columns, spare = list(mine), self._spare(self._step, end - begin)
            for each in scalars:
                columns, spare = self._step.call(columns, each, spare)
            # A step may leave a column where another was.
            strayed = [(i, column) for i, column in enumerate(columns) if column is not mine[i]]
            if any(column is own for _, column in strayed for own in mine):
                strayed = [(i, self.store.filled(column, column)) for i, column in strayed]
            for i, column in strayed:
                mine[i][:] = column

    def look(self, tolerance: float) -> None:
        """Let those starts leave that have come to rest, or whose slope is not finite any more.

        Args:
            tolerance: The slope of a start at rest; negative to let none rest.
        """
        if not self.moving:
            return
        with self.store.quiet():
            length = len(self._columns[0])
            whole = [(0, length, None, self._slopes)]
            looks = self._looks(self._columns[: self._n]) if self._slopes is None else whole
            resting: NDArray[np.bool_] | None = None
            for begin, end, _, slope in looks:
                # Mostly nobody leaves, which is seen faster.
                if not self.store.all_within(slope, tolerance, math.inf):
                    resting = np.zeros(length, dtype=bool) if resting is None else resting
                    resting[begin:end] = ~self.store.within(slope, tolerance, math.inf)
            if resting is None:
                return
            leaving = np.flatnonzero(self._moving & resting[: self._count])
            if len(leaving):
                self._end(leaving, tolerance)
                self._moving[leaving] = False
                self.moving -= len(leaving)
            if self.moving <= _SPARSE * self._count:
                self._compact()

    def finish(self, tolerance: float) -> None:
        """Let those that still move end where they are."""
        with self.store.quiet():
            left = np.flatnonzero(self._moving)
            for begin in range(0, len(left), 64 * self.store.lanes):
                self._end(left[begin : begin + 64 * self.store.lanes], tolerance)
        self._moving[:] = False
        self.moving = 0
        self._columns, self._reserve = [], []

    def steepest(self) -> float:
        """The largest finite slope of a start; 0 where there is none."""
        steepest = 0.0
        if self._columns:
            with self.store.quiet():
                for _, _, _, slope in self._looks(self._columns[: self._n]):
                    slopes = self.store.host(slope)
                    steepest = max(steepest, float(np.max(slopes, initial=0.0, where=np.isfinite(slopes))))
        return steepest

    def here(self) -> Iterator[Ends]:
        """Where the starts are now, some at a time, those that have ended among them."""
        yield from self.ended
        if not self._columns:
            return
        with self.store.quiet():
            for begin, end, value, _ in self._looks(self._columns[: self._n]):
                end = min(end, self._count)
                rows = begin + np.flatnonzero(self._moving[begin:end])
                if len(rows):
                    x = [
                        self.store.host(column[begin:end])[rows - begin]
                        for column in self._columns[: self._n]
                    ]
                    values = _finite(self.store.host(value)[rows - begin])
                    flat = np.zeros(len(rows), dtype=bool)
                    yield Ends(self.step, self._numbers(rows), x, values, flat)

    def _numbers(self, rows: Places) -> Places:
        """The numbers of the starts in these rows."""
        return self._first + rows if self._places is None else self._places[rows]

    def _end(self, rows: Places, tolerance: float) -> None:
        x = [self._taken(column, rows) for column in self._columns[: self._n]]
        values, flats = [], []
        for _, _, value, slope in self._looks(x):
            values.append(np.array(self.store.host(value)))
            flats.append(self.store.within(slope, -1.0, math.nextafter(tolerance, math.inf)))
        count = len(rows)
        hosts = [np.array(self.store.host(column)[:count]) for column in x]
        value = _finite(np.concatenate(values)[:count])
        flat = np.concatenate(flats)[:count] & np.isfinite(value) & (tolerance >= 0.0)
        self.ended.append(Ends(self.step, self._numbers(rows), hosts, value, flat))

    def _compact(self) -> None:
        """Take the starts that have left out of the columns."""
        rows = np.flatnonzero(self._moving)
        self._places = self._numbers(rows)
        for i, column in enumerate(self._columns):
            self._columns[i] = self._taken(column, rows) if len(rows) else column[:0]
        self._count = len(rows)
        self._moving = np.ones(len(rows), dtype=bool)

    def _taken(self, column: Any, rows: Places) -> Any:
        missing = self._padded(len(rows)) - len(rows)
        return self.store.take(column, np.concatenate([rows, np.repeat(rows[-1:], missing)]))

    def _padded(self, count: int) -> int:
        return -(-count // self.store.lanes) * self.store.lanes

    def _blocks(self, length: int | None = None) -> Iterator[tuple[int, int]]:
        length = len(self._columns[0]) if length is None else length
        # A program of many columns has shorter ones at a time, that all of them stay in the cache.
        lanes, columns = self.store.lanes, len(self._program.inputs) + self._step.spare
        block = min(self.store.block, max(_LEAST, _WITHIN // columns) // lanes * lanes)
        block = self.store.block if self.store.block > _WITHIN else block
        count = -(-length // block)
        block = self._padded(-(-length // max(1, count)))
        for begin in range(0, length, block):
            yield begin, min(begin + block, length)

    def _looks(self, x: Sequence[Any]) -> Iterator[tuple[int, int, Any, Any]]:
        """Block by block its ends, the values and the slopes."""
        for begin, end in self._blocks(len(x[0])):
            spare = self._spare(self._look, end - begin)
            (value, slope), _ = self._look.call([column[begin:end] for column in x], [], spare)
            yield begin, end, value, slope

    def _spare(self, step: Step, length: int) -> list[Any]:
        """Columns for what is computed on the way: the same ones as before, where they are as long."""
        if self._reserve and len(self._reserve[0]) != length:
            self._reserve = []
        while len(self._reserve) < step.spare:
            self._reserve.append(self.store.empty(length))
        return self._reserve[: step.spare]


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    """The values, infinite where they are not finite."""
    return np.where(np.isfinite(values), values, np.array(math.inf, values.dtype))
