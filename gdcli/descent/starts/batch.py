"""Many descents side by side, as one batch on the engine's arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Array, ArrayObjective, Current
from gdcli.descent.starts.region import Floats
from gdcli.engines import Engine
from gdcli.engines.lanes import lanes

_SPARSE = 0.75  # the batch is made smaller when no more than this part of it still moves


@dataclass(frozen=True)
class Leaving:
    """When a start leaves the batch, besides being stuck.

    Attributes:
        tolerance: When no component of its gradient is larger; negative for never.
        gain: When its value has not fallen by more than this for `patience` steps.
        patience: How many; infinite for never.
        floor: When its value has fallen below this, so that there seems to be no minimum.
    """

    tolerance: float
    gain: float
    patience: float
    floor: float


class Batch:
    """Descents from many starts.

    Args:
        objective: What is to be minimised.
        method: A settled method.
        points: The starts; shape (starts, n).
        leaving: When a start leaves the batch.

    Attributes:
        x: For each start the best point that it has come to; shape (starts, n). Complete where it has left the batch.
        value: The values there, infinite where there was no finite one; shape (starts,).
        gradient: The gradients there; shape (starts, n).
        moving: How many still move.
        steps: How many steps the batch has made.
        evaluations: At how many points value and gradient were computed.
    """

    def __init__(
        self, engine: Engine, objective: ArrayObjective, method: Method, points: Floats, leaving: Leaving
    ) -> None:
        self._engine = engine
        self.x = points.copy()
        self.value = np.full(len(points), math.inf)
        self.gradient = np.full(points.shape, math.nan)
        self.moving = len(points)
        self.steps = 0
        self.evaluations = len(points)
        self._objective = objective
        self._method = method
        self._leaving = leaving
        self._lanes = lanes(engine)
        xp = objective.xp
        missing = self._missing(len(points))
        points = np.concatenate([points, np.repeat(points[-1:], missing, axis=0)]) if missing else points
        with objective.quiet():
            self._current = objective.evaluate(objective.project(objective.point(points)))
            finite = _is_finite(xp, self._current)
            value = xp.where(finite, self._current.value, math.inf)
            self._best = Current(self._current.x, value, self._current.gradient)
            self._mark = value
            self._idle = value * 0.0
            slope = xp.max(xp.abs(self._current.gradient), axis=-1, keepdims=True)
            self._tolerance = leaving.tolerance * xp.minimum(slope, 1.0)
            self._left = (finite == False) | self._flat(self._current)  # noqa: E712  # element by element
            self._places = np.arange(len(self.x))
            self._leave_fillers(len(points))
            self._compact()
            if self.moving:
                self._state: Any = method.init(objective, self._current)

    def advance(self, steps: int) -> None:
        """Make so many steps, or fewer if no start is left to move."""
        with self._objective.quiet():
            for _ in range(steps):
                if not self.moving:
                    return
                self._step()

    def gather(self) -> None:
        """Let `x`, `value` and `gradient` be what the starts that still move have come to."""
        x, value, gradient = (self._on_host(array)[: len(self._places)] for array in self._best)
        self.x[self._places], self.value[self._places], self.gradient[self._places] = x, value[:, 0], gradient

    def _step(self) -> None:
        xp, leaving = self._objective.xp, self._leaving
        self._current, self._state = self._method.step(self._objective, self._current, self._state)
        self.steps += 1
        self.evaluations += self.moving
        finite = _is_finite(xp, self._current)
        search = getattr(self._state, "search", None)
        seen = self._current if search is None else search.best
        better = _is_finite(xp, seen) & (seen.value < self._best.value) & (self._left == False)  # noqa: E712
        self._best = Current(*(xp.where(better, a, b) for a, b in zip(seen, self._best, strict=True)))
        fell = self._best.value < self._mark - leaving.gain
        self._mark = xp.where(fell, self._best.value, self._mark)
        self._idle = xp.where(fell, 0.0, self._idle + 1.0)
        left = (finite == False) | self._flat(self._current) | (self._idle >= leaving.patience)  # noqa: E712
        left = left | (self._best.value < leaving.floor)
        stuck = getattr(self._state, "stuck", None)
        if stuck is not None:
            left = left | stuck
        self._left = self._left | left
        self._compact()

    def _on_host(self, array: Array) -> Floats:
        return np.array(self._engine.floats(array)).reshape(tuple(array.shape))

    def _flat(self, current: Current) -> Array:
        xp = self._objective.xp
        slope = xp.abs(self._objective.free(current.x, current.gradient))
        return xp.max(slope, axis=-1, keepdims=True) <= self._tolerance

    def _compact(self) -> None:
        """Take the starts that have left out of the batch, if they are many."""
        xp, count = self._objective.xp, len(self._left)
        moving = self._left[:, 0] == False  # noqa: E712
        self.moving = int(xp.sum(moving))
        if self.moving > _SPARSE * count:
            return
        self.gather()
        keep = xp.arange(count)[moving]
        self._places = self._places[self._on_host(keep).astype(int)]
        if len(keep):
            keep = xp.concatenate([keep, keep[-1:].repeat(self._missing(len(keep)))])
        parts = (
            self._current,
            self._best,
            self._mark,
            self._idle,
            self._left,
            self._tolerance,
            getattr(self, "_state", None),
        )
        taken = _take(parts, keep, count)
        self._current, self._best, self._mark, self._idle, self._left, self._tolerance, self._state = taken
        self._leave_fillers(len(keep))

    def _missing(self, count: int) -> int:
        """How many rows `count` of them lack to a full batch."""
        return -count % self._lanes

    def _leave_fillers(self, count: int) -> None:
        """Let the rows stand still that fill up a batch of `count`."""
        if count > len(self._places):
            rows = self._objective.xp.arange(count)[:, None]
            self._left = self._left | (rows >= len(self._places))


def _take(tree: Any, index: Array, count: int) -> Any:
    """The rows `index` of every array of `count` rows in nested tuples; what is no such array stays."""
    if isinstance(tree, tuple):
        taken = [_take(item, index, count) for item in tree]
        return type(tree)(*taken) if hasattr(tree, "_fields") else tuple(taken)
    return tree[index] if getattr(tree, "shape", ())[:1] == (count,) else tree


def _is_finite(xp: Any, current: Current) -> Array:
    return xp.isfinite(current.value) & xp.all(xp.isfinite(current.gradient), axis=-1, keepdims=True)
