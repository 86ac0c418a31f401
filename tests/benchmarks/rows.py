"""What is timed. A new benchmark is a row here.

Whole processes run the ``gdcli`` that is installed beside this interpreter. What a row needs is imported when
it runs, so that nothing is loaded for rows that were not asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.baselines.gd_by_hand import descend
from tests.benchmarks.measure import Benchmark, Call, Process

BASELINES = Path(__file__).parent / "baselines"
PARABOLA = ("x*x-4*x+4", "--start", "x=0.0526378", "--lr", "0.001", "--steps", "5000", "--tol", "0")
ROSENBROCK = "100*(y-x^2)^2+(1-x)^2"
STEPS = 200_000
PROBLEMS = 1_000
TERMS = " + ".join(f"sin({k}*x)*exp(-y/{k})" for k in range(1, 1001))


def gdcli(*arguments: str) -> Process:
    """The installed command."""
    return Process((str(Path(sys.executable).parent / "gdcli"), *arguments))


def script(name: str) -> Process:
    """A baseline, run by this interpreter."""
    return Process((sys.executable, str(BASELINES / f"{name}.py")))


def code(text: str) -> Process:
    """One line of Python, run by this interpreter."""
    return Process((sys.executable, "-c", text))


def minimize(method: str) -> Callable[[], object]:
    """A run of `STEPS` steps on Rosenbrock's function, without the program around it."""

    def run() -> object:
        from gdcli.descent.loop import Criteria, minimize
        from gdcli.descent.methods import create
        from gdcli.descent.problem import Problem
        from gdcli.engines.native import NativeEngine
        from gdcli.expression.parser import parse
        from gdcli.graph.lowering import lower

        problem = Problem(NativeEngine(lower(parse(ROSENBROCK))), {"x": -1.2, "y": 1.0})
        return list(minimize(problem, create(method, 1e-4), Criteria(steps=STEPS, tol=0)))

    return run


def differentiate() -> object:
    """Value and gradient of a sum of a thousand terms, from the text."""
    from gdcli.engines.native import NativeEngine
    from gdcli.expression.parser import parse
    from gdcli.graph.lowering import lower

    return NativeEngine(lower(parse(TERMS))).value_and_gradient((0.5, 0.5))


def compile_terms() -> object:
    """Python's own compiler on the same text, which gives it a value only."""
    return compile(TERMS, "<terms>", "eval")


def solve_many() -> object:
    """`PROBLEMS` problems on standard input, in this process."""
    from tests.cli.running import gdcli

    lines = (f"(x-{i % 13 / 4})**2 + {i % 7 + 1}*(y-x**2)**2" for i in range(PROBLEMS))
    return gdcli("minimize", "--start", "x=0,y=0", "--format", "json", stdin="\n".join(lines))


def solve_many_with_scipy() -> object:
    """The same minima by scipy.optimize, from functions that are there already."""
    from scipy.optimize import minimize

    return [
        minimize(
            lambda p, a=i % 13 / 4, b=i % 7 + 1: (p[0] - a) ** 2 + b * (p[1] - p[0] ** 2) ** 2, (0.0, 0.0)
        )
        for i in range(PROBLEMS)
    ]


IMPORTS = "import typer, sympy"
BENCHMARKS = (
    Benchmark("gdcli --help", "import typer", gdcli("--help"), code("import typer"), at_most=2.5),
    Benchmark("gdcli --version", "import typer", gdcli("--version"), code("import typer"), at_most=2.5),
    Benchmark(
        "gdcli grad at a point",
        IMPORTS,
        gdcli("grad", "x**2+y**2", "--at", "x=1,y=3"),
        code(IMPORTS),
        at_most=1.5,
    ),
    Benchmark(
        "gdcli minimize, 5,000 steps", IMPORTS, gdcli("minimize", *PARABOLA), code(IMPORTS), at_most=1.5
    ),
    Benchmark(
        "gdcli minimize, 5,000 steps",
        "torchGd1 by hand",
        gdcli("minimize", *PARABOLA),
        script("torch_gd_1"),
        at_most=1 / 5,
    ),
    Benchmark(
        "gd on Rosenbrock",
        "Python by hand",
        Call(minimize("gd")),
        Call(lambda: descend(-1.2, 1.0, 1e-4, STEPS)),
        steps=STEPS,
    ),
    Benchmark(
        "adam on Rosenbrock",
        "gd by hand",
        Call(minimize("adam")),
        Call(lambda: descend(-1.2, 1.0, 1e-4, STEPS)),
        steps=STEPS,
    ),
    Benchmark(
        "1,000 problems on standard input",
        "scipy.optimize's BFGS",
        Call(solve_many),
        Call(solve_many_with_scipy),
    ),
    Benchmark(
        "reading and differentiating 1,000 terms",
        "Python's compile",
        Call(differentiate),
        Call(compile_terms),
    ),
)
