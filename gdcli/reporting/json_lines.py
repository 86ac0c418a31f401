"""``jsonl``: JSON Lines, for programs that read while gdcli writes.

A run's steps are ``{"event":"step",…}`` as they come, and its result is ``{"event":"finished",…}`` with the
keys of ``json``. Every other result is the object that ``json`` writes; a list is one object a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from gdcli.records import Finished, Listing, Record, Started, Step
from gdcli.reporting.json_object import SCHEMA, as_object, line
from gdcli.reporting.reporter import Reporter


class JsonLinesReporter(Reporter):
    """Writes each record but the start of a run, of which the result has everything, as a line."""

    def show(self, record: Record) -> None:
        if isinstance(record, Started):
            return
        if isinstance(record, Listing):
            for row in record.rows:
                columns = dict(zip(record.columns, row, strict=True))
                self.emit_pieces(line({"schema": SCHEMA, "topic": record.topic, **columns}))
            return
        self.emit_pieces(json_line(record, self.output.precision))


def json_line(record: Record, precision: int | None = None) -> Iterator[str]:
    """The pieces of the line for a record, with the kind of event before the keys where it belongs to a run."""
    event = {}
    if isinstance(record, Step):
        event = {"event": "step"}
    elif isinstance(record, Finished):
        event = {"event": "finished"}
    return line({**event, **as_object(record, precision)}, precision)


class StepLines:
    """Writes the steps of a run to a file, a line each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def step(self, record: Step) -> None:
        """Write a step, and flush it."""
        self._stream.writelines(json_line(record))
        self._stream.flush()
