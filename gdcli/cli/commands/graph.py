"""``gdcli graph``: the computation graph of an expression, and backpropagation on it step by step."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gdcli.cli.declare import one_of, option
from gdcli.cli.options import OUTPUT, Expression, Output, Point
from gdcli.cli.session import Session
from gdcli.errors import FileError, NotFiniteError, PointError, UsageError
from gdcli.records import ComputationGraph
from gdcli.reporting import FORMATS, open_reporter
from gdcli.reporting.graph import ENDINGS, PICTURES
from gdcli.reporting.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdcli.cli.statement import Statement
    from gdcli.cli.values import Value
    from gdcli.graph.nodes import Graph

ALL_FORMATS = (*FORMATS, *PICTURES)
WITH_STEPS = ("table", "plain", "json", "jsonl")
STDOUT = "-"
TEXT_FILE = ".txt"


@dataclass(frozen=True)
class Options(Expression, Point, Output):
    """The options of ``graph``."""

    format: str = option(
        "--format",
        f"How the graph is written: {', '.join(ALL_FORMATS)}",
        "FORMAT",
        one_of(ALL_FORMATS, "one of the formats"),
        default="table",
        choices=ALL_FORMATS,
        section=OUTPUT,
        whole_run=True,
    )
    output: str | None = option(
        "--output",
        f"Write to a file, whose ending says the format: {' '.join(ENDINGS)}",
        "FILE",
        section=OUTPUT,
        file=True,
        whole_run=True,
    )
    # GDCLI_STEPS is the number of steps of a descent.
    steps: bool = option(
        "--steps",
        "Show the pass forwards and then the pass backwards, one step a line",
        section=OUTPUT,
        has_variable=False,
    )


def graph(session: Session, options: Options) -> None:
    """Show the computation graph of an expression, node by node.

    At a point each node has its value v and its gradient g, and each edge the local derivative: along a path
    they are multiplied, and where paths meet the products are added up. That is the chain rule.

    \b
    gdcli graph "x**2+y**2" --at x=1,y=3
    gdcli graph "x**2+y**2" --at x=1,y=3 --steps
    gdcli graph "x**2+y**2" --output graph.svg
    """
    if options.output == STDOUT:
        options = replace(options, output=None)
    options = replace(options, format=_format(options))
    session.configure(options)
    if _is_binary(options.format) and not options.output and is_terminal(session.environment.stdout):
        raise UsageError(
            f"{options.format} is not for a terminal", hint=f"add --output graph.{options.format}"
        )
    if options.output and options.expression in (None, "-"):
        raise UsageError("--output is for one graph, and needs an EXPRESSION on the command line")
    session.solve(options, lambda own, text: _graph(session, own, text))


def _format(options: Options) -> str:
    """The format that is asked for, by name or by the ending of a file.

    Raises:
        UsageError: The two contradict each other, or neither says anything, or the format has no steps.
    """
    format = options.format
    if options.output is not None:
        ending = Path(options.output).suffix.lower()
        meant = ENDINGS.get(ending)
        if "format" in options.typed:
            # Any text may be in a text file.
            if meant not in (None, format) and (ending != TEXT_FILE or _is_binary(format)):
                raise UsageError(
                    f"--format {format} and the ending of {options.output!r}, which means {meant}, contradict each "
                    "other",
                    hint="leave --format out, or end the file otherwise",
                )
        elif meant is None:
            raise UsageError(
                f"the ending of {options.output!r} names no format",
                hint=f"end it with one of {', '.join(ENDINGS)}, or add --format",
            )
        else:
            format = meant
    if options.steps and format not in WITH_STEPS:
        raise UsageError(
            f"--steps is a text, and not for {format}",
            hint=f"the formats with steps are {', '.join(WITH_STEPS)}",
        )
    return format


def _is_binary(format: str) -> bool:
    return format in PICTURES and PICTURES[format].binary


def _graph(session: Session, options: Options, text: str) -> None:
    from gdcli.cli.points import complete_point, described
    from gdcli.cli.statement import stated
    from gdcli.graph.annotate import annotate

    if options.steps and options.format not in WITH_STEPS:
        # A problem of standard input may ask for them by itself.
        _format(options)
    statement = stated(options, text)
    source, at = statement.graph, None
    if options.at or not statement.variables:
        given = complete_point(options.at, statement.variables, "--at")
        source, at = _in_numbers(statement, given)
    elif statement.has_vectors({}):
        raise PointError(
            "the graph of an expression with vectors has a node for each element, and their lengths are not known",
            hint="give a point with --at",
        )
    record = ComputationGraph(session.command, text, at, annotate(source, at), options.steps)
    _write(session, options, record)
    if at is not None and (problem := _not_finite(record)):
        session.object_to(NotFiniteError(f"the {problem[0]} is not finite{described(at)}: {problem[1]}"))


def _in_numbers(statement: Statement, given: Mapping[str, Value]) -> tuple[Graph, dict[str, float]]:
    """The graph of single numbers, vectors spelled out, and the point by the names that its variables have."""
    shapes = statement.shapes(given)
    if not statement.has_vectors(shapes):
        return statement.graph, {name: float(value) for name, value in given.items()}  # type: ignore[arg-type]
    from gdcli.cli.values import is_vector
    from gdcli.graph.unrolled import elements, unroll

    constants = {name: array.tolist() for name, array in statement.arrays.items()}
    constants |= {name: float(given[name]) for name in statement.counting()}  # type: ignore[arg-type]
    graph = unroll(statement.graph, shapes, constants, text=statement.text)
    at: dict[str, float] = {}
    for name in (name for name in statement.variables if name not in constants):
        value, names = given[name], elements(name, shapes[name])
        numbers = list(value) if is_vector(value) else [value] * len(names)  # type: ignore[arg-type]
        at |= {each: float(number) for each, number in zip(names, numbers, strict=True)}  # type: ignore[arg-type]
    return graph, at


def _write(session: Session, options: Options, record: ComputationGraph) -> None:
    """Write the record to where it is to go.

    Raises:
        UnavailableError: The format needs a program that is not there.
        FileError: The file cannot be written.
    """
    picture = PICTURES.get(options.format)
    if picture is None and not options.output:
        session.report(record)
        return
    if picture is not None:
        content = picture.load()(record, options.precision)
    else:
        stream = io.StringIO()
        reporter = open_reporter(
            options.format,
            stream,
            session.environment.stderr,
            precision=options.precision,
            color=False,
            quiet=options.quiet,
            command=session.command,
        )
        reporter.write(record)
        reporter.close()
        content = stream.getvalue().encode()
    if options.output:
        try:
            Path(options.output).write_bytes(content)
        except OSError as error:
            raise FileError(f"cannot write {options.output!r}: {error.strerror or error}") from error
        return
    stdout = session.environment.stdout
    if _is_binary(options.format):
        binary: BinaryIO | None = getattr(stdout, "buffer", None)
        if binary is None:
            raise FileError("standard output takes no bytes", hint=f"add --output graph.{options.format}")
        stdout.flush()
        binary.write(content)
        binary.flush()
    else:
        stdout.write(content.decode())
        stdout.flush()


def _not_finite(record: ComputationGraph) -> tuple[str, float] | None:
    """Which of the value and the gradient is not finite, the first of them, and what it is."""
    named: Mapping[str, float | None] = {
        "value": record.nodes[-1].value,
        **{f"derivative by {node.name}": node.gradient for node in record.nodes if node.kind == "variable"},
    }
    for name, number in named.items():
        if number is not None and not math.isfinite(number):
            return name, number
    return None
