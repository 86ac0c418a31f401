"""A run of a searching method, whose trials become straight-line Python when there are many of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from gdcli.descent.bounds import Bounds
from gdcli.descent.convergence import Rules
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current, Objective, Sample
from gdcli.descent.walk import Snapshot, Walk
from gdcli.engines import scalar
from gdcli.graph.nodes import Graph

_MOST_NUMBERS = 1_000  # of a state; beyond, Python's compiler takes too long
_PATIENCE = 16  # steps after which a text that has raised is tried again
_PAYS = 1.0  # trials, a number of the state, that take as long as to make the function
_MOST_KEPT = 16

_kept: dict[tuple[Graph, Method, float, Bounds], Callable[..., Sequence[Any]]] = {}
"""The functions of the last problems, for other starts."""


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
        self._numbers: Sequence[Any] = ()  # instead of `_current` and `_state`, while the function is in use
        self._structure = self._current, self._state
        self._trial = _kept.get(self._key)
        self._rest_for = 0

    @property
    def _key(self) -> tuple[Graph, Method, float, Bounds]:
        return self._graph, self.method, self._sign, self.rules.bounds

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
                return super()._step()
            from gdcli.descent.traced import flatten

            self._numbers = flatten((self._current, self._state))
        trial = cast(Callable[..., Sequence[Any]], self._trial)
        numbers, over = self._numbers, False
        try:
            while not over:
                over, evaluations, *numbers = trial(*numbers)
                self.objective.evaluations += evaluations
        except scalar.RAISES:
            self._numbers = numbers
            self._settle()
            self._rest_for = _PATIENCE
            return super()._step()
        self._numbers = numbers
        n = self._n
        return Sample(tuple(numbers[:n]), numbers[n], tuple(numbers[n + 1 : 2 * n + 1]))

    def _ready(self) -> bool:
        """Whether there is a function for a trial; it is made when it is time to."""
        if self._trial is None:
            from gdcli.descent.traced import TracedObjective, compiled, flatten

            count = len(flatten(self._structure))
            if count > _MOST_NUMBERS or self.objective.evaluations < _PAYS * count:
                return False
            bounds, epsilon = self.rules.bounds, self.objective.epsilon
            self._trial = compiled(
                self.method.trial,
                self._structure,
                lambda trace: TracedObjective(trace, self._graph, self._sign, bounds, epsilon),
            )
            if len(_kept) >= _MOST_KEPT:
                del _kept[next(iter(_kept))]
            _kept[self._key] = self._trial
        return True

    def _settle(self) -> None:
        """Let `_current` and `_state` be what they are."""
        if self._numbers:
            from gdcli.descent.traced import unflatten

            self._current, self._state = unflatten(self._structure, self._numbers)
            self._numbers = ()
