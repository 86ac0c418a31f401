"""From a point near a constrained minimum to the last digits of it, and whether it is one.

The augmented Lagrangian comes close to a minimum and finds out which constraints are active there, but it converges
linearly. Newton's method on the conditions of optimality then converges quadratically.

References:
    E. G. Birgin, J. M. Martínez, Improving ultimate convergence of an augmented Lagrangian method, Optimization Methods
    and Software 23 (2008), 177–195, doi:10.1080/10556780701577730: the combination.
    M. Hintermüller, K. Ito, K. Kunisch, The primal-dual active set strategy as a semismooth Newton method, SIAM Journal
    on Optimization 13 (2002), 865–888, doi:10.1137/S1052623401383558: which constraints a step takes for active.
    J. Nocedal, S. J. Wright, Numerical optimization, 2nd edition, Springer 2006, doi:10.1007/978-0-387-40065-5,
    sections 12.5 (second-order conditions) and 18.1 (Newton's method on the conditions).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gdcli.descent.constraints.lagrangian import Measured
from gdcli.descent.constraints.optimality import Array, Conditions, Distance

_STEPS = 30
_PATIENCE = 3  # steps after which the distance has to have shrunk
_SHRINKS = 0.9
_WORSE = 1e3  # what the distance may grow by while the active constraints are being sorted out
_EXACT = 1e-15
_SINGULAR = 1e-13  # singular values of the system, relative to the largest, that count as zero
_ACTIVE = 1e-7  # a residual, scaled, that counts as zero, and a multiplier, relative to the largest
_CURVED = 1e-7  # a curvature, relative to the largest, that counts as not zero


class Polished(NamedTuple):
    """A point with its multipliers, how far it is from the conditions of optimality, and the steps it took."""

    here: Measured
    multipliers: Array
    distance: Distance
    steps: int = 0


def newton(
    conditions: Conditions, here: Measured, multipliers: Array, penalty: float, most: int = _STEPS
) -> Polished:
    """The nearest to the conditions that Newton's method gets from a point; the point itself if it gets no nearer.

    Args:
        conditions: The conditions.
        here: The point.
        multipliers: Estimates of the multipliers there; shape (m,).
        penalty: An inequality gᵢ ≤ 0 is taken for active where λᵢ + penalty·gᵢ > 0.
        most: The most steps to be made.
    """
    best = now = Polished(here, multipliers, conditions.distance(here, multipliers))
    first = recent = now.distance.worst
    for step in range(1, min(most, _STEPS) + 1):
        if now.distance.worst <= _EXACT or not now.distance.worst <= _WORSE * first:
            break
        following = _step(conditions, now, penalty)
        if following is None:
            break
        now = following
        if now.distance.worst < best.distance.worst:
            best = now
        if step % _PATIENCE == 0:
            if not best.distance.worst <= _SHRINKS * recent:
                break
            recent = best.distance.worst
    return best


def _step(conditions: Conditions, now: Polished, penalty: float) -> Polished | None:
    """One step; None if it leads to where something is not finite."""
    here, multipliers, *_ = now
    x = np.array(here.x)
    gradient, residuals, jacobian = conditions.scaled(here)
    hessian = conditions.hessian(here, multipliers)
    if not np.isfinite(hessian).all():
        return None
    active = conditions.equalities | (multipliers + penalty * residuals > 0.0)
    rows = jacobian[active]
    # The same rule for the bounds, whose multipliers are what is left of the gradient.
    bend = np.maximum(np.abs(np.diag(hessian)), 1e-8)
    target = x - (gradient + multipliers @ jacobian) / bend
    step = np.where(target <= conditions.low, conditions.low - x, 0.0)
    step = np.where(target >= conditions.high, conditions.high - x, step)
    free = (target > conditions.low) & (target < conditions.high)
    n, m = int(free.sum()), len(rows)
    system = np.zeros((n + m, n + m))
    system[:n, :n] = hessian[np.ix_(free, free)]
    system[:n, n:] = rows[:, free].T
    system[n:, :n] = rows[:, free]
    right = -np.concatenate([(gradient + hessian @ step)[free], residuals[active] + rows @ step])
    # Least squares, since dependent constraints leave a system that is singular but has a solution.
    solution = np.linalg.lstsq(system, right, rcond=_SINGULAR)[0] if n + m else right
    step[free] = solution[:n]
    moved = np.clip(x + step, conditions.low, conditions.high)
    following = conditions.functions.measure(tuple(moved.tolist()))
    estimates = np.zeros(len(multipliers))
    estimates[active] = solution[n:]
    if not following.finite or not np.isfinite(estimates).all():
        return None
    return Polished(following, estimates, conditions.distance(following, estimates), now.steps + 1)


def ways_down(conditions: Conditions, here: Measured, multipliers: Array) -> Iterator[Array]:
    """Directions from a point that fulfils the conditions of first order, along which the value may fall all the same.

    They keep the constraints to first order, and the Lagrangian curves down along them, so that the point is a saddle
    point or a maximum; or not at all, so that nothing is known. At a strict minimum there are none.
    """
    hessian = conditions.hessian(here, multipliers)
    if not np.isfinite(hessian).all():
        return
    gradient, residuals, jacobian = conditions.scaled(here)
    x = np.array(here.x)
    slope = gradient + multipliers @ jacobian
    on_low, on_high = x <= conditions.low, x >= conditions.high
    small = _ACTIVE * max(1.0, float(np.abs(gradient).max(initial=0.0)))
    # A bound or a constraint that nothing presses against can be left, to one side.
    pressed = (on_low & (slope > small)) | (on_high & (slope < -small)) | (conditions.low == conditions.high)
    needed = conditions.equalities | (np.abs(multipliers) > _ACTIVE * np.abs(multipliers).max(initial=1.0))
    active = conditions.equalities | (residuals > -_ACTIVE)
    loose = active & ~needed
    for held, kept in ((on_low | on_high, active), (pressed, needed & active)):
        for direction in _bending_down(hessian, jacobian[kept], ~held):
            for sign in (1.0, -1.0):
                way = sign * direction
                leaves = (on_low & (way < -_ACTIVE)) | (on_high & (way > _ACTIVE))
                if not leaves.any() and (jacobian[loose] @ way <= _ACTIVE).all():
                    yield way


def _bending_down(hessian: Array, rows: Array, free: Array) -> Iterator[Array]:
    """The directions in the null space of `rows`, of the variables `free` alone, along which nothing bends up."""
    if not free.any():
        return
    inner = hessian[np.ix_(free, free)]
    basis = np.eye(len(inner))
    if len(rows):
        _, values, vectors = np.linalg.svd(rows[:, free])
        rank = int((values > 1e-9 * max(float(values.max(initial=0.0)), 1e-300)).sum())
        basis = vectors[rank:].T
    if not basis.shape[1]:
        return
    values, vectors = np.linalg.eigh(basis.T @ inner @ basis)
    for value, vector in zip(values, vectors.T, strict=True):
        if value > _CURVED * np.abs(inner).max():
            return
        direction = np.zeros(len(hessian))
        direction[free] = basis @ vector
        yield direction
