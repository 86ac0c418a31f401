"""Gradient descent whose step adapts itself: what ``gd`` does with ``--lr auto``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, cast

from gdcli.descent.algebra import are_finite, branch, choose
from gdcli.descent.methods.base import Method, Trial
from gdcli.descent.objective import Array, Current, Objective

# Chosen by evaluations and failures over 40 functions from 90 starts and the problems of Moré, Garbow and
# Hillstrom.
FIRST = 1e-2  # the first step's length, relative to the start
FARTHEST = 10.0  # the longest step, relative to the point
# Multiples of the gradient; an infinite one would never get smaller.
LONGEST, LONGEST_IN_FLOAT32 = 1e300, 1e37
DECREASE = 1e-4  # part of the promised decrease that is asked for
FORGET = 0.5  # weight of the reference value against a new one
MEMORY = 5  # short steps remembered
SHORT = 0.8  # below this ratio of the short to the long step the short one is taken
ALIKE = 1e3  # values nearer than so many rounding errors are compared by their slopes
SLOPE = 0.9  # part of the slope that may be left, upwards, at the end of such a step
GROW = 10.0  # where there is no curvature
CUT_LEAST, CUT_MOST = 0.5, 0.1  # bounds of what remains of a refused step
CUT_UNDEFINED = 0.25  # what remains of a step to where the function is not finite


class State(NamedTuple):
    """What is known of the way so far; arrays of shape (…, 1).

    Attributes:
        alpha: The step size to be tried next.
        reference: A weighted mean of the values so far, which a new one may not exceed.
        weight: Its weight.
        short: The last short steps, the newest first; infinite where there is none.
        fresh: Whether `alpha` has not been cut yet.
        settled: Whether the last trial was accepted, or can get no smaller.
    """

    alpha: Array
    reference: Array
    weight: Array
    short: tuple[Array, ...]
    fresh: Array
    settled: Array


@dataclass(frozen=True)
class Spectral(Method):
    """Gradient descent x ← x − α·g with a step from the curvature that the last one met, and a line search.

    From the change s of x and the change y of g the Barzilai–Borwein steps are long = s·s/s·y and short =
    s·y/y·y: the inverse curvature along the step, seen through s or through y. Where short < 0.8·long, the
    shortest of the last five short ones is taken (which prepares a good long one), otherwise the long one.
    Without curvature the step grows.

    A step is accepted where the function is finite and not above a weighted mean of the values so far, less a
    small part of the promised decrease; otherwise it is cut, at the minimum of a parabola through what is
    known. Values may therefore rise for a while, without which these steps lose their speed. Where rounding
    hides the difference of two values, the slope decides, so that a minimum is found to the last digits and
    not to half of them.

    For many starts `step` tries one point a start, and a start whose trial is refused stays where it is; for
    one start it goes on until the step is accepted, or so small that x does not change.

    References:
        J. Barzilai, J. M. Borwein, Two-point step size gradient methods, IMA Journal of Numerical Analysis 8
        (1988), 141–148, doi:10.1093/imanum/8.1.141: the steps.

        G. Frassoldati, L. Zanni, G. Zanghirati, New adaptive stepsize selections in gradient methods, Journal
        of Industrial and Management Optimization 4 (2008), 299–312, doi:10.3934/jimo.2008.4.299: the choice
        between them, known as ABBmin.

        H. Zhang, W. W. Hager, A nonmonotone line search technique and its application to unconstrained
        optimization, SIAM Journal on Optimization 14 (2004), 1043–1056, doi:10.1137/S1052623403428208: the
        reference value.

        M. Raydan, The Barzilai and Borwein gradient method for the large scale unconstrained minimization
        problem, SIAM Journal on Optimization 7 (1997), 26–33, doi:10.1137/S1052623494266365: such steps with
        such a search.

        W. W. Hager, H. Zhang, A new conjugate gradient method with guaranteed descent and an efficient line
        search, SIAM Journal on Optimization 16 (2005), 170–192, doi:10.1137/030601880: slopes instead of
        values near a minimum.
    """

    name: ClassVar[str] = "gd"
    summary: ClassVar[str] = "gradient descent whose step adapts itself"
    searches: ClassVar[bool] = True

    def init(self, objective: Objective, current: Current) -> State:
        """The state before the first step."""
        xp = objective.xp
        alpha = FIRST * _size(xp, current.x) / _positive(xp, _largest(xp, current.gradient))
        alpha = xp.minimum(alpha, _longest(objective))
        zero = alpha * 0.0
        true = zero == 0.0
        return State(alpha, current.value, zero + 1.0, (zero + math.inf,) * MEMORY, true, true)

    def step(self, objective: Objective, current: Current, state: State) -> tuple[Current, State]:
        """One update: where it leads, and the state after it."""
        while True:
            current, state, _, _ = self._trial(objective, current, state)
            if getattr(current.x, "ndim", 1) > 1 or bool(state.settled):
                return current, state

    @property
    def trial(self) -> Any:
        """One trial."""
        return self._trial

    def _trial(self, objective: Objective, current: Current, state: State) -> Trial:
        """Try one point a start; the step is over if it is accepted, or can get no smaller."""
        xp = objective.xp
        x, value, gradient = current
        farthest = FARTHEST * _size(xp, x) / _positive(xp, _largest(xp, gradient))
        farthest = xp.minimum(farthest, _longest(objective))
        alpha = xp.minimum(state.alpha, farthest)
        target = objective.project(x - alpha * gradient)
        still = xp.all(target == x, axis=-1, keepdims=True)

        def stay() -> Trial:
            # A step too short to change x says nothing, unless it has become so because longer ones failed.
            settled = (alpha < xp.where(state.fresh, farthest, 0.0)) == False  # noqa: E712
            longer = xp.where(state.fresh, GROW * xp.maximum(alpha, 1.0 / _longest(objective)), alpha)
            return Trial(current, state._replace(alpha=longer, settled=settled), settled & False, settled)

        def go() -> Trial:
            new = objective.evaluate(target)
            s = target - x
            slope = _dot(xp, gradient, s)
            finite = are_finite(xp, new.value, new.gradient)
            lower = new.value <= state.reference + DECREASE * slope
            # Where rounding hides the decrease, the slope at the new point shows whether the step was too long.
            alike = new.value <= value + ALIKE * objective.epsilon * xp.abs(value)
            accepted = finite & (lower | (alike & (_dot(xp, new.gradient, s) <= -SLOPE * slope)))

            def accept() -> tuple[Current, State]:
                return new, self._accept(xp, state, alpha, s, new.gradient - gradient, new.value)

            def refuse() -> tuple[Current, State]:
                # On to the minimum of the parabola through both values and the slope, within bounds.
                vertex = -0.5 * slope / _positive(xp, new.value - value - slope)
                cut = xp.minimum(xp.maximum(vertex, CUT_MOST), CUT_LEAST)
                # It is not defined where the slope leaves the range of floats either.
                cut = xp.where(finite & (vertex == vertex), cut, CUT_UNDEFINED)
                return current, state._replace(alpha=alpha * cut)

            at, following = choose(xp, accepted, accept, refuse)
            following = following._replace(fresh=accepted, settled=accepted | still)
            return Trial(at, following, accepted, still)

        return cast(Trial, branch(xp.all(still), stay, go))

    def _accept(self, xp: Any, state: State, alpha: Array, s: Array, y: Array, value: Array) -> State:
        """The state after a step s to a value, along which the gradient has changed by y."""
        # The next step from the curvature just met. Scaled, because squares leave the range of floats.
        s_size = _positive(xp, _largest(xp, s))
        y_size = _positive(xp, _largest(xp, y))
        s, y = s / s_size, y / y_size
        curvature = _dot(xp, s, y)
        curved = curvature > 0.0
        ratio = s_size / y_size
        short = xp.where(curved, ratio * curvature / _positive(xp, _dot(xp, y, y)), math.inf)
        long = ratio * _dot(xp, s, s) / _positive(xp, curvature)
        remembered = (short, *(xp.where(curved, old, math.inf) for old in state.short[:-1]))
        shortest = short
        for old in remembered[1:]:
            shortest = xp.minimum(shortest, old)
        grown = xp.where(state.fresh, GROW * alpha, alpha)
        following = xp.where(curved, xp.where(short < SHORT * long, shortest, long), grown)
        weight = FORGET * state.weight + 1.0
        mean = (FORGET * state.weight * state.reference + value) / weight
        return State(following, xp.maximum(mean, value), weight, remembered, state.fresh, state.settled)


def _dot(xp: Any, a: Array, b: Array) -> Array:
    return xp.sum(a * b, axis=-1, keepdims=True)


def _largest(xp: Any, a: Array) -> Array:
    """The largest element's size, for each start."""
    return xp.max(xp.abs(a), axis=-1, keepdims=True)


def _size(xp: Any, x: Array) -> Array:
    """How far a point is from the origin, or 1 where that is less."""
    return xp.maximum(_largest(xp, x), 1.0)


def _longest(objective: Objective) -> float:
    """The largest multiple of the gradient that is tried."""
    return LONGEST if objective.epsilon < 1e-10 else LONGEST_IN_FLOAT32


def _positive(xp: Any, a: Array) -> Array:
    """`a` where it is positive, else 1: a denominator that does no harm where its quotient is not used."""
    return xp.where(a > 0.0, a, 1.0)
