"""``csv`` and ``tsv``: a header, then rows as they come.

A run is its steps: ``step,value,gradient_norm,x,y,…``. Values and derivatives are a row a point: the variables,
``value``, ``gradient_x``, …, ``hessian_x_x``, …; without a point the symbols, ``symbolic_x``, …. A vector has a column
for each element, ``x[0]``, ``gradient_x[0]``, ``hessian_x_x[0][1]``, however long it is. A check is a row for each way
of differentiating, a computation graph a row for each node. After a run, the minima that were asked for are a table of
their own, ``minimum,value,starts,x,y,…``. When a problem has other columns than the one before, a blank line and the
new header come between; with the same columns its rows simply follow. How a run ended has no place in the rows, so that
an ending other than the expected goes to stderr.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TextIO, TypeAlias

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
    Value,
    Vector,
)
from gdcli.reporting.elements import PIECE, assigned, element_names, exactly, joined
from gdcli.reporting.messages import visible
from gdcli.reporting.names import Named, derivative_columns, distinct, prefixed, step_columns
from gdcli.reporting.number_text import exact
from gdcli.reporting.reporter import Output, Reporter

Shape: TypeAlias = tuple[int, ...] | None
"""That of a vector, or None for a number or a text."""
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
        self._delimiter = delimiter
        self._text = exactly(precision)
        # Names with the shapes of vectors stand for the header, which may have a million columns.
        self._header: list[tuple[str, Shape]] | None = None
        self._written = header
        self._steps: list[tuple[str, Shape]] | None = None
        self._single = False

    def step(self, record: Step) -> None:
        """A row of a run: no text in it needs quoting, and there may be very many."""
        variables = [
            (name, value.shape if isinstance(value, Vector) else None) for name, value in record.x.items()
        ]
        if variables != self._steps:
            self._under(step_columns(record))
            self._steps = variables
            self._single = all(shape is None for _, shape in variables)
        values = (record.value, record.gradient_norm, *record.x.values())
        if self._single:
            numbers = [self._text(float(number)) for number in values]  # type: ignore[arg-type] # none is a vector
            self._stream.write(self._delimiter.join([str(record.step), *numbers]) + "\n")
        else:
            self._stream.writelines(self._pieces(values, str(record.step)))
        self._stream.flush()

    def pairs(self, pairs: Sequence[Named]) -> None:
        """A row of named values."""
        self.rows(pairs, [[value for _, value in pairs]])

    def rows(self, header: Sequence[Named], rows: Iterable[Sequence[Value | str]]) -> None:
        """Rows of values with the names, and the shapes, of the header's."""
        self._steps = None
        self._under(header)
        for row in rows:
            self._stream.writelines(self._pieces(row))
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

    def _under(self, pairs: Sequence[Named]) -> None:
        header = _shapes(pairs)
        if header == self._header:
            return
        written, self._written = self._written, None
        first = self._header is None and written is None
        self._header = header
        if written is not None and all(a == b for a, b in zip_longest(written, _names(pairs))):
            return
        separator = "" if first else "\n"
        names = _names(pairs)
        while some := list(islice(names, PIECE)):
            self._stream.write(separator + _line(some, self._delimiter))
            separator = self._delimiter
        self._stream.write("\n")


def _names(pairs: Iterable[Named]) -> Iterator[str]:
    """The header: a name for each number, ``x[0]``, ``x[1]``, … for a vector ``x``.

    Brackets are in no other name of a number, so that distinct names have distinct elements.
    """
    for name, value in pairs:
        if isinstance(value, Vector):
            yield from element_names(name, value)
        else:
            yield name


def _shapes(pairs: Iterable[Named]) -> list[tuple[str, Shape]]:
    return [(name, value.shape if isinstance(value, Vector) else None) for name, value in pairs]


def _line(cells: Sequence[str], delimiter: str) -> str:
    """Texts, each in quotes where it needs them; a million of them are looked at together."""
    line = delimiter.join(cells)
    if line.count(delimiter) == len(cells) - 1 and not any(sign in line for sign in '"\r\n'):
        return line
    return delimiter.join(_cell(cell, delimiter) for cell in cells)


def _cell(text: str, delimiter: str) -> str:
    """A text, in quotes where it needs them."""
    if delimiter in text or any(sign in text for sign in '"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


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

            self._writer.rows(
                [(name, "") for name in members.columns(record)], members.rows(record, self.output.precision)
            )
        elif isinstance(record, Listing):
            self._writer.rows([(name, "") for name in record.columns], record.rows)
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
