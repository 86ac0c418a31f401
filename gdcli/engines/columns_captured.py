"""Steps on torch's columns as a CUDA graph; a runner of `gdcli.descent.starts.side_by_side`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdcli.engines.columns import Program
from gdcli.engines.columns_code import in_place
from gdcli.engines.columns_torch import TorchColumns


class _Unfused(TorchColumns):
    """torch without the operations that take a plain number, which a CUDA graph would keep for ever."""

    fuses = False


class Captured:
    """Steps that a GPU makes without being told of each: a CUDA graph, which costs one launch instead of thousands.

    A graph is of columns at one place in memory; it is captured anew when they have moved.

    Args:
        program: One step, whose last output is the slope before it.
        store: The columns' library.
        steps: How many steps at a time.
    """

    def __init__(self, program: Program, store: TorchColumns, steps: int = 20) -> None:
        self.steps = steps
        self._store = store
        dtype, device = store.empty(0).dtype, store.device
        self._step = in_place(program, _Unfused(dtype, device))
        self._numbers = torch.zeros(steps, len(program.scalars), dtype=dtype, device=device)
        self._scalars = [list(row.unbind()) for row in self._numbers]
        self._columns: list[Tensor] = []
        self._slope = store.empty(0)
        self._graph: Any = None

    def __call__(
        self, columns: Sequence[Tensor], times: int, scalars: Sequence[float], *, slopes: bool = True
    ) -> Tensor:
        """Make the steps, and return the slopes before the last one."""
        found = columns[0]
        shape = (times, *self._numbers.shape)
        for numbers in self._store.column(np.array(scalars)).reshape(shape).unbind():
            self._numbers.copy_(numbers)
            found = self._replay(columns)
        return found

    def _replay(self, columns: Sequence[Tensor]) -> Tensor:
        """Make the steps once, with the scalars that were set."""
        if self._store.device.type != "cuda":
            return self.run(columns)
        if self._graph is None or any(a is not b for a, b in zip(columns, self._columns, strict=True)):
            self._capture(columns)
        self._graph.replay()
        return self._slope

    def run(self, columns: Sequence[Tensor]) -> Tensor:
        """Make the steps one by one, with the scalars that were set."""
        here, slope = list(columns), columns[0]
        spare = [self._store.empty(len(slope)) for _ in range(self._step.spare)]
        for scalars in self._scalars:
            (*here, slope), spare = self._step.call(here, scalars, spare)
            spare = [*spare, slope][: self._step.spare]
        strayed = [(own, new.clone()) for own, new in zip(columns, here, strict=True) if own is not new]
        # The last slope may stand in a column of the state.
        slope = slope.clone()
        for own, new in strayed:
            own.copy_(new)
        return slope

    def _capture(self, columns: Sequence[Tensor]) -> None:
        self._columns = list(columns)
        # What is done for the first time may not be captured.
        aside: Any = torch.cuda.Stream(self._store.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(self._store.device))
        with torch.cuda.stream(aside):
            self.run([column.clone() for column in columns])
        torch.cuda.current_stream(self._store.device).wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._slope = self.run(columns)
