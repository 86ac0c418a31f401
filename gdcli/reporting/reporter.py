"""What every format is: records are written to it one by one, and it is closed at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from gdcli.records import Checked, Derivative, Finished, Record
from gdcli.reporting.messages import visible


class Output(NamedTuple):
    """Where a reporter writes, and how. `gdcli.reporting.open_reporter` fills it in.

    Attributes:
        stdout: Where results and rows go.
        stderr: Where hints and notes go.
        precision: Significant digits, or None for numbers that read back as they were.
        color: Whether `stdout` is to be coloured.
        quiet: Whether hints and notes are left out.
        width: Columns of the terminal that `stdout` is, or None where it is not one.
        command: The command that runs.
        points: The records are the rows of one table of points.
    """

    stdout: TextIO
    stderr: TextIO
    precision: int | None = None
    color: bool = False
    quiet: bool = False
    width: int | None = None
    command: str = ""
    points: bool = False


class Reporter(ABC):
    """Writes records as text; each is out (flushed) when `write` returns.

    Errors of the streams, a closed pipe among them, are the caller's. A `Failed` record is written by the
    JSON formats only: its message is shown on stderr by the command line, whatever the format.
    """

    def __init__(self, output: Output) -> None:
        self.output = output

    def write(self, record: Record) -> None:
        """Write one record, and the hints that come with it."""
        self.show(record)
        if isinstance(record, Finished):
            for hint in record.hints:
                self.remark(f"hint: {hint}")
        elif isinstance(record, Derivative | Checked) and record.note:
            self.remark(f"note: {record.note}")

    @abstractmethod
    def show(self, record: Record) -> None:
        """Write one record to stdout."""

    def close(self) -> None:
        """Write what is left to write. The streams stay open: they are not the reporter's."""
        self.output.stdout.flush()

    def emit(self, text: str) -> None:
        """Write `text` to stdout so that it is seen now: runs are watched, and may be killed."""
        self.output.stdout.write(text)
        self.output.stdout.flush()

    def emit_pieces(self, pieces: Iterable[str]) -> None:
        """The same, of a text that may be too long to be held."""
        self.output.stdout.writelines(pieces)
        self.output.stdout.flush()

    def remark(self, text: str) -> None:
        """Write a line to stderr, unless the user wants quiet."""
        if not self.output.quiet:
            self.output.stderr.write(visible(text) + "\n")
            self.output.stderr.flush()
