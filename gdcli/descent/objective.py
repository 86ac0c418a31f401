"""What the methods see of a problem: a function to be minimised, on the arrays on which it is computed best.

Every array of one run has shape (…, n): n variables, and before them nothing (one start) or the number of
starts. What is one number a start has shape (…, 1), so that it multiplies a point without further ado. On
plain floats a point is a `Vector` and one number a start is a float.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, cast

from gdcli.descent import trust_region
from gdcli.descent.algebra import largest
from gdcli.descent.bounds import Bounds, clip, free
from gdcli.descent.curvature import MOST_VARIABLES
from gdcli.descent.vector import Vector, VectorNamespace
from gdcli.engines import Engine

if TYPE_CHECKING:
    from gdcli.engines.native import NativeEngine
    from gdcli.graph.nodes import Graph

Array: TypeAlias = Any

_MOST_NODES = 2_000  # of a graph whose Hessian is cheap
_EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


class Current(NamedTuple):
    """A point, and what is known there.

    Attributes:
        x: The point; shape (…, n).
        value: The value to be minimised; shape (…, 1).
        gradient: Its gradient; shape (…, n).
    """

    x: Array
    value: Array
    gradient: Array


class Sample(NamedTuple):
    """One start's `Current` in plain Python numbers."""

    x: tuple[float, ...]
    value: float
    gradient: tuple[float, ...]


class Objective(Protocol):
    """A function to be minimised.

    Attributes:
        xp: NumPy's functions, for the arrays of this objective.
        epsilon: The distance from 1 to the next larger number of the dtype.
        evaluations: How often value and gradient have been computed, for one start.
    """

    xp: Any
    epsilon: float
    evaluations: int

    def quiet(self) -> AbstractContextManager[Any]:
        """While it is entered, arithmetic that gives infinity or NaN is nothing to warn of."""

    def point(self, x: Sequence[float]) -> Array:
        """A point as an array of shape (n,)."""

    def evaluate(self, x: Array) -> Current:
        """Value and gradient at `x`."""

    def project(self, x: Array) -> Array:
        """The point within bounds that is nearest to `x`."""

    def free(self, x: Array, gradient: Array, direction: Array | None = None) -> Array:
        """`direction` (by default the gradient) with zeros where a bound keeps a variable from going downhill."""

    def hessian_at(self, x: Sequence[float]) -> Sequence[Sequence[float]] | None:
        """The matrix of second derivatives at a point, where it is cheap to know."""

    def sample(self, current: Current) -> Sample:
        """One start's `current` in plain numbers."""

    def vanishes(self, number: Array) -> bool:
        """Whether a factor, one number a start, is known to be zero for all of them."""

    def unless_zero(self, factor: Array, changed: Array, unchanged: Array) -> Array:
        """`changed`, though it may be `unchanged` where the factor of the change is zero."""


class MatrixObjective(Objective, Protocol):
    """An objective with matrices: arrays of shape (…, n, n), or on plain floats tuples of rows."""

    def hessian(self, x: Array) -> Array:
        """The matrices of second derivatives at `x`, with zeros for what is not finite."""

    def free_matrix(self, x: Array, gradient: Array, matrix: Array) -> Array:
        """`matrix` with zeros in the rows and columns that `free` would set to zero."""

    def in_ball(self, matrix: Array, slope: Array, radius: Array) -> Array:
        """The step of at most a length with the least slope·p + p·matrix·p/2 (`gdcli.descent.trust_region`)."""


