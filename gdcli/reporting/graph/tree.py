"""A graph as a tree on a terminal: the expression at the root, below each node what it takes.

A node that is taken several times is shown where it comes first, and elsewhere by its number. What lies too deep to be
shown where it belongs is shown below, as a tree of its own, so that a chain of a thousand operations can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gdcli.records import ComputationGraph, GraphEdge, GraphNode
from gdcli.reporting.columns import FEWER_DIGITS, GAP
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
    record: ComputationGraph,
    styled: Styled,
    precision: int | None,
    *,
    width: int | None,
    unicode: bool = True,
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
    lines: list[_Line] = []
    for digits in (precision,) if precision or width is None else (None, *FEWER_DIGITS):
        lines = [_line(row, nodes[row.name], places, signs, digits) for row in rows]
        column = max([line.length for line in lines if line.length <= MAX_ALIGNED], default=0) + GAP
        widest = max([max(column, line.length + GAP) + len(line.right) for line in lines])
        if width is None or gutter + GAP + widest <= width:
            break
    else:
        # What does not fit is better not moved to the right.
        column = 0
    text = ""
    for row, line in zip(rows, lines, strict=True):
        if row.edge is None and text:
            text += "\n"
        place = styled((str(places[row.name]) if row.shown else "").rjust(gutter), "label")
        left = "".join(styled(piece, style) for piece, style in line.left)
        right = styled(line.right, "" if row.shown else "label")
        gap = " " * max(GAP, column - line.length) if right else ""
        text += f"{place}{' ' * GAP}{left}{gap}{right}\n"
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


class _Line(NamedTuple):
    """The halves of a line: pieces with their styles, then the numbers or the reference."""

    left: list[tuple[str, str]]
    right: str

    @property
    def length(self) -> int:
        """Columns of the left half."""
        return sum([len(piece) for piece, _ in self.left])


def _line(
    row: Row, node: GraphNode, places: dict[str, int], signs: tuple[str, ...], precision: int | None
) -> _Line:
    edge = "" if row.edge is None else words.slope(row.edge, precision)
    label = f"({edge})" if edge else ""
    joint = "" if row.edge is None else signs[2]
    name = words.title(node) if row.shown else node.name
    left = [(row.stem, "rule"), (label, "step"), (joint, "rule"), (name, "value")]
    return _Line(left, words.numbers(node, precision) if row.shown else f"see {places[row.name]}")
