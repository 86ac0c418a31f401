"""Columns as torch's tensors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdcli.engines.lanes import LANES
from gdcli.engines.torch_functions import resolve
from gdcli.expression.functions import TABLE

_PLAIN = {
    *(
        "add",
        "sub",
        "mul",
        "div",
        "neg",
        "min",
        "max",
        "sqrt",
        "exp",
        "log",
        "log2",
        "log10",
        "log1p",
        "expm1",
    ),
    *(
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "atanh",
        "abs",
        "erf",
        "erfc",
        "erfinv",
    ),
}
"""Operations that torch itself has, with ``out``."""

OWN = {"abs": torch.abs, "expm1": torch.expm1, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
"""What differs from the function table's by its derivative alone."""


class TorchColumns:
    """torch as a `gdcli.engines.columns_code.Library`.

    Args:
        dtype: The dtype of the columns.
        device: Where they are.

    Attributes:
        block: So many elements are worked on at a time, which bounds the memory.
        lanes: Columns have multiples of this length, for the reason of `gdcli.engines.lanes`. On a GPU each element is
            computed by itself.
    """

    fuses = True

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype, self._device = dtype, device
        self.lanes, self.block = 32, 2**60
        if device.type == "cpu":
            self.lanes, self.block = LANES, 170 * LANES

    @property
    def device(self) -> torch.device:
        """Where the columns are."""
        return self._device

    def describe(self) -> str:
        """The dtype, the kind of device, and among how many threads torch divides work."""
        return f"{self._dtype} {self._device.type} {torch.get_num_threads()}"

    def quiet(self) -> AbstractContextManager[Any]:
        """While it is entered, nothing is recorded for a backward pass."""
        return torch.no_grad()

    def empty(self, count: int) -> Tensor:
        """A new column."""
        return torch.empty(count, dtype=self._dtype, device=self._device)

    def column(self, values: NDArray[Any]) -> Tensor:
        """A new column of these numbers."""
        return torch.tensor(values, dtype=self._dtype, device=self._device)

    def host(self, column: Tensor) -> NDArray[Any]:
        """A column as NumPy's array."""
        # NumPy has no bfloat16, and every number of it is one of float32.
        column = column.float() if column.dtype == torch.bfloat16 else column
        array: NDArray[Any] = column.cpu().numpy()
        return array

    def take(self, column: Tensor, places: NDArray[np.int64]) -> Tensor:
        """A new column of the elements at these places."""
        return column[torch.from_numpy(places).to(self._device)]

    def within(self, column: Tensor, low: float, high: float) -> NDArray[np.bool_]:
        """For each element whether it is between the two, as NumPy's array of truth values."""
        found: NDArray[np.bool_] = ((column > low) & (column < high)).cpu().numpy()
        return found

    def all_within(self, column: Tensor, low: float, high: float) -> bool:
        """Whether every element is between the two; NaN is not."""
        least, largest = torch.aminmax(column)
        return low < float(least) and float(largest) < high

    def function(self, op: str) -> Callable[..., Any]:
        """The operation `op` of the function table."""
        if op == "addcmul":
            return torch.addcmul
        return OWN.get(op) or resolve(TABLE[op].torch)

    def takes_out(self, op: str) -> bool:
        """Whether it can write its result into a column that is there."""
        return op in _PLAIN

    def number(self, value: float) -> Tensor:
        """A number as a tensor of no dimension."""
        return torch.tensor(value, dtype=self._dtype, device=self._device)

    def filled(self, like: Tensor, value: Any) -> Tensor:
        """A new column with a number or the elements of a column."""
        return torch.empty_like(like).copy_(value if isinstance(value, Tensor) else self.number(value))
