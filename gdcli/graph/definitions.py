"""Source graphs with names in them that stand for other source graphs."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_NODES
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.nodes import VARIABLE, Graph


def substituted(graph: Graph, definitions: Mapping[str, Graph]) -> Graph:
    """The graph in which each name that has a definition is what it stands for.

    Args:
        graph: A source graph.
        definitions: By name a source graph, which may use the names of others.

    Returns:
        A source graph. A node of a definition is at the place in the text where its name is first used.

    Raises:
        ExpressionError: If a definition uses itself, or all together are too large.
    """
    builder = GraphBuilder(track_positions=True)
    known: dict[str, int] = {}

    def take(source: Graph, within: tuple[str, ...]) -> int:
        indices: list[int] = []
        for place, node in enumerate(source.nodes):
            if not within and source.positions:
                builder.position = source.positions[place]
            if node.value is not None:
                indices.append(builder.constant(node.value, node.name))
            elif node.op == VARIABLE and node.name in definitions:
                if node.name in within:
                    circle = " → ".join((*within[within.index(node.name) :], node.name))
                    raise ExpressionError(f"the definition of {node.name} uses itself: {circle}")
                if node.name not in known:
                    known[node.name] = take(definitions[node.name], (*within, node.name))
                indices.append(known[node.name])
            elif node.op == VARIABLE:
                indices.append(builder.variable(node.name))
            elif node.inputs:
                indices.append(builder.apply(node.op, *[indices[i] for i in node.inputs]))
            else:
                # The index of a sum; those of two definitions are two.
                serial = f" in {'.'.join(within)}" if within and " " in node.name else ""
                indices.append(
                    builder.named(node.op, node.name + serial) if node.name else builder.apply(node.op)
                )
        if len(builder.nodes) > MAX_NODES:
            raise ExpressionError(
                f"the expression with its definitions has more than {MAX_NODES:,} numbers, names and operations"
            )
        return indices[source.outputs[0]]

    return builder.finish(take(graph, ()))
