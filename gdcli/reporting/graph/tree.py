"""A graph as a tree on a terminal: the expression at the root, below each node what it takes.

A node that is taken several times is shown where it comes first, and elsewhere by its number. What lies too deep to be
shown where it belongs is shown below, as a tree of its own, so that a chain of a thousand operations can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gdcli.records import ComputationGraph, GraphEdge, GraphNode
from gdcli.reporting.graph import words

MAX_LEVELS = 12
MIN_LEVELS = 3
LEVEL = 3
"""Columns by which a level is indented."""
ROOM = 44
"""Columns that a node wants beside its indentation."""
MAX_ALIGNED = 60
"""The column in which the numbers stand is no farther to the right; what is longer has them behind it."""

UNICODE = ("├─", "└─", "─ ", "│  ")
ASCII = ("|-", "`-", "- ", "|  ")

Styled = Callable[[str, str], str]
"""Gives a text the style of a name (see `gdcli.reporting.drawing.STYLES`)."""


class Row(NamedTuple):
    """A line of the tree.

    Attributes:
        name: The node's.
        edge: The edge from the node above to it; None for a root.
        stem: What stands before the edge.
        shown: Whether the node is shown here, and not only referred to.
    """

    name: str
    edge: GraphEdge | None
    stem: str
    shown: bool


def draw(
    record: ComputationGraph, styled: Styled, precision: int | None, *, width: int | None, unicode: bool = True
) -> str:
    """The lines of the tree.

    Args:
        record: The graph.
        styled: Gives texts their style.
        precision: Significant digits; None for the usual.
        width: Columns of the terminal; None for as many as need be.
        unicode: Whether there are other characters than ASCII's.
    """
    nodes = {node.name: node for node in record.nodes}
    levels = MAX_LEVELS if width is None else max(MIN_LEVELS, min(MAX_LEVELS, (width - ROOM) // LEVEL))
    signs = UNICODE if unicode else ASCII
    rows = _rows(nodes, record.nodes[-1].name, levels, signs)
    places: dict[str, int] = {}
    for row in rows:
        if row.shown:
            places[row.name] = len(places) + 1
    gutter = len(str(len(places)))
    lines = [_line(row, nodes[row.name], places, signs, styled, precision) for row in rows]
    widths = [length for length, *_ in lines if length <= MAX_ALIGNED]
    column = max(widths, default=0)
    text = ""
    for row, (length, left, right) in zip(rows, lines, strict=True):
        place = str(places[row.name]) if row.shown else ""
        blank = " " * (max(column - length, 0) + 2) if right else ""
        if row.edge is None and text:
            text += "\n"
        text += f"{styled(place.rjust(gutter), 'label')}  {left}{blank}{right}".rstrip() + "\n"
    return text


def _rows(nodes: dict[str, GraphNode], root: str, levels: int, signs: tuple[str, ...]) -> list[Row]:
    """The lines in their order."""
    fork, last, _, through = signs
    rows: list[Row] = []
    shown: set[str] = set()
    below = [root]
    waiting = {root}
    for start in below:
        if start in shown:
            continue
        stack: list[tuple[str, GraphEdge | None, str, str, int]] = [(start, None, "", "", 0)]
        while stack:
            name, edge, stem, indent, level = stack.pop()
            node = nodes[name]
            here = name not in shown and (level < levels or not node.inputs)
            rows.append(Row(name, edge, stem, here))
            if here:
                shown.add(name)
                for place, each in reversed(list(enumerate(node.inputs))):
                    is_last = place == len(node.inputs) - 1
                    branch = indent + (last if is_last else fork)
                    inner = indent + (" " * LEVEL if is_last else through)
                    stack.append((each.source, each, branch, inner, level + 1))
            elif name not in shown and name not in waiting:
                waiting.add(name)
                below.append(name)
    return rows


def _line(
    row: Row,
    node: GraphNode,
    places: dict[str, int],
    signs: tuple[str, ...],
    styled: Styled,
    precision: int | None,
) -> tuple[int, str, str]:
    """The left half of a line, with its length, and the right half."""
    edge = "" if row.edge is None else words.slope(row.edge, precision)
    label = f"({edge})" if edge else ""
    joint = "" if row.edge is None else signs[2]
    name = words.title(node) if row.shown else node.name
    length = len(row.stem) + len(label) + len(joint) + len(name)
    left = styled(row.stem, "rule") + styled(label, "step") + styled(joint, "rule") + styled(name, "value")
    if not row.shown:
        return length, left, styled(f"see {places[row.name]}", "label")
    right = words.numbers(node, precision)
    if node.stands_for:
        right += ("  " if right else "") + styled(f"this is {node.stands_for}", "label")
    return length, left, right
