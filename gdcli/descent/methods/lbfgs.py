"""L-BFGS: a quasi-Newton method that remembers a few steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from gdcli.descent.algebra import dot, plus, times
from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.searching import Searching
from gdcli.descent.objective import Array, Current, Objective

_LEAST_CURVATURE = 1e-10  # below this cosine of the angle between s and y the pair says nothing


class Pair(NamedTuple):
    """A step s, the change y of the gradient along it, and 1/s·y (0 for a pair that is to have no effect)."""

    s: Array
    y: Array
    rho: Array


class Memory(NamedTuple):
    """The last pairs, the newest first, and the inverse curvature s·y/y·y of the newest that has one (or 0)."""

    pairs: tuple[Any, ...]
    scale: Array


@dataclass(frozen=True)
class Lbfgs(Searching):
    """L-BFGS: x ← x − t·H·g, with H the inverse Hessian that the last steps suggest, and t from a line search.

    H is never formed: the two-loop recursion applies it in 4·memory·n multiplications. Pairs with s·y ≤ 0, which a line
    search that was cut short by a bound may leave, are passed over. With bounds, variables that are held back take no
    part in a step, whose ray is projected on the bounds.

    References:
        D. C. Liu, J. Nocedal, On the limited memory BFGS method for large scale optimization, Mathematical
        Programming 45 (1989), 503–528, doi:10.1007/BF01589116; scaling M3, with the strong Wolfe conditions.
        D. P. Bertsekas, Projected Newton methods for optimization problems with simple constraints, SIAM
        Journal on Control and Optimization 20 (1982), 221–246, doi:10.1137/0320018: the bounds.
    """

    name: ClassVar[str] = "lbfgs"
    summary: ClassVar[str] = "quasi-Newton with a line search: few steps, each from the last ones (L-BFGS)"
    curvature: ClassVar[float] = 0.9

    memory: int = parameter(10, "steps remembered", low=1, below=1000)

    def blank(self, objective: Objective, current: Current) -> Memory:
        """A memory of nothing."""
        nothing = current.x * 0.0
        zero = objective.xp.sum(nothing, axis=-1, keepdims=True)
        return Memory((Pair(nothing, nothing, zero),) * self.memory, zero)

    def remember(self, objective: Objective, memory: Memory, old: Current, new: Current) -> Memory:
        """The memory after a step from `old` to `new`."""
        xp = objective.xp
        s, y = new.x - old.x, new.gradient - old.gradient
        sy, ss, yy = dot(xp, s, y), dot(xp, s, s), dot(xp, y, y)
        # Of a very small gradient the square is zero.
        good = (sy > _LEAST_CURVATURE * xp.sqrt(ss * yy)) & (yy > 0.0)
        pair = Pair(s, y, xp.where(good, 1.0 / xp.where(good, sy, 1.0), 0.0))
        scale = xp.where(good, sy / xp.where(good, yy, 1.0), memory.scale)
        return Memory((pair, *memory.pairs[:-1]), scale)

    def direction(
        self, objective: Objective, memory: Memory, current: Current, slope: Array
    ) -> tuple[Array, Array]:
        """−H·g, and 1."""
        xp = objective.xp
        pairs = [pair for pair in memory.pairs if not objective.vanishes(pair.rho)]
        q, weights = -slope, []
        for s, y, rho in pairs:
            weights.append(rho * dot(xp, s, q))
            q = objective.unless_zero(rho, plus(xp, q, -weights[-1], y, own=True), q)
        q = times(q, memory.scale)
        for (s, y, rho), weight in zip(reversed(pairs), reversed(weights), strict=True):
            q = objective.unless_zero(rho, plus(xp, q, weight - rho * dot(xp, y, q), s, own=True), q)
        return q, memory.scale * 0.0 + 1.0