class FloatObjective:
    """An objective on plain floats, for one start on an engine that computes with them.

    Args:
        engine: Computes what is to be minimised, or maximised.
        sign: 1.0 to minimise, -1.0 to maximise.
        bounds: A pair (low, high) for each variable, or nothing.
    """

    def __init__(self, engine: Engine, sign: float, bounds: Bounds = ()) -> None:
        self.xp = VectorNamespace
        self._bounds = bounds
        self.epsilon = _EPSILON[engine.dtype]
        self.evaluations = 0
        self._evaluate = engine.value_and_gradient
        self._engine = engine
        self._sign = sign

    def quiet(self) -> AbstractContextManager[Any]:
        """Nothing: `gdcli.engines.ieee` warns of nothing."""
        return nullcontext()

    def point(self, x: Sequence[float]) -> Vector:
        """A point as a vector."""
        return Vector(map(float, x))

    def evaluate(self, x: Vector) -> Current:
        """Value and gradient at `x`."""
        self.evaluations += 1
        value, gradient = self._evaluate(x.elements)
        if self._sign < 0.0:
            return Current(x, -value, Vector([-g for g in gradient]))
        return Current(x, value, Vector(gradient))

    def project(self, x: Vector) -> Vector:
        """The point within bounds that is nearest to `x`."""
        return Vector(clip(x.elements, self._bounds)) if self._bounds else x

    def free(self, x: Vector, gradient: Vector, direction: Vector | None = None) -> Vector:
        """`direction` (by default the gradient) with zeros where a bound keeps a variable from going downhill."""
        direction = gradient if direction is None else direction
        if not self._bounds:
            return direction
        return Vector(free(x.elements, gradient.elements, direction.elements, self._bounds))

    def hessian_at(self, x: Sequence[float]) -> Sequence[Sequence[float]] | None:
        """The matrix of second derivatives at a point, where it is cheap to know."""
        return _hessian_at(self._engine, self._sign, x)

    @property
    def triangle(self) -> Graph:
        """The graph of the second derivatives on and above the diagonal, of an engine that has one."""
        return cast("NativeEngine", self._engine).triangle

    def hessian(self, x: Vector) -> tuple[Vector, ...]:
        """The rows of the matrix of second derivatives at `x`, with zeros for what is not finite."""
        rows = self._engine.hessian(x.elements)
        return tuple(Vector([self._sign * h if math.isfinite(h) else 0.0 for h in row]) for row in rows)

    def free_matrix(self, x: Vector, gradient: Vector, matrix: tuple[Vector, ...]) -> tuple[Vector, ...]:
        """`matrix`, symmetric, with zeros in the rows and columns that `free` would set to zero."""
        return free_rows(self, x, gradient, matrix) if self._bounds else matrix

    def in_ball(self, matrix: tuple[Vector, ...], slope: Vector, radius: float) -> Vector:
        """The step of at most a length with the least slope·p + p·matrix·p/2."""

        def by_eigenvectors() -> Vector:
            return Vector(trust_region.on_floats([row.elements for row in matrix], slope.elements, radius))

        return cast(Vector, trust_region.convex_step(self.xp, matrix, slope, radius, by_eigenvectors))

    def sample(self, current: Current) -> Sample:
        """`current` in plain numbers."""
        return Sample(current.x.elements, current.value, current.gradient.elements)

    def vanishes(self, number: float) -> bool:
        """Whether it is zero."""
        return number == 0.0

    def unless_zero(self, factor: float, changed: Vector, unchanged: Vector) -> Vector:
        """`changed`: what vanishes is known before, or makes no difference."""
        return changed


