"""How large a text, its tree and its whole numbers may be, and how large a whole number would get.

Every bound is checked before the work that it bounds is done, so that no text hangs or fills the memory.
"""

from __future__ import annotations

import math
import operator
from typing import TypeAlias

from gdcli.errors import SymbolsLeftOut

MAX_CHARACTERS = 200_000
MAX_NODES = 50_000
MAX_SYMBOLIC_NODES = 2_000
"""Of a larger graph there are no derivatives in symbols."""
MAX_HESSIAN_VARIABLES = 1_000
"""By more variables no second derivatives are given: they would be millions of numbers."""
MAX_DEPTH = 1_000
MAX_ARGUMENTS = 1_000
MAX_SUMS = 8
"""How deep sums over an index may stand in one another: each is an axis of a tensor."""
MAX_DIGITS = 1_000
MAX_INTEGER_BITS = 4_096
"""Whole numbers are exact up to here; a double overflows at 1,024 bits."""

Size: TypeAlias = int | float
"""What is known of a whole number: itself (an int, while it is small), or an upper estimate of log2 of its
absolute value (a float)."""


def check_symbolic(nodes: int) -> None:
    """Refuses to write down the derivatives of a graph of so many `nodes`; SymPy need not be loaded for that.

    Raises:
        SymbolsLeftOut: If it is too large.
    """
    if nodes > MAX_SYMBOLIC_NODES:
        raise SymbolsLeftOut(
            f"the expression has {nodes:,} numbers, names and operations; the bound is {MAX_SYMBOLIC_NODES:,}"
        )


_SMALL_BITS = 63
_SMALL = 1 << _SMALL_BITS


def size_of(value: int) -> Size:
    """The size of a whole number.

    >>> size_of(1000), size_of(2**100)
    (1000, 100.0)
    """
    return value if -_SMALL < value < _SMALL else bits(value)


def bits(size: Size) -> float:
    """The estimate of log2 of the absolute value; 0 for the number 0."""
    return size if isinstance(size, float) else math.log2(abs(size) or 1)


def size_of_result(op: str, a: Size, b: Size) -> Size | None:
    """The size of a sum, difference, product or power of whole numbers, from their sizes alone.

    None where the result is not a whole number: a power with a negative exponent, another operation.

    >>> size_of_result("pow", 2, 100)
    100.0
    >>> size_of_result("pow", 9, 9**9) > MAX_INTEGER_BITS
    True
    """
    if op == "pow":
        return _size_of_power(a, b)
    if isinstance(a, int) and isinstance(b, int):
        exact = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}.get(op)
        return size_of(exact(a, b)) if exact else None
    if op == "mul":
        return bits(a) + bits(b)
    if op == "add" or op == "sub":
        larger, smaller = max(bits(a), bits(b)), min(bits(a), bits(b))
        return larger + math.log2(1 + 2.0 ** (smaller - larger))
    return None


def _size_of_power(base: Size, exponent: Size) -> Size | None:
    if isinstance(exponent, int) and exponent < 0:
        return None
    if isinstance(base, int) and -1 <= base <= 1:
        # 0**0 is 1; the sign of (-1)**exponent is not needed for an estimate, but 1 is not known to be exact.
        return 0.0 if base == -1 or exponent == 0 else base
    # An exponent that is only estimated is itself beyond every bound as an exponent.
    power = float(exponent) if isinstance(exponent, int) else 2.0 ** min(exponent, 1000.0)
    estimate = bits(base) * power
    if estimate < _SMALL_BITS and isinstance(base, int) and isinstance(exponent, int):
        return size_of(base**exponent)
    return estimate
