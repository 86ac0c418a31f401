"""A line search for the strong Wolfe conditions, one trial at a time, for one start or for many at once.

Along the ray x(t) = P(x + t·d), bent by the bounds P, with φ(t) = f(x(t)), a step t is accepted where

    φ(t) ≤ φ(0) + c₁·g·(x(t) − x)   and   |φ'(t)| ≤ c₂·|φ'(0)|.

The search keeps an interval: its lower end is the lowest point met that fulfils the first condition, and still goes
down; its upper end fulfils it not, or goes up. A trial lies at the minimum of the cubic through both ends, kept away
from them, or, as long as there is no upper end, further out. Where values have become too coarse to show a decrease,
the slopes alone decide (the approximate Wolfe condition).

Many starts search side by side, each in its own interval: a trial is one evaluation for all of them.

References:
    J. J. Moré, D. J. Thuente, Line search algorithms with guaranteed sufficient decrease, ACM Transactions on
    Mathematical Software 20 (1994), 286–307, doi:10.1145/192115.192132: the conditions and the cubic.
    W. W. Hager, H. Zhang, A new conjugate gradient method with guaranteed descent and an efficient line search,
    SIAM Journal on Optimization 16 (2005), 170–192, doi:10.1137/030601880: the approximate condition.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gdcli.descent.algebra import are_finite, choose, dot, is_long, plus
from gdcli.descent.objective import Array, Current, Objective

DECREASE = 1e-4
TRIALS = 40  # for one start; halving 40 times leaves nothing of a step
_NEAREST = 0.1  # no trial is nearer to an end of the interval than this part of it
_LEAST_GROWTH, _MOST_GROWTH = 1.5, 10.0
_ROUNDING = 64.0  # rounding errors of a value, in units of its last place; a sum of many terms has many


class Search(NamedTuple):
    """A line search under way; one number a start has shape (…, 1).

    Attributes:
        origin: Where the ray begins.
        direction: The ray's direction d.
        slope: φ'(0).
        step: The step t to be tried next.
        low: The interval's lower end, with `low_value` and `low_slope` there.
        high: Its upper end (infinite where there is none yet), with `high_value` and `high_slope` there.
        best: The lowest point met that fulfils the first condition, or the origin.
        trials: How many points were tried.
        accepted: Whether the last trial was accepted.
        finished: Whether the search has ended, at `best`.
    """

    origin: Current
    direction: Array
    slope: Array
    step: Array
    low: Array
    low_value: Array
    low_slope: Array
    high: Array
    high_value: Array
    high_slope: Array
    best: Current
    trials: Array
    accepted: Array
    finished: Array


def begin(xp: Any, origin: Current, direction: Array, step: Array) -> Search:
    """A search from `origin` along `direction`, which goes down, whose first trial is `step`."""
    slope = dot(xp, origin.gradient, direction)
    zero = xp.zeros_like(slope)
    none = zero + math.inf
    no = slope != slope
    return Search(
        origin, direction, slope, step, zero, origin.value, slope, none, none, none, origin, zero, no, no
    )


def proceed(objective: Objective, search: Search, curvature: float) -> tuple[Search, Callable[[], Search]]:
    """Try one point a start.

    Args:
        objective: What is to be minimised.
        search: The search so far, unfinished.
        curvature: c₂ of the second condition, between `DECREASE` and 1.

    Returns:
        The search after the trial, whose next step is not there yet, and a function that gives the same with it.
    """
    xp = objective.xp
    origin, direction, step = search.origin, search.direction, search.step
    straight = plus(xp, origin.x, step, direction)
    target = objective.project(straight)
    new = objective.evaluate(target)
    if target is straight:
        slope = dot(xp, new.gradient, direction)
        gain_promised = step * search.slope
    else:
        unbent = target == straight
        slope = dot(xp, unbent * new.gradient, direction)
        gain_promised = dot(xp, origin.gradient, target - origin.x)
    finite = are_finite(xp, new.value, new.gradient)

    rounding = _ROUNDING * objective.epsilon * xp.abs(origin.value)
    decreases = new.value <= origin.value + DECREASE * gain_promised
    equals = (new.value <= origin.value + rounding) & (slope <= (2.0 * DECREASE - 1.0) * search.slope)
    lower = finite & (decreases | equals) & (new.value <= search.low_value + rounding)
    accepted = lower & (xp.abs(slope) <= curvature * xp.abs(search.slope))
    if target is not straight:
        held = xp.sum(unbent * xp.abs(direction), axis=-1, keepdims=True) == 0.0
        accepted = accepted | (lower & held)
    better = lower & (new.value <= search.best.value + rounding)

    # The interval shrinks to one side of the trial.
    onward = lower & (slope < 0.0)
    low, low_value, low_slope, high, high_value, high_slope = choose(
        xp,
        onward,
        lambda: (step, new.value, slope, search.high, search.high_value, search.high_slope),
        lambda: (search.low, search.low_value, search.low_slope, step, new.value, slope),
    )
    width = high - low
    bounded = xp.isfinite(high)

    def inner() -> Array:
        """Towards the minimum of the cubic through both ends, but not too near to either."""
        inside = _cubic(xp, low, low_value, low_slope, high, high_value, high_slope)
        inside = xp.where(xp.isfinite(inside), inside, low + 0.5 * width)
        return xp.maximum(low + _NEAREST * width, xp.minimum(high - _NEAREST * width, inside))

    def outer() -> Array:
        """Towards the minimum of the parabola through the slopes, but not too far away."""
        gain = slope - search.low_slope
        outside = step - _quotient(xp, (step - search.low) * slope, gain)
        outside = xp.where(gain > 0.0, outside, _MOST_GROWTH * step)
        return xp.maximum(_LEAST_GROWTH * step, xp.minimum(_MOST_GROWTH * step, outside))

    def between() -> Array:
        # Where the upper end is not finite, values say nothing of how far away the trouble begins.
        return choose(xp, xp.isfinite(high_value), inner, lambda: low + _NEAREST * width)

    if is_long(straight) and bool(new.value != origin.value):
        still = slope != slope  # at the same point the value would be the same
    else:
        still = xp.all(target == origin.x, axis=-1, keepdims=True)
    narrow = bounded & (width <= objective.epsilon * high)
    trials = search.trials + 1.0
    after = Search(
        origin,
        direction,
        search.slope,
        step,
        low,
        low_value,
        low_slope,
        high,
        high_value,
        high_slope,
        choose(xp, better, new, search.best),
        trials,
        accepted,
        accepted | still | narrow | (trials >= TRIALS),
    )
    return after, lambda: after._replace(step=choose(xp, bounded, between, outer))


def _quotient(xp: Any, a: Array, b: Array) -> Array:
    """a/b, or anything where b is zero."""
    return a / xp.where(b == 0.0, 1.0, b)


def _cubic(xp: Any, a: Array, f_a: Array, s_a: Array, b: Array, f_b: Array, s_b: Array) -> Array:
    """Where the cubic with values f and slopes s at a < b has its minimum (not finite where it has none)."""
    d = s_a + s_b - 3.0 * _quotient(xp, f_b - f_a, b - a)
    e = xp.sqrt(d * d - s_a * s_b)
    return b - _quotient(xp, (b - a) * (s_b + e - d), s_b - s_a + 2.0 * e)
