"""The subproblem of a trust region: the step p of at most a length with the least g·p + p·H·p/2.

It is solved exactly, through the eigenvectors of H: p = −(H + λI)⁻¹g with the λ ≥ 0 that makes H + λI positive
semidefinite and p fit. There is one solution for many starts at once, on arrays, and one for a few variables on plain
floats, where the eigenvectors are needed only if elimination does not find the step (`convex_step`).

References:
    J. J. Moré, D. C. Sorensen, Computing a trust region step, SIAM Journal on Scientific and Statistical
    Computing 4 (1983), 553–572, doi:10.1137/0904038; here by eigenvectors, as in A. R. Conn, N. I. M.
    Gould, Ph. L. Toint, Trust-region methods, SIAM 2000, doi:10.1137/1.9780898719857, section 7.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

from gdcli.descent.algebra import branch, dot
from gdcli.descent.curvature import eigen

Array = Any

_SLACK = 0.1  # how exactly the step's length has to be the radius
_ITERATIONS = 30
_FLAT = 1e-14  # part of the largest curvature, or of a variable's own, that counts as none


def on_arrays(xp: Any, hessian: Array, slope: Array, radius: Array) -> Array:
    """The step for each start.

    Args:
        xp: The array library.
        hessian: H; shape (…, n, n).
        slope: g; shape (…, n).
        radius: The greatest length; shape (…, 1).
    """
    curvature, basis = xp.linalg.eigh(hessian)
    along = xp.sum(basis * slope[..., :, None], axis=-2)
    least = curvature[..., :1]
    scale = xp.max(xp.abs(curvature), axis=-1, keepdims=True)
    floor = _FLAT * scale

    def step(shift: Array) -> Array:
        bottom = curvature + shift
        good = bottom != 0.0
        return xp.where(good, along / xp.where(good, bottom, 1.0), 0.0)

    zero = radius * 0.0
    inside = step(zero)
    convex = (least > floor) & (norm(xp, inside) <= radius)
    low = xp.maximum(-least, 0.0)
    high = low + norm(xp, slope) / radius
    shift = 0.5 * (low + high)
    for _ in range(_ITERATIONS):
        p = step(shift)
        length = norm(xp, p)
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
    short = xp.sqrt(xp.maximum(radius**2 - dot(xp, p, p), 0.0))
    hard = (least < -floor) & (norm(xp, p) < (1.0 - 2.0 * _SLACK) * radius)
    first = xp.zeros_like(p)
    first[..., 0] = 1.0
    p = xp.where(hard, p + xp.where(along[..., :1] < 0.0, -1.0, 1.0) * short * first, p)
    return -xp.sum(basis * p[..., None, :], axis=-1)


def convex_step(
    xp: Any, hessian: tuple[Any, ...], slope: Any, radius: Any, otherwise: Callable[[], Any]
) -> Any:
    """The step where H is safely positive definite, by elimination; else what `otherwise` returns.

    It is Newton's, −H⁻¹g, if it fits; else −(H + λI)⁻¹g with the λ to which Newton's method for 1/length =
    1/radius leads from 0 at once, if that is as long as the radius. Mostly it is.

    Args:
        xp: The functions on floats, or on names of them (`gdcli.descent.codegen.traced`).
        hessian: The rows of H, one at least.
        slope: g.
        radius: The greatest length.
        otherwise: Finds the step in another way.
    """
    n = len(hessian)
    elements = [list(row.elements) for row in hessian]
    # Squares are compared, since a root takes as long as the rest of the solution for two variables.
    limit = radius * radius
    shortest, longest = (1.0 - _SLACK) ** 2, (1.0 + _SLACK) ** 2

    def unbound(step: Any, rows: list[list[Any]]) -> Any:
        square = dot(xp, step, step)

        def on_rim() -> Any:
            # With H = LDLᵀ the sum of p²/(eigenvalue) is that of z²/D for Lz = p.
            z = list(step.elements)
            for i in range(n):
                for k in range(i):
                    z[i] = z[i] - rows[k][i] / rows[k][k] * z[k]
            change = xp.sum(xp.concatenate([a * a / rows[i][i] for i, a in enumerate(z)]))
            return branch((radius > 0.0) & (change > 0.0), lambda: shifted(square, change), otherwise)

        return branch(square <= limit, lambda: step, on_rim)

    def shifted(square: Any, change: Any) -> Any:
        shift = (xp.sqrt(square) - radius) / radius * (square / change)
        rows = [[a + shift if i == j else a for j, a in enumerate(row)] for i, row in enumerate(elements)]
        return _eliminated(xp, rows, slope, at_rim, otherwise)

    def at_rim(step: Any, rows: list[list[Any]]) -> Any:
        square = dot(xp, step, step)
        return branch((square >= shortest * limit) & (square <= longest * limit), lambda: step, otherwise)

    return _eliminated(xp, elements, slope, unbound, otherwise)


def _eliminated(
    xp: Any,
    matrix: list[list[Any]],
    slope: Any,
    then: Callable[[Any, list[list[Any]]], Any],
    otherwise: Callable[[], Any],
) -> Any:
    """What `then` makes of the step −H⁻¹g and the rows of DLᵀ, with H = LDLᵀ; else, where D is not safely positive,
    what `otherwise` returns.
    """
    n = len(matrix)

    def pivoted(k: int, rows: list[list[Any]], p: list[Any]) -> Any:
        definite = rows[k][k] > 0.0
        if k:
            definite = definite & (rows[k][k] > _FLAT * matrix[k][k])
        return branch(definite, lambda: reduced(k, rows, p), otherwise)

    def reduced(k: int, rows: list[list[Any]], p: list[Any]) -> Any:
        rows, p = [list(row) for row in rows], list(p)
        for i in range(k + 1, n):
            factor = rows[k][i] / rows[k][k]
            for j in range(i, n):
                rows[i][j] = rows[i][j] - factor * rows[k][j]
            p[i] = p[i] - factor * p[k]
        if k + 1 < n:
            return pivoted(k + 1, rows, p)
        for i in reversed(range(n)):
            for j in range(i + 1, n):
                p[i] = p[i] - rows[i][j] * p[j]
            p[i] = p[i] / rows[i][i]
        return then(xp.concatenate(p), rows)

    return pivoted(0, matrix, list((-slope).elements))


def on_floats(hessian: Sequence[Sequence[float]], slope: Sequence[float], radius: float) -> list[float]:
    """The step for one start.

    Args:
        hessian: The rows of H, of finite numbers.
        slope: g.
        radius: The greatest length.
    """
    if not radius > 0.0:
        return [0.0] * len(slope)
    curvature, basis = eigen(hessian)
    along = [sum(map(mul, vector, slope)) for vector in basis]
    least = curvature[0]
    floor = _FLAT * max(-least, curvature[-1])
    low = max(-least, 0.0)
    high = low + math.hypot(*slope) / radius
    shift = 0.0 if least > floor else 0.5 * (low + high)
    for _ in range(_ITERATIONS):
        square = change = 0.0
        for c, a in zip(curvature, along, strict=True):
            bottom = c + shift
            if bottom > 0.0:
                p = a / bottom
                square += p * p
                change += p * p / bottom
        length = math.sqrt(square)
        if math.fabs(length - radius) <= _SLACK * radius or (length <= radius and shift == 0.0):
            break
        if length > radius:
            low = shift
        else:
            high = shift
        # Newton's method for 1/length = 1/radius, which is nearly linear in the shift.
        shift += (length - radius) / radius * square / change if change else math.inf
        if not low < shift < high:
            shift = math.sqrt(max(low, 1e-3 * high) * high)
    step = [a / (c + shift) if c + shift > 0.0 else 0.0 for c, a in zip(curvature, along, strict=True)]
    if least < -floor:
        # The hard case: no slope along the lowest eigenvector, though it goes down there either way.
        length = math.hypot(*step)
        if length < (1.0 - 2.0 * _SLACK) * radius:
            step[0] += math.copysign(math.sqrt((radius - length) * (radius + length)), along[0])
    return [-sum(map(mul, row, step)) for row in zip(*basis, strict=True)]


def norm(xp: Any, a: Array) -> Array:
    """The length of a row."""
    return xp.sqrt(dot(xp, a, a))
