"""From the options of ``minimize`` to a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from gdcli.cli.descent_options import Descent
from gdcli.cli.intervals import intervals
from gdcli.cli.setting import Setting, method, setting
from gdcli.descent import loop, methods
from gdcli.descent.methods.elementwise import makes_fixed_steps
from gdcli.descent.starts.compile_choices import ON
from gdcli.descent.starts.group import ALONE, Group
from gdcli.errors import UsageError
from gdcli.records import Finished, Point, Started, Step, Vector

if TYPE_CHECKING:
    from gdcli.descent.checkpoint import Checkpointer
    from gdcli.descent.starts.compiling import Notice


Records: TypeAlias = Iterable[Started | Step | Finished]
Run: TypeAlias = Callable[[Callable[[], bool]], Records]
"""A run that is ready to begin: it takes what is asked whether to break off, and gives its records."""


EXCLUSIVE = {
    "subject_to": ("starts", "schedule", "checkpoint", "resume"),
    "starts": ("schedule", "checkpoint", "resume"),
}
"""Options that do not go together: runs of many descents have no one state, and no one course of the step size."""


def require_sense(options: Descent) -> None:
    """Make sure that the options go together, as far as that does not depend on the expression.

    Raises:
        UsageError: They do not, or the method does not take its parameters.
    """
    for option, file in (("--checkpoint", options.checkpoint), ("--plot FILE", options.picture)):
        if file is not None and options.resume is None and options.expression in (None, "-"):
            raise UsageError(f"{option} is for one run, and needs an EXPRESSION on the command line")
    if options.minima is not None and options.starts is None:
        raise UsageError("--minima lists what many starts have found", hint="add --starts 1000")
    given = [name for name in EXCLUSIVE if _is_given(options, name)]
    for name in given:
        for other in EXCLUSIVE[name]:
            if _is_given(options, other):
                raise UsageError(f"--{name} and --{other} exclude each other".replace("_", "-"))
    how = method(options)
    if options.compile == ON and not (options.starts is not None and makes_fixed_steps(how)):
        raise UsageError(
            "--compile on is for the steps of a first-order method from many starts",
            hint="add --starts 100000 --method gd --lr 0.001",
        )
    if options.compile == ON and options.engine == "native":
        raise UsageError("--compile on needs the torch engine", hint="leave out --engine native")


def _is_given(options: Descent, name: str) -> bool:
    return getattr(options, name) not in (None, (), methods.CONSTANT)


def run(
    command: str,
    options: Descent,
    text: str,
    notice: Notice = lambda text: None,
    group: Group = ALONE,
    environ: Mapping[str, str] = os.environ,
) -> Run:
    """The run of one expression.

    Args:
        command: ``minimize`` or ``maximize``.
        options: What is asked for.
        text: The expression.
        notice: Told in one line of what is done beside the steps.
        group: The processes that share the starts.
        environ: The environment variables, which say where compiled steps are kept.

    Raises:
        UsageError: As for `require_sense`.
        ExpressionError: The expression cannot be read, or nothing in it can vary.
        PointError: The start, the bounds or the fixed variables do not fit it, or each other.
        UnavailableError: The engine, the device or the dtype is not available.
    """
    require_sense(options)
    about = setting(command, options, text)
    problem, constraints = about.problem, about.constraints

    def begin(stop: Callable[[], bool]) -> Records:
        how, end = method(options), criteria(options, stop)
        if constraints:
            from gdcli.descent.constraints.run import minimize_constrained

            return whole(minimize_constrained(problem, constraints, how, end), about)
        if options.starts is not None:
            ranges = about.ranges
            if ranges is None:
                ranges = intervals(options.range, problem.variables, "--range")
            minima, starts = options.minima or 0, options.starts
            if makes_fixed_steps(how):
                from gdcli.descent.starts.fixed_steps import minimize_fixed

                more: dict[str, Any] = {"compile": options.compile, "notice": notice, "group": group}
                if not options.no_cache:
                    from gdcli.cache import default_folder

                    more["cache"] = default_folder(environ)
                found = minimize_fixed(problem, how, end, starts=starts, ranges=ranges, minima=minima, **more)
            else:
                from gdcli.descent.starts.multistart import minimize_many

                found = minimize_many(
                    problem, how, end, starts=starts, ranges=ranges, minima=minima, group=group
                )
            return whole(found, about)
        return whole(loop.minimize(problem, how, end), about)

    return begin


def criteria(options: Descent, stop: Callable[[], bool]) -> loop.Criteria:
    """When the run ends; `stop` is asked whether to break off."""
    return loop.Criteria(
        options.steps,
        options.tol,
        options.time_limit,
        options.every,
        stop,
        checkpointer(options),
        options.is_drawn,
    )


def checkpointer(options: Descent) -> Checkpointer | None:
    """What writes the checkpoints.

    Raises:
        FileError: Something else is in its file.
    """
    if options.checkpoint is None:
        return None
    from gdcli.descent.checkpoint import Checkpointer

    return Checkpointer(options.checkpoint)


def whole(records: Records, about: Setting) -> Records:
    """The records of a run, with vectors in one piece and the fixed variables in every point."""
    problem, statement = about.problem, about.statement
    variables = problem.variables
    if about.layout is not None:
        from gdcli.descent.regrouped import regrouped

        records, variables = regrouped(records, about.layout), about.layout.names
    if not problem.fixed:
        return records
    from gdcli.cli.located import Located
    from gdcli.cli.options import Computation
    from gdcli.descent.sensitivity import with_sensitivities

    run = problem.engine
    names = tuple(dict.fromkeys((*statement.variables, *variables, *problem.fixed)))
    located = Located(
        replace(statement, graph=replace(statement.graph, variables=(*names, *statement.arrays))),
        Computation(run.name, run.device, run.dtype),
    )

    def gradient(point: Point) -> Point:
        numbers: dict[str, Any] = {
            name: value.numbers if isinstance(value, Vector) else value for name, value in point.items()
        }
        return located.at(numbers).value_and_gradient()[1]

    return with_sensitivities(records, problem, names, gradient)
