"""The formulas of the function table, read once each."""

from __future__ import annotations

from functools import cache

from gdcli.expression.parser import parse
from gdcli.graph.nodes import Graph


@cache
def formula(text: str) -> Graph:
    """The source graph of a formula of the function table."""
    return parse(text, internal=True)
