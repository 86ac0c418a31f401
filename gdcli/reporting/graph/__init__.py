"""Computation graphs as text and pictures: one way to show them a file, and the registry of the pictures.

Importing this package imports none of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from gdcli.records import ComputationGraph


class Picture(NamedTuple):
    """A row of the registry.

    Attributes:
        summary: A line for ``gdcli list formats``.
        module: Where `draw` is: given a record and the significant digits (None for the usual), it returns the bytes
            of the picture.
        draw: Its name.
        binary: Whether the bytes are no text.
    """

    summary: str
    module: str
    draw: str
    binary: bool = False

    def load(self) -> Callable[[ComputationGraph, int | None], bytes]:
        """Import the module and return the function."""
        return cast(
            "Callable[[ComputationGraph, int | None], bytes]",
            getattr(importlib.import_module(self.module), self.draw),
        )


PICTURES: Mapping[str, Picture] = {
    "dot": Picture("graph only: the language of Graphviz", "gdcli.reporting.graph.dot", "draw"),
    "mermaid": Picture("graph only: a flowchart for Markdown pages", "gdcli.reporting.graph.mermaid", "draw"),
    "svg": Picture("graph only: a picture, by Graphviz", "gdcli.reporting.graph.graphviz", "draw_svg"),
    "png": Picture(
        "graph only: a picture in pixels, by Graphviz",
        "gdcli.reporting.graph.graphviz",
        "draw_png",
        binary=True,
    ),
}

ENDINGS: Mapping[str, str] = {
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".svg": "svg",
    ".png": "png",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "table",
}
"""What a file's ending says of its format."""
