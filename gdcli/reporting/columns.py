"""The layout of rows that come one by one: how wide each column is must be known before the first row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gdcli.reporting.number_text import TABLE_DIGITS, short

GAP = 2
FEWER_DIGITS = (8, 6, 5)
"""What a terminal that is too narrow for ten digits gets instead, before columns are left out."""
READABLE_DIGITS = 6
NORM_DIGITS = 6


class Column(NamedTuple):
    """A column of numbers.

    Attributes:
        name: Its header.
        digits: The most significant digits that it needs; None for as many as the layout has.
        whole: The largest number, where its numbers are whole.
        optional: Whether it may be left out where the terminal is too narrow.
    """

    name: str
    digits: int | None = None
    whole: int | None = None
    optional: bool = False

    def width(self, digits: int) -> int:
        """Columns of the terminal for its header and any of its numbers."""
        if self.whole is not None:
            return max(len(self.name), len(str(self.whole)))
        # A sign, a point, and an exponent such as e-308.
        return max(len(self.name), min(digits, self.digits or digits) + 7)


class Layout(NamedTuple):
    """Columns with their widths.

    Attributes:
        columns: All columns.
        digits: Significant digits of the numbers.
        shown: Indices of the columns that are shown; the others are counted at the end of the header.
    """

    columns: tuple[Column, ...]
    digits: int
    shown: tuple[int, ...]

    def header(self) -> list[str]:
        """The names above their numbers, and how many are missing."""
        names = [self.columns[i].name.rjust(self.columns[i].width(self.digits)) for i in self.shown]
        hidden = len(self.columns) - len(self.shown)
        return [*names, f"+{hidden} more"] if hidden else names

    def row(self, values: Sequence[float]) -> list[str]:
        """The numbers that are shown of a row's `values`, each as wide as its column."""
        cells = []
        for i in self.shown:
            column = self.columns[i]
            if column.whole is None:
                cell = short(values[i], min(self.digits, column.digits or self.digits))
            else:
                cell = str(values[i])
            cells.append(cell.rjust(column.width(self.digits)))
        return cells

    def width(self) -> int:
        """Columns of the terminal that a line takes."""
        header = self.header()
        return sum(map(len, header)) + GAP * (len(header) - 1)


def fit(columns: Sequence[Column], width: int | None, precision: int | None = None) -> Layout:
    """Lay `columns` out in `width` terminal columns, or as wide as they need to be where it is None.

    In a narrow terminal the numbers get fewer digits (not where the user set `precision`), and then optional
    columns are left out, the last ones first. The others are shown, however narrow the terminal is.
    """
    everything = tuple(range(len(columns)))
    for digits in (precision,) if precision else (TABLE_DIGITS, *FEWER_DIGITS):
        layout = Layout(tuple(columns), digits, everything)
        if width is None or layout.width() <= width:
            return layout
    assert width is not None
    # Where columns are missing anyway, the others may as well be readable.
    layout = Layout(tuple(columns), precision or READABLE_DIGITS, everything)
    for i in reversed(everything):
        if columns[i].optional:
            layout = layout._replace(shown=tuple(j for j in layout.shown if j != i))
            if layout.width() <= width:
                break
    return layout
