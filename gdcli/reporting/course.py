"""The course of a run, for pictures: its steps, in bounded memory however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gdcli.records import Step, Value, Vector

MOST_ROWS = 20_000
MOST_ELEMENTS = 500
"""Of a longer vector no picture shows the elements."""
_DRAWN = 2
"""So many numbers at most are where a path is drawn."""


class Row(NamedTuple):
    """A step of a course; `x` has a number for each of the course's names, or nothing where they are too many."""

    step: int
    value: float
    gradient_norm: float
    x: tuple[float, ...]


class Course:
    """The steps of one run, every one or evenly thinned out.

    Args:
        label: What a legend calls it.
        leave_out: Variables that are held at a number, which no picture shows.
        most: More rows are never kept.

    Attributes:
        names: A name for each number of a point: a vector ``x`` has ``x[0]``, ``x[1]``, …
        label: See above.
    """

    def __init__(self, label: str = "", leave_out: Iterable[str] = (), most: int = MOST_ROWS) -> None:
        self.label = label
        self.names: tuple[str, ...] = ()
        self._leave_out = frozenset(leave_out)
        self._most = most
        self._rows: list[Row] = []
        self._stride = 1
        self._count = 0
        self._last: Row | None = None

    def add(self, record: Step) -> None:
        """Take down a step."""
        numbers = flat({name: x for name, x in record.x.items() if name not in self._leave_out})
        if not self._count:
            self.names = tuple(numbers)
        # There are many rows, and there may be many numbers.
        x = tuple(numbers.values()) if len(numbers) <= _DRAWN else ()
        self.append(Row(record.step, record.value, record.gradient_norm, x))

    def append(self, row: Row) -> None:
        """Take down a row."""
        self._last = row
        if self._count % self._stride == 0:
            self._rows.append(row)
        self._count += 1
        if len(self._rows) > self._most:
            del self._rows[1::2]
            self._stride *= 2

    def without(self, names: Iterable[str]) -> Course:
        """The same run without some of its variables."""
        names = frozenset(names)
        kept = [i for i, name in enumerate(self.names) if name not in names]
        result = Course(self.label, most=self._most)
        result.names = tuple(self.names[i] for i in kept)
        for row in self.rows:
            result.append(row._replace(x=tuple(row.x[i] for i in kept)))
        return result

    @property
    def rows(self) -> list[Row]:
        """The rows that were kept: the first and the last always."""
        if self._last is None or self._rows[-1] is self._last:
            return list(self._rows)
        return [*self._rows, self._last]


def flat(point: Mapping[str, Value]) -> dict[str, float]:
    """A number for each name: of a vector its elements, though no more than `MOST_ELEMENTS`.

    >>> flat({"a": 1.0, "x": Vector((2,), (2.0, 3.0), 3.6, 2.0, 0, 3.0, 1)})
    {'a': 1.0, 'x[0]': 2.0, 'x[1]': 3.0}
    """
    numbers: dict[str, float] = {}
    for name, value in point.items():
        if isinstance(value, Vector):
            elements = value.numbers[:MOST_ELEMENTS]
            numbers |= {f"{name}[{i}]": float(each) for i, each in enumerate(elements)}
        else:
            numbers[name] = float(value)
    return numbers
