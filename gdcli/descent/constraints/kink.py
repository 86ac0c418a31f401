"""Minima at kinks, where slopes jump from one side to the other and no gradient need be zero.

References:
    F. H. Clarke, Optimization and nonsmooth analysis, SIAM 1990, doi:10.1137/1.9781611971309, section 6.1: the
    conditions of optimality, in which each gradient is replaced by the convex hull of those near by.
    J. V. Burke, A. S. Lewis, M. L. Overton, A robust gradient sampling algorithm for nonsmooth, nonconvex optimization,
    SIAM Journal on Optimization 15 (2005), 751–779, doi:10.1137/030601296: the hull of a few samples in its stead.
"""

from __future__ import annotations

import numpy as np

from gdcli.descent.constraints.lagrangian import Measured
from gdcli.descent.constraints.optimality import Array, Conditions

_ASIDE = 1e-10  # how far away samples are taken, relative to the point and to the way from the start
_ALIKE = 1e-6  # change of a value towards them
_ZERO = 1e-6  # a distance of the hull from zero that counts as none, and a residual that counts as active


def multipliers_at_kink(conditions: Conditions, here: Measured, start: Measured) -> Array | None:
    """Multipliers with which a point fulfils the conditions of optimality at a kink, scaled; None if there are none.

    Args:
        conditions: The problem.
        here: The point, which keeps the constraints; as near to a kink as a line search comes.
        start: Where the run began.
    """
    around = _around(conditions, here, start)
    if around is None:
        return None
    m, n = len(conditions.scales), len(here.x)
    samples = [conditions.scaled(each) for each in (here, *around)]
    columns, owners = [np.append(sample.gradient, 1.0) for sample in samples], [-1] * len(samples)
    active = conditions.equalities | (samples[0].residuals > -_ZERO)
    for i in np.flatnonzero(active):
        for sample in samples:
            for sign in (1.0, -1.0) if conditions.equalities[i] else (1.0,):
                columns.append(np.append(sign * sample.jacobian[i], 0.0))
                owners.append(int(i) if sign > 0.0 else int(i) + m)
    x = np.array(here.x)
    for j in range(n):
        for held, sign in ((x[j] <= conditions.low[j], -1.0), (x[j] >= conditions.high[j], 1.0)):
            if held:
                columns.append(sign * np.eye(n + 1)[j])
                owners.append(-1)
    matrix, goal = np.array(columns).T, np.eye(n + 1)[n]
    weights = nonnegative_least_squares(matrix, goal)
    if np.abs(matrix @ weights - goal).max() > _ZERO:
        return None
    multipliers = np.zeros(m)
    for weight, owner in zip(weights, owners, strict=True):
        if owner >= 0:
            multipliers[owner % m] += weight if owner < m else -weight
    return multipliers


def _around(conditions: Conditions, here: Measured, start: Measured) -> list[Measured] | None:
    """Points a little aside along each variable; None if more than slopes changes on the way there."""
    x = np.array(here.x)
    gaps = _ASIDE * np.maximum(np.abs(x - np.array(start.x)), np.abs(x))
    residuals = conditions.scaled(here).residuals
    found = []
    for j, gap in enumerate(gaps):
        for sign in (1.0, -1.0):
            aside = x.copy()
            aside[j] = min(max(x[j] + sign * gap, conditions.low[j]), conditions.high[j])
            there = conditions.functions.measure(tuple(aside.tolist()))
            if not there.finite or conditions.weight * abs(there.value - here.value) > _ALIKE:
                return None
            if (np.abs(conditions.scaled(there).residuals - residuals) > _ALIKE).any():
                return None
            found.append(there)
    return found


def nonnegative_least_squares(matrix: Array, goal: Array) -> Array:
    """The w ≥ 0 with the least |matrix·w − goal|, for a matrix of shape (rows, columns).

    References:
        C. L. Lawson, R. J. Hanson, Solving least squares problems, SIAM 1995, doi:10.1137/1.9781611971217,
        section 23.3.
    """
    count = matrix.shape[1]
    weights = np.zeros(count)
    used = np.zeros(count, dtype=bool)
    size = 1e-12 * max(1.0, float(np.abs(matrix).max(initial=0.0)))
    for _ in range(3 * count):
        pull = np.where(used, -np.inf, matrix.T @ (goal - matrix @ weights))
        if used.all() or pull.max() <= size:
            break
        used[int(pull.argmax())] = True
        while True:
            trial = np.zeros(count)
            trial[used] = np.linalg.lstsq(matrix[:, used], goal, rcond=None)[0]
            below = used & (trial <= 0.0)
            if not below.any():
                break
            # As far towards it as no weight gets negative.
            part = float((weights[below] / (weights[below] - trial[below])).min())
            weights += part * (trial - weights)
            used &= weights > size
            weights[~used] = 0.0
        weights = trial
    return weights
