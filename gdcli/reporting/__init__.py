"""Records in, text out: one format a file, and the registry that names them.

Importing this package imports no format: neither Rich nor json nor csv is loaded before a reporter is opened.
A new format is a file with a subclass of `gdcli.reporting.reporter.Reporter` and a row of `FORMATS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

from gdcli.errors import UsageError

if TYPE_CHECKING:
    from gdcli.reporting.reporter import Reporter

__all__ = ["FORMATS", "Format", "Reporter", "open_reporter"]

MAX_PRECISION = 50
"""More significant digits than any dtype has, so that a slip of the keyboard makes no gigabyte of zeros."""


class Format(NamedTuple):
    """A row of the registry: a line for ``gdcli list formats``, and where the class is."""

    summary: str
    module: str
    reporter: str

    def load(self) -> type[Reporter]:
        """Import the module of the format and return its class."""
        return cast("type[Reporter]", getattr(importlib.import_module(self.module), self.reporter))


FORMATS: Mapping[str, Format] = {
    "table": Format(
        "for people: rows as they come, then a summary", "gdcli.reporting.table", "TableReporter"
    ),
    "plain": Format("one name=value a line, quoted for a shell", "gdcli.reporting.plain", "PlainReporter"),
    "json": Format("the result as one JSON object", "gdcli.reporting.json_object", "JsonReporter"),
    "jsonl": Format(
        "JSON Lines: each step as it comes, then the result",
        "gdcli.reporting.json_lines",
        "JsonLinesReporter",
    ),
    "csv": Format("comma-separated rows as they come", "gdcli.reporting.separated", "CsvReporter"),
    "tsv": Format("tab-separated rows as they come", "gdcli.reporting.separated", "TsvReporter"),
}


def open_reporter(
    format: str,
    stdout: TextIO,
    stderr: TextIO,
    *,
    precision: int | None = None,
    color: bool = True,
    quiet: bool = False,
    width: int | None = None,
    command: str = "",
    points: bool = False,
) -> Reporter:
    """Return the reporter that writes records in `format` to `stdout`.

    Args:
        format: A name of `FORMATS`.
        stdout: Where results and rows go.
        stderr: Where hints and notes go.
        precision: Significant digits of every number; None for numbers that read back as they were (in
            tables: ten digits).
        color: False forbids colour. True allows it on a terminal where ``NO_COLOR`` is not set.
        quiet: Write no hints and no notes.
        width: Columns of the terminal, instead of asking it. Has no effect on what is piped, which is never
            cut.
        command: The command that runs.
        points: The records are the rows of one table of points (``--points``), so that a format for people
            gives each of them a line rather than a table.

    Raises:
        UsageError: There is no such format, or `precision` is out of bounds.
    """
    from gdcli.reporting.reporter import Output
    from gdcli.reporting.terminal import is_terminal, may_color, terminal_width

    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=f"the formats are {', '.join(FORMATS)}")
    if precision is not None and not 1 <= precision <= MAX_PRECISION:
        raise UsageError(f"a precision of {precision} digits is not between 1 and {MAX_PRECISION}")
    terminal = is_terminal(stdout)
    output = Output(
        stdout=stdout,
        stderr=stderr,
        precision=precision,
        color=may_color(stdout, allowed=color),
        quiet=quiet,
        width=(width or terminal_width(stdout)) if terminal else None,
        command=command,
        points=points,
    )
    return FORMATS[format].load()(output)
