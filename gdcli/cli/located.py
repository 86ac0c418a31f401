"""A statement at points: for each its row of numbers and the engine, which is the same as long as lengths are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gdcli.cli.options import Computation
from gdcli.cli.statement import Statement
from gdcli.cli.values import Value, is_vector
from gdcli.engines import Engine
from gdcli.graph.layout import Layout
from gdcli.recorded import point as recorded
from gdcli.records import Point


class Place(NamedTuple):
    """A point for an engine.

    Attributes:
        engine: What computes there.
        layout: Where the variables are in the row.
        row: The numbers: a tuple, or an array where there are vectors.
        constants: The numbers of variables that are part of the engine's graph.
        statement: The statement, with those constants.
    """

    engine: Engine
    layout: Layout
    row: Any
    constants: Mapping[str, float]
    statement: Statement

    def point(self, numbers: Any) -> Point:
        """A row of numbers by the variables' names."""
        return recorded(self.layout, numbers)

    def value_and_gradient(self) -> tuple[float, Point]:
        """The value, and the derivatives by the variables' names."""
        if not self.layout.has_vectors:
            value, numbers = self.engine.value_and_gradient(self.row)
            return value, self.point(numbers)
        # Arrays, which may be long, do not become Python's numbers here.
        value, numbers = self.engine.evaluate(self.engine.array(self.row))
        return float(value), self.point(numbers)

    @property
    def at(self) -> Point:
        """The point itself."""
        return {**self.point(self.row), **self.constants}


@dataclass
class Located:
    """A statement at points.

    Attributes:
        statement: What.
        options: What computes it.
    """

    statement: Statement
    options: Computation
    _known: dict[Any, tuple[Engine, Layout, Statement]] = field(default_factory=dict)

    def at(self, point: Mapping[str, Value]) -> Place:
        """The place of a point.

        Raises:
            PointError: What is given does not fit the expression.
            ExpressionError: The lengths do not.
            UnavailableError: The engine is not available.
        """
        counting = self.statement.counting()
        held = {name: point[name] for name in counting if name in point and not is_vector(point[name])}
        statement = self.statement
        shapes = {name: (len(value),) if is_vector(value) else () for name, value in point.items()}  # type: ignore[arg-type]
        key = (tuple(shapes.items()), tuple(held.items()))
        if key not in self._known:
            statement = statement.holding(held)
            engine, layout = statement.engine(statement.shapes(point), self.options)
            self._known[key] = engine, layout, statement
        engine, layout, statement = self._known[key]
        constants = {name: float(value) for name, value in held.items()}  # type: ignore[arg-type]
        return Place(engine, layout, layout.row(point), constants, statement)
