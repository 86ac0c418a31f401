"""A graph as the statements of straight-line Python.

Nothing of the user's text gets into the code: numbers are written by their `repr`, variables and nodes by
index, operations by the function table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gdcli.engines import scalar
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

# Python's own parser limits how deeply an expression may be nested.
_MAX_INLINED = 160


class _Piece(NamedTuple):
    """The text of a node: `closed` if it can stand beside an operator, `atom` if it is free to repeat."""

    text: str
    closed: bool
    atom: bool


class Code(NamedTuple):
    """Statements, one a line, and an expression for each output to be used after them."""

    lines: list[str]
    outputs: list[str]


def emit(
    graph: Graph,
    arguments: Sequence[str],
    *,
    prefix: str = "v",
    fast: bool = True,
    templates: Callable[[str, float | None], scalar.Template] | None = None,
) -> Code:
    """The code that computes a graph's outputs.

    Args:
        graph: A lowered graph, or one of derivatives.
        arguments: For each variable of the graph the Python name under which its number is found.
        prefix: What the names of local variables begin with; a node's index follows.
        fast: Whether the code may raise where IEEE 754 has an answer (it runs on the names of `scalar.FAST`),
            or must not (it runs on those of `scalar.SAFE`).
        templates: Gives the text of an operation, by its name and for ``pow`` the constant exponent, for code that is
            to run on other things than floats.

    Returns:
        The code. An output that is an expression stands for itself: assign it if it is needed twice.
    """
    nodes = graph.nodes
    uses = _uses(graph)
    names = dict(zip(graph.variables, arguments, strict=True))
    pieces: dict[int, _Piece] = {}
    lines: list[str] = []

    def settle(index: int) -> None:
        """Give a node a local variable."""
        lines.append(f"{prefix}{index} = {pieces[index].text}")
        pieces[index] = _Piece(f"{prefix}{index}", closed=True, atom=True)

    for index, node in enumerate(nodes):
        if not uses[index]:
            continue
        if node.op == CONSTANT:
            pieces[index] = _Piece(_literal(node), closed=True, atom=True)
        elif node.op == VARIABLE:
            pieces[index] = _Piece(names[node.name], closed=True, atom=True)
        else:
            exponent = nodes[node.inputs[1]].value if node.op == "pow" else None
            template = (
                templates(node.op, exponent) if templates else scalar.template(node.op, exponent, fast=fast)
            )
            for place in template.repeated:
                if not pieces[node.inputs[place]].atom:
                    settle(node.inputs[place])
            inputs = [pieces[used] for used in node.inputs]
            text = template.text.format(*[text if closed else f"({text})" for text, closed, _ in inputs])
            pieces[index] = _Piece(text, template.closed, atom=False)
            if uses[index] > 1 or len(text) > _MAX_INLINED:
                settle(index)
    return Code(lines, [pieces[output].text for output in graph.outputs])


def _uses(graph: Graph) -> list[int]:
    """How many times each node is used on the way to the outputs."""
    uses = [0] * len(graph.nodes)
    for output in graph.outputs:
        uses[output] += 1
    for index in range(len(graph.nodes) - 1, -1, -1):
        if uses[index]:
            for used in graph.nodes[index].inputs:
                uses[used] += 1
    return uses


def _literal(node: Node) -> str:
    """A constant's number as the name or the literal of a float."""
    assert node.value is not None
    return repr(float(node.value)) if math.isfinite(node.value) else str(float(node.value))
