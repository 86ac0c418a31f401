"""The annotated graph of a statement, with vectors or without, at a point or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gdcli.cli.values import Value, is_vector
from gdcli.errors import PointError
from gdcli.expression.rows.vectors import LARGEST
from gdcli.graph.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdcli.cli.statement import Shapes, Statement
    from gdcli.records import GraphNode, Point


class Annotated(NamedTuple):
    """A graph for a record.

    Attributes:
        at: The point, if there is one.
        nodes: The graph.
        gradient: At a point the derivatives by the variables.
    """

    at: Point | None
    nodes: tuple[GraphNode, ...]
    gradient: Point | None


def annotated(statement: Statement, point: Mapping[str, Value] | None) -> Annotated:
    """The annotated graph of a statement.

    Raises:
        PointError: What is given does not fit the expression.
        ExpressionError: The shapes do not, or the expression is no single number.
    """
    counting = statement.counting()
    if point is not None:
        held = {name: point[name] for name in counting if not is_vector(point[name])}
        statement = statement.holding(held)
        shapes: Shapes | None = statement.shapes(point)
    else:
        shapes, held = _lengths_if_known(statement, counting), {}
    if not _has_vectors(statement, shapes or {}):
        from gdcli.graph.annotate import annotate

        at = None if point is None else {name: float(value) for name, value in point.items()}  # type: ignore[arg-type]
        nodes = annotate(statement.graph, at)
        partials = {node.name: node.gradient or 0.0 for node in nodes if node.kind == "variable"}
        return Annotated(at, nodes, None if at is None else partials)
    from gdcli.graph.tensors.annotate import annotate as annotate_tensors

    own = {name: array for name, array in statement.arrays.items() if name in statement.graph.variables}
    if point is None or shapes is None:
        return Annotated(
            None, annotate_tensors(statement.graph, shapes, None, own, statement.text).nodes, None
        )
    from gdcli.recorded import point as recorded
    from gdcli.recorded import vector

    layout = Layout(statement.variables, tuple(shapes[name] for name in statement.variables))
    row = layout.row(point)
    values = {
        name: row[piece] if shape else float(row[piece.start]) for name, shape, piece in layout.pieces()
    }
    nodes, partials = annotate_tensors(statement.graph, shapes, values, own, statement.text)
    gradient: Point = {
        name: vector(partial, shapes[name]) if shapes[name] else float(partial)
        for name, partial in partials.items()
    }
    constants = {name: float(value) for name, value in held.items()}  # type: ignore[arg-type]
    return Annotated({**recorded(layout, row), **constants}, nodes, gradient)


def _lengths_if_known(statement: Statement, counting: list[str]) -> Shapes | None:
    """The shapes without a point, where options tell all of them."""
    if counting:
        return None
    try:
        return statement.shapes({})
    except PointError:
        return None


def _has_vectors(statement: Statement, shapes: Shapes) -> bool:
    # The largest of a single number is an operation of vectors too.
    ops = LARGEST.values()
    return statement.has_vectors(shapes) or any(node.op in ops for node in statement.graph.nodes)
