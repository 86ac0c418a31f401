"""``csv`` and ``tsv``: a header, then rows as they come.

A run is its steps: ``step,value,gradient_norm,x,y,…``. Values and derivatives are a row a point: the variables,
``value``, ``gradient_x``, …, ``hessian_x_x``, …; without a point the symbols, ``symbolic_x``, …. A check is a row for
each way of differentiating, a computation graph a row for each node. After a run, the minima that were asked for are
a table of their own, ``minimum,value,starts,x,y,…``. When a problem has other columns than the one before, a blank
line and the new header come between; with the same columns its rows simply follow. How a run ended has no place in
the rows, so that an ending other than the expected goes to stderr.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from gdcli.records import (
    Checked,
    ComputationGraph,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Listing,
    Minimum,
    Point,
    Record,
    Started,
    Status,
    Step,
)
from gdcli.reporting.messages import visible
from gdcli.reporting.names import Named, derivative_columns, distinct, prefixed, step_columns
from gdcli.reporting.number_text import exact
from gdcli.reporting.reporter import Output, Reporter

EXPECTED = {Status.CONVERGED, Status.MAX_STEPS, Status.TIME_LIMIT}


class RowWriter:
    """Writes rows under headers to a stream; each is flushed. `header` is the one under which it is now, if any."""

    def __init__(
        self,
        stream: TextIO,
        delimiter: str,
        precision: int | None = None,
        header: list[str] | None = None,
    ) -> None:
        self._stream = stream
        self._rows = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        self._delimiter = delimiter
        self._precision = precision
        self._header = header
        self._names: tuple[str, ...] | None = None

    def step(self, record: Step) -> None:
        """A row of a run: no text in it needs quoting, and there may be very many."""
        names = tuple(record.x)
        if names != self._names:
            self._under(step_columns(names))
            self._names = names
        numbers = (record.value, record.gradient_norm, *record.x.values())
        if self._precision is None:
            texts = [repr(float(number)) for number in numbers]
        else:
            texts = [exact(number, self._precision) for number in numbers]
        self._stream.write(self._delimiter.join([str(record.step), *texts]) + "\n")
        self._stream.flush()

    def pairs(self, pairs: Sequence[Named]) -> None:
        """A row of named values."""
        self.rows([name for name, _ in pairs], [[exact(value, self._precision) for _, value in pairs]])

    def rows(self, header: list[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows of texts."""
        self._names = None
        self._under(header)
        self._rows.writerows(rows)
        self._stream.flush()

    def _under(self, header: list[str]) -> None:
        if header == self._header:
            return
        if self._header is not None:
            self._stream.write("\n")
        self._header = header
        self._rows.writerow(header)


class SeparatedReporter(Reporter):
    """Rows with a delimiter between their cells."""

    delimiter = ","

    def __init__(self, output: Output) -> None:
        super().__init__(output)
        self._writer = RowWriter(output.stdout, self.delimiter, output.precision)

    def show(self, record: Record) -> None:
        if isinstance(record, Step):
            self._writer.step(record)
        elif isinstance(record, Finished):
            for place, minimum in enumerate(record.minima or (), 1):
                self._writer.pairs(_minimum_columns(place, minimum))
            self._ending(record)
        elif isinstance(record, Evaluated | Derivative):
            pairs = derivative_columns(record)
            if pairs:
                self._writer.pairs(pairs)
        elif isinstance(record, Checked):
            for name, gradient in record.sources.items():
                self._writer.pairs(_check_columns(record, name, gradient))
        elif isinstance(record, ComputationGraph):
            from gdcli.reporting.graph import members

            self._writer.rows(members.COLUMNS, members.rows(record, self.output.precision))
        elif isinstance(record, Listing):
            self._writer.rows(list(record.columns), record.rows)
        else:
            assert isinstance(record, Started | Failed)

    def _ending(self, record: Finished) -> None:
        if record.status in EXPECTED and record.last is None:
            return
        best = ", ".join(f"{name}={exact(value)}" for name, value in record.x.items())
        text = f"{record.status.value}: {record.message}\nbest: value {exact(record.value)} at {best}\n"
        # The best point is the answer, so that it is shown even where the user wants quiet.
        self.output.stderr.write("\n".join(map(visible, text.split("\n"))))
        self.output.stderr.flush()


def _check_columns(record: Checked, name: str, gradient: Point) -> list[Named]:
    own: list[Named] = [("value", record.value), ("source", name)]
    verdict: list[Named] = [
        ("disagreement", record.disagreement),
        ("worst", record.worst),
        ("agreed", "true" if record.agreed else "false"),
    ]
    point = list(record.at.items())
    pairs = distinct(point + prefixed("gradient", gradient), [name for name, _ in own + verdict])
    return [*pairs[: len(point)], *own, *pairs[len(point) :], *verdict]


def _minimum_columns(place: int, minimum: Minimum) -> list[Named]:
    own: list[Named] = [("minimum", str(place)), ("value", minimum.value), ("starts", str(minimum.starts))]
    return own + distinct(minimum.x.items(), [name for name, _ in own])


class CsvReporter(SeparatedReporter):
    """``csv``."""


class TsvReporter(SeparatedReporter):
    """``tsv``."""

    delimiter = "\t"
