"""The nonlinear conjugate gradient method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from gdcli.descent.algebra import dot
from gdcli.descent.methods.searching import Searching
from gdcli.descent.objective import Array, Current, Objective

_LEAST = 0.01  # bounds β from below, relative to 1/(|d|·min(this, |g|))


class Memory(NamedTuple):
    """The last step s, the change y of the gradient along it, and by how much the value fell; 0 before the first."""

    s: Array
    y: Array
    fall: Array


@dataclass(frozen=True)
class Cg(Searching):
    """Nonlinear conjugate gradients: x ← x + t·d with d = −g + β·(last d), and t from a line search.

    β is that of Hager and Zhang, (y − 2·d·y·y/d·y)·g/d·y, kept above a small negative bound, by which every direction
    goes down whatever the line search does. It needs no more memory than two points.

    References:
        W. W. Hager, H. Zhang, A new conjugate gradient method with guaranteed descent and an efficient line
        search, SIAM Journal on Optimization 16 (2005), 170–192, doi:10.1137/030601880 (CG_DESCENT; here with
        the strong Wolfe conditions, c₂ = 0.1).
    """

    name: ClassVar[str] = "cg"
    summary: ClassVar[str] = "nonlinear conjugate gradients with a line search (Hager and Zhang)"
    curvature: ClassVar[float] = 0.1

    def blank(self, objective: Objective, current: Current) -> Memory:
        """A memory of nothing."""
        nothing = current.x * 0.0
        return Memory(nothing, nothing, objective.xp.sum(nothing, axis=-1, keepdims=True))

    def remember(self, objective: Objective, memory: Memory, old: Current, new: Current) -> Memory:
        """The memory after a step from `old` to `new`."""
        return Memory(new.x - old.x, new.gradient - old.gradient, old.value - new.value)

    def direction(
        self, objective: Objective, memory: Memory, current: Current, slope: Array
    ) -> tuple[Array, Array]:
        """The new direction, and the step by which the value would fall as much as it did last time."""
        xp = objective.xp
        d, y, fall = memory
        dy = dot(xp, d, y)
        useful = dy > 0.0
        dy = xp.where(useful, dy, 1.0)
        beta = (dot(xp, y, slope) - 2.0 * dot(xp, y, y) / dy * dot(xp, d, slope)) / dy
        size = xp.sqrt(dot(xp, d, d)) * xp.minimum(xp.sqrt(dot(xp, slope, slope)), _LEAST)
        beta = xp.maximum(beta, -1.0 / xp.where(size > 0.0, size, 1.0))
        # The size of d is arbitrary: here it is the last step's.
        direction = xp.where(useful, beta * d - slope, slope * 0.0)
        down = -dot(xp, direction, slope)
        step = 2.0 * fall / xp.where(down > 0.0, down, 1.0)
        return direction, xp.where(step > 0.0, step, 1.0)
