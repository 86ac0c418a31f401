"""From the options of ``minimize`` to what the run is about: the problem, its start, its constraints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gdcli.cli.descent_options import Descent
from gdcli.cli.intervals import EVERYTHING, Interval, bounds, intervals
from gdcli.cli.points import point
from gdcli.cli.statement import Statement, stated
from gdcli.cli.values import Value, finite, is_vector, shown
from gdcli.descent import methods
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import makes_fixed_steps
from gdcli.descent.problem import Problem, random_start, random_vector
from gdcli.descent.starts.group import own_device
from gdcli.engines import select
from gdcli.errors import ExpressionError, PointError, UsageError
from gdcli.graph.layout import Layout
from gdcli.graph.lowering import lower

if TYPE_CHECKING:
    from gdcli.expression.constraints import Constraint
    from gdcli.graph.nodes import Graph


MOST_SPELLED_OUT = 500
"""The most elements that become variables of their own, which constraints and many starts need."""


class Setting(NamedTuple):
    """What a run is about.

    Attributes:
        problem: The problem.
        constraints: What is to hold, in what is left to vary.
        statement: The expression with nothing fixed.
        layout: Where the problem's variables are the elements of vectors, those vectors.
        ranges: And then the ranges of the elements.
    """

    problem: Problem
    constraints: Sequence[Constraint]
    statement: Statement
    layout: Layout | None = None
    ranges: dict[str, Interval] | None = None


def setting(command: str, options: Descent, text: str) -> Setting:
    """What the run of one expression is about.

    Raises:
        ExpressionError: The expression or a constraint cannot be read, or nothing in it can vary.
        PointError: The start, the bounds or the fixed variables do not fit it, or each other.
        UsageError: What is asked for is not there for vectors.
        UnavailableError: The engine, the device or the dtype is not available.
    """
    constraints: Sequence[Constraint] = _constraints(options)
    statement = stated(options, text)
    if constraints:
        from gdcli.graph.fixing import widen

        statement = replace(statement, graph=widen(statement.graph, [each.graph for each in constraints]))
    variables = statement.variables
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
    whole = statement
    if fixed:
        statement = statement.holding(fixed)
        limits = {name: each for name, each in limits.items() if name not in fixed}
        constraints = [_with_fixed(each, fixed) for each in constraints]
    for name in statement.counting():
        raise PointError(
            f"{name} counts elements or the terms of a sum, and cannot be sought",
            hint=f"say what it is with --fix {name}=10 or --let {name}=10",
        )
    shapes = statement.shapes(given)
    vectors = statement.has_vectors(shapes)
    if vectors and options.checkpoint is not None:
        raise UsageError("--checkpoint is not there for vectors", hint="leave it out")
    drawn = _common(ranges, limits)
    if vectors and (constraints or options.starts is not None):
        return _spelled_out(
            command, options, statement, shapes, given, limits, drawn, constraints, fixed, whole
        )
    graph, layout = statement.lowered(shapes)
    chosen = _engine(options, graph), _device(options), options.dtype
    engine = statement.engine_of(graph, layout, *chosen, steps=options.steps)
    start = _start(layout, given, options.seed, drawn)
    problem = Problem(engine, start, text, command, options.seed, _pairs(layout, limits), fixed)
    return Setting(problem, constraints, whole)


def method(options: Descent) -> Method:
    """The method that is asked for.

    Raises:
        UsageError: The method, or its schedule, does not take its parameters, or they do not go together.
    """
    return methods.create(options.method, options.lr, dict(options.set), options.schedule)


def _constraints(options: Descent) -> tuple[Constraint, ...]:
    if not options.subject_to:
        return ()
    from gdcli.expression.constraints import parse_constraint

    return tuple(each for text in options.subject_to for each in parse_constraint(text))


def _pairs(layout: Layout, limits: Mapping[str, Interval]) -> tuple[Interval, ...]:
    """The bounds of each number of a point, or nothing."""
    return tuple(layout.spread(limits, EVERYTHING)) if limits else ()


def _spelled_out(
    command: str,
    options: Descent,
    statement: Statement,
    shapes: Mapping[str, tuple[int, ...]],
    given: Mapping[str, Value],
    limits: Mapping[str, Interval],
    drawn: Mapping[str, Interval],
    constraints: Sequence[Constraint],
    fixed: Mapping[str, Value],
    whole: Statement,
) -> Setting:
    """The same for constraints and many starts, which know single numbers only: each element is a variable."""
    from gdcli.graph.unrolled import unroll

    layout = Layout(statement.variables, tuple(shapes[name] for name in statement.variables))
    arrays = {name: array.tolist() for name, array in statement.arrays.items()}
    names = tuple(layout.elements())
    if len(names) > MOST_SPELLED_OUT:
        raise UsageError(
            f"the vectors have {len(names):,} elements; with constraints or many starts the bound is "
            f"{MOST_SPELLED_OUT:,}"
        )
    graph = replace(unroll(statement.graph, shapes, arrays, text=statement.text), variables=names)
    spelled = [
        replace(each, graph=unroll(each.graph, shapes, arrays, text=each.text)) for each in constraints
    ]
    lowered = lower(graph)
    engine = select(lowered, _engine(options, lowered), _device(options), options.dtype)
    row = layout.row(_start(layout, given, options.seed, drawn)).tolist()
    start = dict(zip(names, row, strict=True))
    pairs = _pairs(layout, limits)
    problem = Problem(engine, start, statement.text, command, options.seed, pairs, fixed)
    ranges = dict(
        zip(names, layout.spread(intervals(options.range, statement.variables, "--range"), None), strict=True)
    )
    return Setting(
        problem, spelled, whole, layout, {name: each for name, each in ranges.items() if each is not None}
    )


def _start(
    layout: Layout, given: Mapping[str, Value], seed: int, drawn: Mapping[str, Interval]
) -> dict[str, Value]:
    """A start: what is given, and for the others random numbers."""
    numbers = {name: value for name, value in given.items() if not is_vector(value)}
    scalars = [name for name, shape in zip(layout.names, layout.shapes, strict=True) if not shape]
    found: dict[str, Value] = dict(
        random_start(
            scalars,
            {name: numbers[name] for name in scalars if name in numbers},  # type: ignore[misc]
            seed,
            bounds({name: each for name, each in drawn.items() if name in scalars}, scalars),
        )
    )
    for name, shape in zip(layout.names, layout.shapes, strict=True):
        if shape:
            found[name] = (
                given[name]
                if name in given
                else random_vector(name, shape[0], seed, drawn.get(name, EVERYTHING))
            )
    return {name: found[name] for name in layout.names}


def _engine(options: Descent, graph: Graph) -> str:
    """The engine asked for; among those that may be chosen, that which is the quickest for many starts."""
    if (
        graph.shapes
        or options.engine != "auto"
        or options.starts is None
        or not makes_fixed_steps(method(options))
    ):
        return options.engine
    from gdcli.descent.starts.compiling import wants_torch

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


def _with_fixed(constraint: Constraint, fixed: Mapping[str, Value]) -> Constraint:
    """The constraint on the variables that are left."""
    from gdcli.graph.fixing import fix

    present = [name for name in fixed if name in constraint.graph.variables]
    own = {name: float(fixed[name]) for name in present if not is_vector(fixed[name])}  # type: ignore[arg-type]
    if len(present) == len(constraint.graph.variables):
        raise PointError(
            f"every variable of the constraint {constraint.text} is fixed", hint="leave one of the two out"
        )
    return replace(constraint, graph=fix(constraint.graph, own))


def _fixed(options: Descent, variables: Sequence[str], limits: Mapping[str, Interval]) -> dict[str, Value]:
    """The values of the variables that are fixed."""
    fixed = point(options.fix, variables, "--fix")
    for name, value in fixed.items():
        if not finite(value):
            raise PointError(f"{name} cannot be fixed at {shown(value)}")
        low, high = limits.get(name, EVERYTHING)
        numbers: Any = value if is_vector(value) else (value,)
        for number in numbers:
            if not low <= number <= high:
                raise PointError(f"{name} is fixed at {number:g}, outside its bounds {low:g}:{high:g}")
    if len(fixed) == len(variables):
        raise PointError(
            "every variable is fixed, and nothing is left to be sought", hint="gdcli eval computes the value"
        )
    return fixed
