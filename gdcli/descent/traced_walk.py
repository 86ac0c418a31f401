"""A run of a searching method, whose trials become straight-line Python when there are many of them."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, cast

from gdcli.descent.bounds import Bounds
from gdcli.descent.convergence import Ending, Rules
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current, FloatObjective, Objective, Sample
from gdcli.descent.vector import Vector
from gdcli.descent.walk import Snapshot, Walk
from gdcli.engines import scalar
from gdcli.graph.nodes import Graph

_MOST_NUMBERS = 1_000  # of a state; beyond, Python's compiler takes too long
_PATIENCE = 16  # steps after which a text that has raised is tried again
_PAYS = 1.0  # trials, a number of the state, that take as long as to make the function
_MOST_KEPT = 16


class _Kept:
    """What is kept of a problem for other starts: how many trials were made, and the function, if there is one."""

    def __init__(self) -> None:
        self.trials = 0
        self.function: Callable[..., Any] | None = None


_kept: dict[tuple[Graph, Method, float, Bounds], _Kept] = {}
"""By problem, of the last ones."""


class TracedWalk(Walk):
    """A run from one start on plain floats.

    A function is made of the method's trial when so many have been made that to make it costs no more than they did.

    Args:
        objective: What is to be minimised.
        method: A settled method with a `trial`.
        rules: When the run ends by itself.
        current: The start.
        graph: The graph of the value and the partial derivatives.
        sign: -1.0 where the graph's value is to be maximised.
    """

    def __init__(
        self, objective: Objective, method: Method, rules: Rules, current: Current, graph: Graph, sign: float
    ) -> None:
        super().__init__(objective, method, rules, current)
        self._graph = graph
        self._sign = sign
        self._n = len(graph.variables)
        self._numbers: tuple[
            Any, ...
        ] = ()  # instead of `_current` and `_state`, while the function is in use
        self._structure = self._current, self._state
        self._count = _count(self._structure)
        key = graph, method, sign, rules.bounds
        if key not in _kept:
            if len(_kept) >= _MOST_KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = _Kept()
        self._kept = _kept[key]
        self._trial: Callable[..., Any] = lambda *numbers: None
        self._rest_for = 0

    def advance(self, until: int) -> Ending | None:
        """Go on to step `until`, or to where the run ends by itself."""
        while self.step < until:
            ending = self._hurry(until) if self._numbers and not self.rules.bounds else self._go()
            if ending:
                return ending
        return None

    def _hurry(self, until: int) -> Ending | None:
        """Make steps, one at least, as long as there is nothing to say of them: the same rules in one go."""
        rules, n = self.rules, self._n
        end = min(until, (self.step // rules.window + 1) * rules.window - 1)
        if end <= self.step:
            return self._go()
        trial, tolerances, floor, length = self._trial, rules.tolerances, rules.floor, 2 * n + 1
        numbers, step, evaluations = self._numbers, self.step, 0
        x, here, best, lowest = self.here.x, None, None, self.best.value
        odd, before = False, x
        try:
            while step < end and not odd:
                over = False
                while not over:
                    over, count, numbers = trial(*numbers)
                    evaluations += count
                step += 1
                here, before = numbers[:length], x
                x, value = here[:n], here[n]
                # Nothing is finite if the sum is not; whether that is so, and all else, is looked at below.
                odd = not isfinite(sum(here)) or value < floor or x == before
                if tolerances and not odd:
                    for g, t in zip(here[n + 1 :], tolerances, strict=True):
                        if not -t <= g <= t:
                            break
                    else:
                        odd = True
                if value < lowest and not odd:
                    best, lowest = here, value
        except scalar.RAISES:
            self._rest_for = _PATIENCE
        self.step = step
        self.objective.evaluations += evaluations
        self._numbers = numbers
        if here is not None:
            self.here = _sample(here, n)
        if best is not None:
            self.best = _sample(best, n)
        if self._rest_for:
            self._settle()
            return self._go()
        return self._look_back(before) if odd else None

    def snapshot(self) -> Snapshot:
        """Where the walk is now."""
        self._settle()
        return super().snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Be where another walk of the same problem, method and rules was."""
        self._numbers = ()
        super().restore(snapshot)

    def is_minimum(self) -> bool:
        """Whether no lower point is beside this stationary one; if there is one, the walk goes on from there."""
        self._settle()
        return super().is_minimum()

    def _step(self) -> Sample:
        """Make one step."""
        if not self._numbers:
            if self._rest_for or not self._ready():
                self._rest_for = max(0, self._rest_for - 1)
                before = self.objective.evaluations
                here = super()._step()
                self._kept.trials += self.objective.evaluations - before
                return here
            from gdcli.descent.trial import flatten

            self._numbers = tuple(flatten((self._current, self._state)))
            self._trial = cast(Callable[..., Any], self._kept.function)
        trial, objective, n = self._trial, self.objective, self._n
        try:
            while True:
                over, evaluations, self._numbers = trial(*self._numbers)
                objective.evaluations += evaluations
                if over:
                    return _sample(self._numbers, n)
        except scalar.RAISES:
            self._settle()
            self._rest_for = _PATIENCE
            return super()._step()

    def _ready(self) -> bool:
        """Whether there is a function for a trial; it is made when it is time to."""
        if self._kept.function is None:
            if self._count > _MOST_NUMBERS or self._kept.trials < _PAYS * self._count:
                return False
            # Most runs are over before it is needed.
            from gdcli.descent.trial import TracedObjective, compiled

            bounds, epsilon = self.rules.bounds, self.objective.epsilon
            objective = cast(FloatObjective, self.objective)
            self._kept.function = compiled(
                self.method.trial,
                self._structure,
                lambda trace: TracedObjective(
                    trace, self._graph, self._sign, bounds, epsilon, lambda: objective.triangle
                ),
            )
        return True

    def _settle(self) -> None:
        """Let `_current` and `_state` be what they are."""
        if self._numbers:
            from gdcli.descent.trial import unflatten

            self._current, self._state = unflatten(self._structure, self._numbers)
            self._numbers = ()


def _sample(numbers: tuple[Any, ...], n: int) -> Sample:
    """What is known at a point of n variables, from x…, value, gradient… at the beginning of a row."""
    return Sample(numbers[:n], numbers[n], numbers[n + 1 : 2 * n + 1])


def _count(tree: Any) -> int:
    """How many numbers there are in nested tuples and vectors."""
    if isinstance(tree, Vector):
        return len(tree.elements)
    return sum(map(_count, tree)) if isinstance(tree, tuple) else 1
