"""The linear algebra of the methods, in as few passes over the memory as a row of numbers allows.

A row has shape (…, n), one number a start shape (…, 1). Of one start, however it is stored, a condition is one truth
value, and what is not chosen need not be computed; of many it is an array, and everything is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Array = Any

LONG = 200
"""Rows that are longer are worth a call of their own."""


def is_long(a: Array) -> bool:
    """Whether a row is a long one, of one start."""
    shape: tuple[int, ...] = getattr(a, "shape", ())
    return len(shape) == 1 and shape[0] > LONG


def dot(xp: Any, a: Array, b: Array) -> Array:
    """The inner product of two rows."""
    if is_long(a):
        return xp.reshape(xp.inner(a, b), (1,))
    return xp.sum(a * b, axis=-1, keepdims=True)


def apply(xp: Any, matrix: Array, a: Array) -> Array:
    """The product of a matrix, of shape (…, n, n) or a tuple of n rows, and a row."""
    if isinstance(matrix, tuple):
        return xp.concatenate([dot(xp, row, a) for row in matrix])
    return xp.sum(matrix * a[..., None, :], axis=-1)


def plus(xp: Any, a: Array, factor: Array, b: Array, *, own: bool = False) -> Array:
    """a + factor·b, with one factor a start; `own` where a is nobody else's, and may be overwritten."""
    if not is_long(a):
        return a + factor * b
    if not hasattr(xp, "addcmul"):
        if own:
            a += factor * b
            return a
        return a + factor * b
    if a.device.type != "cpu":
        # A device is not to be waited for.
        return xp.addcmul(a, factor, b)
    # For fresh memory the system takes as long as the sum does.
    return a.add_(b, alpha=float(factor)) if own else xp.add(a, b, alpha=float(factor))


def times(a: Array, factor: Array) -> Array:
    """factor·a, where a is nobody else's, and may be overwritten."""
    if is_long(a):
        a *= factor
        return a
    return a * factor


def largest(xp: Any, a: Array) -> Array:
    """The largest absolute value of a row; NaN where there is one."""
    if is_long(a):
        # Neither a row of absolute values nor a norm, for which torch takes five times as long.
        return xp.reshape(xp.maximum(-xp.min(a), xp.max(a)), (1,))
    return xp.max(xp.abs(a), axis=-1, keepdims=True)


def are_finite(xp: Any, number: Array, row: Array) -> Array:
    """Whether one number a start and all numbers of a row are finite."""
    if hasattr(xp, "are_finite"):
        return xp.are_finite(number, row)
    if is_long(row):
        # A few passes over the memory tell the same.
        return xp.isfinite(number) & xp.isfinite(largest(xp, row))
    return xp.isfinite(number) & xp.all(xp.isfinite(row), axis=-1, keepdims=True)


def of_one(condition: Array) -> bool:
    """Whether a condition is that of one start."""
    return isinstance(condition, bool) or getattr(condition, "ndim", 0) == 1


def choose(xp: Any, condition: Array, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`: rows, matrices, numbers, or equally nested tuples of them.

    Either may be a function without arguments that computes it.
    """
    if hasattr(condition, "branch") and (callable(a) or callable(b)):
        return branch(condition, lambda: _computed(a), lambda: _computed(b))
    if of_one(condition):
        chosen = a if bool(condition) else b
        return chosen() if callable(chosen) else chosen
    return _where(xp, condition, _computed(a), _computed(b))


def branch(condition: Any, a: Callable[[], Any], b: Callable[[], Any]) -> Any:
    """What `a` returns if one truth value, that of one start or of all of them, holds, else what `b` returns.

    Where the truth value is not there yet (`gdcli.descent.codegen.traced`), both are asked.
    """
    if hasattr(condition, "branch"):
        return condition.branch(a, b)
    return a() if bool(condition) else b()


def _computed(a: Any) -> Any:
    return a() if isinstance(a, Callable) else a  # type: ignore[arg-type]


def _where(xp: Any, condition: Array, a: Any, b: Any) -> Any:
    if isinstance(a, tuple):
        chosen = [_where(xp, condition, one, other) for one, other in zip(a, b, strict=True)]
        return type(a)(*chosen) if hasattr(a, "_fields") else tuple(chosen)
    if getattr(a, "ndim", 0) > getattr(condition, "ndim", 0):
        condition = condition[..., None]
    return xp.where(condition, a, b)
