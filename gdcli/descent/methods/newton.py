"""Newton's method in a trust region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, cast

from gdcli.descent.methods.base import Method, parameter
from gdcli.descent.objective import Array, Current, MatrixObjective, Objective

_LEAST_GAIN = 1e-4  # part of the promised decrease below which a step is refused
_POOR, _GOOD = 0.25, 0.75  # of it, below and above which the region shrinks and grows
_SHRINK, _GROW = 0.25, 3.0
_SLACK = 0.1  # how exactly the step's length has to be the radius
_ITERATIONS = 30
_ROUNDING = 4.0  # rounding errors of a value, in units of its last place
_FIRST = 0.5  # the first radius, relative to the start


class State(NamedTuple):
    """Where a run stands between two trials.

    Attributes:
        current: The point; also what `step` returned.
        hessian: The Hessian there; shape (…, n, n).
        radius: The trust region's radius; shape (…, 1), as those below.
        moved: Whether the last trial was accepted.
        stuck: Whether the region has become so small that x does not change.
    """

    current: Current
    hessian: Array
    radius: Array
    moved: Array
    stuck: Array


@dataclass(frozen=True)
class Newton(Method):
    """Newton's method: the step p that minimises g·p + p·H·p/2 within a ball, with the exact Hessian H.

    The ball's radius follows how well the last step was foretold. The subproblem is solved exactly, through the
    eigenvectors of H: p = −(H + λI)⁻¹g with the λ ≥ 0 that makes H + λI positive semidefinite and p fit. A direction in
    which H curves down is thus followed to the rim of the ball, at a saddle point as well, where g says nothing. With
    bounds, variables that are held back take no part, and the step is projected on the bounds.

    It takes n² second derivatives and the eigenvectors of H a step: for few variables.

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
        return State(current, hessian, self.radius * size, size < 0.0, size < 0.0)

    def step(self, objective: Objective, current: Current, state: State) -> tuple[Current, State]:
        """One update: where it leads, and the state after it."""
        many = current.x.ndim > 1
        while True:
            state = self._trial(cast(MatrixObjective, objective), state)
            if many or bool(state.moved | state.stuck):
                return state.current, state

    def _trial(self, objective: MatrixObjective, state: State) -> State:
        """Try one point a start."""
        xp = objective.xp
        x, value, gradient = state.current
        slope = objective.free(x, gradient)
        hessian = objective.free_matrix(x, gradient, xp.where(xp.isfinite(state.hessian), state.hessian, 0.0))
        p = subproblem(xp, hessian, slope, state.radius)
        target = objective.project(x + objective.free(x, gradient, p))
        promised = -_model(xp, gradient, hessian, target - x)
        # The bounds may have bent the step uphill: then the best step along the gradient, which they cannot.
        size = _norm(xp, slope)
        bend = _dot(xp, slope, _apply(xp, hessian, slope))
        length = xp.where(bend > 0.0, size**2 / xp.where(bend > 0.0, bend, 1.0), xp.inf)
        length = xp.minimum(length, state.radius / xp.where(size > 0.0, size, 1.0))
        cauchy = objective.project(x - xp.where(size > 0.0, length, 0.0) * slope)
        instead = -_model(xp, gradient, hessian, cauchy - x)
        bent = (promised <= 0.0) & (instead > 0.0)
        target = xp.where(bent, cauchy, target)
        promised = xp.where(bent, instead, promised)

        new = objective.evaluate(target)
        way = _norm(xp, target - x)
        finite = xp.isfinite(new.value) & xp.all(xp.isfinite(new.gradient), axis=-1, keepdims=True)
        rounding = _ROUNDING * objective.epsilon * xp.abs(value)
        gain = (value - new.value + rounding) / (xp.where(promised > 0.0, promised, 0.0) + rounding + 1e-300)
        gain = xp.where(finite, gain, -1.0)
        still = xp.all(target == x, axis=-1, keepdims=True)
        # A step within rounding is only good for a smaller slope.
        smaller = _norm(xp, objective.free(target, new.gradient)) < size
        moved = (
            finite
            & (gain > _LEAST_GAIN)
            & ((new.value < value) | ((new.value <= value + rounding) & smaller))
        )
        moved = moved & (still == False)  # noqa: E712  # element by element
        radius = xp.where(gain < _POOR, _SHRINK * xp.minimum(way, state.radius), state.radius)
        radius = xp.where((gain > _GOOD) & (way > 0.8 * state.radius), _GROW * state.radius, radius)
        at = Current(*(xp.where(moved, a, b) for a, b in zip(new, state.current, strict=True)))
        hessian = state.hessian
        if bool(xp.any(moved)):
            hessian = xp.where(moved[..., None], objective.hessian(at.x), hessian)
        farthest = xp.maximum(xp.max(xp.abs(x), axis=-1, keepdims=True), xp.where(way > 0.0, way, 0.0))
        nothing = radius <= 0.25 * objective.epsilon * farthest
        return State(at, hessian, radius, moved, still | ((moved == False) & nothing))  # noqa: E712


