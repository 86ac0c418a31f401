"""A graph as the members of a JSON object, as the lines of ``plain``, and as the rows of ``csv``."""

from __future__ import annotations

from collections.abc import Callable

from gdcli.records import ComputationGraph, GraphNode, Point, Vector
from gdcli.reporting.graph.steps import passes
from gdcli.reporting.names import Named, distinct, prefixed
from gdcli.reporting.number_text import exact, rounded

COLUMNS = ["node", "kind", "operation", "value", "gradient"]
OF_VECTORS = ["shape", "norm", "gradient_norm"]
"""The columns that a graph with vectors has besides."""


def members(record: ComputationGraph, precision: int | None) -> dict[str, object]:
    """What the object of a graph has besides its head.

    The numbers are null without a point, where they are not finite, and where there are none. A vector has ``shape``,
    ``norm`` and ``gradient_norm``.
    """

    def number(value: float | bool | None) -> float | bool | None:
        return value if value is None or isinstance(value, bool) else rounded(value, precision)

    def point(values: Point) -> dict[str, object]:
        # A vector becomes a list when it is written.
        return {name: value if isinstance(value, Vector) else number(value) for name, value in values.items()}

    found: dict[str, object] = {
        "at": None if record.at is None else point(record.at),
        "value": number(record.nodes[-1].value),
        "gradient": None if record.at is None else point(_gradient(record)),
        "nodes": [_node(node, number) for node in record.nodes],
    }
    if record.as_steps:
        forward, backward = passes(record, precision)
        found["steps"] = {"forward": forward, "backward": backward}
    return found


def _node(node: GraphNode, number: Callable[[float | None], float | None]) -> dict[str, object]:
    found: dict[str, object] = {
        "name": node.name,
        "kind": node.kind,
        "op": node.op,
        "operation": node.operation,
        "stands_for": node.stands_for or None,
        "value": number(node.value),
        "gradient": number(node.gradient),
        "inputs": [
            {
                "source": edge.source,
                "derivative": edge.derivative or None,
                "local": number(edge.local),
                "contribution": number(edge.contribution),
            }
            for edge in node.inputs
        ],
    }
    if node.shape is not None:
        found |= {
            "shape": list(node.shape),
            "norm": number(node.norm),
            "gradient_norm": number(node.gradient_norm),
        }
    return found


def plain_lines(record: ComputationGraph, precision: int | None) -> list[Named]:
    """The lines of ``plain``: the point, the value, the gradient, then the nodes and edges, or the steps."""
    own: list[Named] = []
    value = record.nodes[-1].value
    if value is not None:
        own.append(("value", float(value)))
    own.append(("expression", record.expression))
    after: list[Named] = []
    if record.at is not None:
        after += prefixed("gradient", _gradient(record))
    if record.as_steps:
        forward, backward = passes(record, precision)
        after += [(f"forward_{place}", line) for place, line in enumerate(forward, 1)]
        after += [(f"backward_{place}", line) for place, line in enumerate(backward, 1)]
    else:
        for node in record.nodes:
            after += _node_lines(node)
    point = list((record.at or {}).items())
    pairs = distinct(point + after, [name for name, _ in own])
    return [*pairs[: len(point)], *own, *pairs[len(point) :]]


def _node_lines(node: GraphNode) -> list[Named]:
    if node.kind == "variable":
        return []
    pairs: list[Named] = [(f"node_{node.name}", node.operation)]
    if node.value is not None and node.shape is None:
        shown = str(node.value).lower() if isinstance(node.value, bool) else float(node.value)
        pairs.append((f"value_{node.name}", shown))
    if node.gradient is not None:
        pairs.append((f"gradient_{node.name}", node.gradient))
    if node.shape is not None:
        pairs.append((f"shape_{node.name}", _shape(node)))
    norms = {"norm": node.norm, "gradient_norm": node.gradient_norm}
    pairs += [(f"{name}_{node.name}", norm) for name, norm in norms.items() if norm is not None]
    for place, edge in enumerate(node.inputs, 1):
        pairs += [(f"input_{node.name}_{place}", edge.source)]
        if edge.derivative:
            pairs.append((f"derivative_{node.name}_{place}", edge.derivative))
        if edge.local is not None:
            pairs.append((f"local_{node.name}_{place}", edge.local))
    return pairs


def columns(record: ComputationGraph) -> list[str]:
    """The columns of ``csv``."""
    return [*COLUMNS, *OF_VECTORS] if _has_vectors(record) else COLUMNS


def rows(record: ComputationGraph, precision: int | None) -> list[list[str]]:
    """The rows of ``csv``, one a node, under `columns`; a cell without a number is empty."""

    def cell(value: float | bool | None) -> str:
        if value is None or isinstance(value, bool):
            return "" if value is None else str(value).lower()
        return exact(value, precision)

    found = [
        [node.name, node.kind, node.operation, cell(node.value), cell(node.gradient)] for node in record.nodes
    ]
    if _has_vectors(record):
        for row, node in zip(found, record.nodes, strict=True):
            row += [_shape(node), cell(node.norm), cell(node.gradient_norm)]
    return found


def _shape(node: GraphNode) -> str:
    return "x".join(map(str, node.shape or ()))


def _has_vectors(record: ComputationGraph) -> bool:
    return any(node.shape is not None for node in record.nodes)


def _gradient(record: ComputationGraph) -> Point:
    if record.gradient is not None:
        return record.gradient
    return {node.name: node.gradient or 0.0 for node in record.nodes if node.kind == "variable"}
