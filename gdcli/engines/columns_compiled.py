"""Several steps on torch's columns, compiled into one loop; a runner of `gdcli.descent.starts.side_by_side`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gdcli.engines.columns import Program
from gdcli.engines.columns_torch import OWN, TorchColumns
from gdcli.engines.torch_functions import resolve
from gdcli.engines.unrolling import unrolled
from gdcli.expression.functions import TABLE

_OPTIONS: Mapping[str, Any] = {
    # A value that is used twice is computed once. By default its operations are copied for each of its uses, up to 30
    # of them, and sorted out again afterwards, for which 16 steps of ten operations take 35 s instead of 5.
    "realize_opcount_threshold": 2,
    # a - b*c in one operation: half as long a step again.
    "cpp.enable_floating_point_contract_flag": "fast",
    # All in one loop: between two, everything goes through memory, and torch has them write to columns of its own,
    # which the processor's cache then has to hold as well.
    "max_fusion_size": 1_000_000,
    # torch would try out, each time, that a processor that says it has AVX-512 can load a library with it: a second.
    "cpp.vec_isa_ok": True,
    "fx_graph_cache": True,
}


class Compiled:
    """Several steps at a time, compiled; a `gdcli.descent.starts.side_by_side.Runner`.

    Args:
        program: One step, whose last output is the slope before it.
        store: The columns' library.
        steps: How many steps at a time.
        cache: A directory where torch keeps what it has compiled, if it is not told one already.

    Raises:
        Exception: Whatever torch raises when it cannot compile; there is no end to that.
    """

    def __init__(self, program: Program, store: TorchColumns, steps: int, cache: Path | None) -> None:
        if cache is not None:
            # The number of threads is compiled in.
            os.environ.setdefault(
                "TORCHINDUCTOR_CACHE_DIR", str(cache / f"{torch.get_num_threads()}-threads")
            )
        self.steps = steps
        self._store = store
        # Slopes are a column more to write, and are mostly not looked at.
        self._advance, self._advance_and_see = [
            _Checked(_function(program, steps, see)) for see in (False, True)
        ]
        self._none = store.empty(1).fill_(0.0)
        # Compiled now, so that what goes wrong does so before anything has moved.
        length = 2 * store.lanes
        with store.quiet(), warnings.catch_warnings():
            # Of what torch uses of other people's code while it compiles nobody here can do anything about.
            warnings.simplefilter("ignore")
            columns = [store.empty(length).fill_(0.5) for _ in program.inputs]
            scalars = [scalar(k) for k in range(1, steps + 1) for scalar in program.scalars]
            for see in (True, False):
                self(columns, 1, scalars, slopes=see)

    def __call__(
        self, columns: Sequence[Tensor], times: int, scalars: Sequence[float], *, slopes: bool
    ) -> Tensor | None:
        """Make the steps, and return the slopes before the last one, if they are wanted."""
        numbers = [self._none] * times
        if scalars:
            numbers = list(self._store.column(np.array(scalars)).reshape(times, -1).unbind())
        if not slopes:
            self._advance(columns, numbers)
            return None
        self._advance(columns, numbers[:-1])
        seen: Tensor = self._advance_and_see(columns, numbers[-1:])
        return seen.expand_as(columns[0])


def _function(program: Program, steps: int, see: bool) -> Callable[..., Any]:
    text, operations = unrolled(program, steps, slopes=see)
    namespace: dict[str, Any] = {
        name: OWN.get(op) or resolve(TABLE[op].torch) for name, op in operations.items()
    }
    namespace |= {"inf": float("inf"), "nan": float("nan")}
    exec(compile(text, "<gdcli>", "exec"), namespace)
    function: Callable[..., Any] = namespace["advance"]
    return function


class _Call(NamedTuple):
    """A call of what torch has compiled.

    Attributes:
        function: What it has compiled.
        arguments: With what it was called.
        results: What came out.
    """

    function: Callable[..., Any]
    arguments: Sequence[Any]
    results: Sequence[Any]


class _Checked:
    """A compiled function of columns of which torch checks the arguments once for each length of them.

    It would before every call, in five times the time that the call then takes.

    Args:
        function: ``function(columns, numbers)``, which changes the columns and returns one or nothing.

    Attributes:
        checked: The lengths of columns and of numbers that torch has seen.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        known = torch._inductor.list_options()
        self._options = {name: value for name, value in _OPTIONS.items() if name in known}
        self._function = torch.compile(function, fullgraph=True, dynamic=True, backend=self._backend)
        self._last: _Call | None = None
        self.checked: dict[tuple[int, int], tuple[Callable[..., Any], list[int]]] = {}

    def __call__(self, columns: Sequence[Tensor], numbers: Sequence[Tensor]) -> Any:
        """Call the function with these columns and each of these numbers in turn; what the last call returned."""
        result = None
        for i, each in enumerate(numbers):
            lengths = (len(columns[0]), len(each))
            if lengths in self.checked:
                return self._directly(*self.checked[lengths], columns, numbers[i:])
            result = self._carefully(columns, each)
        return result

    def _directly(
        self,
        function: Callable[..., Any],
        places: list[int],
        columns: Sequence[Tensor],
        numbers: Sequence[Tensor],
    ) -> Any:
        """Call what torch has compiled."""
        arguments = [len(columns[0]), len(numbers[0]), *columns, numbers[0]]
        chosen = [arguments[place] for place in places]
        last = len(arguments) - 1
        where = places.index(last) if last in places else None
        results: Sequence[Any] = ()
        for each in numbers:
            if where is not None:
                chosen[where] = each
            results = function(*chosen)
        return results[0] if results else None

    def _carefully(self, columns: Sequence[Tensor], numbers: Tensor) -> Any:
        """Let torch check the arguments, and remember what it calls then."""
        self._last = None
        result = self._function(columns, numbers)
        if self._last is not None:
            function, taken, results = self._last
            lengths = (len(columns[0]), len(numbers))
            places = _places([*lengths, *columns, numbers], taken)
            returned = len(results) == 1 and results[0] is result if result is not None else not results
            if places is not None and returned:
                self.checked[lengths] = function, places
        self._last = None
        return result

    def _backend(self, module: Any, examples: Sequence[Any]) -> Callable[..., Any]:
        """torch's own, which keeps what it was called with."""
        backend: Any = torch._dynamo.lookup_backend("inductor")
        function = backend(module, examples, config_patches=self._options)

        def call(*arguments: Any) -> Any:
            results = function(*arguments)
            self._last = _Call(function, arguments, results)
            return results

        return call


def _places(arguments: Sequence[Any], taken: Sequence[Any]) -> list[int] | None:
    """Which of some arguments each of those is that a function was called with, if it is any."""
    places = []
    for each in taken:
        found = [i for i, own in enumerate(arguments) if own is each or _is_same_length(own, each)]
        if len(found) != 1:
            return None
        places += found
    return places


def _is_same_length(one: Any, other: Any) -> bool:
    return isinstance(one, int) and isinstance(other, int) and one == other
