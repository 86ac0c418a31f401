"""``--trace FILE``: every reported step in a file, as CSV or JSON Lines by the file's ending.

Each row is handed to the system as it is written, so that a process that is killed leaves every finished row
readable.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Protocol, TextIO

from gdcli.errors import FileError, UsageError
from gdcli.records import Record, Step

DELIMITERS = {".csv": ",", ".tsv": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
ENDINGS = (*DELIMITERS, *JSON_LINES)


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


def open_trace(path: str | Path) -> Trace:
    """Open a trace file for writing; what was in it is gone.

    Raises:
        UsageError: The file's ending names no format.
        FileError: The file cannot be opened.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"the ending of the trace file {str(path)!r} names no format",
            hint=f"end it with one of {', '.join(ENDINGS)}",
        )
    try:
        stream = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise _failure(path, error) from error
    return Trace(path, stream, _writer(ending, stream))


def _writer(ending: str, stream: TextIO) -> StepWriter:
    if ending in DELIMITERS:
        from gdcli.reporting.separated import RowWriter

        return RowWriter(stream, DELIMITERS[ending])
    from gdcli.reporting.json_lines import StepLines

    return StepLines(stream)


def _failure(path: Path, error: OSError) -> FileError:
    return FileError(f"cannot write the trace file {str(path)!r}: {error.strerror or error}")
