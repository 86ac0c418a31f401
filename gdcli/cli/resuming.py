"""``--resume``: the run of a checkpoint, which what else is on the command line must not contradict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gdcli.cli import assembly
from gdcli.cli.assignments import Given
from gdcli.cli.descent_options import Descent
from gdcli.cli.intervals import Interval, intervals
from gdcli.cli.points import point
from gdcli.cli.setting import Setting
from gdcli.cli.statement import Statement
from gdcli.descent import checkpoint, loop
from gdcli.descent.bounds import representable
from gdcli.descent.checkpoint import Checkpoint
from gdcli.errors import UsageError
from gdcli.expression.parser import parse


def read(options: Descent, command: str) -> tuple[Checkpoint, Descent]:
    """The checkpoint, if the command line says nothing else than it does, and the options with what it holds.

    Environment variables have no say.

    Raises:
        UsageError: It does say something else, or asks for problems of standard input.
        PointError: The start, the bounds or the fixed variables of the command line are wrong in themselves.
        FileError: The checkpoint cannot be read, or is none.
    """
    assert options.resume is not None
    if options.expression == "-":
        raise UsageError(
            "--resume goes on with the expression of its file, and reads none from standard input"
        )
    kept = checkpoint.read(options.resume)

    def typed(name: str) -> Any:
        return getattr(options, name) if name in options.typed else None

    variables = (*kept.plan.start, *kept.plan.fixed)
    kept.agree(
        expression=options.expression,
        points={
            "start": point(typed("start") or (), variables, "--start"),
            "bounds": _bounds(typed("bounds") or (), variables, kept.plan.dtype),
            "fixed": point(typed("fix") or (), variables, "--fix"),
        },
        settings=dict(typed("set") or ()),
        command=command,
        **{name: typed(name) for name in ("method", "lr", "schedule", "seed", "engine", "device", "dtype")},
    )
    steps = options.steps if "steps" in options.typed else kept.plan.steps
    return kept, replace(options, expression=kept.plan.expression, steps=steps)


def _bounds(given: Given, variables: Sequence[str], dtype: str) -> dict[str, Interval]:
    """The bounds as a run keeps them."""
    found = intervals(given, variables, "--bounds")
    return dict(zip(found, representable(tuple(found.values()), dtype), strict=True))


def run(kept: Checkpoint, options: Descent) -> assembly.Run:
    """The rest of the run.

    Raises:
        UnavailableError: Its engine, device or dtype is not available here.
        FileError: What is in the file is no run, or there is something else where checkpoints are to be written.
    """
    problem = kept.problem()
    writer = assembly.checkpointer(options)

    def begin(stop: Callable[[], bool]) -> assembly.Records:
        criteria = kept.plan.criteria(
            steps=options.steps,
            tol=options.tol if "tol" in options.typed else None,
            time_limit=options.time_limit,
            every=options.every if "every" in options.typed else None,
            stop=stop,
            checkpointer=writer,
            drawn=options.is_drawn,
        )
        records = loop.minimize(problem, kept.plan.method, criteria, kept)
        statement = Statement(problem.expression, parse(problem.expression))
        return assembly.whole(records, Setting(problem, (), statement))

    return begin
