"""Graphs with some variables held at a number, or with more variables than the text names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gdcli.errors import PointError
from gdcli.expression.rows.vectors import INDEX_NAME
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.nodes import VARIABLE, Graph


def fix(graph: Graph, values: Mapping[str, float]) -> Graph:
    """The graph in which each of some variables is a constant.

    Args:
        graph: A source graph.
        values: Numbers for variables of it; each becomes a float, which no power of it can make too large.

    Returns:
        A source graph without those variables, the others in their order.

    Raises:
        PointError: If there is no variable of one of the names.
    """
    unknown = [name for name in values if name not in graph.variables]
    if unknown:
        raise PointError(
            f"there is no variable {' and no '.join(unknown)} to be fixed",
            hint=f"the variables are {', '.join(graph.variables)}"
            if graph.variables
            else "there are no variables",
        )
    builder = GraphBuilder(track_positions=bool(graph.positions))
    indices = copied(builder, graph, values)
    left = [name for name in graph.variables if name not in values]
    return builder.finish(*[indices[output] for output in graph.outputs], variables=left)


def copied(builder: GraphBuilder, graph: Graph, values: Mapping[str, float] | None = None) -> list[int]:
    """The indices that a graph's nodes have in a builder, after they have been taken over.

    Args:
        builder: Where to.
        graph: A source graph.
        values: Numbers for variables that are to be constants there.
    """
    values = values or {}
    indices: list[int] = []
    for place, (op, inputs, value, name, _) in enumerate(graph.nodes):
        if graph.positions:
            builder.position = graph.positions[place]
        if value is not None:
            indices.append(builder.constant(value, name))
        elif op == VARIABLE and name in values:
            indices.append(builder.constant(float(values[name])))
        elif op == VARIABLE:
            indices.append(builder.variable(name))
        elif name:
            # The index of a sum, of which those of two graphs are two, or an array.
            indices.append(builder.named(op, name, anew=op == INDEX_NAME))
        else:
            indices.append(builder.apply(op, *[indices[i] for i in inputs]))
    return indices


def widen(graph: Graph, others: Iterable[Graph]) -> Graph:
    """The graph as one of its own variables and those of the others, which come after them in their order."""
    names = dict.fromkeys(graph.variables)
    for other in others:
        names.update(dict.fromkeys(other.variables))
    return replace(graph, variables=tuple(names))
