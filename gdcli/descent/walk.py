"""A run under way: a method's steps one after another, with what has to be kept of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from gdcli.descent.convergence import (
    VALUE_NOISE,
    Ending,
    Rules,
    examine,
    has_moved,
    is_finite,
    slope,
    within_rounding,
)
from gdcli.descent.curvature import promise
from gdcli.descent.escape import lower_neighbour
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current, Objective, Sample


class Snapshot(NamedTuple):
    """All that a walk has to know to go on as if it had never stopped.

    Attributes:
        step: How many updates were made.
        evaluations: How often value and gradient were computed.
        here: The state after the updates.
        best: The finite point with the least value so far.
        mark: The point at the end of the last window.
        current: Where the method is, as it knows it.
        state: The method's state.
    """

    step: int
    evaluations: int
    here: Sample
    best: Sample
    mark: tuple[float, ...]
    current: Current
    state: Any


class Walk:
    """A run from one start.

    Args:
        objective: What is to be minimised.
        method: A settled method.
        rules: When the run ends by itself.
        current: The start.

    Attributes:
        step: How many updates were made.
        here: The state after them.
        best: The finite point with the least value so far.
    """

    def __init__(self, objective: Objective, method: Method, rules: Rules, current: Current) -> None:
        self.objective = objective
        self.method = method
        self.rules = rules
        self.step = 0
        self.here = self.best = self._start = objective.sample(current)
        self._mark = self.here.x
        self._current = current
        self._state = self._begin(current)

    def advance(self, until: int) -> Ending | None:
        """Go on to step `until`, or to where the run ends by itself."""
        with self.objective.quiet():
            while self.step < until:
                ending = self._go()
                if ending:
                    return ending
        return None

    def snapshot(self) -> Snapshot:
        """Where the walk is now. How far `advance` has gone at a time makes no difference to what follows."""
        evaluations = self.objective.evaluations
        return Snapshot(self.step, evaluations, self.here, self.best, self._mark, self._current, self._state)

    def restore(self, snapshot: Snapshot) -> None:
        """Be where another walk of the same problem, method and rules was."""
        self.step, self.objective.evaluations, self.here, self.best = snapshot[:4]
        self._mark, self._current, self._state = snapshot[4:]

    def is_minimum(self) -> bool:
        """Whether no lower point is beside this stationary one; if there is one, the walk goes on from there."""
        neighbour = lower_neighbour(self.objective, self.here, self.rules.bounds)
        if neighbour is None:
            return True
        self._current = self.objective.evaluate(self.objective.point(neighbour))
        self._state = self._begin(self._current)
        return False

    def examine(self) -> Ending | None:
        """What there is to be said of the state by itself."""
        return examine(self.here, self.rules)

    def largest(self) -> float:
        """The largest component of the gradient here that no bound holds back."""
        return max(map(abs, slope(self.here, self.rules.bounds)), default=0.0)

    def is_finite(self, sample: Sample) -> bool:
        """Whether everything about a point is finite."""
        return is_finite(sample)

    def _begin(self, current: Current) -> Any:
        """The method's state at a point from which it begins."""
        return self.method.init(self.objective, current)

    def _go(self) -> Ending | None:
        """One step."""
        before = self.here.x
        self.here = self._step()
        self.step += 1
        return self._look_back(before)

    def _look_back(self, before: tuple[float, ...]) -> Ending | None:
        """What there is to be said of the last step, which began at `before`."""
        ending = self._judge()
        if ending:
            return ending
        rules = self.rules
        if self.here.x == before and rules.searches and rules.tolerances:
            return self._still()
        return None if self.step % rules.window else self._rest()

    def _step(self) -> Sample:
        """Make one step, and return where it leads."""
        self._current, self._state = self.method.step(self.objective, self._current, self._state)
        return self.objective.sample(self._current)

    def _judge(self) -> Ending | None:
        """What there is to be said of the state by itself."""
        here = self.here
        ending = examine(here, self.rules)
        if here.value < self.best.value and ending is not Ending.NOT_FINITE:
            self.best = here
        return ending

    def _rest(self) -> Ending | None:
        """At the end of a window: whether the run has come to rest."""
        rules = self.rules
        if self.step % rules.window or not rules.tolerances:
            return None
        mark, self._mark = self._mark, self.here.x
        if not has_moved(mark, self._mark, self._start.x, rules.epsilon, rules.travel):
            return self._still()
        # A search can go on for long among the rounding errors of its values.
        return Ending.ROUNDED if rules.searches and self._is_rounded(0.0) else None

    def _still(self) -> Ending:
        """Why the run has come to rest."""
        return Ending.ROUNDED if self._is_rounded(self.rules.epsilon) else Ending.STILL

    def _is_rounded(self, travel: float) -> bool:
        """Whether the run has reached the tolerance as far as the dtype allows, if none was asked for.

        The gradient may be within its rounding, or Newton's step may promise less than the rounding of the value.
        """

        def evaluate(x: tuple[float, ...]) -> Sample:
            return self.objective.sample(self.objective.evaluate(self.objective.point(x)))

        rules = self.rules
        if rules.explicit:
            return False
        if within_rounding(self.here, self._start, rules, evaluate, travel):
            return True
        hessian = self.objective.hessian_at(self.here.x) if rules.searches else None
        if hessian is None:
            return False
        least = VALUE_NOISE * rules.epsilon * abs(self.here.value)
        return promise(hessian, slope(self.here, rules.bounds)) <= least
