"""The methods that choose a direction and search along it for the step."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, cast

from gdcli.descent.algebra import branch, choose, dot, largest
from gdcli.descent.line_search import Search, begin, proceed
from gdcli.descent.methods.base import Method, Trial
from gdcli.descent.objective import Array, Current, Objective

_FIRST = 1e-2  # the length of the first step along the gradient, relative to the point
_LEAST_GAIN = 1e-10  # the least part of the value that is worth a step which no condition accepts
_DOWN = 1e-10  # the least cosine of the angle between a direction and the gradient's


class State(NamedTuple):
    """Where a run stands between two trials.

    Attributes:
        search: The line search under way.
        memory: What the method remembers of earlier steps.
        fresh: Whether the direction is the gradient's own. Shape (…, 1), as those below.
        moved: Whether the last trial has ended a search, at another point.
        stuck: Whether it has ended one along the gradient itself, without having moved.
    """

    search: Search
    memory: Any
    fresh: Array
    moved: Array
    stuck: Array


@dataclass(frozen=True)
class Searching(Method):
    """A method that looks for its step along a direction of its own, by `gdcli.descent.line_search`.

    For many starts `step` tries one point a start; for one it goes on until a point is accepted, or even the
    direction of the gradient leads nowhere. Variables that a bound holds back stay where they are, and the
    direction is made of the others alone.

    Attributes:
        curvature: The c₂ of the line search.
    """

    searches: ClassVar[bool] = True
    curvature: ClassVar[float]

    @abstractmethod
    def blank(self, objective: Objective, current: Current) -> Any:
        """A memory of nothing: a tuple of arrays, or of tuples of arrays."""

    @abstractmethod
    def remember(self, objective: Objective, memory: Any, old: Current, new: Current) -> Any:
        """The memory after a step from `old` to `new`."""

    @abstractmethod
    def direction(
        self, objective: Objective, memory: Any, current: Current, slope: Array
    ) -> tuple[Array, Array]:
        """Where to go from a point, and the step to try first. Neither need be of any use where nothing is remembered.

        Args:
            objective: What is to be minimised.
            memory: What `remember` has gathered.
            current: The point.
            slope: Its gradient, with zeros where a bound holds a variable back.
        """

    def init(self, objective: Objective, current: Current) -> State:
        """The state before the first step."""
        zero = objective.xp.sum(current.x * 0.0, axis=-1, keepdims=True)
        memory = self.blank(objective, current)
        search, fresh = self._begin(objective, memory, current)
        return State(search, memory, fresh, zero != zero, zero != zero)

    def step(self, objective: Objective, current: Current, state: State) -> tuple[Current, State]:
        """One update: where it leads, and the state after it."""
        many = getattr(current.x, "ndim", 1) > 1
        while True:
            state = self._trial(objective, state)
            if many or bool(state.moved | state.stuck):
                return state.search.origin, state

    @property
    def trial(self) -> Any:
        """One trial, as `step` makes it for one start."""

        def trial(objective: Objective, current: Current, state: State) -> Trial:
            state = self._trial(objective, state)
            return Trial(state.search.origin, state, state.moved, state.stuck)

        return trial

    def _trial(self, objective: Objective, state: State) -> State:
        """Try one point a start; where that ends a search, remember what it found and begin the next."""
        xp = objective.xp
        search, refined = proceed(objective, state.search, self.curvature)
        done, old, new = search.finished, search.origin, search.best

        def go_on() -> State:
            return State(refined(), state.memory, state.fresh, done, done)

        def finish() -> State:
            # What a search that found no acceptable step has gained by the way may be rounding errors only.
            gained = search.accepted | (old.value - new.value > _LEAST_GAIN * xp.abs(old.value))
            moved = done & gained & (xp.all(new.x == old.x, axis=-1, keepdims=True) == False)  # noqa: E712
            failed = done & (moved == False)  # noqa: E712

            def stay() -> tuple[Any, Current]:
                return choose(xp, failed, lambda: self.blank(objective, old), state.memory), old

            memory, at = choose(
                xp, moved, lambda: (self.remember(objective, state.memory, old, new), new), stay
            )
            following, fresh = self._begin(objective, memory, at)
            return State(
                choose(xp, done, lambda: following, refined),
                memory,
                xp.where(done, fresh, state.fresh),
                moved,
                failed & state.fresh,
            )

        return cast(State, branch(xp.any(done), finish, go_on))

    def _begin(self, objective: Objective, memory: Any, current: Current) -> tuple[Search, Array]:
        """The next search, and whether it is along the gradient."""
        xp = objective.xp
        slope = objective.free(current.x, current.gradient)
        direction, step = self.direction(objective, memory, current, slope)
        direction = objective.free(current.x, current.gradient, direction)
        down = -dot(xp, slope, direction)
        length = xp.sqrt(dot(xp, direction, direction) * dot(xp, slope, slope))
        fresh = (xp.isfinite(length) & (down > _DOWN * length)) == False  # noqa: E712

        def plain() -> Array:
            steepest = largest(xp, slope)
            size = xp.maximum(largest(xp, current.x), 1.0)
            return slope * (-_FIRST * size / xp.where(steepest > 0.0, steepest, 1.0))

        direction = choose(xp, fresh, plain, direction)
        return begin(xp, current, direction, xp.where(fresh, 1.0, step)), fresh
