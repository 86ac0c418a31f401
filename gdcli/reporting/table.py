"""``table``: for people. A run's rows as they come and then its summary; everything else as a table.

Piped, a table is as wide as it needs to be; on a terminal, streamed rows have fewer digits or leave variables
out (and say so), and texts are folded. Colour is the terminal's only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdcli.records import (
    Checked,
    ComputationGraph,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Listing,
    Record,
    Started,
    Step,
)
from gdcli.reporting.columns import GAP, NORM_DIGITS, Column, Layout, fit
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.messages import excerpt, visible
from gdcli.reporting.names import derivative_columns
from gdcli.reporting.number_text import long, short
from gdcli.reporting.reporter import Output, Reporter
from gdcli.reporting.summary import FEW_DIGITS, summary, where
from gdcli.reporting.terminal import can_encode

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
        if self._steps is None:
            columns = [
                Column("step", whole=self._max_steps),
                Column("value"),
                Column("gradient norm", digits=self.output.precision or NORM_DIGITS),
                *(Column(visible(name), optional=True) for name in record.x),
            ]
            self._steps = fit(columns, self.output.width, self.output.precision)
            self._emit(self._header(self._steps))
        cells = self._steps.row([record.step, record.value, record.gradient_norm, *record.x.values()])
        self.emit(self._line(cells, ["step", "value"]))

    def _point(self, record: Evaluated | Derivative) -> None:
        """A row of ``--points``."""
        pairs = derivative_columns(record)
        names = [name for name, _ in pairs]
        if self._points is None or self._points[0] != names:
            columns = [Column(visible(name), optional=name != "value") for name in names]
            self._points = names, fit(columns, self.output.width, self.output.precision)
            self._emit(self._header(self._points[1]))
        self.emit(self._line(self._points[1].row([float(value) for _, value in pairs]), []))

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
        columns: dict[str, Mapping[str, float | str]] = {}
        if record.at is not None:
            columns["at"] = record.at
        if isinstance(record, Derivative):
            if record.gradient is not None:
                columns["gradient"] = record.gradient
            if record.symbolic is not None:
                columns["derivative"] = record.symbolic
        names = list(dict.fromkeys(name for column in columns.values() for name in column))
        if names:
            rows = [
                [name, *(short(column.get(name, ""), precision) for column in columns.values())]
                for name in names
            ]
            numeric = [False, *(title != "derivative" for title in columns)]
            parts.append(self._canvas.table(["variable", *columns], rows, numeric))
        if isinstance(record, Derivative) and record.hessian:
            parts.append(self._hessian(record.hessian))
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

    def _hessian(self, hessian: Mapping[str, Mapping[str, float | str]]) -> str:
        """The matrix; or, where it is too wide for the terminal, an entry a line."""
        rows_of, columns = list(hessian), list(next(iter(hessian.values())))
        entries = [[short(row[name], self.output.precision) for name in columns] for row in hessian.values()]
        numeric = not any(isinstance(value, str) for row in hessian.values() for value in row.values())
        header = ["hessian", *columns]
        rows = [[name, *row] for name, row in zip(rows_of, entries, strict=True)]
        if self._canvas.fits(header, rows):
            return self._canvas.table(header, rows, [False, *[numeric] * len(columns)])
        # Of a symmetric matrix the upper triangle says all.
        rows = [
            [row, column, entries[i][j]]
            for i, row in enumerate(rows_of)
            for j, column in enumerate(columns)
            if j >= i or rows_of != columns
        ]
        return self._canvas.table(["hessian", "", "entry"], rows, [False, False, numeric])

    def _checked(self, record: Checked) -> str:
        precision = self.output.precision
        names = list(record.gradient)
        header, numeric = ["gradient", *names], [False, *[True] * len(names)]
        # All digits: the differences are in the last ones.
        rows = [
            [source, *(long(gradient[name], precision) for name in names)]
            for source, gradient in record.sources.items()
        ]
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
