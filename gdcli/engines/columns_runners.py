"""Ways to make several steps on torch's columns in one go: compiled ones, and a CUDA graph of them.

They are the runners of `gdcli.descent.side_by_side`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdcli.engines.columns import Program
from gdcli.engines.columns_code import in_place
from gdcli.engines.columns_torch import OWN, TorchColumns
from gdcli.engines.torch_functions import resolve
from gdcli.engines.unrolling import unrolled
from gdcli.expression.functions import TABLE

# Values in one loop, but for a step that has more: what passes between two loops goes through memory. In a loop of many
# steps, though, a processor finds too little to do at the same time: on Rosenbrock's function this is a quarter quicker
# than one loop of 20 steps.
_VALUES = 24

_OPTIONS: Mapping[str, Any] = {
    # A value that is used twice is computed once. By default its operations are copied for each of its uses, up to 30
    # of them, and sorted out again afterwards, for which 16 steps of ten operations take 35 s instead of 5.
    "realize_opcount_threshold": 2,
    # a - b*c in one operation: half as long a step again.
    "cpp.enable_floating_point_contract_flag": "fast",
    "fx_graph_cache": True,
}


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
        name: OWN.get(op) or resolve(TABLE[op].torch) for name, op in operations.items()
    }
    namespace |= {"inf": float("inf"), "nan": float("nan")}
    exec(compile(text, "<gdcli>", "exec"), namespace)
    known = torch._inductor.list_options()
    count = sum(node.op in TABLE for node in program.nodes)
    wanted = {**_OPTIONS, "max_fusion_size": max(_VALUES, count)}
    options = {name: value for name, value in wanted.items() if name in known}
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
        with store.quiet(), warnings.catch_warnings():
            # Of what torch uses of other people's code while it compiles nobody here can do anything about.
            warnings.simplefilter("ignore")
            columns = [store.empty(length).fill_(0.5) for _ in program.inputs]
            self(columns, [scalar(k) for k in range(1, steps + 1) for scalar in program.scalars])

    def __call__(self, columns: Sequence[Tensor], scalars: Sequence[float]) -> Tensor:
        """Make the steps, and return the slopes before the last one."""
        numbers = self._store.column(np.array(scalars or [0.0]))
        return self._advance(columns, numbers).expand_as(columns[0])


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

    def __call__(self, columns: Sequence[Tensor], scalars: Sequence[float]) -> Tensor:
        """Make the steps, and return the slopes before the last one."""
        self._numbers.copy_(self._store.column(np.array(scalars)).reshape(self._numbers.shape))
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
