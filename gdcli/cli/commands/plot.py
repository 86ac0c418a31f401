"""``gdcli plot``: a picture of a function, or of runs that were traced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdcli.cli.assignments import Assignment
from gdcli.cli.declare import option
from gdcli.cli.options import OUTPUT, PROBLEM, Common, Expression, Fixed
from gdcli.cli.session import Session
from gdcli.errors import ExpressionError, NotFiniteError, PointError, UsageError

if TYPE_CHECKING:
    from gdcli.cli.intervals import Interval
    from gdcli.cli.statement import Statement
    from gdcli.cli.values import Value
    from gdcli.graph.layout import Layout
    from gdcli.reporting.course import Course
    from gdcli.reporting.pictures.files import PictureFile
    from gdcli.reporting.pictures.function import Function, Sampled, View

PICTURE = "Picture"
USUAL = (-5.0, 5.0)
"""What is shown of a variable that is given no range."""
FINEST = 4_096
"""So many places at least have to be numbers of their own."""


@dataclass(frozen=True)
class Options(Expression, Fixed, Common):
    """The options of ``plot``."""

    output: str | None = option(
        "--output",
        "Draw into a file: PNG, SVG or PDF by its ending (this needs gdcli[plot]); without it, or with '-', in "
        "characters on standard output",
        "FILE",
        file=True,
        section=OUTPUT,
        whole_run=True,
    )
    no_color: bool = option("--no-color", "Write no colour, as NO_COLOR does", section=OUTPUT, whole_run=True)
    gradient: bool = option(
        "--gradient",
        "Draw the gradient too: as arrows, or of one variable as a second curve",
        section=PICTURE,
    )
    surface: bool = option(
        "--surface", "Draw a function of two variables as a surface, into a file", section=PICTURE
    )
    from_: tuple[str, ...] = option(
        "--from",
        "Draw the run of a trace (.csv, .tsv, .jsonl; see minimize --trace); several files are compared in one "
        "picture. EXPRESSION is then what they went down, and may be left out",
        "FILE",
        repeated=True,
        file=True,
        section=PICTURE,
        whole_run=True,
    )
    range: tuple[str | Assignment, ...] = option(
        "--range",
        "What of the variables is shown: x=-2:2, y=0:pi; by default -5:5, and of runs where they went",
        "NAME=LOW:HIGH",
        repeated=True,
        section=PROBLEM,
    )

    @property
    def file(self) -> str | None:
        """The file to draw into, if any."""
        return None if self.output == "-" else self.output


def plot(session: Session, options: Options) -> None:
    """Draw a function of one variable or two, or runs that were traced.

    \b
    gdcli plot "sin(x)/x" --range x=-20:20
    gdcli plot "x**2+3*y**2" --range x=-2:2,y=-2:2 --gradient --output field.png
    gdcli plot --from gd.csv --from adam.csv --output runs.png
    """
    _require_sense(options)
    with nullcontext() if options.file is None else _picture_file(options.file) as picture:
        if options.from_:
            session.expression = options.expression or ""
            _draw_runs(session, options, picture)
            return
        session.solve(options, lambda own, text: _draw_function(session, own, text, picture))


def _picture_file(path: str) -> PictureFile:
    from gdcli.reporting.pictures.files import PictureFile

    return PictureFile(path)


def _require_sense(options: Options) -> None:
    """Make sure that the options go together."""
    if options.surface and options.file is None:
        raise UsageError("--surface draws into a file", hint="add --output surface.png")
    if options.surface and options.gradient:
        raise UsageError("--surface and --gradient exclude each other")
    if options.from_:
        for name in ("surface", "gradient"):
            if getattr(options, name):
                raise UsageError(f"--from and --{name} exclude each other")
        if options.expression == "-":
            raise UsageError("with --from, EXPRESSION is not read from standard input")
    elif options.file is not None and options.expression in (None, "-"):
        raise UsageError("--output FILE is for one picture, and needs an EXPRESSION on the command line")


def _draw_function(session: Session, options: Options, text: str, picture: PictureFile | None) -> None:
    """Draw the function of one expression."""
    from gdcli.cli.functions import function_of
    from gdcli.cli.points import point
    from gdcli.cli.statement import stated

    statement = stated(options, text)
    variables = statement.variables
    fixed = point(options.fix, variables, "--fix")
    ranges = _ranges(options, variables)
    for name in ranges:
        if name in fixed:
            raise PointError(f"{name} is fixed, and has no --range", hint=f"leave out --range for {name}")
    layout = _layout(statement, fixed)
    left = layout.elements()
    spread = zip(left, layout.spread(ranges, None), strict=True)
    ranges = {name: each for name, each in spread if each is not None}
    _require_one_or_two(left, variables, text)
    if options.surface and len(left) != 2:
        raise UsageError("--surface is for functions of two variables", hint="leave out --surface")
    view = _view(left, ranges)
    function = function_of(statement, fixed, left)
    assert function is not None
    if picture is None:
        _write(session, options, text, function, view)
        return
    from gdcli.reporting.pictures.function import sample
    from gdcli.reporting.pictures.functions import draw_function
    from gdcli.reporting.pictures.style import styled
    from gdcli.reporting.pictures.surface import SURFACE_POINTS

    sampled = sample(function, view, (SURFACE_POINTS,) * 2 if options.surface else None)
    _require_defined(sampled)
    title = [text, ", ".join(f"{name} = {value:g}" for name, value in fixed.items())]
    with styled():
        figure = draw_function(
            function, view, sampled, title, gradient=options.gradient, surface=options.surface
        )
        picture.save(figure)


def _layout(statement: Statement, fixed: Mapping[str, Value]) -> Layout:
    """The variables that are left, and where their numbers are."""
    from gdcli.graph.layout import Layout

    held = statement.holding(fixed)
    shapes = held.shapes({})
    return Layout(held.variables, tuple(shapes[name] for name in held.variables))


def _require_one_or_two(left: Sequence[str], variables: Sequence[str], text: str) -> None:
    from gdcli.cli.assignments import listed

    if not variables:
        raise ExpressionError(
            "there is no variable in the expression", hint="gdcli eval computes its value", text=text
        )
    if not left:
        raise PointError(
            "every variable is fixed, and there is nothing to draw against", hint="leave out one --fix"
        )
    if len(left) > 2:
        raise PointError(
            f"a picture shows two variables at most, and these are {len(left)}: {listed(left[:10])}"
            + (" …" if len(left) > 10 else ""),
            hint=f"hold the others: --fix {','.join(f'{name}=0' for name in left[2:6])}{',…' if len(left) > 6 else ''}",
        )


def _view(names: Sequence[str], ranges: Mapping[str, Interval]) -> View:
    """What is shown of the variables."""
    from gdcli.reporting.pictures.function import View

    sides = [ranges.get(name, USUAL) for name in names]
    return View(tuple(low for low, _ in sides), tuple(high for _, high in sides))


def _ranges(options: Options, names: Sequence[str]) -> Mapping[str, Interval]:
    """The ranges that are given.

    Raises:
        PointError: One has an open end, or no extent, or is of no variable.
    """
    import math

    from gdcli.cli.intervals import intervals
    from gdcli.reporting.pictures.function import LARGEST

    ranges = intervals(options.range, names, "--range")
    for name, (low, high) in ranges.items():
        if not (math.isfinite(low) and math.isfinite(high)):
            raise PointError(f"the range of {name} is open", hint=f"give both ends: --range {name}=-2:2")
        if max(-low, high) > LARGEST:
            raise PointError(f"the range of {name} is too wide to be drawn: {low!r} to {high!r}")
        if not low / 2 + (high / 2 - low / 2) / FINEST > low / 2:
            raise PointError(f"the range of {name} is too narrow to be drawn: {low!r} to {high!r}")
    return ranges


def _require_defined(sampled: Sampled) -> None:
    if not sampled.defined:
        raise NotFiniteError(
            "the function is finite nowhere in what is shown", hint="give a --range in which it is defined"
        )


def _write(session: Session, options: Options, text: str, function: Function, view: View) -> None:
    """Draw a function in characters on standard output."""
    from gdcli.reporting import terminal_drawing as drawing
    from gdcli.reporting import terminal_frame as frame
    from gdcli.reporting.messages import excerpt
    from gdcli.reporting.pictures.function import arrows, sample
    from gdcli.reporting.pictures.scales import scale_of
    from gdcli.reporting.terminal import can_encode, drawing_size, may_color

    stdout = session.environment.stdout
    signs = frame.UNICODE if can_encode(stdout, frame.EVERYTHING) else frame.ASCII
    size = drawing_size(stdout)
    if len(function.variables) == 1:
        sampled = sample(function, view, (8 * size[0],))
        _require_defined(sampled)
        lines = drawing.curve(sampled, view, function.variables[0], size, signs)
        if options.gradient:
            lines += ["", *drawing.slope(function, sampled, view, size, signs)]
    else:
        room = drawing.contour_room(size, view, signs)
        sampled = sample(function, view, room)
        _require_defined(sampled)
        field = arrows(function, view, drawing.field_counts(room)) if options.gradient else None
        allowed = session.environment.wants_color and not options.no_color
        paint = drawing.painter(stdout) if may_color(stdout, allowed=allowed) else None
        scale = scale_of(sampled.values)
        lines = drawing.contours(sampled, view, function.variables, scale, signs, field, paint)
    # One of several is set off from the next.
    after = [""] if session.place else []
    _emit(session, [*excerpt(f"{session.command} {text}", None, size[0]), "", *lines, *after])


def _draw_runs(session: Session, options: Options, picture: PictureFile | None) -> None:
    """Draw the runs of traces."""
    from gdcli.cli.functions import function_of
    from gdcli.cli.points import point
    from gdcli.cli.statement import stated
    from gdcli.reporting.traces import read_trace

    courses = [course for path in options.from_ for course in read_trace(path)]
    names = courses[0].names
    statement = None
    variables = names
    if options.expression is not None:
        statement = stated(options, options.expression)
        variables = _variables(statement, names)
    fixed = point(options.fix, variables, "--fix")
    courses = [course.without(fixed) for course in courses]
    names = courses[0].names
    # The elements of a vector have the range of the vector.
    vectors = {name: name.partition("[")[0] for name in names}
    given = _ranges(options, tuple(dict.fromkeys(vectors.values())))
    ranges = {name: given[vector] for name, vector in vectors.items() if vector in given}
    if not names:
        raise PointError("every variable is fixed, and there is nothing to draw", hint="leave out one --fix")
    function = None if statement is None else function_of(statement, fixed, names)
    if picture is None:
        _write_runs(session, courses)
        return
    from gdcli.reporting.pictures.figures import Runs, draw_runs
    from gdcli.reporting.pictures.style import styled
    from gdcli.reporting.pictures.views import ascends

    title = options.expression or ", ".join(dict.fromkeys(options.from_))
    subtitle = f"{len(courses)} runs" if len(courses) > 1 else f"{courses[0].rows[-1].step} steps"
    with styled():
        up = all(ascends(course) for course in courses)
        picture.save(draw_runs(Runs(title, subtitle, courses, function, ranges=ranges, maximised=up)))


def _variables(statement: Statement, names: Sequence[str]) -> tuple[str, ...]:
    """The variables of an expression and those of a trace.

    Raises:
        PointError: The trace lacks one of the expression's.
    """
    variables = statement.variables
    for name in variables:
        if name not in names and f"{name}[0]" not in names:
            raise PointError(
                f"the trace has no variable {name}, which the expression has",
                hint=f"its variables are {', '.join(names)}",
            )
    return tuple(dict.fromkeys((*variables, *names)))


def _write_runs(session: Session, courses: Sequence[Course]) -> None:
    """Draw runs as sparklines on standard output."""
    from gdcli.reporting.sparkline import can_spark, course_lines
    from gdcli.reporting.terminal import drawing_size

    stdout = session.environment.stdout
    lines: list[str] = []
    for course in courses:
        lines += ["", course.label] if lines else [course.label]
        lines += course_lines(course, drawing_size(stdout)[0], unicode=can_spark(stdout))
    _emit(session, lines)


def _emit(session: Session, lines: Sequence[str]) -> None:
    """Write a drawing to standard output."""
    stdout = session.environment.stdout
    stdout.write("".join(f"{line.rstrip()}\n" for line in lines))
    stdout.flush()
