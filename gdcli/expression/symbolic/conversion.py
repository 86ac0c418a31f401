"""A graph to SymPy, node by node."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from sympy import Add, Expr, Float, Integer, Mul, Pow

from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.rows import vectors
from gdcli.expression.symbolic.operations import MAX_BITS, Operation, apply, constant, power, variable
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

_SUMS = frozenset({"add", "sub", "neg"})
DOUBLE = 53


def convert(
    graph: Graph, precision: int = DOUBLE, others: Callable[[int, list[Expr]], Expr | None] | None = None
) -> Expr:
    """The expression of a source graph with one output.

    Args:
        graph: The graph, as the parser writes it.
        precision: Bits with which floating-point constants are computed with each other.
        others: What gives the expression of a node that is no operation of the function table, from its index and its
            converted inputs, and None for one that is.
    """
    (output,) = graph.outputs
    wanted = _only_parts(graph)
    parts: dict[int, list[tuple[bool, Expr]]] = {}
    converted: list[Expr] = []
    for index, node in enumerate(graph.nodes):
        op, inputs = node.op, node.inputs
        if op not in _SUMS and op != "mul":
            arguments = [converted[i] for i in inputs]
            other = others(index, arguments) if others else None
            converted.append(_convert(node, arguments, precision) if other is None else other)
            continue
        pieces: list[tuple[bool, Expr]] = []
        for place, i in enumerate(inputs):
            own = parts.pop(i) if i in parts else [(False, converted[i])]
            if op == "neg" or (op == "sub" and place == 1):
                own = [(not negative, piece) for negative, piece in own]
            pieces = [*pieces, *own] if len(own) > len(pieces) else _extended(pieces, own)
        if index in wanted:
            parts[index] = pieces
            converted.append(Integer(0))
        else:
            signed = [-piece if negative else piece for negative, piece in pieces]
            converted.append(Mul(*signed) if op == "mul" else Add(*signed))
    return converted[output]


def _extended(pieces: list[tuple[bool, Expr]], more: list[tuple[bool, Expr]]) -> list[tuple[bool, Expr]]:
    pieces.extend(more)
    return pieces


def _only_parts(graph: Graph) -> set[int]:
    """The sums that are only a term of one other sum, and the products that are only a factor of one product.

    Only the longest ones are built: a sum of n terms once, and not n sums.
    """
    users: list[list[str]] = [[] for _ in graph.nodes]
    for node in graph.nodes:
        for i in node.inputs:
            users[i].append("add" if node.op in _SUMS else node.op)
    kinds = ["add" if node.op in _SUMS else node.op for node in graph.nodes]
    return {index for index, kind in enumerate(kinds) if kind in ("add", "mul") and users[index] == [kind]}


def _convert(node: Node, arguments: list[Expr], precision: int) -> Expr:
    op = node.op
    if op == VARIABLE:
        return variable(node.name)
    if op == CONSTANT:
        return _constant(node, precision)
    if op == "div":
        return Mul(arguments[0], power(arguments[1], Integer(-1)))
    if op in vectors.LARGEST.values():
        # Of a single number.
        return arguments[0]
    row = TABLE[op]
    if row.stands_for_formula(len(arguments)):
        return instance(formula(row.expands), arguments)
    return apply(op, *arguments)


def _constant(node: Node, precision: int) -> Expr:
    value = node.value
    assert value is not None
    if node.name or value == math.inf:
        return constant(node.name or "inf")
    if isinstance(value, float):
        return Float(value, precision=precision)
    return Integer(value) if value.bit_length() <= MAX_BITS else constant(str(value))


@cache
def formula(text: str) -> Expr:
    """A formula of the function table, in the variables ``a``, ``b``, ``c`` and ``out``."""
    return convert(parse(text, internal=True))


def instance(rule: Expr, arguments: Sequence[Expr], out: Expr | None = None) -> Expr:
    """A formula of the function table with its arguments, and the operation's value, put in."""
    known = {variable(name): value for name, value in zip("abc", arguments, strict=False)}
    if out is not None:
        known[variable("out")] = out
    return _put_in(rule, known)


def _put_in(rule: Expr, known: Mapping[Expr, Expr]) -> Expr:
    if not rule.args:
        return known.get(rule, rule)
    arguments = [_put_in(argument, known) for argument in rule.args]
    if isinstance(rule, Operation):
        return apply(rule.row.name, *arguments)
    # Not Pow itself, which makes Abs(x) of (x**2)**(1/2).
    return power(*arguments) if isinstance(rule, Pow) else rule.func(*arguments)
