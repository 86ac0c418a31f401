"""``table``: for people. A run's rows as they come and then its summary; everything else as a table.

Piped, a table is as wide as it needs to be; on a terminal, streamed rows have fewer digits or leave variables
out (and say so), and texts are folded. Of a long vector the norm and the extremes are shown, and its ends where it has
rows of its own. Colour is the terminal's only.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdcli.records import (
    Checked,
    ComputationGraph,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Listing,
    Point,
    Record,
    Started,
    Step,
    Value,
    Vector,
)
from gdcli.reporting.columns import GAP, NORM_DIGITS, Column, Layout, fit
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.elements import EXTREMES, element, element_names, floats, is_long, split, watched
from gdcli.reporting.hessian import hessian_table
from gdcli.reporting.messages import excerpt, visible
from gdcli.reporting.names import Named, derivative_columns
from gdcli.reporting.number_text import long, short
from gdcli.reporting.reporter import Output, Reporter
from gdcli.reporting.summary import FEW_DIGITS, summary, where
from gdcli.reporting.terminal import can_encode
from gdcli.reporting.variables import Shown, variable_table

TITLE_LINES = 3


class TableReporter(Reporter):
    """Draws records as tables."""

    def __init__(self, output: Output) -> None:
        super().__init__(output)
        self._canvas = Canvas(output)
        self._first = True
        self._steps: Layout | None = None
        self._points: tuple[list[str], Layout] | None = None
        self._max_steps = 99_999

    def show(self, record: Record) -> None:
        if isinstance(record, Step):
            self._step(record)
        elif isinstance(record, Started):
            self._max_steps = record.max_steps
            self._steps = None
            self._emit(self._title(record.command, record.expression))
        elif isinstance(record, Finished):
            self._steps = None
            self._emit(summary(record, self._canvas, self.output.precision))
        elif isinstance(record, Listing):
            self._emit(self._canvas.table(record.columns, record.rows, [False] * len(record.columns)))
        elif isinstance(record, Checked):
            self._emit(self._checked(record))
        elif isinstance(record, ComputationGraph):
            self._emit(self._graph(record))
        elif isinstance(record, Evaluated | Derivative):
            if self.output.points and record.at is not None:
                self._point(record)
            else:
                self._emit(self._values(record))
        else:
            assert isinstance(record, Failed)

    def _emit(self, text: str) -> None:
        """A block of text, a blank line before it unless it is the first."""
        self.emit(text if self._first else "\n" + text)
        self._first = False

    # Rows that come one by one

    def _step(self, record: Step) -> None:
        numbers = watched(record.x.items(), EXTREMES)
        if self._steps is None:
            columns = [
                Column("step", whole=self._max_steps),
                Column("value"),
                Column("gradient norm", digits=self.output.precision or NORM_DIGITS),
                *(Column(visible(name), optional=True) for name, _ in numbers),
            ]
            self._steps = fit(columns, self.output.width, self.output.precision)
            self._emit(self._header(self._steps))
        values = [record.value, record.gradient_norm, *(number for _, number in numbers)]
        cells = self._steps.row([record.step, *values])
        self.emit(self._line(cells, ["step", "value"]))

    def _point(self, record: Evaluated | Derivative) -> None:
        """A row of ``--points``."""
        pairs = watched(map(_number, derivative_columns(record)))
        names = [name for name, _ in pairs]
        if self._points is None or self._points[0] != names:
            columns = [Column(visible(name), optional=name != "value") for name in names]
            self._points = names, fit(columns, self.output.width, self.output.precision)
            self._emit(self._header(self._points[1]))
        self.emit(self._line(self._points[1].row([value for _, value in pairs]), []))

    def _header(self, layout: Layout) -> str:
        names = layout.header()
        rule = self._canvas.rule_sign * (sum(map(len, names)) + GAP * (len(names) - 1))
        return self._line(names, ["header"] * len(names)) + self._canvas.styled(rule, "rule") + "\n"

    def _line(self, cells: Sequence[str], styles: Sequence[str]) -> str:
        styled = [self._canvas.styled(cell, style) for cell, style in zip(cells, styles, strict=False)]
        return (" " * GAP).join([*styled, *cells[len(styled) :]]) + "\n"

    # Everything else

    def _title(self, command: str, expression: str) -> str:
        text = visible(f"{command} {expression}")
        if self.output.width is not None:
            text = excerpt(text, None, self.output.width * TITLE_LINES)[0]
        return self._canvas.styled(text, "title") + "\n"

    def _values(self, record: Evaluated | Derivative) -> str:
        precision = self.output.precision
        parts = [self._title(record.command, record.expression)]
        if record.value is not None:
            fields = {"value": short(record.value, precision), **where(record)}
            parts.append(self._canvas.fields(fields, "value"))
        columns: list[Shown] = []

        def text(number: float | str) -> str:
            return short(number, precision)

        if record.at is not None:
            columns.append(Shown("at", record.at, text))
        if isinstance(record, Derivative):
            if record.gradient is not None:
                columns.append(Shown("gradient", record.gradient, text))
            if record.symbolic is not None:
                columns.append(Shown("derivative", record.symbolic, text, numeric=False))
        if any(column.values for column in columns):
            parts.append(variable_table(columns, self._canvas))
        if isinstance(record, Derivative) and record.hessian:
            parts.append(hessian_table(record.hessian, record.at, self._canvas, precision))
        return "\n".join(parts)

    def _graph(self, record: ComputationGraph) -> str:
        output, styled = self.output, self._canvas.styled
        title = self._title(record.command, record.expression)
        if record.as_steps:
            from gdcli.reporting.graph.steps import passes

            sections = passes(record, output.precision)._asdict()
            parts = [
                styled(name, "header") + "\n" + "".join(f"  {line}\n" for line in lines)
                for name, lines in sections.items()
            ]
            return "\n".join([title, *parts])
        from gdcli.reporting.graph import tree

        unicode = can_encode(output.stdout, "".join(tree.UNICODE))
        return f"{title}\n{tree.draw(record, styled, output.precision, width=output.width, unicode=unicode)}"

    def _checked(self, record: Checked) -> str:
        precision = self.output.precision
        compared = [
            (source, _compared(gradient, record.worst)) for source, gradient in record.sources.items()
        ]
        names = [name for name, _ in _compared(record.gradient, record.worst)]
        header, numeric = ["gradient", *names], [False, *[True] * len(names)]
        # All digits: the differences are in the last ones.
        rows = [[source, *(long(number, precision) for _, number in numbers)] for source, numbers in compared]
        if not self._canvas.fits(header, rows):
            rows = [[name, row[i], row[0]] for i, name in enumerate(names, start=1) for row in rows]
            header, numeric = ["variable", "gradient", "by"], [False, True, False]
        verdict = {
            "agreed": "yes" if record.agreed else "no",
            "disagreement": f"{short(record.disagreement, precision or FEW_DIGITS)} at {record.worst}",
        }
        return "\n".join(
            [
                self._title(record.command, record.expression),
                self._canvas.fields({"value": short(record.value, precision)}, "value"),
                self._canvas.table(header, rows, numeric),
                self._canvas.fields(verdict, "good" if record.agreed else "bad"),
            ]
        )


def _compared(gradient: Point, worst: str) -> list[tuple[str, float]]:
    """What is shown of a gradient beside others: all, but of a long vector its norm and the worst element."""
    numbers: list[tuple[str, float]] = []
    variable, found = split(worst)
    for name, value in gradient.items():
        if not isinstance(value, Vector):
            numbers.append((name, value))
        elif not is_long(value):
            numbers += zip(element_names(name, value), floats(value), strict=True)
        else:
            numbers.append((f"norm({name})", value.norm))
            if name == variable and found[1:-1].isdecimal():
                numbers.append((worst, element(value, int(found[1:-1]))))
    return numbers


def _number(pair: Named) -> tuple[str, Value]:
    """A named value at a point, where there are no texts."""
    name, value = pair
    assert not isinstance(value, str)
    return name, value
