"""How far a point is from the conditions of Karush, Kuhn and Tucker, in numbers scaled to the size of the problem.

A minimum of f with cᵢ = 0, gᵢ ≤ 0 and bounds on x has multipliers with which the gradient of f + Σ λᵢ·cᵢ + Σ μᵢ·gᵢ is
zero but for what the bounds hold back, μᵢ ≥ 0, and μᵢ = 0 where gᵢ < 0. Objective and constraints are divided by the
largest components of their gradients at the start, so that "zero" means the same for each; a constraint that is flat
there, but not kept, by its residual if that is less than 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gdcli.descent.bounds import Bounds
from gdcli.descent.constraints.lagrangian import Functions, Measured

Array = Any  # of NumPy, of floats

_LEAST_SCALE, _MOST_SCALE = 1e-8, 1e8
_MOST_WEIGHT = 1e6


class Scaled(NamedTuple):
    """What is known at a point, scaled: the objective's gradient, the constraints' residuals and their gradients."""

    gradient: Array
    residuals: Array
    jacobian: Array


class Distance(NamedTuple):
    """How far a point is from fulfilling the conditions, scaled.

    Attributes:
        slope: The largest component of the Lagrangian's gradient, as far as no bound holds it back.
        violation: The largest violation of a constraint.
        slack: The largest of the smaller ones of −gᵢ and μᵢ, one of which is to be zero.
    """

    slope: float
    violation: float
    slack: float

    @property
    def worst(self) -> float:
        """The largest of them; infinite where one is not a number."""
        worst = max(self)
        return worst if worst == worst and all(part == part for part in self) else math.inf


@dataclass(frozen=True)
class Conditions:
    """The conditions for one problem; multipliers are scaled too.

    Attributes:
        functions: Objective and constraints.
        weight: What the objective is multiplied with.
        scales: What each constraint is multiplied with; shape (m,).
        equalities: Which are equalities; shape (m,).
        low: Lower bounds; shape (n,), as `high`.
        high: Upper bounds.
    """

    functions: Functions
    weight: float
    scales: Array
    equalities: Array
    low: Array
    high: Array

    def scaled(self, here: Measured) -> Scaled:
        """What is known at a point, scaled."""
        jacobian = np.array(here.jacobian).reshape(len(self.scales), len(here.x))
        return Scaled(
            self.weight * np.array(here.gradient),
            self.scales * np.array(here.residuals),
            self.scales[:, None] * jacobian,
        )

    def violations(self, here: Measured) -> Array:
        """By how much each constraint is not kept, scaled; shape (m,)."""
        residuals = self.scales * np.array(here.residuals)
        return np.where(self.equalities, np.abs(residuals), np.maximum(residuals, 0.0))

    def violation(self, here: Measured) -> float:
        """The largest of them."""
        return float(self.violations(here).max(initial=0.0))

    def slope(self, x: Array, gradient: Array) -> Array:
        """The part of a gradient at `x` that no bound holds back; shape (n,)."""
        return np.clip(x - gradient, self.low, self.high) - x

    def distance(self, here: Measured, multipliers: Array) -> Distance:
        """How far a point with these multipliers is from the conditions."""
        gradient, residuals, jacobian = self.scaled(here)
        slope = self.slope(np.array(here.x), gradient + multipliers @ jacobian)
        slack = np.where(self.equalities, 0.0, np.abs(np.minimum(multipliers, -np.minimum(residuals, 0.0))))
        return Distance(
            float(np.abs(slope).max(initial=0.0)), self.violation(here), float(slack.max(initial=0.0))
        )

    def worth(self, here: Measured, multipliers: Array) -> float:
        """By how much the value at a point is lower, to first order, for the constraints that it does not keep."""
        return float(np.abs(multipliers) @ self.violations(here)) / self.weight

    def hessian(self, here: Measured, multipliers: Array) -> Array:
        """The second derivatives of the Lagrangian, scaled; shape (n, n)."""
        return np.array(self.functions.hessian(here.x, self.weight, (multipliers * self.scales).tolist()))

    def own_multipliers(self, multipliers: Array) -> tuple[float, ...]:
        """Multipliers of the problem as it was given, from the scaled ones."""
        return tuple((multipliers * self.scales / self.weight).tolist())


def conditions(functions: Functions, start: Measured, bounds: Bounds) -> Conditions:
    """The conditions for a problem, scaled by what its functions look like at the start."""
    largest = max(map(abs, start.gradient), default=0.0)
    pairs = bounds or ((-math.inf, math.inf),) * len(start.x)
    return Conditions(
        functions,
        min(max(1.0 / largest, _LEAST_SCALE), _MOST_WEIGHT) if largest > 0.0 else 1.0,
        np.array([_scale(*item) for item in zip(start.residuals, start.jacobian, strict=True)]),
        np.array(functions.equalities, dtype=bool),
        np.array([low for low, _ in pairs]),
        np.array([high for _, high in pairs]),
    )


def _scale(residual: float, gradient: Sequence[float]) -> float:
    """What to multiply a constraint with: to make a steep one less steep, or a tiny one larger."""
    slope = max(map(abs, gradient), default=0.0)
    size = max(slope, min(abs(residual), 1.0))
    return min(max(1.0 / size, _LEAST_SCALE), _MOST_SCALE) if size > 0.0 else 1.0
