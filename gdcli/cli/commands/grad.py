"""``gdcli grad``: the derivatives of an expression, in symbols and at points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdcli.cli.declare import option
from gdcli.cli.options import PROBLEM, At, Computation, Expression, Output, names
from gdcli.cli.session import Session
from gdcli.errors import (
    ExitStatus,
    ExpressionError,
    GdcliError,
    NotFiniteError,
    PointError,
    SymbolsLeftOut,
    UsageError,
)

if TYPE_CHECKING:
    from gdcli.graph.nodes import Graph
    from gdcli.records import Derivative, Point


@dataclass(frozen=True)
class Options(Expression, At, Computation, Output):
    """The options of ``grad``."""

    wrt: tuple[str, ...] | None = option(
        "--wrt",
        "The variables to differentiate by, joined by commas; by default all",
        "NAMES",
        names,
        section=PROBLEM,
    )
    hessian: bool = option("--hessian", "Compute the second derivatives too", section=PROBLEM)
    check: bool = option(
        "--check",
        "Compare every engine's backward, the symbolic derivative and central differences; exit with 5 if "
        "they disagree",
        section=PROBLEM,
    )


class CheckError(GdcliError):
    """The ways to compute a gradient disagree."""

    kind = "check"
    exit_status = ExitStatus.CHECK_FAILED


def grad(session: Session, options: Options) -> None:
    """Differentiate an expression: in symbols, and by backward at a point.

    \b
    gdcli grad "x**2+y**2"
    gdcli grad "x**2+y**2" --at x=1,y=3
    """
    session.configure(options, points=options.points is not None)
    session.solve(options, lambda own, text: _grad(session, own, text))


def _grad(session: Session, options: Options, text: str) -> None:
    from gdcli.engines import check_names
    from gdcli.expression.bounds import MAX_HESSIAN_VARIABLES
    from gdcli.expression.parser import parse

    # Not every way from here on has an engine compute something.
    check_names(options.engine, options.device, options.dtype)
    if options.check and options.hessian:
        raise UsageError("--check and --hessian exclude each other", hint="the check is one of the gradient")
    if options.check and not options.has_point:
        raise UsageError("--check compares numbers, and needs a point", hint="add --at or --points")
    graph = parse(text)
    if options.hessian and len(graph.variables) > MAX_HESSIAN_VARIABLES:
        raise ExpressionError(
            f"the expression has {len(graph.variables):,} variables; the bound with --hessian is "
            f"{MAX_HESSIAN_VARIABLES:,}"
        )
    wrt = _chosen(options.wrt, graph.variables)
    if options.check:
        session.each_point(options, graph.variables, _checker(session, options, text, graph, wrt))
    elif options.has_point:
        session.each_point(options, graph.variables, _differentiator(session, options, text, graph, wrt))
    else:
        session.report(_in_symbols(session, options, text, graph, wrt))


def _in_symbols(
    session: Session, options: Options, text: str, graph: Graph, wrt: Sequence[str]
) -> Derivative:
    from gdcli.records import Derivative

    try:
        symbols, hessian = _symbols(session, options, text, graph, wrt, options.hessian)
    except SymbolsLeftOut as error:
        raise SymbolsLeftOut(error.message, hint="numbers there are: give a point with --at") from None
    note = "" if graph.variables else "there is no variable to differentiate by"
    return Derivative(session.command, text, symbols, hessian=hessian, note=note)


def _symbols(
    session: Session, options: Options, text: str, graph: Graph, wrt: Sequence[str], second: bool = False
) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]] | None]:
    """The derivatives in symbols, and if they are wanted the second ones.

    Raises:
        SymbolsLeftOut: They are not given.
    """
    from gdcli.cli.storage import user_cache
    from gdcli.expression import symbols

    cache = user_cache(session.environment.environ, wanted=not options.no_cache)
    first = symbols.derivatives(text, graph, wrt, cache)
    return first, symbols.hessian(text, graph, wrt, cache) if second else None


def _chosen(names: Sequence[str] | None, variables: Sequence[str]) -> Sequence[str]:
    """The variables to differentiate by.

    Raises:
        PointError: One of them is not in the expression, or is named twice.
    """
    from gdcli.cli.assignments import unknown_name

    if names is None:
        return variables
    for index, name in enumerate(names):
        if name not in variables:
            raise unknown_name(name, variables)
        if name in names[:index]:
            raise PointError(f"--wrt names {name} twice")
    return names


def _differentiator(
    session: Session, options: Options, text: str, graph: Graph, wrt: Sequence[str]
) -> Callable[[Point], GdcliError | None]:
    """What reports the derivatives at a point, with the symbols beside them."""
    from gdcli.engines import select
    from gdcli.graph.lowering import lower
    from gdcli.records import Derivative

    engine = select(lower(graph), options.engine, options.device, options.dtype)
    places = [graph.variables.index(name) for name in wrt]
    symbols: Mapping[str, str] | None
    note = ""
    try:
        symbols, _ = _symbols(session, options, text, graph, wrt)
    except SymbolsLeftOut as error:
        symbols, note = None, f"the derivatives in symbols are left out: {error.message}"

    def at(point: Point) -> GdcliError | None:
        x = tuple(point.values())
        value, gradient = engine.value_and_gradient(x)
        partials = {name: gradient[place] for name, place in zip(wrt, places, strict=True)}
        hessian = None
        if options.hessian:
            rows = engine.hessian(x)
            hessian = {
                name: {other: rows[place][column] for other, column in zip(wrt, places, strict=True)}
                for name, place in zip(wrt, places, strict=True)
            }
        session.report(
            Derivative(
                session.command,
                text,
                symbols,
                at=point,
                value=value,
                gradient=partials,
                hessian=hessian,
                engine=engine.name,
                device=engine.device,
                dtype=engine.dtype,
                note=note,
            )
        )
        return _not_finite(point, value, partials, hessian or {})

    return at


def _not_finite(
    point: Point, value: float, gradient: Point, hessian: Mapping[str, Point]
) -> NotFiniteError | None:
    """Which number is not finite, the first one of them."""
    named = {"value": value}
    named |= {f"derivative by {name}": partial for name, partial in gradient.items()}
    for name, row in hessian.items():
        named |= {f"second derivative by {name} and {other}": entry for other, entry in row.items()}
    from gdcli.cli.points import described

    for name, number in named.items():
        if not math.isfinite(number):
            return NotFiniteError(f"the {name} is not finite{described(point)}: {number}")
    return None


def _checker(
    session: Session, options: Options, text: str, graph: Graph, wrt: Sequence[str]
) -> Callable[[Point], GdcliError | None]:
    """What reports the gradient at a point by every way there is."""
    from gdcli import check

    def at(point: Point) -> GdcliError | None:
        checked = check.check(
            graph,
            point,
            expression=text,
            command=session.command,
            device=options.device,
            dtype=options.dtype,
            wrt=wrt,
        )
        session.report(checked)
        if checked.agreed:
            return _not_finite(point, checked.value, checked.gradient, {})
        return CheckError(
            f"the derivatives by {checked.worst} disagree by {checked.disagreement:.3g} (relative)"
        )

    return at
