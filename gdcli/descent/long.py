"""Runs over thousands of variables and more: the same rules, on the engine's arrays and not on plain numbers.

A step then costs a few passes over the memory besides those of the method and the function.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gdcli.descent.algebra import dot
from gdcli.descent.convergence import (
    CONTINUOUS,
    DEFAULT_TOLERANCE,
    NOISE,
    Ending,
    rules,
)
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Array, Current, LongObjective, Sample
from gdcli.descent.walk import Walk

_ITERATIONS = 12  # of the power method
_DIFFERENCE = 1e-5  # of gradients, relative to the point
_RANDOM = 2  # directions that are tried besides
_DISTANCES = (1e-3, 1e-2)  # of the points that are tried, relative to the point
_LOWER = 1e4  # what a value has to fall by, in units of its last place, to be lower


@dataclass(frozen=True)
class Tolerances:
    """For each variable the size of its partial derivative that counts as zero.

    Attributes:
        each: An array of them, or one number for all.
        loosest: The largest of them.
    """

    each: Array
    loosest: float


def tolerances(start: Sample, tol: float | None, dtype: str, objective: LongObjective) -> Tolerances | None:
    """As of `gdcli.descent.convergence.rules`; None where every step is to be run."""
    if tol is not None:
        return Tolerances(tol, tol) if tol > 0.0 else None
    xp = objective.xp
    sizes = xp.abs(start.gradient)
    largest = objective.largest(start.gradient)
    scales = xp.where(sizes > NOISE * objective.epsilon * largest, sizes, largest)
    each = DEFAULT_TOLERANCE[dtype] * xp.clip(scales, None, 1.0)
    return Tolerances(each, objective.largest(each))


class LongWalk(Walk):
    """A run from one start over many variables.

    Args:
        objective: What is to be minimised.
        method: A settled method.
        current: The start.
        tol: See `gdcli.descent.loop.Criteria`.
        dtype: The dtype of the run.
    """

    objective: LongObjective

    def __init__(
        self, objective: LongObjective, method: Method, current: Current, tol: float | None, dtype: str
    ) -> None:
        start = objective.sample(current)
        found = tolerances(start, tol, dtype, objective)
        plain = rules(Sample((), start.value, ()), tol, dtype, objective.epsilon, method.searches)
        # Rules are asked whether there are any tolerances; what they are is here.
        shown = () if found is None else (found.loosest,)
        super().__init__(objective, method, plain._replace(tolerances=shown), current)
        self._tolerances = found

    def largest(self) -> float:
        """The largest component of the gradient here that no bound holds back."""
        return self.objective.largest(self.objective.free(self.here.x, self.here.gradient))

    def is_finite(self, sample: Sample) -> bool:
        """Whether everything about a point is finite."""
        rows = (sample.gradient, sample.x)
        return math.isfinite(sample.value) and all(math.isfinite(self.objective.largest(row)) for row in rows)

    def examine(self) -> Ending | None:
        """What there is to be said of the state by itself."""
        steepest = self.objective.largest(self.here.gradient)
        if not (math.isfinite(self.here.value) and math.isfinite(steepest)):
            return Ending.NOT_FINITE
        if self.here.value < self.rules.floor:
            return Ending.UNBOUNDED
        if not self._is_flat(steepest):
            return None
        # Where it is flat the variables may have gone to infinity.
        return Ending.FLAT if self.is_finite(self.here) else Ending.NOT_FINITE

    def is_minimum(self) -> bool:
        """Whether no lower point is found beside this stationary one; if one is, the walk goes on from there."""
        objective = self.objective
        here: Any = self.here
        least = here.value - _LOWER * objective.epsilon * max(abs(here.value), 1e-8)
        size = max(1.0, objective.largest(here.x))
        for direction in self._directions(size):
            for distance in (sign * distance * size for distance in _DISTANCES for sign in (1.0, -1.0)):
                current = objective.evaluate(objective.project(here.x + distance * direction))
                if float(current.value[0]) < least:
                    self._current = current
                    self._state = self.method.init(objective, current)
                    return False
        return True

    def _directions(self, size: float) -> Iterator[Array]:
        """A direction along which the gradient falls, if it does along any, and a few at random.

        It is found by the power method, first on the Hessian and then on what is left of its largest eigenvalue without
        it; the Hessian's products are differences of gradients.

        References:
            G. H. Golub, C. F. Van Loan, Matrix computations, 4th edition, 2013, section 7.3.
        """
        import numpy as np

        objective, xp = self.objective, self.objective.xp
        here: Any = self.here
        generator = np.random.default_rng(0)
        step = _DIFFERENCE * size

        def random() -> Array:
            direction = objective.point(generator.standard_normal(here.x.shape[0]))
            return direction / objective.largest(direction)

        def product(direction: Array) -> Array:
            there = objective.evaluate(objective.project(here.x + step * direction))
            return (there.gradient - here.gradient) / step

        most = 0.0
        for shifted in (False, True):
            direction = random()
            for _ in range(_ITERATIONS):
                new = product(direction)
                if shifted:
                    new = most * direction - new
                length = objective.largest(new)
                if not (math.isfinite(length) and length > 0.0):
                    break
                direction = new / length
            if not shifted:
                most = abs(
                    float(dot(xp, direction, product(direction))[0] / dot(xp, direction, direction)[0])
                )
        yield direction
        for _ in range(_RANDOM):
            yield random()

    def _is_flat(self, steepest: float) -> bool:
        found, xp = self._tolerances, self.objective.xp
        if found is None:
            return False
        slope = self.objective.free(self.here.x, self.here.gradient)
        if slope is self.here.gradient and steepest > found.loosest:
            return False
        return bool(xp.all(xp.abs(slope) <= found.each))

    def _go(self) -> Ending | None:
        before = self.here
        self._current, self._state = self.method.step(self.objective, self._current, self._state)
        self.here = self.objective.sample(self._current)
        self.step += 1
        ending = self._judge()
        if ending:
            return ending
        still = self.rules.searches and self._tolerances is not None and self.here.value == before.value
        if still and bool(self.objective.xp.all(self.here.x == before.x)):
            return self._still()
        return self._rest()

    def _judge(self) -> Ending | None:
        ending = self.examine()
        if ending is not Ending.NOT_FINITE and self.here.value < self.best.value:
            self.best = self.here
        return ending

    def _rest(self) -> Ending | None:
        rules = self.rules
        if self.step % rules.window or self._tolerances is None:
            return None
        xp = self.objective.xp
        before: Any = self._mark
        now: Any = self.here.x
        self._mark = now
        least = xp.maximum(rules.epsilon * xp.abs(now), rules.travel * xp.abs(now - self._start.x))
        if not bool(xp.any(xp.abs(now - before) > least)):
            return self._still()
        return Ending.ROUNDED if rules.searches and self._is_rounded(0.0) else None

    def _is_rounded(self, travel: float) -> bool:
        """As of `gdcli.descent.convergence.within_rounding`."""
        objective, xp, start = self.objective, self.objective.xp, self._start
        here: Any = self.here
        if self.rules.explicit or self._tolerances is None:
            return False
        epsilon = self.rules.epsilon
        gaps = xp.maximum(epsilon * xp.abs(here.x), travel * xp.abs(here.x - start.x))
        alike = max(CONTINUOUS * (start.value - here.value), epsilon * abs(here.value))
        noise = gaps * 0.0
        for sign in (1.0, -1.0):
            there: Any = objective.sample(objective.evaluate(objective.project(here.x + sign * gaps)))
            if not abs(there.value - here.value) <= alike:
                return False
            noise = xp.maximum(noise, xp.abs(there.gradient - here.gradient))
        slope = xp.abs(objective.free(here.x, here.gradient))
        limits = xp.maximum(NOISE * noise, noise * 0.0 + self._tolerances.each)
        return bool(xp.all(slope <= limits))
