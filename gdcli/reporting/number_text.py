"""Numbers to text."""

from __future__ import annotations

import math

TABLE_DIGITS = 10


def exact(value: float | str, precision: int | None = None) -> str:
    """The shortest text that reads back as the same number; with `precision`, that many significant digits.

    A text (a step size of ``auto``, a derivative in symbols) is given back as it is.

    >>> exact(0.1), exact(1 / 3, 4), exact("auto")
    ('0.1', '0.3333', 'auto')
    """
    if isinstance(value, str):
        return value
    return repr(float(value)) if precision is None else format(float(value), f".{precision}g")


def short(value: float | str, precision: int | None = None) -> str:
    """A number for a table: ten significant digits, no trailing zeros, and no sign before a zero.

    >>> short(10.0), short(1 / 3), short(-0.0), short(1 / 3, 4)
    ('10', '0.3333333333', '0', '0.3333')
    """
    if isinstance(value, str):
        return value
    return format(float(value) + 0.0, f".{precision or TABLE_DIGITS}g")


def long(value: float | str, precision: int | None = None) -> str:
    """A number of a summary: like `exact`, without the ``.0`` of a whole number.

    >>> long(10.0), long(-0.0), long(0.1)
    ('10', '0', '0.1')
    """
    if isinstance(value, str):
        return value
    return exact(float(value) + 0.0, precision).removesuffix(".0")


def rounded(value: float, precision: int | None = None) -> float | None:
    """A number for JSON, which has no word for one that is not finite: that is None.

    >>> rounded(1 / 3, 4), rounded(float("nan"))
    (0.3333, None)
    """
    if not math.isfinite(value):
        return None
    if precision is None:
        return float(value)
    result = float(format(float(value), f".{precision}g"))
    # The largest floats would be rounded up to infinity.
    return result if math.isfinite(result) else float(value)
