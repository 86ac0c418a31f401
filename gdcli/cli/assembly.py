"""From the options of ``minimize`` to a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from gdcli.cli.descent_options import Descent
from gdcli.cli.intervals import EVERYTHING, Interval, bounds, intervals
from gdcli.cli.points import point
from gdcli.descent import loop, methods
from gdcli.descent.compile_choices import ON
from gdcli.descent.group import ALONE, Group, own_device
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import makes_fixed_steps
from gdcli.descent.problem import Problem, random_start
from gdcli.engines import select
from gdcli.errors import ExpressionError, PointError, UsageError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Started, Step

if TYPE_CHECKING:
    from gdcli.descent.checkpoint import Checkpointer
    from gdcli.descent.compiling import Notice
    from gdcli.expression.constraints import Constraint
    from gdcli.graph.nodes import Graph


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
    if options.checkpoint is not None and options.resume is None and options.expression in (None, "-"):
        raise UsageError("--checkpoint is for one run, and needs an EXPRESSION on the command line")
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
    command: str, options: Descent, text: str, notice: Notice = lambda text: None, group: Group = ALONE
) -> Run:
    """The run of one expression.

    Args:
        command: ``minimize`` or ``maximize``.
        options: What is asked for.
        text: The expression.
        notice: Told in one line of what is done beside the steps.
        group: The processes that share the starts.

    Raises:
        UsageError: As for `require_sense`.
        ExpressionError: The expression cannot be read, or nothing in it can vary.
        PointError: The start, the bounds or the fixed variables do not fit it, or each other.
        UnavailableError: The engine, the device or the dtype is not available.
    """
    require_sense(options)
    problem, constraints = _problem(command, options, text, _constraints(options))

    def begin(stop: Callable[[], bool]) -> Records:
        how, end = method(options), criteria(options, stop)
        if constraints:
            from gdcli.descent.constrained import minimize_constrained

            return whole(minimize_constrained(problem, constraints, how, end), problem)
        if options.starts is not None:
            ranges = intervals(options.range, problem.variables, "--range")
            minima, starts = options.minima or 0, options.starts
            if makes_fixed_steps(how):
                from gdcli.descent.fixed_steps import minimize_fixed

                more: dict[str, Any] = {"compile": options.compile, "notice": notice, "group": group}
                found = minimize_fixed(problem, how, end, starts=starts, ranges=ranges, minima=minima, **more)
            else:
                from gdcli.descent.multistart import minimize_many

                found = minimize_many(
                    problem, how, end, starts=starts, ranges=ranges, minima=minima, group=group
                )
            return whole(found, problem)
        return whole(loop.minimize(problem, how, end), problem)

    return begin


def method(options: Descent) -> Method:
    """The method that is asked for.

    Raises:
        UsageError: The method, or its schedule, does not take its parameters, or they do not go together.
    """
    return methods.create(options.method, options.lr, dict(options.set), options.schedule)


def criteria(options: Descent, stop: Callable[[], bool]) -> loop.Criteria:
    """When the run ends; `stop` is asked whether to break off."""
    return loop.Criteria(
        options.steps, options.tol, options.time_limit, options.every, stop, checkpointer(options)
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


def whole(records: Records, problem: Problem) -> Records:
    """The records of a run, with the fixed variables in every point."""
    if not problem.fixed:
        return records
    from gdcli.descent.sensitivity import with_sensitivities

    return with_sensitivities(records, problem)


def _constraints(options: Descent) -> tuple[Constraint, ...]:
    if not options.subject_to:
        return ()
    from gdcli.expression.constraints import parse_constraint

    return tuple(each for text in options.subject_to for each in parse_constraint(text))


def _problem(
    command: str, options: Descent, text: str, constraints: Sequence[Constraint]
) -> tuple[Problem, Sequence[Constraint]]:
    """The problem of one expression, and the constraints in what is left to vary."""
    graph = parse(text)
    if constraints:
        from gdcli.graph.fixing import widen

        graph = widen(graph, [each.graph for each in constraints])
    variables = graph.variables
    if not variables:
        raise ExpressionError(
            "there is no variable in the expression", hint="gdcli eval computes its value", text=text
        )
    limits = intervals(options.bounds, variables, "--bounds")
    fixed = _fixed(options, variables, limits)
    given = point(options.start, variables, "--start")
    ranges = intervals(options.range, variables, "--range")
    for option, others in (("--start", given), ("--range", ranges)):
        for name in others:
            if name in fixed:
                raise PointError(
                    f"{name} is fixed, and has no {option}", hint=f"leave out {option} for {name}"
                )
    if fixed:
        from gdcli.graph.fixing import fix

        graph = fix(graph, fixed)
        limits = {name: each for name, each in limits.items() if name not in fixed}
        constraints = [_with_fixed(each, fixed) for each in constraints]
    pairs = bounds(limits, graph.variables)
    drawn = bounds(_common(ranges, limits), graph.variables)
    start = random_start(graph.variables, given, options.seed, drawn)
    lowered = lower(graph)
    engine = select(lowered, _engine(options, lowered), _device(options), options.dtype)
    return Problem(engine, start, text, command, options.seed, pairs, fixed), constraints


def _engine(options: Descent, graph: Graph) -> str:
    """The engine asked for; among those that may be chosen, that which is the quickest for many starts."""
    if options.engine != "auto" or options.starts is None or not makes_fixed_steps(method(options)):
        return options.engine
    from gdcli.descent.compiling import wants_torch

    return "torch" if wants_torch(graph, options.starts, options.steps, options.compile) else "auto"


def _device(options: Descent) -> str:
    """The device asked for; of several processes of one machine, each has a GPU of its own."""
    return options.device if options.starts is None else own_device(options.device)


def _common(ranges: Mapping[str, Interval], limits: Mapping[str, Interval]) -> dict[str, Interval]:
    """Where a start is drawn: what a range and the bounds have in common."""
    common = dict(limits)
    for name, (low, high) in ranges.items():
        least, most = limits.get(name, EVERYTHING)
        if low > most or high < least:
            raise PointError(f"the range {name}={low:g}:{high:g} is outside its bounds {least:g}:{most:g}")
        common[name] = max(low, least), min(high, most)
    return common


def _with_fixed(constraint: Constraint, fixed: Mapping[str, float]) -> Constraint:
    """The constraint on the variables that are left."""
    from gdcli.graph.fixing import fix

    own = {name: value for name, value in fixed.items() if name in constraint.graph.variables}
    if len(own) == len(constraint.graph.variables):
        raise PointError(
            f"every variable of the constraint {constraint.text} is fixed", hint="leave one of the two out"
        )
    return replace(constraint, graph=fix(constraint.graph, own))


def _fixed(options: Descent, variables: Sequence[str], limits: Mapping[str, Interval]) -> dict[str, float]:
    """The values of the variables that are fixed."""
    fixed = point(options.fix, variables, "--fix")
    for name, value in fixed.items():
        if not math.isfinite(value):
            raise PointError(f"{name} cannot be fixed at {value}")
        low, high = limits.get(name, (value, value))
        if not low <= value <= high:
            raise PointError(f"{name} is fixed at {value:g}, outside its bounds {low:g}:{high:g}")
    if len(fixed) == len(variables):
        raise PointError(
            "every variable is fixed, and nothing is left to be sought", hint="gdcli eval computes the value"
        )
    return fixed
