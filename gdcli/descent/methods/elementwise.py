"""The methods that treat each variable by itself: x_i is updated from g_i and what is remembered of variable
i.

They state nothing but that update, as arithmetic that does not care what it works on: floats, NumPy's or
    torch's
arrays, or the names that `gdcli.descent.codegen.fused` passes through it once to learn it by heart.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.objective import Array, Current, Objective


class State(NamedTuple):
    """Where a run stands between two updates.

    Attributes:
        updates: How many were made.
        slots: What is remembered of each variable: arrays of the shape of x.
        plan: What the schedule remembers.
    """

    updates: int
    slots: tuple[Array, ...]
    plan: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Elementwise(Method):
    """A first-order method whose update is the same function for each variable.

    Attributes:
        default_lr: The step size that ``auto`` stands for: the one with which most of some 60 problems
            (smooth functions, and those of Moré, Garbow and Hillstrom) are solved in 10,000 steps.
    """

    default_lr: ClassVar[float]

    @abstractmethod
    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """Update k = 1, 2, … of variables `x` with gradient `g`.

        Args:
            xp: NumPy's functions, for what x is.
            lr: The step size.
            k: The number of the update, as a number.
            x: The variables.
            g: Their partial derivatives.
            slots: What the update before this one remembered.

        Returns:
            The new x, and what is to be remembered. Only arithmetic and `xp` are to be used, no comparison.
        """

    def initial(self) -> tuple[float, ...]:
        """What is remembered before the first update: a number a slot."""
        return ()

    def settle(self, objective: Objective, current: Current) -> Method:
        """This method with a number for `lr`."""
        return replace(self, lr=self.default_lr) if self.lr == AUTO else self

    def init(self, objective: Objective, current: Current) -> State:
        """The state before the first step."""
        zeros = objective.xp.zeros_like(current.x)
        plan = () if self.schedule is None else self.schedule.init(self.lr, current.value)
        return State(0, tuple(zeros + value for value in self.initial()), plan)

    def step(self, objective: Objective, current: Current, state: State) -> tuple[Current, State]:
        """One update: where it leads, and the state after it."""
        xp, k = objective.xp, state.updates + 1
        lr, *plan = self._rate(xp, k, current, state)
        x, *slots = self.update(xp, lr, k, current.x, current.gradient, *state.slots)
        return objective.evaluate(objective.project(x)), State(k, tuple(slots), tuple(plan))

    def _rate(self, xp: Any, k: int, current: Current, state: State) -> tuple[Any, ...]:
        """The step size of update k, and what the schedule is to remember."""
        if self.schedule is None:
            return (self.lr,)
        return self.schedule.rate(xp, math, self.lr, k, current.value, *state.plan)


def makes_fixed_steps(method: Method) -> bool:
    """Whether a method, as it was asked for, makes steps of a size that was given."""
    return method.lr != AUTO and (method.name == AUTO or isinstance(method, Elementwise))
