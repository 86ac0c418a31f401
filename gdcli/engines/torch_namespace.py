"""The array functions that NumPy and torch share, by NumPy's names and conventions, on torch tensors.

Descent methods are written once, against a namespace `xp` that is NumPy itself or this. It is torch's own
namespace apart from the names that torch lacks, spells otherwise or answers otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

Axis = int | tuple[int, ...] | None


class TorchNamespace:
    """torch, behaving as NumPy where the two differ; new arrays are born in `dtype` on `device`.

    Args:
        dtype: The dtype of new arrays of numbers.
        device: The device of new arrays.
    """

    bool_ = torch.bool

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype = dtype
        self._device = device

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def asarray(self, values: Any, dtype: torch.dtype | None = None) -> Tensor:
        """`values` as an array; truth values stay such, numbers become the engine's."""
        array = torch.as_tensor(values, device=self._device, dtype=dtype)
        # A list of Python floats has become torch's default dtype, so it is read again in the right one.
        if dtype is not None or array.dtype in (torch.bool, torch.int64, self._dtype):
            return array
        return torch.as_tensor(values, device=self._device, dtype=self._dtype)

    def zeros(self, shape: int | Sequence[int], dtype: torch.dtype | None = None) -> Tensor:
        """An array of zeros."""
        return torch.zeros(shape, dtype=dtype or self._dtype, device=self._device)

    def ones(self, shape: int | Sequence[int], dtype: torch.dtype | None = None) -> Tensor:
        """An array of ones."""
        return torch.ones(shape, dtype=dtype or self._dtype, device=self._device)

    def full(self, shape: int | Sequence[int], value: Any, dtype: torch.dtype | None = None) -> Tensor:
        """An array filled with `value`."""
        size = (shape,) if isinstance(shape, int) else tuple(shape)
        dtype = dtype or (torch.bool if isinstance(value, bool) else self._dtype)
        return torch.full(size, value, dtype=dtype, device=self._device)

    def eye(self, n: int) -> Tensor:
        """The identity matrix of n rows."""
        return torch.eye(n, dtype=self._dtype, device=self._device)

    def arange(self, *bounds: int) -> Tensor:
        """The integers from the first bound (or 0) up to the last."""
        return torch.arange(*bounds, device=self._device)

    def astype(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """`x` converted to `dtype`."""
        return x.to(dtype)

    def copy(self, x: Tensor) -> Tensor:
        """A copy of `x`."""
        return x.clone()

    def maximum(self, a: Tensor | float, b: Tensor | float) -> Tensor:
        """The larger, element by element; NaN where one is."""
        return torch.maximum(self._operand(a, b), self._operand(b, a))

    def minimum(self, a: Tensor | float, b: Tensor | float) -> Tensor:
        """The smaller, element by element; NaN where one is."""
        return torch.minimum(self._operand(a, b), self._operand(b, a))

    def clip(self, x: Tensor, low: Tensor | float | None, high: Tensor | float | None) -> Tensor:
        """`x` brought into [low, high]; None leaves that side open."""
        if low is not None:
            x = self.maximum(x, low)
        return x if high is None else self.minimum(x, high)

    def power(self, a: Tensor | float, b: Tensor | float) -> Tensor:
        """a to the power of b."""
        return torch.pow(a, b)  # type: ignore[arg-type]

    def sum(self, x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum over `axis` (None: over all)."""
        return torch.sum(x, dim=axis, keepdim=keepdims)

    def mean(self, x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over `axis` (None: over all)."""
        return torch.mean(x, dim=axis, keepdim=keepdims)

    def max(self, x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The largest over `axis` (None: over all); NaN where there is one."""
        return torch.amax(x, dim=() if axis is None else axis, keepdim=keepdims)

    def min(self, x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The smallest over `axis` (None: over all); NaN where there is one."""
        return torch.amin(x, dim=() if axis is None else axis, keepdim=keepdims)

    def any(self, x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Whether any is true, over `axis` (None: over all)."""
        return torch.any(x) if axis is None else torch.any(x, dim=axis, keepdim=keepdims)

    def all(self, x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Whether all are true, over `axis` (None: over all)."""
        return torch.all(x) if axis is None else torch.all(x, dim=axis, keepdim=keepdims)

    def argmin(self, x: Tensor, axis: int | None = None) -> Tensor:
        """The place of the smallest."""
        return torch.argmin(x, dim=axis)

    def argmax(self, x: Tensor, axis: int | None = None) -> Tensor:
        """The place of the largest."""
        return torch.argmax(x, dim=axis)

    def argsort(self, x: Tensor, axis: int = -1) -> Tensor:
        """The places of the elements in ascending order; equal ones keep theirs."""
        return torch.argsort(x, dim=axis, stable=True)

    def sort(self, x: Tensor, axis: int = -1) -> Tensor:
        """The elements in ascending order."""
        return torch.sort(x, dim=axis).values

    def concatenate(self, arrays: Sequence[Tensor], axis: int = 0) -> Tensor:
        """The arrays joined along `axis`."""
        return torch.cat(list(arrays), dim=axis)

    def stack(self, arrays: Sequence[Tensor], axis: int = 0) -> Tensor:
        """The arrays joined along a new `axis`."""
        return torch.stack(list(arrays), dim=axis)

    def expand_dims(self, x: Tensor, axis: int) -> Tensor:
        """`x` with a new axis of length 1."""
        return x.unsqueeze(axis)

    def take_along_axis(self, x: Tensor, indices: Tensor, axis: int) -> Tensor:
        """The elements of `x` at `indices` along `axis`."""
        return torch.take_along_dim(x, indices, dim=axis)

    def _operand(self, value: Tensor | float, other: Tensor | float) -> Tensor:
        if isinstance(value, Tensor):
            return value
        dtype = other.dtype if isinstance(other, Tensor) else self._dtype
        return torch.tensor(value, dtype=dtype, device=self._device)
