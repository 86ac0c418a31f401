"""Vectors: a function of a million variables, and least squares, against PyTorch by hand.

What both compute is made once and shared; memory is that of a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.benchmarks.measure import Benchmark, BenchmarkError, Call
from tests.benchmarks.one_call import gdcli, script

N = 1_000_000
ROWS_OF_A, COLUMNS_OF_A = 20_000, 1_000
STEPS = 20
LR = 1e-5
ROSENBROCK = "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))"


@cache
def start() -> Any:
    """A point of `N` numbers, as a tensor."""
    import torch

    return 0.5 * torch.randn(N, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@cache
def rosenbrock_engine(name: str) -> Any:
    """The engine for Rosenbrock's function of `N` variables."""
    from gdcli.engines import select_tensors
    from gdcli.expression.parser import parse
    from gdcli.graph.layout import Layout
    from gdcli.graph.tensors.lowering import lower_tensors

    graph = lower_tensors(parse(ROSENBROCK), {"x": (N,)}, {}, ROSENBROCK)
    return select_tensors(graph, Layout(("x",), ((N,),)), {}, name)


@cache
def matrix() -> tuple[Any, Any, Any]:
    """A, b and a point of least squares."""
    import torch

    generator = torch.Generator().manual_seed(0)
    shapes = ((ROWS_OF_A, COLUMNS_OF_A), (ROWS_OF_A,), (COLUMNS_OF_A,))
    a, b, x = (torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes)
    return a, b, x


@cache
def least_squares_engine(name: str) -> Any:
    """The engine for least squares."""
    from gdcli.engines import select_tensors
    from gdcli.expression.parser import parse
    from gdcli.graph.layout import Layout
    from gdcli.graph.tensors.lowering import lower_tensors

    a, b, _ = matrix()
    arrays = {"A": a.numpy(), "b": b.numpy()}
    text = "sum((A@x-b)**2)"
    graph = lower_tensors(parse(text), {"x": (COLUMNS_OF_A,)}, arrays, text)
    return select_tensors(graph, Layout(("x",), ((COLUMNS_OF_A,),)), arrays, name)


def evaluate(name: str) -> Callable[[], object]:
    """Value and gradient of Rosenbrock's function."""

    def run() -> object:
        engine = rosenbrock_engine(name)
        return engine.evaluate(start() if name == "torch" else start().numpy())

    return run


def evaluate_by_hand() -> object:
    """The same, by slices and backward()."""
    from tests.benchmarks.baselines.torch_vectors import rosenbrock, value_and_gradient

    return value_and_gradient(rosenbrock, start())


def fit(name: str) -> Callable[[], object]:
    """Value and gradient of least squares."""

    def run() -> object:
        x = matrix()[2]
        return least_squares_engine(name).evaluate(x if name == "torch" else x.numpy())

    return run


def two_products() -> object:
    """The two products of a matrix and a vector of which value and gradient are made."""
    a, b, x = matrix()
    rest = a @ x - b
    return rest @ rest, 2.0 * (rest @ a)


def descend(method: str, lr: float | str) -> Callable[[], int]:
    """A few steps on Rosenbrock's function, without the program around them."""

    def run() -> int:
        from gdcli.descent.loop import Criteria, minimize
        from gdcli.descent.methods import create
        from gdcli.descent.problem import Problem

        problem = Problem(rosenbrock_engine("torch"), {"x": start().numpy()}, ROSENBROCK)
        *_, finished = minimize(problem, create(method, lr), Criteria(steps=STEPS, every=STEPS))
        return finished.evaluations

    return run


def descend_by_hand(method: str) -> Callable[[], int]:
    """The same by a loop in PyTorch. A step is one evaluation of value and gradient, with all that belongs to it."""

    def run() -> int:
        from tests.benchmarks.baselines import torch_vectors as by_hand

        evaluations = 0

        def counted(x: Any) -> Any:
            nonlocal evaluations
            evaluations += 1
            return by_hand.rosenbrock(x)

        if method == "gd":
            by_hand.gd(counted, start(), LR, STEPS)
        else:
            by_hand.lbfgs(counted, start(), STEPS)
        return evaluations

    return run


def memory(which: str) -> Callable[[], float]:
    """How many bytes value and gradient of Rosenbrock's function take at the most, of 10 million variables."""

    def run() -> float:
        code = f"from tests.benchmarks.vectors import peak; print(peak({which!r}))"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False
        )
        if done.returncode:
            raise BenchmarkError(done.stderr.strip().splitlines()[-1])
        return float(done.stdout)

    return run


def peak(which: str, n: int = 10_000_000) -> int:
    """In a fresh process, by how many bytes the peak of its memory rises; `which` is an engine, or ``by hand``."""
    import resource

    import torch

    from gdcli.engines import select_tensors
    from gdcli.expression.parser import parse
    from gdcli.graph.layout import Layout
    from gdcli.graph.tensors.lowering import lower_tensors
    from tests.benchmarks.baselines.torch_vectors import rosenbrock, value_and_gradient

    x = torch.zeros(n, dtype=torch.float64)
    value_and_gradient(rosenbrock, x[:1000])
    graph = lower_tensors(parse(ROSENBROCK), {"x": (n,)}, {}, ROSENBROCK)
    engine = None if which == "by hand" else select_tensors(graph, Layout(("x",), ((n,),)), {}, which)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if engine is None:
        value_and_gradient(rosenbrock, x)
    else:
        engine.evaluate(x if which == "torch" else x.numpy())
    return 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


VALUE = "value and gradient, n = 1,000,000"
JOB = (
    *("minimize", "sum((x-1)**2) + sum(x[1:]*x[:-1])/4", "--shape", "x=1000", "--start", "x=0"),
    *("--lr", "0.1", "--steps", "2000", "--tol", "0", "--format", "plain"),
)
ROWS = (
    Benchmark(
        f"{VALUE}, torch", "slices and backward()", Call(evaluate("torch")), Call(evaluate_by_hand), 1.15
    ),
    Benchmark(
        f"{VALUE}, native", "slices and backward()", Call(evaluate("native")), Call(evaluate_by_hand), 1.15
    ),
    Benchmark(
        "its memory at n = 10,000,000, torch",
        "slices and backward()",
        memory("torch"),
        memory("by hand"),
        at_most=1.2,
        unit="B",
    ),
    Benchmark(
        "its memory at n = 10,000,000, native",
        "slices and backward()",
        memory("native"),
        memory("by hand"),
        at_most=1.2,
        unit="B",
    ),
    Benchmark(
        "gd, n = 1,000,000", "a loop by hand", Call(descend("gd", LR)), Call(descend_by_hand("gd")), 1.3
    ),
    Benchmark(
        "L-BFGS, n = 1,000,000",
        "a loop by hand",
        Call(descend("lbfgs", "auto")),
        Call(descend_by_hand("lbfgs")),
        1.3,
    ),
    Benchmark("least squares, 20,000 × 1,000, torch", "two products", Call(fit("torch")), Call(two_products)),
    Benchmark(
        "least squares, 20,000 × 1,000, native", "two products", Call(fit("native")), Call(two_products)
    ),
    Benchmark(
        "a job of 2,000 steps, n = 1,000", "a script by hand", gdcli(*JOB), script("torch_vector_job"), 1.1
    ),
    Benchmark(
        "the same on the torch engine",
        "a script by hand",
        gdcli(*JOB, "--engine", "torch"),
        script("torch_vector_job"),
        1.1,
    ),
)
