"""One descent: steps a second on the native engine, on Rosenbrock's function in two variables.

A first-order method runs one long descent, and what searches for its steps many short ones, each to the minimum, on a
valley that is steeper by `STEEP`, so that there are some steps to it. What a row needs is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.benchmarks.baselines import first_order_by_hand, searching_by_hand
from tests.benchmarks.baselines.searching_by_hand import STEEP
from tests.benchmarks.measure import Benchmark, Call

if TYPE_CHECKING:
    from gdcli.engines import Engine

ROSENBROCK = "{}*(y-x^2)^2+(1-x)^2"
STEPS, FEW_STEPS = 200_000, 2_000
LR = {"adagrad": 0.1, "adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-4}
STARTS = [(-2.0 + 0.4 * i, -1.0 + 0.4 * j) for i in range(10) for j in range(10)]
PROBLEMS = 1_000
TERMS = " + ".join(f"sin({k}*x)*exp(-y/{k})" for k in range(1, 1001))


def rate(method: str) -> float:
    """A step size with which a method neither diverges nor comes to rest."""
    return LR.get(method, 1e-4)


def descend(method: str, steps: int = STEPS) -> Callable[[], int]:
    """One descent of `steps` steps, without the program around it."""

    def run() -> int:
        from gdcli.descent.loop import Criteria, minimize
        from gdcli.descent.methods import create
        from gdcli.descent.problem import Problem

        problem = Problem(_engine(100), {"x": -1.2, "y": 1.0})
        *_, finished = minimize(problem, create(method, rate(method)), Criteria(steps=steps, tol=0))
        return finished.steps

    return run


def search(method: str) -> Callable[[], int]:
    """A descent from each start to the minimum."""

    def run() -> int:
        from gdcli.descent.loop import Criteria, minimize
        from gdcli.descent.methods import create
        from gdcli.descent.problem import Problem

        engine, steps = _engine(100 * STEEP), 0
        for x, y in STARTS:
            problem = Problem(engine, {"x": x, "y": y})
            *_, finished = minimize(problem, create(method), Criteria(tol=1e-10))
            steps += finished.steps
        return steps

    return run


def _engine(factor: float) -> Engine:
    from gdcli.engines.native import NativeEngine
    from gdcli.expression.parser import parse
    from gdcli.graph.lowering import lower

    return NativeEngine(lower(parse(ROSENBROCK.format(factor))))


def torch_optim(name: str, method: str) -> Callable[[], int]:
    """A loop with an optimizer of torch."""

    def run() -> int:
        from tests.benchmarks.baselines.torch_loops import with_optimizer

        return with_optimizer(name, rate(method), FEW_STEPS)

    return run


def torch_by_hand() -> int:
    """A loop in torch without one."""
    from tests.benchmarks.baselines.torch_loops import by_hand

    return by_hand(rate("gd"), FEW_STEPS)


def scipy(method: str) -> Callable[[], int]:
    """scipy.optimize with derivatives by hand, from each start."""

    def run() -> int:
        from tests.benchmarks.baselines.scipy_by_hand import descend

        return descend(method, STARTS)

    return run


def first_order(method: str) -> Call:
    """The method in Python by hand."""
    function = getattr(first_order_by_hand, method)
    return Call(lambda: function(rate(method), STEPS))


def searching(method: str) -> Call:
    """The method in Python by hand, from each start."""
    function = getattr(searching_by_hand, method)
    return Call(lambda: sum(function(x, y) for x, y in STARTS))


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


ROWS = (
    Benchmark("gd", "torch.optim.SGD", Call(descend("gd")), Call(torch_optim("SGD", "gd")), at_most=1 / 50),
    Benchmark("gd", "torch by hand", Call(descend("gd")), Call(torch_by_hand), at_most=1 / 50),
    Benchmark("gd", "scipy.optimize CG", Call(descend("gd")), Call(scipy("CG"))),
    Benchmark("gd", "Python by hand", Call(descend("gd")), first_order("gd"), at_most=1.5),
    Benchmark("adam", "torch.optim.Adam", Call(descend("adam")), Call(torch_optim("Adam", "adam"))),
    *(
        Benchmark(method, "Python by hand", Call(descend(method)), first_order(method), at_most=3)
        for method in ("momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
    ),
    Benchmark("gd --lr auto", "Python by hand", Call(search("gd")), searching("spectral"), at_most=3),
    *(
        Benchmark(method, "Python by hand", Call(search(method)), searching(method), at_most=3)
        for method in ("lbfgs", "cg", "newton")
    ),
    *(
        Benchmark(method, f"scipy.optimize {other}", Call(search(method)), Call(scipy(other)), at_most=1)
        for method, other in (("lbfgs", "L-BFGS-B"), ("cg", "CG"), ("newton", "trust-exact"))
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
