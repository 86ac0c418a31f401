"""Rows of many starts: how many steps a second are made in all.

Each way makes steps from the same 100,000 starts; what is timed are the steps alone, without imports, drawing or
compiling. Seconds are for a thousand steps from each start; a row's steps are those of all starts together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.benchmarks.baselines.mixture import TERMS
from tests.benchmarks.measure import Benchmark

STARTS = 100_000
RATE = 1e-4
MIXTURE = "-(" + " + ".join(f"{w}*exp(-((x-({a}))**2 + (y-({b}))**2)/{s})" for w, a, b, s in TERMS) + ")"
EXPRESSIONS = {
    "rosenbrock": "(1-x)**2 + 100*(y-x**2)**2",
    "ackley": "-20*exp(-0.2*sqrt((x**2+y**2)/2)) - exp((cos(2*pi*x)+cos(2*pi*y))/2) + 20 + e",
    "mixture": MIXTURE,
}
STEPS = {"rosenbrock": (200, 4000), "ackley": (100, 400), "mixture": (100, 200)}
"""How many steps a run makes, in eager and in compiled code."""

TIMED = 1000
"""Steps from each start to which the seconds are brought."""


@cache
def points(dtype: str) -> Any:
    """The starts; shape (starts, 2)."""
    import numpy as np

    return np.random.default_rng(0).uniform(-2.0, 2.0, (STARTS, 2)).astype(dtype)


@dataclass(frozen=True)
class Ours:
    """gdcli's own steps, without the program around them.

    Attributes:
        name: Which function.
        dtype: In which numbers.
        compiled: Whether several steps are compiled into one.
        steps: How many a run makes.
        device: Where.
        starts: From how many starts.
    """

    name: str
    dtype: str
    compiled: bool
    steps: int
    device: str = "cpu"
    starts: int = STARTS

    def __call__(self) -> float:
        """Make the steps, and return the seconds for a thousand of them."""
        import numpy as np

        descents = _descents(self)
        descents.ended.clear()
        descents.step, descents._places = 0, None
        chosen = points(self.dtype)
        descents.begin(0, self.starts, lambda a, b: chosen[np.arange(a, b) % STARTS])
        _wait(self.device)
        began = time.perf_counter()
        for _ in range(0, self.steps, 100):
            descents.advance(100)
            descents.look(-1.0)
        _wait(self.device)
        return (time.perf_counter() - began) * TIMED / self.steps


@cache
def _descents(ours: Ours) -> Any:
    from gdcli.descent.methods import create
    from gdcli.descent.starts import compiling
    from gdcli.descent.starts.group import ALONE
    from gdcli.descent.starts.shared_steps import gradient_graph, store_of
    from gdcli.descent.starts.side_by_side import SideBySide
    from gdcli.engines import select
    from gdcli.expression.parser import parse
    from gdcli.graph.lowering import lower

    engine = select(lower(parse(EXPRESSIONS[ours.name])), "torch", ours.device, ours.dtype)
    method: Any = create("gd", RATE)
    found = SideBySide(gradient_graph(engine), method, 1.0, (), store_of(engine))
    if ours.compiled:
        store: Any = found.store
        found.runner = compiling.runner(
            found.fast_program, store, "on", ours.starts, ours.steps, None, lambda text: None, ALONE
        )
    return found


def _wait(device: str) -> None:
    if device != "cpu":
        import torch

        torch.cuda.synchronize()


def eager(way: str, name: str, dtype: str) -> Callable[[], float]:
    """A baseline in torch; seconds for a thousand steps."""

    def run() -> float:
        import torch

        from tests.benchmarks.baselines import torch_batch

        steps = STEPS[name][0]
        x, y = (torch.tensor(column) for column in points(dtype).T.copy())
        began = time.perf_counter()
        getattr(torch_batch, way)(name, x, y, RATE, steps)
        return (time.perf_counter() - began) * TIMED / steps

    return run


def in_c(name: str, dtype: str) -> Callable[[], float]:
    """The baseline in C; seconds for a thousand steps."""

    def run() -> float:
        from tests.benchmarks.baselines import c_loops

        steps = STEPS[name][1]
        x, y = points(dtype).T.copy()
        c_loops.library()
        began = time.perf_counter()
        c_loops.descend(name, x, y, RATE, steps)
        return (time.perf_counter() - began) * TIMED / steps

    return run


ALONE = {"ackley": ("exp", "sin", "cos"), "mixture": ("exp",)}
"""The functions of which `torch_batch.alone` measures what a step cannot do without."""


def rows() -> tuple[Benchmark, ...]:
    """A row for each function, dtype and baseline."""
    found = []
    for name, (few, many) in STEPS.items():
        for dtype in ("float64", "float32"):
            what = f"{STARTS:,} starts, {name}, {dtype}"
            eagerly, compiled = Ours(name, dtype, False, few), Ours(name, dtype, True, many)
            by_hand = eager("in_place", name, dtype)
            pairs = [
                ("eager", eagerly, "torch by hand, in place", by_hand, 1.0),
                ("compiled", compiled, "torch by hand", eager("plainly", name, dtype), 1 / 15),
                ("compiled", compiled, "torch by hand, in place", by_hand, None),
                ("compiled", compiled, "torch's autograd", eager("with_autograd", name, dtype), None),
                ("compiled", compiled, "a loop in C", in_c(name, dtype), 1.0),
            ]
            if name in ALONE:
                what_alone = f"torch's {', '.join(ALONE[name])} alone"
                pairs.append(("compiled", compiled, what_alone, eager("alone", name, dtype), None))
            for how, run, against, baseline, at_most in pairs:
                found.append(Benchmark(f"{what}, {how}", against, run, baseline, at_most))
    return tuple(found)


ROWS = rows()
