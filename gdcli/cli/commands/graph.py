"""``gdcli graph``: the computation graph of an expression, and backpropagation on it step by step."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from gdcli.cli.declare import one_of, option
from gdcli.cli.options import OUTPUT, Expression, Output, Point
from gdcli.cli.session import Session
from gdcli.errors import FileError, NotFiniteError, UsageError
from gdcli.records import ComputationGraph, Vector
from gdcli.reporting import FORMATS, open_reporter
from gdcli.reporting.graph import ENDINGS, PICTURES
from gdcli.reporting.terminal import is_terminal

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
    from gdcli.cli.annotated import annotated
    from gdcli.cli.points import complete_point, described
    from gdcli.cli.statement import stated

    if options.steps and options.format not in WITH_STEPS:
        # A problem of standard input may ask for them by itself.
        _format(options)
    statement = stated(options, text)
    point = None
    if options.at or not statement.variables:
        point = complete_point(options.at, statement.variables, "--at")
    at, nodes, gradient = annotated(statement, point)
    record = ComputationGraph(session.command, text, at, nodes, options.steps, gradient)
    _write(session, options, record)
    if point is not None and (problem := _not_finite(record)):
        session.object_to(NotFiniteError(f"the {problem[0]} is not finite{described(point)}: {problem[1]}"))


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
    value = record.nodes[-1].value
    if value is not None and not math.isfinite(value):
        return "value", value
    for name, partial in (record.gradient or {}).items():
        if isinstance(partial, Vector):
            # NaN is both the least and the most.
            wrong = partial.least_at if not math.isfinite(partial.least) else partial.most_at
            name, partial = f"{name}[{wrong}]", partial.numbers[wrong]
        if not math.isfinite(partial):
            return f"derivative by {name}", partial
    return None
