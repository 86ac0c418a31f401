"""Records to write, streams to write them to, and a shortcut from the one to the other."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gdcli.records import (
    Checked,
    Constraint,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Listing,
    Minimum,
    Record,
    Started,
    Status,
    Step,
)
from gdcli.reporting import open_reporter


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@dataclass
class Written:
    """What a reporter wrote."""

    out: str
    err: str


def write(format: str, records: Iterable[Record], *, terminal: bool = False, **options: object) -> Written:
    """Write the records in `format`, to a terminal or to a pipe."""
    stdout = Terminal() if terminal else io.StringIO()
    stderr = io.StringIO()
    reporter = open_reporter(format, stdout, stderr, **options)
    for record in records:
        reporter.write(record)
    reporter.close()
    return Written(stdout.getvalue(), stderr.getvalue())


WHERE = {"engine": "native", "device": "cpu", "dtype": "float64"}

EVALUATED = Evaluated("eval", "x**2 + y**2", {"x": 1.0, "y": 3.0}, 10.0, **WHERE)

SYMBOLS = Derivative("grad", "x**2 + y**2", {"x": "2*x", "y": "2*y"})
GRADIENT = Derivative(
    "grad",
    "x**2 + y**2",
    {"x": "2*x", "y": "2*y"},
    at={"x": 1.0, "y": 3.0},
    value=10.0,
    gradient={"x": 2.0, "y": 6.0},
    **WHERE,
)
HESSIAN = Derivative(
    "grad",
    "x**2*y",
    {"x": "2*x*y", "y": "x**2"},
    at={"x": 1.0, "y": 3.0},
    value=3.0,
    gradient={"x": 6.0, "y": 1.0},
    hessian={"x": {"x": 6.0, "y": 2.0}, "y": {"x": 2.0, "y": 0.0}},
    **WHERE,
)
SYMBOLIC_HESSIAN = Derivative(
    "grad",
    "x**2*y",
    {"x": "2*x*y", "y": "x**2"},
    hessian={"x": {"x": "2*y", "y": "2*x"}, "y": {"x": "2*x", "y": "0"}},
)
UNDEFINED = Derivative(
    "grad",
    "log(x)",
    None,
    at={"x": -1.0},
    value=float("nan"),
    gradient={"x": float("-inf")},
    note="the symbols are left out: too many nodes",
    **WHERE,
)
CHECKED = Checked(
    "grad",
    "sin(x)*y",
    {"x": 1.0, "y": 3.0},
    2.5244129544236893,
    {
        "native": {"x": 1.6209069176044193, "y": 0.8414709848078965},
        "torch": {"x": 1.6209069176044193, "y": 0.8414709848078965},
        "symbolic": {"x": 1.6209069176044193, "y": 0.8414709848078965},
        "central differences": {"x": 1.6209069176058404, "y": 0.8414709848079},
    },
    8.767e-13,
    "x",
    True,
    **WHERE,
)

STARTED = Started(
    "minimize", "x**2 + y**2", ("x", "y"), {"x": 1.0, "y": 3.0}, "gd", 0.02, 100, **WHERE, seed=0
)
STEPS = (
    Step(0, 10.0, 6.324555320336759, {"x": 1.0, "y": 3.0}),
    Step(50, 0.16870319358849653, 0.8214699595586413, {"x": 0.12988579352203838, "y": 0.38965738056611513}),
    Step(100, 0.0028460768151, 0.1066972223621, {"x": 0.01687031935884968, "y": 0.050610958076549}),
)
FINISHED = Finished(
    "minimize",
    "x**2 + y**2",
    Status.MAX_STEPS,
    "ran the 100 steps asked for; the largest gradient component is 0.1",
    x={"x": 0.01687031935884968, "y": 0.050610958076549},
    value=0.0028460768151,
    gradient={"x": 0.03374063871769936, "y": 0.101221916153098},
    gradient_norm=0.1066972223621,
    start={"x": 1.0, "y": 3.0},
    steps=100,
    evaluations=101,
    seconds=0.00012345,
    method="gd",
    lr=0.02,
    **WHERE,
    seed=0,
    hints=("more steps: --steps 1000", "a step size that adapts: --lr auto"),
)
RUN = (STARTED, *STEPS, FINISHED)

DIVERGED_RUN = (
    Started("minimize", "x**3", ("x",), {"x": -1.0}, "gd", "auto", 100, "torch", "cuda:0", "float32", seed=7),
    Step(0, -1.0, 3.0, {"x": -1.0}),
    Step(1, -64.0, 48.0, {"x": -4.0}),
    Step(2, float("-inf"), float("inf"), {"x": float("-inf")}),
    Finished(
        "minimize",
        "x**3",
        Status.DIVERGED,
        "the value is not finite at step 2",
        x={"x": -4.0},
        value=-64.0,
        gradient={"x": 48.0},
        gradient_norm=48.0,
        start={"x": -1.0},
        steps=2,
        evaluations=3,
        seconds=1.5,
        method="gd",
        lr="auto",
        engine="torch",
        device="cuda:0",
        dtype="float32",
        seed=7,
        last=Step(2, float("-inf"), float("inf"), {"x": float("-inf")}),
        hints=("bounds keep it from running away: --bounds x=-10:10",),
    ),
)

MANY = tuple(f"x{i}" for i in range(12))
MANY_RUN = (
    Started("minimize", "sum", MANY, dict.fromkeys(MANY, 1.0), "adam", 0.1, 5000, **WHERE, seed=0),
    Step(0, 12.0, 6.928203230275509, dict.fromkeys(MANY, 1.0)),
    Step(5000, -1.2345678912e-300, 1e-150, dict.fromkeys(MANY, -1.2345678912e-150)),
)

MANY_STARTS = replace(
    FINISHED,
    expression="(x**2 - 1)**2 + value**2",
    status=Status.CONVERGED,
    message="converged",
    x={"x": -1.0, "value": 0.0},
    value=0.0,
    gradient={"x": 0.0, "value": 0.0},
    gradient_norm=0.0,
    start={"x": -3.25, "value": 2.5},
    method="lbfgs",
    lr="auto",
    hints=(),
    on_bound=(),
    starts=1000,
    reached=812,
    minima=(
        Minimum({"x": -1.0, "value": 0.0}, 0.0, 412),
        Minimum({"x": 1.0000000000000002, "value": -1e-17}, 1.9e-31, 400),
    ),
)
CONSTRAINED = replace(
    FINISHED,
    status=Status.CONVERGED,
    message="converged",
    hints=(),
    on_bound=("y",),
    constraints=(
        Constraint("x + y >= 1", 0.0, -1.0000000000000002),
        Constraint("x**2 == y", 1.1e-10, 0.25),
    ),
)
MINIMA_OF_MANY_VARIABLES = replace(
    MANY_STARTS,
    x=dict.fromkeys(MANY, 1.5),
    gradient=dict.fromkeys(MANY, 0.0),
    start=dict.fromkeys(MANY, 0.0),
    on_bound=None,
    minima=(Minimum(dict.fromkeys(MANY, 1.5), 0.25, 1000),),
)

FAILED = Failed(
    "minimize",
    "sinn(x) + 3",
    "expression",
    "unknown function 'sinn'",
    hint="did you mean sin or sinh?",
    text="sinn(x) + 3",
    position=0,
)
LISTING = Listing(
    "list",
    "functions",
    ("name", "arguments", "what it is"),
    (
        ("sin", "1", "sine"),
        ("clip", "3", "the nearest number between two: clip(x[a], low, high)"),
    ),
)

RECORDS: dict[str, tuple[Record, ...]] = {
    "eval": (EVALUATED,),
    "grad": (GRADIENT,),
    "grad-symbols": (SYMBOLS,),
    "grad-hessian": (HESSIAN,),
    "grad-hessian-symbols": (SYMBOLIC_HESSIAN,),
    "grad-undefined": (UNDEFINED,),
    "check": (CHECKED,),
    "minimize": RUN,
    "minimize-diverged": DIVERGED_RUN,
    "minimize-many-variables": MANY_RUN,
    "minimize-many-starts": (STARTED, MANY_STARTS),
    "minimize-constrained": (STARTED, *STEPS, CONSTRAINED),
    "minimize-minima-of-many-variables": (MINIMA_OF_MANY_VARIABLES,),
    "two-problems": (GRADIENT, FAILED, UNDEFINED, GRADIENT),
    "list": (LISTING,),
}
