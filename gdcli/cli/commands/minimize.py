"""``gdcli minimize`` and ``gdcli maximize``: descent, or ascent, from a start."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdcli.cli.declare import one_of, option
from gdcli.cli.interruption import Interruption
from gdcli.cli.options import OUTPUT, PROBLEM, Computation, Expression, Output, not_negative, positive, whole
from gdcli.cli.session import Session
from gdcli.descent.methods import METHODS
from gdcli.errors import ExitStatus, ExpressionError
from gdcli.records import Finished, Status, Step

if TYPE_CHECKING:
    from gdcli.descent.methods.base import Method
    from gdcli.reporting.trace import Trace

DESCENT, ENDING = "Descent", "When to stop"


def step_size(text: str) -> float | str:
    """A number above 0, or ``auto``."""
    try:
        return text if text == "auto" else positive(text)
    except ValueError:
        raise ValueError("a number above 0, or auto") from None


def setting(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` as a pair."""
    key, equals, value = text.partition("=")
    if not (key.strip() and equals and value.strip()):
        raise ValueError("KEY=VALUE")
    return key.strip(), value.strip()


@dataclass(frozen=True)
class Options(Expression, Computation, Output):
    """The options of ``minimize`` and ``maximize``."""

    every: int | None = option(
        "--every", "Show every N-th step; by default about 20 steps in all", "N", whole(1), section=OUTPUT
    )
    trace: str | None = option(
        "--trace",
        "Write every reported step to a file: CSV, TSV or JSON Lines by its ending (.csv, .tsv, .jsonl)",
        "FILE",
        file=True,
        section=OUTPUT,
    )
    tol: float | None = option(
        "--tol",
        "Stop when no component of the gradient is larger; 0 runs every step; by default 1e-10 in float64 "
        "and 1e-5 in float32, and less where the slope at the start is small",
        "FLOAT",
        not_negative,
        section=ENDING,
    )
    steps: int = option("--steps", "Stop after N steps", "N", whole(0), default="10000", section=ENDING)
    time_limit: float | None = option(
        "--time-limit", "Stop after so many seconds", "SECONDS", positive, section=ENDING
    )
    strict: bool = option(
        "--strict", "Exit with 4 when the run stopped for another reason than convergence", section=ENDING
    )
    method: str = option(
        "--method",
        "How to go downhill; 'gdcli list methods' describes the methods",
        "NAME",
        one_of(tuple(METHODS), "one of the methods"),
        default="auto",
        choices=tuple(METHODS),
        section=DESCENT,
    )
    lr: float | str = option(
        "--lr",
        "The step size: a number, or auto, which adapts it",
        "FLOAT|auto",
        step_size,
        default="auto",
        choices=("auto",),
        section=DESCENT,
    )
    set: tuple[tuple[str, str], ...] = option(
        "--set",
        "A parameter of the method, as 'gdcli list methods' shows them",
        "KEY=VALUE",
        setting,
        repeated=True,
        section=DESCENT,
    )
    start: tuple[str, ...] = option(
        "--start",
        "Where to start: values of the variables, joined by commas or by repeating the option",
        "NAME=VALUE",
        repeated=True,
        section=PROBLEM,
    )
    seed: int = option(
        "--seed",
        "For what --start leaves out, which is drawn from a standard normal",
        "N",
        whole(0),
        default="0",
        section=PROBLEM,
    )


def minimize(session: Session, options: Options) -> None:
    """Walk downhill to a minimum of an expression.

    \b
    gdcli minimize "x**2+y**2" --start x=1,y=3
    """
    _run(session, options)


def maximize(session: Session, options: Options) -> None:
    """Walk uphill to a maximum of an expression.

    \b
    gdcli maximize "x*exp(-x)" --start x=2
    """
    _run(session, options)


def _run(session: Session, options: Options) -> None:
    from gdcli.descent import methods
    from gdcli.reporting.trace import open_trace

    session.configure(options)
    method = methods.create(options.method, options.lr, dict(options.set))
    with nullcontext() if options.trace is None else open_trace(options.trace) as trace:
        session.solve(options.expression, lambda text: _descend(session, options, method, text, trace))


def _descend(session: Session, options: Options, method: Method, text: str, trace: Trace | None) -> None:
    """Solve one problem, and report it as it goes."""
    from gdcli.cli.points import point
    from gdcli.descent import loop
    from gdcli.descent.problem import Problem, random_start
    from gdcli.engines import select
    from gdcli.expression.parser import parse
    from gdcli.graph.lowering import lower
    from gdcli.reporting.progress import Progress

    graph = parse(text)
    if not graph.variables:
        raise ExpressionError(
            "there is no variable in the expression", hint="gdcli eval computes its value", text=text
        )
    given = point(options.start, graph.variables, "--start")
    engine = select(lower(graph), options.engine, options.device, options.dtype)
    start = random_start(graph.variables, given, options.seed)
    problem = Problem(engine, start, text, session.command, options.seed)
    progress = Progress(
        session.environment.stderr, options.steps, options.time_limit, enabled=not options.quiet
    )
    with progress, Interruption() as interruption:

        def stop() -> bool:
            progress.refresh()
            return interruption.requested

        criteria = loop.Criteria(options.steps, options.tol, options.time_limit, options.every, stop)
        for record in loop.minimize(problem, method, criteria):
            with progress.paused():
                session.report(record)
            if isinstance(record, Step):
                progress.update(record.step, record.value)
                if trace is not None:
                    trace.write(record)
            elif isinstance(record, Finished):
                session.note(_exit_status(record.status, options))


def _exit_status(status: Status, options: Options) -> ExitStatus:
    special = {Status.DIVERGED: ExitStatus.NOT_FINITE, Status.INTERRUPTED: ExitStatus.INTERRUPTED}
    if status in special:
        return special[status]
    return ExitStatus.NOT_CONVERGED if options.strict and status is not Status.CONVERGED else ExitStatus.DONE
