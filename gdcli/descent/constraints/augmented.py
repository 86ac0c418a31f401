"""The augmented Lagrangian method: one descent after the other, with multipliers and penalties that learn.

Each outer iteration minimises w·f + Σ cᵢ·(λᵢ + ρᵢ·cᵢ/2) + … (`gdcli.graph.lagrangian`) within the bounds by any of the
descent methods, from where the last one ended, and then corrects the multipliers, λᵢ ← λᵢ + ρᵢ·cᵢ. The penalties grow
where the constraints are not kept better than before. Once they nearly are, Newton's method on the conditions of
optimality is tried (`gdcli.descent.constraints.polish`).

References:
    E. G. Birgin, J. M. Martínez, Practical augmented Lagrangian methods for constrained optimization, SIAM 2014,
    doi:10.1137/1.9781611973365: the algorithm (ALGENCAN), its first penalty and the scaling.
    J. Nocedal, S. J. Wright, Numerical optimization, 2nd edition, Springer 2006, doi:10.1007/978-0-387-40065-5,
    section 17.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gdcli.descent.constraints.inner import End, Inner, elsewhere
from gdcli.descent.constraints.kink import multipliers_at_kink
from gdcli.descent.constraints.lagrangian import Measured
from gdcli.descent.constraints.optimality import Array, Conditions, Distance
from gdcli.descent.constraints.polish import newton, ways_down
from gdcli.records import Status

_GROWTH, _LEAST_PENALTY, _MOST_FIRST_PENALTY, _MOST_PENALTY = 10.0, 1e-8, 1e8, 1e16
_BETTER = 0.5  # part of the violation that may be left without the penalty growing
_MOST_MULTIPLIER = 1e12
_FIRST_TOLERANCE, _TIGHTER = 1e-3, 0.1  # of a descent, and what it is multiplied with after each
_DEEP = 1e8  # a value, relative to the start's, that is taken for one on the way to minus infinity
_FAR = 100.0  # a violation, relative to the one before
_NEARLY = 0.1  # the violation, scaled, from which on Newton's method is tried
_MOST_VARIABLES, _MOST_NODES = 60, 100_000  # for which there are second derivatives; nodes times variables
_ALLOWANCE = 10.0  # for a polished value to be higher, in units of what the constraints make of it
_ACCEPTABLE = 1e-6  # a distance from the conditions that will do if there is no getting nearer
_PATIENCE = 6  # outer iterations without progress
_KICKS, _RESTARTS = 4, 3


class Ending(Enum):
    """Why the method has ended by itself."""

    OPTIMAL = "the conditions of optimality are fulfilled"
    KINK = "no point is lower, though the slope does not become zero"
    INFEASIBLE = "the constraints cannot be kept"
    UNBOUNDED = "the value falls for ever"
    STALLED = "there is no progress any more"


@dataclass(frozen=True)
class Tolerances:
    """What counts as zero, scaled.

    Attributes:
        slope: Of the Lagrangian's gradient, for an end.
        violation: Of a violation, for an end.
        kept: Of a violation, for a point to count as one that keeps the constraints.
    """

    slope: float
    violation: float
    kept: float


class Augmented:
    """A run of the method.

    Args:
        conditions: The problem.
        inner: Goes downhill.
        start: Where to begin.
        tolerances: When to end.

    Attributes:
        here: Where the run is.
        multipliers: Their estimates there, scaled.
        penalty: ρ, scaled: the same for all constraints.
        distance: How far that is from the conditions of optimality.
        best: The point with the least value of those that keep the constraints, if there was one.
    """

    def __init__(self, conditions: Conditions, inner: Inner, start: Measured, tolerances: Tolerances) -> None:
        self._conditions = conditions
        self._inner = inner
        self._start = start
        self._tolerances = tolerances
        self.here = start
        self.best: Measured | None = None
        self.multipliers: Array = np.zeros(len(conditions.scales))
        violations = conditions.violations(start)
        size = max(1.0, conditions.weight * abs(start.value)) / max(1.0, 0.5 * float(violations @ violations))
        self.penalty = max(_LEAST_PENALTY, min(10.0 * size, _MOST_FIRST_PENALTY))
        self.distance = conditions.distance(start, self.multipliers)
        variables = len(start.x)
        self._curved = variables <= _MOST_VARIABLES and variables * conditions.functions.nodes <= _MOST_NODES
        self._tolerance = max(_FIRST_TOLERANCE, tolerances.slope)
        self._violated = math.inf
        self._record: tuple[float, ...] = (math.inf, math.inf)
        self._idle = self._kicks = self._restarts = 0
        self._restored = False
        self._remember()

    @property
    def steps(self) -> int:
        """How many steps were made: those of the descents, and Newton's where they were of use."""
        return self._inner.budget.steps

    def iterate(self) -> Ending | Status | None:
        """One outer iteration; why there is to be no other, if so."""
        conditions, before = self._conditions, self.here
        self._inner.set_parameters(self.multipliers, self.penalty)
        self.here, value, end, why = self._inner.descend(before, self._tolerance)
        if end is End.LOST:
            return self._lost(before)
        if end is End.CUT and why is None and self._strays(before):
            self.here = before
            self._forget_multipliers()
            return None
        violated = conditions.scaled(self.here).residuals
        # An inequality with room to spare is violated by no more than its multiplier lets it be.
        bounded = np.maximum(violated, -self.multipliers / self.penalty)
        violated = np.where(conditions.equalities, violated, bounded)
        self.multipliers = np.clip(
            self.multipliers + self.penalty * violated, -_MOST_MULTIPLIER, _MOST_MULTIPLIER
        )
        self.distance = conditions.distance(self.here, self.multipliers)
        self._remember()
        if why is not None:
            return why
        share = float(np.abs(self.multipliers) @ np.abs(violated) + self.penalty * violated @ violated)
        if self._polish(value + _ALLOWANCE * share) or self._is_near(self.distance):
            return self._conclude()
        worst = float(np.abs(violated).max(initial=0.0))
        if worst > max(_BETTER * self._violated, self._tolerances.violation):
            self.penalty = min(_GROWTH * self.penalty, _MOST_PENALTY)
        self._violated = worst
        self._tolerance = max(self._tolerances.slope, _TIGHTER * self._tolerance)
        return self._resign(before)

    def _lost(self, before: Measured) -> Ending | Status | None:
        """What to make of a descent that falls for ever: the problem has no minimum, or the penalty is too small."""
        abyss = self.here
        self.here, *_, why = self._inner.keep(abyss, self._tolerances.slope, self._tolerances.kept, escapes=0)
        size = max(1.0, *map(abs, self.here.x))
        kept = self._conditions.violation(self.here) <= self._tolerances.kept * size
        if kept and self.here.value < -_DEEP * max(1.0, abs(self._start.value)):
            return Ending.UNBOUNDED
        if self.penalty >= _MOST_PENALTY:
            self.here = abyss
            return Ending.UNBOUNDED
        self.here = before
        self._forget_multipliers()
        return why

    def _strays(self, before: Measured) -> bool:
        """Whether a descent that is not at its end yet has gone far away from what the constraints allow."""
        violation = self._conditions.violation
        return self.penalty < _MOST_PENALTY and violation(self.here) > _FAR * max(1.0, violation(before))

    # What becomes of a point.

    def _remember(self) -> None:
        kept = self._conditions.violation(self.here) <= self._tolerances.kept
        if kept and (self.best is None or self.here.value < self.best.value):
            self.best = self.here

    def _is_near(self, distance: Distance) -> bool:
        tolerances = self._tolerances
        return distance.slope <= tolerances.slope and max(distance[1:]) <= tolerances.violation

    def _polish(self, highest: float) -> bool:
        """Whether Newton's method has come to a point that fulfils the conditions, which is then where the run is.

        Args:
            highest: What the value there, scaled, may be at most: Newton's method goes to maxima as well.
        """
        if not self._curved or self.distance.violation > _NEARLY:
            return False
        budget = self._inner.budget
        polished = newton(
            self._conditions, self.here, self.multipliers, self.penalty, budget.most - budget.steps
        )
        near = self._is_near(polished.distance) or polished.distance.worst <= self._tolerances.kept
        value = self._conditions.weight * polished.here.value
        if not (near and value <= highest + 1e-8 * max(1.0, abs(highest))):
            return False
        self.here, self.multipliers, self.distance, steps = polished
        budget.steps += steps
        self._remember()
        return self._is_near(self.distance)

    def _conclude(self) -> Ending | None:
        """Whether a point that fulfils the conditions of first order is the answer; if not, where to go on from."""
        if self._curved and self._kicks < _KICKS:
            self._inner.set_parameters(self.multipliers, self.penalty)
            ways = list(ways_down(self._conditions, self.here, self.multipliers))
            lower = self._inner.lower(self.here, ways)
            if lower is not None:
                # A saddle point. The slope beside it is small, and yet it is to be followed.
                self._kicks += 1
                self._inner.budget.steps += 1
                self.here, self._tolerance = lower, self._tolerances.slope
                return None
        lowest = self.here.value - _ACCEPTABLE * max(1.0, abs(self.here.value))
        # A hill may have been climbed on the way.
        climbed = self.best is not None and self.best.value < lowest
        return None if climbed and self._restart() else Ending.OPTIMAL

    def _restart(self) -> bool:
        """Go on from the best point that keeps the constraints, if there is one; a few times."""
        if self.best is None or self._restarts >= _RESTARTS:
            return False
        self._restarts += 1
        self.here = self.best
        self._begin_again()
        return True

    def _resign(self, before: Measured) -> Ending | Status | None:
        """Whether there is no use in going on."""
        tolerances, distance = self._tolerances, self.distance
        worst = (max(distance.slope, tolerances.slope), max(distance.violation, tolerances.violation))
        if any(now < 0.5 * record for now, record in zip(worst, self._record, strict=True)):
            self._record = tuple(map(min, worst, self._record))
            self._idle = 0
            return None
        self._idle += 1
        if self._idle < _PATIENCE:
            return None
        if distance.violation > max(_ACCEPTABLE, tolerances.violation):
            return self._restore()
        if distance.worst <= max(_ACCEPTABLE, tolerances.slope, tolerances.violation):
            return self._conclude()
        if self._idle < 2 * _PATIENCE and self.here.x != before.x:
            return None
        multipliers = multipliers_at_kink(self._conditions, self.here, self._start)
        if multipliers is None:
            return Ending.STALLED
        self.multipliers = multipliers
        self.distance = self._conditions.distance(self.here, multipliers)
        return Ending.OPTIMAL if self.distance.worst <= _ACCEPTABLE else Ending.KINK

    def _restore(self) -> Ending | Status | None:
        """Go to a point that keeps the constraints, from here, from the start or from elsewhere; once."""
        if self.best is not None:
            return None if self._restart() else Ending.STALLED
        here, restored, self._restored = self.here, self._restored, True
        origins = (here, self._start, *elsewhere(self._conditions, self._start))
        for origin in () if restored else origins:
            self.here, *_, why = self._inner.keep(origin, self._tolerances.slope, self._tolerances.kept)
            if why is not None:
                return why
            if self._conditions.violation(self.here) <= _ACCEPTABLE:
                self._remember()
                self._begin_again()
                return None
        self.here = here
        return Ending.INFEASIBLE

    def _begin_again(self) -> None:
        """Go on from another point as if nothing were known, but hold the constraints more firmly."""
        self._forget_multipliers()
        self._tolerance = max(_FIRST_TOLERANCE, self._tolerances.slope)
        self._violated = math.inf
        self._record = (math.inf, math.inf)
        self._idle = 0

    def _forget_multipliers(self) -> None:
        self.multipliers = np.zeros_like(self.multipliers)
        self.penalty = min(_GROWTH**2 * self.penalty, _MOST_PENALTY)
