"""A graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html).

Values flow downwards, from the variables to the expression; at each edge stands the local derivative, by which the
gradient is multiplied on its way back up. Kinds of nodes differ in shape as well as in colour, and the colours are of
the palette of M. Okabe and K. Ito, which those who do not see all colours can tell apart
(https://jfly.uni-koeln.de/color/), lightened.
"""

from __future__ import annotations

from collections import Counter

from gdcli.records import ComputationGraph, GraphNode
from gdcli.reporting.graph import words
from gdcli.reporting.messages import excerpt, visible

TITLE_WIDTH = 72
GAPS, NARROW_GAPS = "nodesep=0.3, ranksep=0.45", "nodesep=0.15, ranksep=0.2"
FEW_NODES = 60
"""A graph of more nodes has them closer to each other."""
FEW_USES = 4
"""In such a graph a node that is used more often is drawn once with its numbers, and by name where it is used."""
MENTION = 'shape=ellipse, style="dotted,filled", fillcolor="white", margin=0.02, height=0.3, width=0.4'
FONT = "Helvetica,Arial,sans-serif"
NODE_STYLES = {
    "variable": 'shape=ellipse, style="filled", fillcolor="#CDE8F6", margin=0.03',
    "operation": "",
    "condition": 'shape=hexagon, style="filled", fillcolor="#F3DCE9", margin=0.03',
    "constant": 'style="dashed"',
}
RESULT_STYLE = 'fillcolor="#FBE3B3", penwidth=2.2'
NO_FLOW = 'style=dashed, color="#8A8A8A", fontcolor="#6A6A6A"'


def draw(record: ComputationGraph, precision: int | None = None) -> bytes:
    """The graph in DOT, as UTF-8; `precision` are significant digits."""
    return text(record, precision).encode()


def text(record: ComputationGraph, precision: int | None = None) -> str:
    """The graph in DOT."""
    digits = precision or words.PICTURE_DIGITS
    (shown,) = excerpt(record.expression, None, TITLE_WIDTH)
    gaps = GAPS if len(record.nodes) <= FEW_NODES else NARROW_GAPS
    lines = [
        "digraph computation {",
        f'  graph [label={quoted(shown)}, labelloc=t, fontname="{FONT}", fontsize=16, rankdir=TB, '
        f'{gaps}, bgcolor="white"];',
        f'  node [shape=box, style="rounded,filled", fillcolor="#F7F7F7", color="#404040", fontname="{FONT}", '
        "fontsize=12, height=0.4, margin=0.12];",
        f'  edge [color="#404040", fontname="{FONT}", fontsize=11, arrowsize=0.7];',
    ]
    identifiers = {node.name: f"n{place}" for place, node in enumerate(record.nodes, 1)}
    for node in record.nodes:
        style = NODE_STYLES.get(node.kind, "")
        if node is record.nodes[-1]:
            style += (", " if style else "") + RESULT_STYLE
        label = quoted(*labels(node, digits))
        lines.append(f"  {identifiers[node.name]} [label={label}{', ' if style else ''}{style}];")
    scattered = _scattered(record)
    for node in record.nodes:
        for edge in node.inputs:
            source = identifiers[edge.source]
            if edge.source in scattered:
                scattered[edge.source] += 1
                source += f"_{scattered[edge.source]}"
                lines.append(f"  {source} [label={quoted(edge.source)}, {MENTION}];")
            attributes = [f"label={quoted(' ' + slope)}"] if (slope := words.slope(edge, digits)) else []
            if slope in ("", "0"):
                attributes.append(NO_FLOW)
            listed = f" [{', '.join(attributes)}]" if attributes else ""
            lines.append(f"  {source} -> {identifiers[node.name]}{listed};")
    return "\n".join([*lines, "}"]) + "\n"


def _scattered(record: ComputationGraph) -> dict[str, int]:
    """The nodes that are only mentioned where they are used, each with how many times it has been so far.

    In a large graph, the lines from a node that is used all over it would cover everything, and pull apart what belongs
    together.
    """
    if len(record.nodes) <= FEW_NODES:
        return {}
    uses = Counter(edge.source for node in record.nodes for edge in node.inputs)
    return {name: 0 for name, count in uses.items() if count > FEW_USES}


def labels(node: GraphNode, digits: int) -> list[str]:
    """The lines in the box of a node."""
    return [line for line in (words.title(node), words.numbers(node, digits)) if line]


def quoted(*lines: str) -> str:
    r"""A string of DOT. Nothing in the text ends it, is an escape to it, or an entity of HTML.

    >>> print(quoted('a"b', "c&d"))
    "a\"b\nc&amp;d"
    """
    escaped = [
        visible(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines
    ]
    return '"' + "\\n".join(escaped) + '"'
