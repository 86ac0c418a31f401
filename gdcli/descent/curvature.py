"""What the Hessian says of a point: whether it is a minimum, and how much lower the value could get.

For the few variables for which it is cheap to know; in plain Python, since for these NumPy would take longer to import
than to compute.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from operator import mul
from typing import NamedTuple

MOST_VARIABLES = 12
_SWEEPS = 30
_ZERO = 1e-9  # eigenvalues of a Hessian scaled to a unit diagonal that count as zero


class Shape(Enum):
    """What a function looks like around a stationary point."""

    MINIMUM = "the Hessian is positive definite there: a strict local minimum"
    SADDLE = "the Hessian is indefinite there: a saddle point"
    MAXIMUM = "the Hessian is negative definite there: a maximum"
    FLAT = "the Hessian is singular there"


class Curvature(NamedTuple):
    """The eigenvalues of a Hessian, ascending, and its eigenvectors in the same order."""

    values: tuple[float, ...]
    vectors: tuple[tuple[float, ...], ...]


def eigen(matrix: Sequence[Sequence[float]]) -> Curvature:
    """The eigenvalues and eigenvectors of a symmetric matrix of finite numbers, by Jacobi's cyclic rotations.

    References:
        G. H. Golub, C. F. Van Loan, Matrix computations, 4th edition, 2013, section 8.5.
    """
    n = len(matrix)
    if n == 2:
        (h_11, h_12), (_, h_22) = matrix
        return _eigen_of_two(h_11, h_12, h_22)
    # Squares of what is larger would leave the range of floats.
    unit = max((abs(h) for row in matrix for h in row), default=0.0) or 1.0
    a = [[h / unit for h in row] for row in matrix]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(_SWEEPS):
        off = sum(a[i][j] ** 2 for i in range(n) for j in range(i))
        if off <= 1e-32 * sum(a[i][i] ** 2 for i in range(n)) or off == 0.0:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if a[p][q] == 0.0:
                    continue
                theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q])
                t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
                c = 1.0 / math.hypot(t, 1.0)
                s = t * c
                for k in range(n):
                    a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
                for k in range(n):
                    a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
                    v[k][p], v[k][q] = c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]
    order = sorted(range(n), key=lambda i: a[i][i])
    return Curvature(
        tuple(a[i][i] * unit for i in order), tuple(tuple(v[k][i] for k in range(n)) for i in order)
    )


def _eigen_of_two(a: float, b: float, d: float) -> Curvature:
    """The same for the matrix of rows (a, b) and (b, d), for which one rotation is enough."""
    theta = (0.5 * d - 0.5 * a) / b if b else math.inf
    t = math.copysign(1.0, theta) / (math.fabs(theta) + math.hypot(theta, 1.0))
    c = 1.0 / math.hypot(t, 1.0)
    s = t * c
    one, other = a - t * b, d + t * b
    if one <= other:
        return Curvature((one, other), ((c, -s), (s, c)))
    return Curvature((other, one), ((s, c), (c, -s)))


def shape(hessian: Sequence[Sequence[float]]) -> Shape | None:
    """What the Hessian at a stationary point says of it; None where it is not finite.

    It is scaled to a unit diagonal first, which changes no sign, so that variables of different units do not hide one
    another.
    """
    if not _is_finite(hessian):
        return None
    largest = max([abs(h) for row in hessian for h in row], default=0.0)
    if largest == 0.0:
        return Shape.FLAT
    tiny = 1e-200 + 1e-16 * largest * 1e-16
    scale = [1.0 / math.sqrt(max(abs(row[i]), tiny)) for i, row in enumerate(hessian)]
    if len(scale) == 2 and min(hessian[0][0], hessian[1][1]) > tiny:
        # Of a symmetric matrix with ones on its diagonal, 1 plus and 1 minus the number beside them.
        beside = abs(hessian[0][1] * scale[0] * scale[1])
        return _shape(1.0 - beside, 1.0 + beside)
    if any(abs(row[i]) <= tiny for i, row in enumerate(hessian)):
        scale = [1.0 / math.sqrt(largest)] * len(scale)
    scaled = [
        [h * s * t for h, t in zip(row, scale, strict=True)] for row, s in zip(hessian, scale, strict=True)
    ]
    values = eigen(scaled).values
    return _shape(values[0], values[-1])


def _shape(low: float, high: float) -> Shape:
    """What the least and the greatest eigenvalue say."""
    if low > _ZERO:
        return Shape.MINIMUM
    if high < -_ZERO:
        return Shape.MAXIMUM
    return Shape.SADDLE if low < -_ZERO and high > _ZERO else Shape.FLAT


def promise(hessian: Sequence[Sequence[float]], slope: Sequence[float]) -> float:
    """By how much Newton's step from a point with gradient `slope` would lower the value; infinite where the Hessian
    is not positive definite on the variables whose slope is not zero.
    """
    return sum(a * a / value for a, value in _newton(hessian, slope)) / 2.0


def newton_length(hessian: Sequence[Sequence[float]], slope: Sequence[float]) -> float:
    """How long that step is; infinite as above."""
    return math.hypot(*(a / value for a, value in _newton(hessian, slope)))


def _newton(hessian: Sequence[Sequence[float]], slope: Sequence[float]) -> list[tuple[float, float]]:
    """Along each eigenvector of the Hessian on the variables whose slope is not zero, the slope and the eigenvalue."""
    free = [i for i, g in enumerate(slope) if g != 0.0]
    if not free:
        return []
    if not _is_finite(hessian):
        return [(math.inf, 1.0)]
    if len(free) < len(slope):
        hessian, slope = [[hessian[i][j] for j in free] for i in free], [slope[i] for i in free]
    values, vectors = eigen(hessian)
    if values[0] <= 0.0:
        return [(math.inf, 1.0)]
    along = [sum(map(mul, vector, slope)) for vector in vectors]
    return list(zip(along, values, strict=True))


def _is_finite(matrix: Sequence[Sequence[float]]) -> bool:
    # A sum is finite only if everything in it is.
    return math.isfinite(sum(map(sum, matrix))) or all(all(map(math.isfinite, row)) for row in matrix)
