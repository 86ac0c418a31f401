"""A run of a searching method, whose trials become straight-line Python when there are many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from gdcli.descent.bounds import Bounds
from gdcli.descent.codegen.trees import flatten, unflatten
from gdcli.descent.convergence import Ending, Rules
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current, FloatObjective, Objective, Sample
from gdcli.descent.walk import Snapshot, Walk
from gdcli.engines import scalar
from gdcli.graph.nodes import Graph

if TYPE_CHECKING:
    from gdcli.descent.codegen.traced_loop import Functions

_MOST_NUMBERS = 1_000  # of a state; beyond, Python's compiler takes too long
_PATIENCE = 16  # steps after which a text that has raised is tried again
_PAYS = 1.0  # trials, a number of the state, that take as long as to make the functions
_MOST_KEPT = 16

END, ODD, STUCK, RAISED = range(4)
"""Why a loop has ended: at its last step, after a step of which there may be something to say, after one that has led
nowhere, or before a trial that raises.
"""


class _Kept:
    """What is kept of a problem for other starts.

    Attributes:
        structure: A point and the method's state.
        count: How many numbers they are.
        trials: How many trials were made without functions.
        functions: The functions, if there are any.
    """

    def __init__(self, structure: tuple[Current, Any]) -> None:
        self.structure = structure
        self.count = len(flatten(structure))
        self.trials = 0
        self.functions: Functions | None = None


_kept: dict[tuple[Graph, Method, float, Bounds], _Kept] = {}
"""By problem, of the last ones, the very last at the end."""


class TracedWalk(Walk):
    """A run from one start on plain floats.

    Functions are made of the method when so many trials have been made that to make them costs no more than they did.

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
        self._graph = graph
        self._sign = sign
        self._n = len(graph.variables)
        # Instead of `_current` and `_state`, while the functions are in use.
        self._numbers: tuple[Any, ...] = ()
        self._rest_for = 0
        self._limits = rules.floor, *(rules.tolerances or (-1.0,) * self._n)
        key = graph, method, sign, rules.bounds
        # The key that is there may be an equal one, which takes long to compare.
        kept = _kept.pop(key, None)
        self._functions = None if kept is None else kept.functions
        super().__init__(objective, method, rules, current)
        if kept is None:
            kept = _Kept((self._current, self._state))
            if len(_kept) >= _MOST_KEPT:
                del _kept[next(iter(_kept))]
        self._kept = _kept[key] = kept

    def advance(self, until: int) -> Ending | None:
        """Go on to step `until`, or to where the run ends by itself."""
        while self.step < until:
            ending = self._hurry(until) if self._numbers or self._ready() else self._go()
            if ending:
                return ending
        return None

    def _begin(self, current: Current) -> Any:
        """The method's state at a point from which it begins."""
        if self._functions is not None:
            x, value, gradient = current
            try:
                self._numbers = self._functions.begin(*x.elements, value, *gradient.elements)
            except scalar.RAISES:
                self._numbers = ()
            else:
                return None
        return super()._begin(current)

    def _hurry(self, until: int) -> Ending | None:
        """Make steps as long as there is nothing to say of them."""
        rules, n, here, best = self.rules, self._n, self.here, self.best
        functions = cast("Functions", self._functions)
        numbers = self._numbers or functions.row((self._current, self._state))
        end = min(until, (self.step // rules.window + 1) * rules.window)
        reason, step, more, lowest, numbers = functions.descend(
            self.step,
            end,
            best.value,
            None if best is here else (*best.x, best.value, *best.gradient),
            *self._limits,
            *numbers,
        )
        self._numbers = numbers
        self.objective.evaluations += step - self.step + more
        if step > self.step:
            self.step = step
            self.here = _sample(numbers, n)
            self.best = self.here if lowest is None else _sample(lowest, n)
        if reason == RAISED:
            self._settle()
            self._rest_for = _PATIENCE
            return self._go()
        if reason == STUCK:
            return self._look_back(self.here.x)
        return self._look_back(()) if reason == ODD or step % rules.window == 0 else None

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
        if super().is_minimum():
            return True
        # It is no longer the point from which the walk goes on.
        self.best = Sample(*self.best)
        return False

    def _step(self) -> Sample:
        """Make one step, without the functions."""
        self._rest_for = max(0, self._rest_for - 1)
        before = self.objective.evaluations
        here = super()._step()
        self._kept.trials += self.objective.evaluations - before
        return here

    def _ready(self) -> bool:
        """Whether there are functions to be used; they are made when it is time to."""
        if self._rest_for:
            return False
        kept = self._kept
        if kept.functions is None:
            if kept.count > _MOST_NUMBERS or kept.trials < _PAYS * kept.count:
                return False
            # Most runs are over before it is needed.
            from gdcli.descent.codegen.traced_loop import Loop
            from gdcli.descent.codegen.trial import TracedObjective

            bounds, epsilon = self.rules.bounds, self.objective.epsilon
            objective = cast(FloatObjective, self.objective)
            kept.functions = Loop(
                self.method,
                kept.structure,
                lambda trace: TracedObjective(
                    trace, self._graph, self._sign, bounds, epsilon, lambda: objective.triangle
                ),
                bounds,
            ).compiled()
        self._functions = kept.functions
        return True

    def _settle(self) -> None:
        """Let `_current` and `_state` be what they are."""
        if self._numbers:
            self._current, self._state = unflatten(self._kept.structure, self._numbers)
            self._numbers = ()


def _sample(numbers: tuple[Any, ...], n: int) -> Sample:
    """What is known at a point of n variables, from x…, value, gradient… at the beginning of a row."""
    return Sample(numbers[:n], numbers[n], numbers[n + 1 : 2 * n + 1])