def subproblem(xp: Any, hessian: Array, slope: Array, radius: Array) -> Array:
    """The p of length at most `radius` with the least slope·p + p·H·p/2.

    Args:
        xp: The array library.
        hessian: H; shape (…, n, n).
        slope: Shape (…, n).
        radius: Shape (…, 1).
    """
    curvature, basis = xp.linalg.eigh(hessian)
    along = xp.sum(basis * slope[..., :, None], axis=-2)
    least = curvature[..., :1]
    scale = xp.max(xp.abs(curvature), axis=-1, keepdims=True)
    floor = 1e-14 * scale

    def step(shift: Array) -> Array:
        bottom = curvature + shift
        good = bottom != 0.0
        return xp.where(good, along / xp.where(good, bottom, 1.0), 0.0)

    zero = radius * 0.0
    inside = step(zero)
    convex = (least > floor) & (_norm(xp, inside) <= radius)
    low = xp.maximum(-least, 0.0)
    high = low + _norm(xp, slope) / radius
    shift = 0.5 * (low + high)
    for _ in range(_ITERATIONS):
        p = step(shift)
        length = _norm(xp, p)
        over = length > radius
        low = xp.where(over, shift, low)
        high = xp.where(over, high, shift)
        fits = xp.abs(length - radius) <= _SLACK * radius
        if bool(xp.all(fits | convex)):
            break
        # Newton's method for 1/length = 1/radius, which is nearly linear in the shift.
        bottom = xp.where(curvature + shift > 0.0, curvature + shift, 1.0)
        change = xp.sum(p * p / bottom, axis=-1, keepdims=True)
        following = shift + (length - radius) / radius * length**2 / xp.where(change > 0.0, change, 1.0)
        middle = xp.sqrt(xp.maximum(low, 1e-3 * high) * high)
        shift = xp.where(
            fits, shift, xp.where((following > low) & (following < high) & (change > 0.0), following, middle)
        )
    p = xp.where(convex, inside, step(shift))
    # The hard case: no slope along the lowest eigenvector, though it goes down there either way.
    short = xp.sqrt(xp.maximum(radius**2 - _dot(xp, p, p), 0.0))
    hard = (least < -floor) & (_norm(xp, p) < (1.0 - 2.0 * _SLACK) * radius)
    first = xp.zeros_like(p)
    first[..., 0] = 1.0
    p = xp.where(hard, p + xp.where(along[..., :1] < 0.0, -1.0, 1.0) * short * first, p)
    return -xp.sum(basis * p[..., None, :], axis=-1)


def _dot(xp: Any, a: Array, b: Array) -> Array:
    return xp.sum(a * b, axis=-1, keepdims=True)


def _norm(xp: Any, a: Array) -> Array:
    return xp.sqrt(_dot(xp, a, a))


def _apply(xp: Any, matrix: Array, vector: Array) -> Array:
    return xp.sum(matrix * vector[..., None, :], axis=-1)


def _model(xp: Any, slope: Array, hessian: Array, p: Array) -> Array:
    """The change of the value that the quadratic model foretells for a step."""
    return _dot(xp, slope, p) + 0.5 * _dot(xp, p, _apply(xp, hessian, p))
