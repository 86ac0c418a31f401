"""A graph as a flowchart of Mermaid (https://mermaid.js.org), which Markdown pages show as a picture."""

from __future__ import annotations

import json

from gdcli.records import ComputationGraph
from gdcli.reporting.graph import words
from gdcli.reporting.graph.dot import TITLE_WIDTH, labels
from gdcli.reporting.messages import excerpt

CLASSES = (
    "classDef variable fill:#CDE8F6,stroke:#404040,color:#000",
    "classDef operation fill:#F7F7F7,stroke:#404040,color:#000",
    "classDef condition fill:#F3DCE9,stroke:#404040,color:#000",
    "classDef constant fill:#FFFFFF,stroke:#404040,color:#000,stroke-dasharray:4",
    "classDef result fill:#FBE3B3,stroke:#404040,color:#000,stroke-width:3px",
)
SHAPES = {"variable": ('(["', '"])'), "condition": ('{{"', '"}}')}
PLAIN = frozenset(" =.,():/+")
"""Signs that mean nothing to Mermaid and nothing to Markdown within a label."""


def draw(record: ComputationGraph, precision: int | None = None) -> bytes:
    """The flowchart, as UTF-8; `precision` are significant digits."""
    digits = precision or words.PICTURE_DIGITS
    (shown,) = excerpt(record.expression, None, TITLE_WIDTH)
    # The frontmatter is YAML, of which JSON is a part.
    lines = ["---", f"title: {json.dumps(shown)}", "---", "flowchart TD"]
    identifiers = {node.name: f"n{place}" for place, node in enumerate(record.nodes, 1)}
    for node in record.nodes:
        left, right = SHAPES.get(node.kind, ('["', '"]'))
        label = "<br/>".join(map(escaped, labels(node, digits)))
        kind = "result" if node is record.nodes[-1] else node.kind
        lines.append(f"  {identifiers[node.name]}{left}{label}{right}:::{kind}")
    for node in record.nodes:
        for edge in node.inputs:
            slope = words.slope(edge, digits)
            arrow = "-.->" if slope in ("", "0") else "-->"
            label = f'|"{escaped(slope)}"|' if slope else ""
            lines.append(f"  {identifiers[edge.source]} {arrow}{label} {identifiers[node.name]}")
    return ("\n".join(lines + [f"  {each}" for each in CLASSES]) + "\n").encode()


def escaped(text: str) -> str:
    """A text with a code for every sign that might mean something else than itself.

    >>> escaped("x**2")
    'x#42;#42;2'
    """
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign in PLAIN else f"#{ord(sign)};" for sign in text
    )
