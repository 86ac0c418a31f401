"""Descents on an augmented Lagrangian within bounds, by any of the descent methods."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np

from gdcli.descent.constraints.lagrangian import AugmentedLagrangian, Measured
from gdcli.descent.constraints.optimality import Array, Conditions
from gdcli.descent.escape import lower_neighbour
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current, Objective, Sample
from gdcli.descent.rows import next_drawn
from gdcli.records import Status

_STEPS, _STEPS_PER_VARIABLE, _WITHOUT_SEARCH = (
    100,
    10,
    10,
)  # of one descent; times so many where it makes short ones
_LOST = 1e15  # what the value may fall by, relative to its size
_ESCAPES = 8
_KICK_LENGTHS = (1e-2, 1e-1, 1e-3)  # relative to the point
_ROUNDING = 1e4  # what a value has to fall by, in units of its last place, to be lower
_DISTANCES = (1.0, 1.0, 1.0, 3.0, 3.0, 10.0)  # of other points from the start, relative to that
_ASKED_EVERY = 0.02  # seconds


class Budget:
    """How long a run may go on.

    Args:
        steps: The most steps.
        deadline: When it has to end, in seconds of `time.perf_counter`.
        stop: Asked now and then whether to break off.

    Attributes:
        most: The most steps.
        steps: How many were made.
        trail: Some of the points between the ends of the descents, each with its step, where a picture wants them
            (`gdcli.descent.rows.next_drawn`); else None.
    """

    def __init__(self, steps: int, deadline: float, stop: Callable[[], bool]) -> None:
        self.most = steps
        self.steps = 0
        self.trail: list[tuple[int, tuple[float, ...]]] | None = None
        self._wanted = 1
        self._deadline = deadline
        self._stop = stop
        self._asked = -math.inf

    def count(self, x: tuple[float, ...]) -> None:
        """One step more, to a point."""
        self.steps += 1
        if self.trail is not None and self.steps >= self._wanted:
            self.trail.append((self.steps, x))
            self._wanted = next_drawn(self.steps)

    def exhausted(self) -> Status | None:
        """Why the run has to end now, if it has to."""
        now = time.perf_counter()
        if now - self._asked >= _ASKED_EVERY:
            self._asked = now
            if self._stop():
                return Status.INTERRUPTED
        if now >= self._deadline:
            return Status.TIME_LIMIT
        return Status.MAX_STEPS if self.steps >= self.most else None


class End(Enum):
    """How a descent has ended."""

    FLAT = "the slope is within the tolerance"
    STUCK = "no lower point is found"
    CUT = "it would have gone on"
    LOST = "the value falls for ever, or is not finite"


class Landing(NamedTuple):
    """Where a descent has ended.

    Attributes:
        here: The point.
        value: That of the augmented Lagrangian.
        end: How.
        why: Why the run has to end, if the descent was broken off for that.
    """

    here: Measured
    value: float
    end: End
    why: Status | None


class Inner:
    """Descends on an augmented Lagrangian, whose parameters it sets.

    Args:
        conditions: The problem; multipliers and penalties are scaled as there.
        lagrangian: Its augmented Lagrangian.
        target: That as an objective.
        method: A settled method.
        budget: When to break off; it counts the steps.
    """

    def __init__(
        self,
        conditions: Conditions,
        lagrangian: AugmentedLagrangian,
        target: Objective,
        method: Method,
        budget: Budget,
    ) -> None:
        self.budget = budget
        self._conditions = conditions
        self._lagrangian = lagrangian
        self._target = target
        self._method = method
        self._bounds = tuple(zip(conditions.low.tolist(), conditions.high.tolist(), strict=True))

    def set_parameters(self, multipliers: Array, penalty: float, weight: float | None = None) -> None:
        """Set λ, ρ and, where it is not to be that of the conditions, the objective's weight."""
        scales = self._conditions.scales
        self._lagrangian.set_parameters(
            self._conditions.weight if weight is None else weight,
            (multipliers * scales).tolist(),
            (penalty * scales**2).tolist(),
        )

    def descend(self, origin: Measured, tolerance: float) -> Landing:
        """Go downhill until no component of the slope is larger than the tolerance, or no lower point is found."""
        target, method, budget, lagrangian = self._target, self._method, self.budget, self._lagrangian
        share = _STEPS + _STEPS_PER_VARIABLE * len(origin.x)
        most = budget.steps + (share if method.searches else _WITHOUT_SEARCH * share)
        end, why, state = End.FLAT, None, None
        with target.quiet():
            current = target.evaluate(target.point(origin.x))
            sample = target.sample(current)
            lagrangian.watch(-_LOST * max(1.0, abs(sample.value)))
            while not self._is_flat(current, tolerance):
                why = budget.exhausted()
                if why is not None or budget.steps >= most:
                    end = End.CUT
                    break
                state = method.init(target, current) if state is None else state
                current, state = method.step(target, current, state)
                before, sample = sample, target.sample(current)
                budget.count(sample.x)
                if lagrangian.abyss is not None or not math.isfinite(sample.value):
                    end = End.LOST
                    break
                if method.searches and sample.x == before.x:
                    end = End.STUCK
                    break
        here = self._conditions.functions.measure(lagrangian.abyss or sample.x)
        return (
            Landing(here, sample.value, end, why) if here.finite else Landing(origin, math.inf, End.LOST, why)
        )

    def keep(self, origin: Measured, tolerance: float, enough: float, escapes: int = _ESCAPES) -> Landing:
        """Go to where the constraints are kept, whatever the objective is there.

        Args:
            origin: From where.
            tolerance: When a descent ends.
            enough: A violation that will do.
            escapes: How many points to leave from which no way leads to less, but for a lower one beside them.
        """
        self.set_parameters(np.zeros_like(self._conditions.scales), 1.0, weight=0.0)
        landing = self.descend(origin, tolerance)
        for _ in range(escapes):
            if landing.why is not None or self._conditions.violation(landing.here) <= enough:
                break
            # As (0, 0) is for x*y == 2.
            with self._target.quiet():
                neighbour = lower_neighbour(self._target, self._sample(landing.here.x), self._bounds)
            here = None if neighbour is None else self._conditions.functions.measure(neighbour)
            if here is None or not here.finite:
                break
            landing = self.descend(here, tolerance)
        return landing

    def lower(self, here: Measured, ways: Sequence[Array]) -> Measured | None:
        """A point near by, along one of the directions, where the augmented Lagrangian is lower."""
        x = np.array(here.x)
        size = max(1.0, float(np.abs(x).max()))
        with self._target.quiet():
            least = self._sample(here.x).value
            least -= _ROUNDING * self._target.epsilon * max(abs(least), 1e-8)
            for way in ways:
                for length in _KICK_LENGTHS:
                    moved = x + length * size * way
                    moved = np.clip(moved, self._conditions.low, self._conditions.high).tolist()
                    if self._sample(moved).value < least:
                        there = self._conditions.functions.measure(tuple(moved))
                        if there.finite:
                            return there
        return None

    def _sample(self, x: Sequence[float]) -> Sample:
        return self._target.sample(self._target.evaluate(self._target.point(x)))

    def _is_flat(self, current: Current, tolerance: float) -> bool:
        sample = self._target.sample(current)
        slope = self._conditions.slope(np.array(sample.x), np.array(sample.gradient))
        return bool(np.abs(slope).max(initial=0.0) <= tolerance)


def elsewhere(conditions: Conditions, start: Measured) -> list[Measured]:
    """Some other points to begin from: the same at every call, and everything finite there."""
    draw = random.Random(0)
    intervals = list(zip(start.x, conditions.low.tolist(), conditions.high.tolist(), strict=True))
    points = []
    for distance in _DISTANCES:
        x = []
        for middle, low, high in intervals:
            drawn = middle + distance * max(1.0, abs(middle)) * draw.gauss(0.0, 1.0)
            # Within an interval rather anywhere than on its ends.
            drawn = low + (high - low) * draw.random() if math.isfinite(high - low) else drawn
            x.append(min(max(drawn, low), high))
        points.append(conditions.functions.measure(tuple(x)))
    return [point for point in points if point.finite]