class ArrayObjective:
    """An objective on an engine's own arrays.

    Args:
        engine: Computes what is to be minimised, or maximised.
        sign: 1.0 to minimise, -1.0 to maximise.
        bounds: A pair (low, high) for each variable, or nothing.
    """

    def __init__(self, engine: Engine, sign: float, bounds: Bounds = ()) -> None:
        self.xp = engine.xp
        self._low: Array = engine.array([low for low, _ in bounds]) if bounds else None
        self._high: Array = engine.array([high for _, high in bounds]) if bounds else None
        self.epsilon = _EPSILON[engine.dtype]
        self.evaluations = 0
        self._engine = engine
        self._sign = sign

    def quiet(self) -> AbstractContextManager[Any]:
        """While it is entered, NumPy warns of nothing; torch never does."""
        errstate = getattr(self.xp, "errstate", None)
        return errstate(all="ignore") if callable(errstate) else nullcontext()

    def point(self, x: Sequence[float] | Sequence[Sequence[float]] | Array) -> Array:
        """A point of shape (n,), or points of shape (starts, n), from numbers or from NumPy's."""
        return self._engine.array(x)

    def evaluate(self, x: Array) -> Current:
        """Value and gradient at `x`."""
        self.evaluations += 1
        value, gradient = self._engine.evaluate(x)
        if self._sign < 0.0:
            value, gradient = -value, -gradient
        return Current(x, value[..., None], gradient)

    def hessian(self, x: Array) -> Array:
        """The matrices of second derivatives, of shape (…, n, n), at `x`, with zeros for what is not finite."""
        matrix = self._sign * self._engine.hessians(x)
        return self.xp.where(self.xp.isfinite(matrix), matrix, 0.0)

    def project(self, x: Array) -> Array:
        """The point within bounds that is nearest to `x`."""
        return x if self._low is None else self.xp.minimum(self.xp.maximum(x, self._low), self._high)

    def free(self, x: Array, gradient: Array, direction: Array | None = None) -> Array:
        """`direction` (by default the gradient) with zeros where a bound keeps a variable from going downhill."""
        direction = gradient if direction is None else direction
        if self._low is None:
            return direction
        return self.xp.where(self._held(x, gradient), 0.0, direction)

    def free_matrix(self, x: Array, gradient: Array, matrix: Array) -> Array:
        """`matrix`, of shape (…, n, n), with zeros in the rows and columns that `free` would set to zero."""
        if self._low is None:
            return matrix
        held = self._held(x, gradient)
        return self.xp.where(held[..., None] | held[..., None, :], 0.0, matrix)

    def in_ball(self, matrix: Array, slope: Array, radius: Array) -> Array:
        """The step of at most a length with the least slope·p + p·matrix·p/2."""
        return trust_region.on_arrays(self.xp, matrix, slope, radius)

    def _held(self, x: Array, gradient: Array) -> Array:
        return ((x <= self._low) & (gradient > 0.0)) | ((x >= self._high) & (gradient < 0.0))

    def hessian_at(self, x: Sequence[float]) -> Sequence[Sequence[float]] | None:
        """The matrix of second derivatives at a point, where it is cheap to know."""
        return _hessian_at(self._engine, self._sign, x)

    def sample(self, current: Current) -> Sample:
        """`current`, of one start, in plain numbers."""
        floats = self._engine.floats
        return Sample(tuple(floats(current.x)), floats(current.value)[0], tuple(floats(current.gradient)))

    def vanishes(self, number: Array) -> bool:
        """Not known: to look at an array takes longer than to compute with it."""
        return False

    def unless_zero(self, factor: Array, changed: Array, unchanged: Array) -> Array:
        """`changed`: what vanishes is known before, or makes no difference."""
        return changed


class LongObjective(ArrayObjective):
    """An objective whose samples stay arrays."""

    def sample(self, current: Current) -> Sample:
        """`current`: its value as a float, its point and gradient as they are."""
        return Sample(current.x, float(current.value[0]), current.gradient)

    def largest(self, row: Array) -> float:
        """The largest absolute value; NaN where there is one."""
        return float(largest(self.xp, row)[0])

    def vanishes(self, number: Array) -> bool:
        """Whether a factor is zero: what it stands before is long."""
        return bool(number == 0.0)

    def hessian_at(self, x: Any) -> None:
        """Nothing: the matrix would be too large."""
        return


def free_rows(
    objective: Objective, x: Array, gradient: Array, matrix: tuple[Array, ...]
) -> tuple[Array, ...]:
    """The rows of a symmetric matrix with zeros in the rows and columns that `free` would set to zero."""
    rows = [objective.free(x, gradient, row).elements for row in matrix]
    return tuple(
        objective.free(x, gradient, objective.xp.concatenate(column)) for column in zip(*rows, strict=True)
    )


def _hessian_at(engine: Engine, sign: float, x: Sequence[float]) -> Sequence[Sequence[float]] | None:
    if len(x) > MOST_VARIABLES or len(engine.graph.nodes) > _MOST_NODES:
        return None
    rows = engine.hessian(x)
    return rows if sign > 0.0 else [[-h for h in row] for row in rows]


MANY = 200
"""Up to so many variables plain numbers serve as well as arrays, and tell more."""


def is_on_floats(engine: Engine, arrays: bool) -> bool:
    """Whether the objective for one start is on plain floats; see `objective`."""
    return engine.name == "native" and not (arrays and engine.layout.size > MOST_VARIABLES)


def objective(
    engine: Engine, sign: float, bounds: Bounds = (), *, arrays: bool = False, long: bool = False
) -> Objective:
    """The objective for one start; on the engine's arrays where `arrays` says that of many variables plain floats will
    not do.

    Where it is `long`, its samples are arrays too.
    """
    if long:
        return LongObjective(engine, sign, bounds)
    if is_on_floats(engine, arrays):
        return FloatObjective(engine, sign, bounds)
    return ArrayObjective(engine, sign, bounds)
