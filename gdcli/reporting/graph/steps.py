"""A graph as the two passes of backpropagation, a line a step, with the numbers put in.

Forwards there is a line for each node, backwards one for each edge, in the order in which backpropagation goes; where
several edges lead to a node, the line of each but the first says what its gradient has become.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gdcli.records import ComputationGraph, GraphEdge, GraphNode
from gdcli.reporting.graph import words

NO_FLOW = "0"
"""The derivative along whose edge nothing flows."""


class Passes(NamedTuple):
    """The lines of the pass forwards, and those of the pass backwards."""

    forward: list[str]
    backward: list[str]


def passes(record: ComputationGraph, precision: int | None = None) -> Passes:
    """The lines of both passes.

    Without a point they are formulas; at a point the numbers follow. A condition has no gradient, nor has what does
    not depend on a variable, and where nothing flows backwards there is no line.
    """
    values = {
        node.name: words.number(node.value, precision) for node in record.nodes if node.value is not None
    }
    forward = [_forward(node, values, precision) for node in record.nodes]
    return Passes(forward, list(_backward(record, values, precision)))


def _forward(node: GraphNode, values: dict[str, str], precision: int | None) -> str:
    parts = [node.name] if node.kind == "variable" else [node.name, *words.formulas(node)]
    # The gradient comes with the pass backwards.
    value = words.numbers(node, precision, gradient=False) if node.shape else values.get(node.name, "")
    if value:
        if node.inputs and not node.shape:
            parts.append(words.put_in(node.operation, values))
        parts.append(value)
    distinct = [part for place, part in enumerate(parts) if not place or part != parts[place - 1]]
    return " = ".join(distinct)


def _backward(record: ComputationGraph, values: dict[str, str], precision: int | None) -> Iterator[str]:
    at_point = bool(values)
    nodes = {node.name: node for node in record.nodes}
    gradients: dict[str, float] = {record.nodes[-1].name: 1.0}
    last = _last_edges(record) if at_point else {}
    yield f"g({record.nodes[-1].name}) = 1"
    for node in reversed(record.nodes):
        if node.kind == "condition":
            continue
        for edge in node.inputs:
            source = nodes[edge.source]
            if not edge.derivative or source.kind == "condition":
                continue
            line = f"g({edge.source}) += g({node.name}) * {words.factor(edge.derivative)}"
            if not at_point:
                yield line
            elif edge.contribution is not None and edge.local is not None and node.gradient is not None:
                factor = words.factor(words.put_in(edge.derivative, values))
                contribution = words.number(edge.contribution, precision)
                line += f" = {words.number(node.gradient, precision)} * {factor} = {contribution}"
                before = gradients.get(edge.source)
                gradients[edge.source] = edge.contribution + (0.0 if before is None else before)
                if edge.source in last:
                    line += _total(source, precision) if edge is last[edge.source] else ""
                elif before is not None:
                    line += f", so that g({edge.source}) = {words.number(gradients[edge.source], precision)}"
                yield line
            elif edge.local is None and edge.derivative != NO_FLOW:
                if edge is last[source.name]:
                    line += _total(source, precision)
                yield line


def _last_edges(record: ComputationGraph) -> dict[str, GraphEdge]:
    """By name of each node to which vectors add something the last of the edges that the pass backwards takes to it."""
    flowing = [
        edge
        for node in reversed(record.nodes)
        if node.kind != "condition"
        for edge in node.inputs
        if edge.derivative not in ("", NO_FLOW) and (edge.local is None or edge.contribution is not None)
    ]
    of_vectors = {edge.source for edge in flowing if edge.local is None}
    return {edge.source: edge for edge in flowing if edge.source in of_vectors}


def _total(node: GraphNode, precision: int | None) -> str:
    """What the gradient of a node has become, where vectors have added to it: what they add is no single number."""
    if node.gradient_norm is not None:
        return f", so that |g({node.name})| = {words.number(node.gradient_norm, precision)}"
    if node.gradient is not None:
        return f", so that g({node.name}) = {words.number(node.gradient, precision)}"
    return ""
