"""``csv`` and ``tsv``: a header, then rows as they come.

A run is its steps: ``step,value,gradient_norm,x,y,…``. Values and derivatives are a row a point: the
variables, ``value``, ``gradient_x``, …, ``hessian_x_x``, …; without a point the symbols, ``symbolic_x``, …. A
vector has a column for each element, ``x[0]``, ``gradient_x[0]``, ``hessian_x_x[0][1]``, however long it is. A check is
a row for each way of differentiating. After a run, the minima that were asked for are a table of their
own, ``minimum,value,starts,x,y,…``. When a problem has other columns than the one before, a blank
line and the new header come between; with the same columns its rows simply follow. How a run ended has no
place in the rows, so that an ending other than the expected goes to stderr.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from gdcli.records import (
    Checked,
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
    Value,
    Vector,
)
from gdcli.reporting.elements import assigned, exactly, joined
from gdcli.reporting.messages import visible
from gdcli.reporting.names import Named, columns, derivative_columns, distinct, prefixed, step_columns
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
        self._header = header
        self._text = exactly(precision)
        self._kind: object = None

    def step(self, record: Step) -> None:
        """A row of a run: no text in it needs quoting, and there may be very many."""
        kind = [(name, _shape(value)) for name, value in record.x.items()]
        if kind != self._kind:
            self._under(step_columns(record.x))
            self._kind = kind
        values = (record.value, record.gradient_norm, *record.x.values())
        self._stream.writelines(self._pieces(values, str(record.step)))
        self._stream.flush()

    def pairs(self, pairs: Sequence[Named]) -> None:
        """A row of named values."""
        # The header may be long, and is that of the row before, mostly.
        kind = "pairs", [(name, _shape(value)) for name, value in pairs]
        if kind != self._kind:
            self._under(columns(pairs))
            self._kind = kind
        self._stream.writelines(self._pieces([value for _, value in pairs]))
        self._stream.flush()

    def _pieces(self, values: Iterable[Value | str], text: str = "") -> Iterator[str]:
        """The pieces of a row after `text`; where there is no vector, it is one."""
        separator = self._delimiter if text else ""
        for value in values:
            if isinstance(value, Vector):
                yield text + separator
                yield from joined(value, self._text, self._delimiter)
                text = ""
            elif isinstance(value, str):
                text += separator + _cell(value, self._delimiter)
            else:
                text += separator + self._text(float(value))
            separator = self._delimiter
        yield text + "\n"

    def rows(self, header: list[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows of texts."""
        self._kind = None
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


def _shape(value: object) -> tuple[int, ...] | None:
    return value.shape if isinstance(value, Vector) else None


def _cell(text: str, delimiter: str) -> str:
    """A text, in quotes where it needs them."""
    row = io.StringIO()
    csv.writer(row, delimiter=delimiter, lineterminator="").writerow([text, ""])
    return row.getvalue().removesuffix(delimiter)


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
        elif isinstance(record, Listing):
            self._writer.rows(list(record.columns), record.rows)
        else:
            assert isinstance(record, Started | Failed)

    def _ending(self, record: Finished) -> None:
        if record.status in EXPECTED and record.last is None:
            return
        best = f"value {exact(record.value)} at {assigned(record.x)}"
        text = f"{record.status.value}: {record.message}\nbest: {best}\n"
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
