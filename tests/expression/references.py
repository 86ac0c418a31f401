"""The function table in mpmath: each row, and whole graphs, to any number of digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import mpmath
import sympy

from gdcli.expression.functions import TABLE
from gdcli.graph.nodes import Graph

DIGITS = 40

_WRITTEN_OUT: dict[str, Callable[..., Any]] = {
    "where": lambda a, b, c: b if a else c,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    "log": lambda a, b=None: mpmath.log(a) if b is None else mpmath.log(a, b),
    "sec": mpmath.sec,
    "csc": mpmath.csc,
    "cot": mpmath.cot,
    "csch": mpmath.csch,
    "coth": mpmath.coth,
    "softplus": lambda a: mpmath.log1p(mpmath.exp(a)),
    "sinc": mpmath.sincpi,
    "cbrt": lambda a: mpmath.sign(a) * mpmath.cbrt(abs(a)),
    "round": mpmath.nint,
    "heaviside": lambda a, b=0.5: b if a == 0 else mpmath.mpf(a > 0),
    "polygamma": lambda n, a: mpmath.polygamma(int(n), a),
    # Of a single number.
    "largest": lambda a: a,
    "smallest": lambda a: a,
    "sinc_derivative": lambda n, a: mpmath.diff(mpmath.sincpi, a, int(n)),
}


@cache
def reference(name: str) -> Callable[..., Any]:
    """The row as a function of mpmath numbers: that of its column `sympy` unless it is written out here."""
    if name in _WRITTEN_OUT:
        return _WRITTEN_OUT[name]
    letters = sympy.symbols("a b c", real=True)
    expression = sympy.sympify(TABLE[name].sympy, locals={str(letter): letter for letter in letters})
    used = [letter for letter in letters if letter in expression.free_symbols]
    return sympy.lambdify(used, expression, "mpmath")


def evaluate(graph: Graph, point: Mapping[str, Any]) -> Any:
    """The value of a source graph in mpmath's precision, each branch computed only where it is taken."""
    nodes = graph.nodes
    values: dict[int, Any] = {}
    stack = [graph.outputs[0]]
    while stack:
        index = stack[-1]
        node = nodes[index]
        needed = node.inputs
        if node.op == "where" and needed[0] in values:
            needed = (needed[0], needed[1] if values[needed[0]] else needed[2])
        elif node.op == "where":
            needed = needed[:1]
        missing = [i for i in needed if i not in values]
        if missing:
            stack += missing
            continue
        stack.pop()
        if node.op == "where":
            values[index] = values[needed[1]]
        elif node.value is not None:
            values[index] = +getattr(mpmath, node.name, mpmath.mpf(node.value))
        elif not node.inputs:
            values[index] = mpmath.mpf(point[node.name])
        else:
            values[index] = reference(node.op)(*[values[i] for i in node.inputs])
    return values[graph.outputs[0]]
