"""Whether it is worth while to compile the steps of many starts, and with which engine to make them.

The costs of an operation were measured on one processor; those of others are so much alike that nobody waits long for
the wrong choice.
"""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gdcli.cache import COMPILED
from gdcli.descent.starts import compile_times
from gdcli.descent.starts.compile_choices import AUTO, OFF, ON
from gdcli.descent.starts.group import Group
from gdcli.engines.columns import CHEAP
from gdcli.errors import UnavailableError
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph

if TYPE_CHECKING:
    from gdcli.descent.starts.side_by_side import Runner
    from gdcli.engines.columns import Program
    from gdcli.engines.columns_torch import TorchColumns

Notice = Callable[[str], None]
"""Tells the user something beside the results."""

_CORES = 2  # on which these were measured
_TORCH = 2.0  # seconds to import it
_FIRST, _FIRST_PER_OPERATION = 5.0, 0.02  # seconds to compile, where it was never done
_AGAIN = 2.5  # seconds to compile from torch's cache


class Cost(NamedTuple):
    """What a way of making the steps costs.

    Attributes:
        call: Seconds for a call of an operation.
        element: Seconds for an addition of one element.
        function: How many additions a function such as exp is worth.
        parallel: Whether all cores share the elements.
    """

    call: float
    element: float
    function: float = 8.0
    parallel: bool = True

    def seconds(self, starts: float, calls: float, additions: float, functions: float) -> float:
        """The seconds of so many calls, in which each start has so many additions and functions."""
        share = _CORES / (os.cpu_count() or 1) if self.parallel else 1.0
        return calls * self.call + starts * (additions + functions * self.function) * self.element * share


_NUMPY = Cost(8e-7, 1.8e-10, parallel=False)
_EAGER, _COMPILED = Cost(4e-6, 1e-10, 16.0), Cost(1.2e-5, 1.2e-11, 55.0)
_EAGER_ON_CUDA, _COMPILED_ON_CUDA = Cost(6e-6, 1.6e-11, parallel=False), Cost(3e-5, 1e-12, parallel=False)
# Operations in one compiled loop, but for a step that has more. What passes between two goes through memory; in a loop
# of many steps a processor finds too little to do at the same time. A GPU does not, and there a call costs more.
_OPERATIONS, _OPERATIONS_ON_CUDA = 80, 330
_STEPS = (20, 10, 5, 4, 2, 1)  # divisors of the steps between two questions whether to stop
_NODES_PER_NODE = 3  # of the program of a step, for a node of the expression
_STEPS_A_CALL = 2  # of a compiled function, where its program is not there yet


def wants_torch(graph: Graph, starts: int, steps: int, mode: str) -> bool:
    """Whether torch, with its import, is quicker than NumPy for steps of a first-order method from many starts."""
    nodes = [node for node in graph.nodes if node.op not in (CONSTANT, VARIABLE)]
    calls = float(steps) * _NODES_PER_NODE * len(nodes)
    functions = sum(node.op not in (*CHEAP, "pow") for node in nodes)
    each = (len(nodes) - functions, functions)
    elements = float(starts) * steps * _NODES_PER_NODE
    by_numpy = _NUMPY.seconds(elements, calls * math.ceil(starts / 16_384), *each)
    quickest = _EAGER.seconds(elements, calls, *each)
    if mode == AUTO:
        compiled = _COMPILED.seconds(elements, steps / _STEPS_A_CALL, *each)
        quickest = min(quickest, _FIRST + 0.1 * len(nodes) + compiled)
    return mode == ON or _TORCH + 1.2 * quickest < by_numpy


def unrolled_steps(program: Program, device: str = "cpu") -> int:
    """How many steps to put into one compiled function."""
    most = _OPERATIONS if device == "cpu" else _OPERATIONS_ON_CUDA
    return next((steps for steps in _STEPS if steps * program.operations <= most), 1)


