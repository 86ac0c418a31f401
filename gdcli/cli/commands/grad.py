"""``gdcli grad``: the derivatives of an expression, in symbols and at points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdcli.cli.declare import option
from gdcli.cli.options import PROBLEM, At, Computation, Expression, Output, Saving, names
from gdcli.cli.session import Session
from gdcli.cli.values import Value, is_vector
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
    from gdcli.cli.located import Place
    from gdcli.cli.statement import Shapes, Statement
    from gdcli.graph.layout import Layout
    from gdcli.records import Derivative, Point
    from gdcli.records import Value as Recorded
    from gdcli.reporting.saving import Saver


@dataclass(frozen=True)
class Options(Expression, At, Computation, Saving, Output):
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
    options.require_one_problem(options.expression)
    session.solve(options, lambda own, text: _grad(session, own, text))


def _grad(session: Session, options: Options, text: str) -> None:
    from gdcli.cli.statement import stated
    from gdcli.engines import check_names

    # Not every way from here on has an engine compute something.
    check_names(options.engine, options.device, options.dtype)
    if options.check and options.hessian:
        raise UsageError("--check and --hessian exclude each other", hint="the check is one of the gradient")
    if options.check and not options.has_point:
        raise UsageError("--check compares numbers, and needs a point", hint="add --at or --points")
    saver = None
    if options.save is not None:
        from gdcli.reporting.saving import Saver

        if not options.at or options.check:
            raise UsageError(
                "--save keeps the gradient at one point", hint="add --at, without --check and --points"
            )
        saver = Saver(options.save)
    statement = stated(options, text)
    wrt = _chosen(options.wrt, statement.variables)
    if options.check:
        session.each_point(options, statement.variables, _checker(session, options, statement, wrt))
    elif options.has_point:
        session.each_point(
            options, statement.variables, _differentiator(session, options, statement, wrt, saver)
        )
    else:
        session.report(_in_symbols(session, options, statement, wrt))


def _require_few(count: int) -> None:
    from gdcli.expression.bounds import MAX_HESSIAN_VARIABLES

    if count > MAX_HESSIAN_VARIABLES:
        raise ExpressionError(
            f"the expression has {count:,} variables; the bound with --hessian is {MAX_HESSIAN_VARIABLES:,}"
        )


def _in_symbols(session: Session, options: Options, statement: Statement, wrt: Sequence[str]) -> Derivative:
    from gdcli.records import Derivative

    graph = statement.graph
    if options.hessian:
        _require_few(len(graph.variables))

    try:
        symbols, hessian = _symbols(session, options, statement, wrt, second=options.hessian)
    except SymbolsLeftOut as error:
        raise SymbolsLeftOut(error.message, hint="numbers there are: give a point with --at") from None
    note = "" if graph.variables else "there is no variable to differentiate by"
    return Derivative(session.command, statement.text, symbols, hessian=hessian, note=note)


def _symbols(
    session: Session,
    options: Options,
    statement: Statement,
    wrt: Sequence[str],
    *,
    second: bool = False,
    shapes: Shapes | None = None,
) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]] | None]:
    """The derivatives in symbols, and if they are wanted the second ones; `shapes` where they are known.

    Raises:
        SymbolsLeftOut: They are not given.
    """
    from gdcli.cli.storage import user_cache
    from gdcli.expression import symbols

    if statement.has_vectors(shapes or {}):
        return _indexed(statement, wrt, second=second, shapes=shapes), None
    # What a text stands for with other definitions is another expression.
    plain = not options.no_cache and not options.let
    cache = user_cache(session.environment.environ, wanted=plain)
    text, graph = statement.text, statement.graph
    first = symbols.derivatives(text, graph, wrt, cache)
    return first, symbols.hessian(text, graph, wrt, cache) if second else None


def _indexed(
    statement: Statement, wrt: Sequence[str], *, second: bool, shapes: Shapes | None
) -> Mapping[str, str]:
    """The derivatives by the elements of vectors.

    Raises:
        SymbolsLeftOut: They are not given, or the second ones are wanted too.
    """
    from gdcli.expression.bounds import check_symbolic

    if second:
        raise SymbolsLeftOut("the notation has no second derivatives by the elements of vectors")
    graph = statement.graph
    # Before SymPy is loaded, which takes longer than everything else.
    check_symbolic(len(graph.nodes))
    from gdcli.expression.symbolic.indexed import indexed_derivatives
    from gdcli.graph.tensors.naming import vector_names

    known = vector_names(graph) if shapes is None else {name for name, shape in shapes.items() if shape}
    arrays = {name: array.ndim for name, array in statement.arrays.items()}
    vectors = frozenset(known).union(name for name, rank in arrays.items() if rank == 1)
    matrices = frozenset(name for name, rank in arrays.items() if rank == 2)
    # Limits and subscripts cannot vary; what they are made of is left out, unless it alone is asked for.
    counting = statement.counting()
    varying = [name for name in wrt if name not in counting] or wrt
    return indexed_derivatives(graph, varying, vectors - matrices, matrices)


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
    session: Session, options: Options, statement: Statement, wrt: Sequence[str], saver: Saver | None
) -> Callable[[Mapping[str, Value]], GdcliError | None]:
    """What reports the derivatives at a point, with the symbols beside them."""
    from gdcli.cli.located import Located
    from gdcli.records import Derivative

    located = Located(statement, options)
    known: dict[tuple[tuple[int, ...], ...], tuple[Mapping[str, str] | None, str]] = {}

    def in_symbols(place: Place, by: Sequence[str]) -> tuple[Mapping[str, str] | None, str]:
        shapes = place.layout.shapes
        if shapes not in known:
            try:
                named = dict(zip(place.layout.names, shapes, strict=True))
                known[shapes] = _symbols(session, options, place.statement, by, shapes=named)[0], ""
            except SymbolsLeftOut as error:
                known[shapes] = None, f"the derivatives in symbols are left out: {error.message}"
        return known[shapes]

    def at(point: Mapping[str, Value]) -> GdcliError | None:
        place = located.at(point)
        engine = place.engine
        if options.hessian:
            _require_few(place.layout.size)
        by = [name for name in wrt if name not in place.constants]
        value, gradient = place.value_and_gradient()
        partials = {name: gradient[name] for name in by}
        if saver is not None:
            saver.require(partials)
        symbols, note = in_symbols(place, by)
        hessian = _blocks(place.layout, engine.hessian(place.row), by) if options.hessian else None
        session.report(
            Derivative(
                session.command,
                statement.text,
                symbols,
                at=place.at,
                value=value,
                gradient=partials,
                hessian=hessian,
                engine=engine.name,
                device=engine.device,
                dtype=engine.dtype,
                note=note,
            )
        )
        if saver is not None:
            saver.write(partials)
        return _not_finite(point, value, partials, hessian or {})

    return at


def _blocks(
    layout: Layout, matrix: Sequence[Sequence[float]], wrt: Sequence[str]
) -> dict[str, dict[str, Recorded]]:
    """The matrix of second derivatives by the variables' names."""
    chosen = [(name, shape, piece) for name, shape, piece in layout.pieces() if name in wrt]
    if not layout.has_vectors:
        return {a: {b: matrix[i.start][j.start] for b, _, j in chosen} for a, _, i in chosen}
    import numpy as np

    from gdcli.recorded import vector

    whole = np.array(matrix)
    return {
        a: {
            b: vector(whole[i, j], (*rows, *columns)) if rows or columns else float(whole[i.start, j.start])
            for b, columns, j in chosen
        }
        for a, rows, i in chosen
    }


