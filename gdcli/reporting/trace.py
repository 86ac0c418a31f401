"""``--trace FILE``: every reported step in a file, as CSV or JSON Lines by the file's ending.

Each row is handed to the system as it is written, so that a process that is killed leaves every finished row
readable.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, TextIO

from gdcli.errors import FileError, UsageError
from gdcli.records import Record, Step

DELIMITERS = {".csv": ",", ".tsv": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
ENDINGS = (*DELIMITERS, *JSON_LINES)

_BEGINNING = re.compile(rb'\{"event":"step","step":(\d+),')


class StepWriter(Protocol):
    """Writes the rows of one kind of file."""

    def step(self, record: Step) -> None:
        """Write a step, and flush it."""


class Trace:
    """An open trace file; a context manager. Numbers are written so that they read back as they were."""

    def __init__(self, path: Path, stream: TextIO, writer: StepWriter) -> None:
        self._path = path
        self._stream = stream
        self._writer = writer

    def write(self, record: Record) -> None:
        """Write a step; any other record is passed over.

        Raises:
            FileError: The file cannot be written.
        """
        if isinstance(record, Step):
            try:
                self._writer.step(record)
            except OSError as error:
                raise _failure(self._path, error) from error

    def close(self) -> None:
        """Close the file.

        Raises:
            FileError: The last rows cannot be written.
        """
        try:
            self._stream.close()
        except OSError as error:
            raise _failure(self._path, error) from error

    def __enter__(self) -> Trace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        # The error that ends the run says more than one of closing the file.
        with contextlib.suppress(OSError):
            self._stream.close()


def open_trace(path: str | Path, after: int | None = None) -> Trace:
    """Open a trace file for writing.

    Args:
        path: The file; what is in it is gone, unless there is an `after`.
        after: For a run that goes on after this step: the rows up to there stay, those behind it are cut off, with one
            that was not finished, and the new ones follow.

    Raises:
        UsageError: The file's ending names no format.
        FileError: The file cannot be opened, or has to be kept and is no trace.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"the ending of the trace file {str(path)!r} names no format",
            hint=f"end it with one of {', '.join(ENDINGS)}",
        )
    header = None
    try:
        if after is not None and path.exists():
            header = _cut(path, ending, after)
        stream = path.open("w" if after is None else "a", encoding="utf-8", newline="")
    except OSError as error:
        raise _failure(path, error) from error
    return Trace(path, stream, _writer(ending, stream, header))


def _writer(ending: str, stream: TextIO, header: list[str] | None) -> StepWriter:
    if ending in DELIMITERS:
        from gdcli.reporting.separated import RowWriter

        return RowWriter(stream, DELIMITERS[ending], header=header)
    from gdcli.reporting.json_lines import StepLines

    return StepLines(stream)


def _cut(path: Path, ending: str, after: int) -> list[str] | None:
    """Take away what is behind the row of step `after`; the header of the columns, if there is one."""
    import csv

    header = None
    with path.open("rb") as stream:
        try:
            if ending in DELIMITERS:
                delimiter = DELIMITERS[ending]
                first = stream.readline()
                if first.endswith(b"\n"):
                    header = next(csv.reader([first.decode("utf-8")], delimiter=delimiter))
                    if header[:1] != ["step"]:
                        raise ValueError
                size = len(first) if header else 0
                size += _size(stream, after, lambda line: int(line.split(delimiter.encode(), 1)[0]))
            else:
                size = _size(stream, after, _step_of)
        except (ValueError, KeyError, TypeError, StopIteration):
            raise FileError(
                f"the trace file {str(path)!r} is not the trace of a run that could go on in it",
                hint="name another file, or remove it",
            ) from None
    os.truncate(path, size)
    return header


def _step_of(line: bytes) -> int:
    """The step of a line of JSON, without a look at a million numbers behind it."""
    import json

    beginning = _BEGINNING.match(line)
    return int(beginning[1] if beginning and line.endswith(b"}}\n") else json.loads(line)["step"])


def _size(stream: BinaryIO, after: int, step: Callable[[bytes], int]) -> int:
    """How many bytes the finished rows up to a step have."""
    size = 0
    for line in stream:
        if not line.endswith(b"\n") or step(line) > after:
            break
        size += len(line)
    return size


def _failure(path: Path, error: OSError) -> FileError:
    return FileError(f"cannot write the trace file {str(path)!r}: {error.strerror or error}")
