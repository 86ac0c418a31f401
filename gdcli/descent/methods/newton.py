"""Newton's method in a trust region."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, NamedTuple, cast

from gdcli.descent.algebra import apply, are_finite, branch, choose, dot
from gdcli.descent.methods.base import Method, Trial, parameter
from gdcli.descent.objective import Array, Current, MatrixObjective, Objective
from gdcli.descent.trust_region import norm

_LEAST_GAIN = 1e-4  # part of the promised decrease below which a step is refused
_POOR, _GOOD = 0.25, 0.75  # of it, below and above which the region shrinks and grows
_SHRINK, _GROW = 0.25, 3.0
_RIM = 0.8  # part of the radius from which on a step has gone to the rim
_ROUNDING = 4.0  # rounding errors of a value, in units of its last place
_FIRST = 0.5  # the first radius, relative to the start


class State(NamedTuple):
    """Where a run stands between two trials.

    Attributes:
        current: The point; also what `step` returned.
        hessian: The Hessian there, with zeros for what is not finite; shape (…, n, n), or on plain floats its rows.
        radius: The trust region's radius; shape (…, 1), as those below.
        moved: Whether the last trial was accepted.
        stuck: Whether the region has become so small that x does not change, or the same trial would come again.
        shrunk: Whether the region has become smaller since a trial was accepted.
    """

    current: Current
    hessian: Array
    radius: Array
    moved: Array
    stuck: Array
    shrunk: Array


@dataclass(frozen=True)
class Newton(Method):
    """Newton's method: the step p that minimises g·p + p·H·p/2 within a ball, with the exact Hessian H.

    The ball's radius follows how well the last step was foretold. The subproblem is solved exactly
    (`gdcli.descent.trust_region`). A direction in which H curves down is thus followed to the rim of the ball, at a
    saddle point as well, where g says nothing. With bounds, variables that are held back take no part, and the step is
    projected on the bounds.

    It takes n² second derivatives a step, and the eigenvectors of H where it is not positive definite or the step is at
    the rim in some other way that is not found at once: for few variables.

    References:
        J. J. Moré, D. C. Sorensen, Computing a trust region step, SIAM Journal on Scientific and Statistical
        Computing 4 (1983), 553–572, doi:10.1137/0904038; here by eigenvectors, as in A. R. Conn, N. I. M.
        Gould, Ph. L. Toint, Trust-region methods, SIAM 2000, doi:10.1137/1.9780898719857, section 7.3.
    """

    name: ClassVar[str] = "newton"
    summary: ClassVar[str] = (
        "Newton with the exact Hessian in a trust region: few, costly steps; leaves saddle points"
    )
    searches: ClassVar[bool] = True
    arrays: ClassVar[bool] = True

    radius: float = parameter(_FIRST, "first radius of the trust region, relative to the size of the start")

    def init(self, objective: Objective, current: Current) -> State:
        """The state before the first step."""
        xp = objective.xp
        size = xp.maximum(xp.max(xp.abs(current.x), axis=-1, keepdims=True), 1.0)
        hessian = cast(MatrixObjective, objective).hessian(current.x)
        return State(current, hessian, self.radius * size, size < 0.0, size < 0.0, size < 0.0)

    def step(self, objective: Objective, current: Current, state: State) -> tuple[Current, State]:
        """One update: where it leads, and the state after it."""
        many = getattr(current.x, "ndim", 1) > 1
        while True:
            state = self._trial(cast(MatrixObjective, objective), state)
            if many or bool(state.moved | state.stuck):
                return state.current, state

    @property
    def trial(self) -> Any:
        """One trial, as `step` makes it for one start."""

        def trial(objective: MatrixObjective, current: Current, state: State) -> Trial:
            state = self._trial(objective, state)
            return Trial(state.current, state, state.moved, state.stuck)

        return trial

    def _trial(self, objective: MatrixObjective, state: State) -> State:
        """Try one point a start."""
        xp = objective.xp
        x, value, gradient = state.current
        slope = objective.free(x, gradient)
        size = norm(xp, slope)
        hessian = objective.free_matrix(x, gradient, state.hessian)
        p = objective.in_ball(hessian, slope, state.radius)
        straight = x + objective.free(x, gradient, p)
        target = objective.project(straight)
        promised = -_model(xp, gradient, hessian, target - x)
        if target is not straight:
            # The bounds may have bent the step uphill: then the best step along the gradient, which they cannot.
            bend = dot(xp, slope, apply(xp, hessian, slope))
            length = xp.where(bend > 0.0, size * size / xp.where(bend > 0.0, bend, 1.0), math.inf)
            length = xp.minimum(length, state.radius / xp.where(size > 0.0, size, 1.0))
            cauchy = objective.project(x - xp.where(size > 0.0, length, 0.0) * slope)
            instead = -_model(xp, gradient, hessian, cauchy - x)
            bent = (promised <= 0.0) & (instead > 0.0)
            target = xp.where(bent, cauchy, target)
            promised = xp.where(bent, instead, promised)

        new = objective.evaluate(target)
        way = target - x
        finite = are_finite(xp, new.value, new.gradient)
        rounding = _ROUNDING * objective.epsilon * xp.abs(value)
        gain = (value - new.value + rounding) / (xp.where(promised > 0.0, promised, 0.0) + rounding + 1e-300)
        gain = xp.where(finite, gain, -1.0)
        # A step within rounding is only good for a smaller slope.
        smaller = norm(xp, objective.free(target, new.gradient)) < size
        moved = (gain > _LEAST_GAIN) & ((new.value < value) | ((new.value <= value + rounding) & smaller))
        # Of squares, since for one start a root takes as long as all of this.
        good = (gain > _GOOD) & (dot(xp, way, way) > _RIM**2 * (state.radius * state.radius))
        poor = gain < _POOR
        # Without a move that would otherwise go up and down for ever.
        grows = good & (moved | (state.shrunk == False))  # noqa: E712
        shrunk = (moved == False) & (poor | state.shrunk)  # noqa: E712
        radius = choose(
            xp,
            poor,
            lambda: _SHRINK * xp.minimum(norm(xp, way), state.radius),
            lambda: xp.where(grows, _GROW * state.radius, state.radius),
        )

        def stuck() -> Array:
            length = norm(xp, way)
            farthest = xp.max(xp.abs(x), axis=-1, keepdims=True)
            farthest = xp.maximum(farthest, xp.where(length > 0.0, length, 0.0))
            nothing = radius <= 0.25 * objective.epsilon * farthest
            still = xp.all(target == x, axis=-1, keepdims=True)
            # With the same radius as well, the next trial would be this one again.
            nothing = nothing | ((poor == False) & (grows == False))  # noqa: E712
            return still | ((moved == False) & nothing)  # noqa: E712

        def go() -> State:
            at = choose(xp, moved, new, state.current)
            hessian = choose(xp, moved, objective.hessian(at.x), state.hessian)
            return State(at, hessian, radius, moved, stuck(), shrunk)

        def stay() -> State:
            return State(state.current, state.hessian, radius, moved, stuck(), shrunk)

        return cast(State, branch(xp.any(moved), go, stay))


def _model(xp: Any, slope: Array, hessian: Array, p: Array) -> Array:
    """The change of the value that the quadratic model foretells for a step."""
    if not isinstance(hessian, tuple):
        return dot(xp, slope, p) + 0.5 * dot(xp, p, apply(xp, hessian, p))
    # Of a symmetric matrix on plain floats half of the rows will do.
    changes = []
    for i, (row, g, a) in enumerate(zip(hessian, slope.elements, p.elements, strict=True)):
        rest = [h * b for h, b in zip(row.elements[i + 1 :], p.elements[i + 1 :], strict=True)]
        changes.append(a * reduce(operator.add, rest, g + 0.5 * row.elements[i] * a))
    return xp.sum(xp.concatenate(changes))
