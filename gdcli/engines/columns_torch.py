"""Columns as torch's tensors, and steps on them compiled by torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdcli.engines.columns import Program
from gdcli.engines.lanes import LANES, MOST_THREADS
from gdcli.engines.torch_functions import resolve
from gdcli.engines.unrolling import unrolled
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

_OWN = {"abs": torch.abs, "expm1": torch.expm1, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
"""What differs from the function table's by its derivative alone."""

_OPTIONS: Mapping[str, Any] = {
    # A value that is used twice is computed once. By default its operations are copied for each of its uses, up to 30
    # of them, and sorted out again afterwards, for which 16 steps of ten operations take 35 s instead of 5.
    "realize_opcount_threshold": 2,
    # All of it is one loop. By default 64 values make one, and what passes from one to the next goes through memory.
    "max_fusion_size": 4096,
    # a - b*c in one operation: half as long a step again.
    "cpp.enable_floating_point_contract_flag": "fast",
    "fx_graph_cache": True,
}


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
            # As much as torch gives to a thread: the columns of a step then stay in the processor's cache.
            self.lanes = LANES
            self.block = 42 * LANES * min(MOST_THREADS, torch.get_num_threads())

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

    def function(self, op: str) -> Callable[..., Any]:
        """The operation `op` of the function table."""
        if op == "addcmul":
            return torch.addcmul
        return _OWN.get(op) or resolve(TABLE[op].torch)

    def takes_out(self, op: str) -> bool:
        """Whether it can write its result into a column that is there."""
        return op in _PLAIN

    def number(self, value: float) -> Tensor:
        """A number as a tensor of no dimension."""
        return torch.tensor(value, dtype=self._dtype, device=self._device)

    def filled(self, like: Tensor, value: Any) -> Tensor:
        """A new column with a number or the elements of a column."""
        return (
            torch.empty_like(like).copy_(value) if isinstance(value, Tensor) else torch.full_like(like, value)
        )


Advance = Callable[[Sequence[Tensor], Tensor], Tensor]


def compiled(program: Program, steps: int, cache: Path | None = None) -> Advance:
    """Several steps as one function that torch compiles when it is first called.

    Args:
        program: One step.
        steps: How many.
        cache: A directory where torch keeps what it has compiled, if it is not told one already.

    Returns:
        ``advance(columns, scalars)``, which changes the columns; see `gdcli.engines.unrolling.unrolled`.
    """
    if cache is not None:
        # The number of threads is compiled in.
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache / f"{torch.get_num_threads()}-threads"))
    text, operations = unrolled(program, steps)
    namespace: dict[str, Any] = {
        name: _OWN.get(op) or resolve(TABLE[op].torch) for name, op in operations.items()
    }
    namespace |= {"inf": float("inf"), "nan": float("nan")}
    exec(compile(text, "<gdcli>", "exec"), namespace)
    known = torch._inductor.list_options()
    options = {name: value for name, value in _OPTIONS.items() if name in known}
    function: Advance = torch.compile(namespace["advance"], fullgraph=True, dynamic=True, options=options)
    return function


class Compiled:
    """Several steps at a time, compiled; a `gdcli.descent.side_by_side.Runner`.

    Args:
        program: One step, whose last output is the slope before it.
        store: The columns' library.
        steps: How many steps at a time.
        cache: Where torch keeps what it has compiled.

    Raises:
        Exception: Whatever torch raises when it cannot compile; there is no end to that.
    """

    def __init__(self, program: Program, store: TorchColumns, steps: int, cache: Path | None) -> None:
        self.steps = steps
        self._store = store
        self._advance = compiled(program, steps, cache)
        # Compiled now, so that what goes wrong does so before anything has moved.
        length = 2 * store.lanes
        with store.quiet():
            columns = [store.empty(length).fill_(0.5) for _ in program.inputs]
            self(columns, [scalar(k) for k in range(1, steps + 1) for scalar in program.scalars])

    def __call__(self, columns: Sequence[Tensor], scalars: Sequence[float]) -> Tensor:
        """Make the steps, and return the slopes before the last one."""
        numbers = self._store.column(np.array(scalars or [0.0]))
        return self._advance(columns, numbers).expand_as(columns[0])
