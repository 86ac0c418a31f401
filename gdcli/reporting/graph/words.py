"""What is written at the nodes and edges of a graph, whatever it is drawn with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gdcli.records import GraphEdge, GraphNode
from gdcli.reporting.number_text import short

PICTURE_DIGITS = 6
"""Significant digits in a picture, where boxes should not be wider than need be."""
_WORD = re.compile(r"[A-Za-z_]\w*")


def number(value: float | bool, precision: int | None) -> str:
    """A number, or the truth value of a condition."""
    return str(value).lower() if isinstance(value, bool) else short(value, precision)


def title(node: GraphNode) -> str:
    """What a node is: ``a = x**2``, ``b = sec(x) = 1/a``, or the name of a variable or of an array."""
    return node.name if node.operation == node.name else " = ".join([node.name, *formulas(node)])


def formulas(node: GraphNode) -> list[str]:
    """What the text says, where that is not how it is computed, and how it is computed."""
    return [node.stands_for, node.operation] if node.stands_for else [node.operation]


def numbers(node: GraphNode, precision: int | None, *, gradient: bool = True) -> str:
    """Its value and its gradient: ``v:9 g:1``; of a vector its shape and the norms. Empty where there are none.

    Args:
        node: The node.
        precision: Significant digits.
        gradient: Whether the gradient is wanted.

    >>> numbers(GraphNode("x", "variable", "variable", "x", value=3.0, gradient=6.0), None)
    'v:3 g:6'
    """
    if node.shape is not None:
        pairs = {"shape": "×".join(map(str, node.shape))}
        norms = {"|v|": node.norm, "|g|": node.gradient_norm if gradient else None}
    else:
        pairs, norms = {}, {"v": node.value, "g": node.gradient if gradient else None}
    pairs |= {name: number(value, precision) for name, value in norms.items() if value is not None}
    return " ".join(f"{name}:{text}" for name, text in pairs.items())


def slope(edge: GraphEdge, precision: int | None) -> str:
    """The local derivative along an edge: ``2*x = 6``; empty where there is none."""
    if edge.local is None:
        return edge.derivative
    text = short(edge.local, precision)
    return text if edge.derivative in (text, "") else f"{edge.derivative} = {text}"


def put_in(formula: str, values: Mapping[str, str]) -> str:
    """A formula with the numbers of its nodes in place of their names.

    >>> put_in("2*x + exp(y)", {"x": "-3", "y": "-1"})
    '2*(-3) + exp(-1)'
    """

    def substitute(match: re.Match[str]) -> str:
        text = values.get(match.group())
        if text is None:
            return match.group()
        before, after = formula[: match.start()].rstrip(), formula[match.end() :]
        alone = before[-1:] in ("(", ",", "") and after[:1] in (")", ",", "")
        return text if alone or not text.startswith("-") else f"({text})"

    return _WORD.sub(substitute, formula)


def factor(text: str) -> str:
    """A formula as the factor of a product: in parentheses where it needs them.

    >>> factor("2*x"), factor("1 + a**2"), factor("-sin(x)"), factor("f(a, b)")
    ('2*x', '(1 + a**2)', '(-sin(x))', 'f(a, b)')
    """
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == " " and not depth:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text