def _not_finite(
    point: Mapping[str, Value], value: float, gradient: Point, hessian: Mapping[str, Point]
) -> NotFiniteError | None:
    """Which number is not finite, the first one of them."""
    from gdcli.records import Vector

    named: dict[str, Recorded] = {"value": value}
    named |= {f"derivative by {name}": partial for name, partial in gradient.items()}
    for name, row in hessian.items():
        named |= {f"second derivative by {name} and {other}": entry for other, entry in row.items()}
    from gdcli.cli.points import described

    for name, number in named.items():
        at = ""
        if isinstance(number, Vector):
            # NaN is both the least and the most.
            wrong = number.least_at if not math.isfinite(number.least) else number.most_at
            at, number = f"[{wrong}]", number.numbers[wrong]
        if not math.isfinite(number):
            return NotFiniteError(f"the {name}{at} is not finite{described(point)}: {number}")
    return None


def _checker(
    session: Session, options: Options, statement: Statement, wrt: Sequence[str]
) -> Callable[[Mapping[str, Value]], GdcliError | None]:
    """What reports the gradient at a point by every way there is."""
    from gdcli import check
    from gdcli.cli.located import Located

    located = Located(statement, options)

    def at(point: Mapping[str, Value]) -> GdcliError | None:
        how = {"command": session.command, "device": options.device, "dtype": options.dtype}
        shapes = {name: (len(value),) if is_vector(value) else () for name, value in point.items()}  # type: ignore[arg-type]
        if statement.has_vectors(shapes):
            from gdcli.check_tensors import check_tensors

            place = located.at(point)
            by = [name for name in wrt if name not in place.constants]
            checked = check_tensors(place.statement, place, expression=statement.text, wrt=by, **how)
        else:
            numbers = {name: float(value) for name, value in point.items()}  # type: ignore[arg-type]
            checked = check.check(statement.graph, numbers, expression=statement.text, wrt=wrt, **how)
        session.report(checked)
        if checked.agreed:
            return _not_finite(point, checked.value, checked.gradient, {})
        return CheckError(
            f"the derivatives by {checked.worst} disagree by {checked.disagreement:.3g} (relative)"
        )

    return at
