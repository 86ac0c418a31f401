"""Which names of a source graph are vectors, and which count: what can be told from the text alone."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.expression.rows.vectors import (
    INDEX,
    INDEX_NAME,
    LARGEST,
    LIST,
    MATMUL,
    OPERATIONS,
    PRODUCT,
    SLICE,
    SUM,
)
from gdcli.graph.nodes import VARIABLE, Graph

_EITHER = frozenset(LARGEST.values())
"""What takes a single number as well."""
_OF_VECTORS = OPERATIONS - _EITHER - {INDEX, SUM, PRODUCT, LIST, SLICE, INDEX_NAME}


def has_vectors(graph: Graph) -> bool:
    """Whether a source graph has an operation that only vectors have."""
    return any(node.op in OPERATIONS and node.op not in _EITHER for node in graph.nodes)


def vector_names(graph: Graph) -> frozenset[str]:
    """The names that are indexed or reduced: those of vectors, unless a single number is given to them."""
    wanted = [False] * len(graph.nodes)
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.op == INDEX:
            wanted[node.inputs[0]] = True
        elif node.op in _OF_VECTORS:
            for i in node.inputs:
                wanted[i] = True
        elif node.op in (SUM, PRODUCT):
            wanted[node.inputs[3]] |= wanted[index]
        elif node.op not in (LIST, SLICE) and wanted[index]:
            for i in node.inputs:
                wanted[i] = True
    return frozenset(
        node.name
        for node, is_vector in zip(graph.nodes, wanted, strict=True)
        if is_vector and node.op == VARIABLE
    )


def indexed_names(graph: Graph) -> frozenset[str]:
    """The names that have brackets behind them: those of vectors whatever is given."""
    return frozenset(
        graph.nodes[node.inputs[0]].name
        for node in graph.nodes
        if node.op == INDEX and graph.nodes[node.inputs[0]].op == VARIABLE
    )


def lengths_of_products(graph: Graph, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The lengths of names that stand in a product with an array: of x in ``A @ x`` as many as A has columns.

    Args:
        graph: A source graph.
        shapes: The shapes of the arrays.
    """
    lengths = {}
    for node in graph.nodes:
        if node.op == MATMUL:
            a, b = (graph.nodes[i] for i in node.inputs)
            if a.name in shapes and b.op == VARIABLE and b.name not in shapes:
                lengths[b.name] = shapes[a.name][-1]
            elif b.name in shapes and a.op == VARIABLE and a.name not in shapes:
                lengths[a.name] = shapes[b.name][0]
    return lengths


def counting_names(graph: Graph) -> frozenset[str]:
    """The names in subscripts and in the limits of sums: those of whole numbers, which are to be known before."""
    counts = [False] * len(graph.nodes)
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.op == INDEX:
            for i in node.inputs[1:]:
                counts[i] = True
        elif node.op in (SUM, PRODUCT):
            counts[node.inputs[1]] = counts[node.inputs[2]] = True
        elif counts[index] and node.op not in _OF_VECTORS:
            for i in node.inputs:
                counts[i] = True
    return frozenset(
        node.name for node, does in zip(graph.nodes, counts, strict=True) if does and node.op == VARIABLE
    )