def runner(
    program: Program,
    store: TorchColumns,
    mode: str,
    starts: int,
    steps: int,
    limit: float | None,
    notice: Notice,
    group: Group,
    cache: Path | None = None,
) -> Runner | None:
    """The compiled steps, where they are wanted and can be had.

    Args:
        program: One step, whose last output is the slope.
        store: The columns' library.
        mode: ``auto``, ``on`` or ``off``.
        starts: From how many starts this process descends.
        steps: How many steps each makes at most.
        limit: The most seconds that there are, if they are limited.
        notice: Told in one line of what is done and why.
        group: The processes of the run, which all do the same.
        cache: The folder where compiled steps are kept, if they are to be.

    Raises:
        UnavailableError: Compiled steps were asked for, and cannot be had.
    """
    if mode == OFF:
        return None
    at_once = unrolled_steps(program, store.device.type)
    key = _key(program, store, at_once)
    known = compile_times.read(cache).get(key)
    expected = _expected(program, at_once, known)
    eager, compiled = _estimates(program, store, starts, steps)
    # Where the time is limited, compiled steps are to get as far as the others would, and sooner.
    share = limit / eager if limit is not None and limit < eager else 1.0
    worth = share * eager > 1.2 * (expected + share * compiled)
    reason = "" if _has_compiler(store) else "there is no C++ compiler (g++ or clang++, or $CXX)"
    said = f"about {eager:.0f} s of steps against {expected:.0f} s to compile them"
    # The slowest decides, and nobody is left waiting for one who computes in another way.
    plans = group.gather((mode == ON or worth, reason, said))
    if not any(wanted for wanted, _, _ in plans):
        return None
    reason = next((reason for _, reason, _ in plans if reason), "")
    made: Runner | None = None
    if not reason:
        if mode == AUTO:
            what = "each step" if at_once == 1 else f"{at_once} steps at a time"
            notice(f"compiling {what} into one loop: {plans[0][2]}; --compile off does without")
        began = time.perf_counter()
        try:
            made = _compile(program, store, at_once, cache)
            if group.rank == 0:
                compile_times.remember(cache, key, time.perf_counter() - began)
        except Exception as error:
            # What went wrong in the compiler is inside of what torch says about it.
            inner = getattr(error, "inner_exception", error)
            reason = (str(inner).strip().splitlines() or [type(inner).__name__])[0][:200]
        reason = next((each for each in group.gather(reason) if each), "")
    if not reason:
        return made
    if mode == ON:
        raise UnavailableError(f"the steps cannot be compiled: {reason}", hint="leave out --compile on")
    notice(f"not compiling the steps: {reason}")
    return None


def _compile(program: Program, store: TorchColumns, steps: int, cache: Path | None) -> Runner:
    from gdcli.engines.columns_compiled import Compiled

    return Compiled(program, store, steps, None if cache is None else cache / COMPILED)


def _estimates(program: Program, store: TorchColumns, starts: int, steps: int) -> tuple[float, float]:
    """Seconds for the steps as they are, and compiled."""
    operations = program.operations
    eager, compiled = (
        (_EAGER, _COMPILED) if store.device.type == "cpu" else (_EAGER_ON_CUDA, _COMPILED_ON_CUDA)
    )
    calls = steps / unrolled_steps(program, store.device.type)
    elements, each = float(starts) * steps, (operations - program.functions, program.functions)
    return eager.seconds(elements, float(steps) * operations, *each), compiled.seconds(elements, calls, *each)


def _expected(program: Program, steps: int, known: compile_times.Times | None) -> float:
    if known is None:
        return _FIRST + _FIRST_PER_OPERATION * steps * len(program.nodes)
    return min(known.first, _AGAIN) if known.again is None else known.again


def _has_compiler(store: TorchColumns) -> bool:
    if store.device.type != "cpu":
        return True
    named = os.environ.get("CXX")
    return any(shutil.which(name) for name in ([named] if named else ["g++", "clang++", "c++"]))


def _key(program: Program, store: TorchColumns, steps: int) -> str:
    import torch

    described = repr((program.nodes, program.outputs, steps, store.describe(), torch.__version__))
    return hashlib.sha256(described.encode()).hexdigest()[:32]
