"""Columns as NumPy's arrays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdcli.engines.arrays import NAMES, Floats, template

_UNIVERSAL: dict[str, Any] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "min": np.minimum,
    "max": np.maximum,
    **{name: item for name, item in NAMES.items() if isinstance(item, np.ufunc)},
}


class NumPyColumns:
    """NumPy as a `gdcli.engines.columns_code.Library`, in float64.

    Attributes:
        block: So many elements are worked on at a time: they stay in the processor's cache.
        lanes: Columns have multiples of this length, for the reason of `gdcli.engines.lanes`.
    """

    fuses = False
    block = 16_384
    lanes = 64

    def quiet(self) -> AbstractContextManager[Any]:
        """While it is entered, arithmetic that gives infinity or NaN is nothing to warn of."""
        return np.errstate(all="ignore")

    def empty(self, count: int) -> Floats:
        """A new column."""
        return np.empty(count)

    def column(self, values: Floats) -> Floats:
        """A new column of these numbers."""
        return np.array(values)

    def host(self, column: Floats) -> Any:
        """A column as NumPy's array."""
        return column

    def take(self, column: Floats, places: NDArray[np.int64]) -> Floats:
        """A new column of the elements at these places."""
        return column[places]

    def within(self, column: Floats, low: float, high: float) -> Any:
        """For each element whether it is between the two, as NumPy's array of truth values."""
        return (column > low) & (column < high)

    def all_within(self, column: Floats, low: float, high: float) -> bool:
        """Whether every element is between the two; NaN is not."""
        return bool(low < column.min() and column.max() < high)

    def function(self, op: str) -> Callable[..., Any]:
        """The operation `op` of the function table."""
        return _UNIVERSAL[op] if op in _UNIVERSAL else _written(op)

    def takes_out(self, op: str) -> bool:
        """Whether it can write its result into a column that is there."""
        return op in _UNIVERSAL

    def number(self, value: float) -> Any:
        """A number."""
        return np.float64(value)

    def filled(self, like: Any, value: Any) -> Any:
        """A new column with a number or the elements of a column."""
        column = np.empty_like(like)
        column[...] = value
        return column


@cache
def _written(op: str) -> Callable[..., Any]:
    text = template(op, None).text.format("a", "b", "c")
    function: Callable[..., Any] = eval(
        compile(f"lambda a, b=nan, c=nan: {text}", f"<{op}>", "eval"), dict(NAMES)
    )
    return function
