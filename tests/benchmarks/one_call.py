"""One call: whole processes, from their start to their end."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from tests.benchmarks.measure import Benchmark, Process

BASELINES = Path(__file__).parent / "baselines"
TYPER, SYMPY = "import typer", "import typer, sympy"
PARABOLA = ("x*x-4*x+4", "--start", "x=0.0526378", "--steps", "5000", "--tol", "0", "--lr")
SUM = ("x**2+y**2", "--at")
_numbers = count(1)


def gdcli(*arguments: str, cache: str = "", status: int = 0) -> Process:
    """The command that is installed beside this interpreter; ``#`` in an argument is another number each time."""
    return Process((str(Path(sys.executable).parent / "gdcli"), *arguments), status, cache, _numbers)


def script(name: str) -> Process:
    """A baseline, run by this interpreter."""
    return Process((sys.executable, str(BASELINES / f"{name}.py")))


def code(text: str) -> Process:
    """One line of Python, run by this interpreter."""
    return Process((sys.executable, "-c", text))


ROWS = (
    Benchmark("gdcli --version", TYPER, gdcli("--version"), code(TYPER), at_most=1.3),
    Benchmark("gdcli --help", TYPER, gdcli("--help"), code(TYPER), at_most=1.3),
    Benchmark("gdcli minimize --help", TYPER, gdcli("minimize", "--help"), code(TYPER), at_most=1.3),
    Benchmark("a usage error", TYPER, gdcli("grad", "x", "--no", status=2), code(TYPER), at_most=1.3),
    Benchmark(
        "grad at a point, first time",
        SYMPY,
        gdcli("grad", *SUM, "x=1,y=#", cache="fresh"),
        code(SYMPY),
        at_most=1.25,
    ),
    Benchmark(
        "minimize, 5,000 steps, first time",
        SYMPY,
        gdcli("minimize", *PARABOLA, "0.001", cache="fresh"),
        code(SYMPY),
        at_most=1.25,
    ),
    Benchmark(
        "grad again, at another point",
        SYMPY,
        gdcli("grad", *SUM, "x=1,y=#", cache="kept"),
        code(SYMPY),
        at_most=0.4,
    ),
    Benchmark(
        "grad --hessian in symbols, again",
        SYMPY,
        gdcli("grad", "sin(x)*exp(-y**2) + x**3*y", "--hessian", cache="kept"),
        code(SYMPY),
        at_most=0.4,
    ),
    Benchmark(
        "minimize again, with another lr",
        SYMPY,
        gdcli("minimize", *PARABOLA, "0.00#", cache="kept"),
        code(SYMPY),
        at_most=0.4,
    ),
    Benchmark(
        "minimize, 5,000 steps",
        "torchGd1 by hand",
        gdcli("minimize", *PARABOLA, "0.001"),
        script("torch_gd_1"),
        at_most=1 / 5,
    ),
    Benchmark(
        "minimize --engine torch, 5,000 steps",
        "torchGd1 by hand",
        gdcli("minimize", *PARABOLA, "0.001", "--engine", "torch"),
        script("torch_gd_1"),
        at_most=1.1,
    ),
)
