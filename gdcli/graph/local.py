"""The local derivative of one operation by one of its inputs: as a formula to be read, and as a number.

Both come from the function table's formulas. The formula is written in the names of the nodes, with what is constant
put in and worked out: of ``where(a == 0 and b == 0, 0, b*a**(b - 1))`` there stays ``2*x`` for ``x**2``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gdcli.engines import scalar
from gdcli.expression.functions import TABLE
from gdcli.expression.names import CONSTANTS
from gdcli.graph.folding import as_float
from gdcli.graph.formulas import formula
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph
from gdcli.graph.notation import Piece, number, write

_LETTERS = "abc"
_ARITHMETIC = frozenset({"add", "sub", "mul", "pow"})
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
# pi - 1 is better left as it is.
_NAME = re.compile(r"(?<![\d.])[A-Za-z_]")


def rule(op: str, place: int, *, base_is_e: bool = False) -> str:
    """The formula of the derivative of `op` by the input at `place`, as the function table has it.

    Args:
        op: A row of the function table with derivatives.
        place: The input's place.
        base_is_e: For ``pow``, whether the base is the constant e: then it is the exponential.
    """
    if op == "pow" and place == 1 and base_is_e:
        return TABLE["exp"].derivatives[0]
    return TABLE[op].derivatives[place]


def evaluate_all(graph: Graph, arguments: Mapping[str, float]) -> list[float]:
    """The value of every node of a source graph, in IEEE arithmetic.

    Args:
        graph: A source graph whose operations all have a value of their own (see `gdcli.graph.annotate`), or that of a
            formula of the function table.
        arguments: The numbers of its variables.
    """
    values: list[float] = []
    for node in graph.nodes:
        if node.op == CONSTANT:
            assert node.value is not None
            values.append(as_float(node.value))
        elif node.op == VARIABLE:
            values.append(arguments[node.name])
        else:
            values.append(scalar.evaluate(node.op, [values[i] for i in node.inputs]))
    return values


def derivative(rule: str, inputs: Sequence[float], out: float) -> float:
    """The number of a rule.

    Args:
        rule: A formula in ``a``, ``b``, ``c`` and ``out``.
        inputs: The numbers of the operation's inputs.
        out: Its value.
    """
    graph = formula(rule)
    arguments = {**dict(zip(_LETTERS, inputs, strict=False)), "out": out}
    return float(evaluate_all(graph, arguments)[graph.outputs[0]])


def variables(rule: str) -> tuple[str, ...]:
    """The names that a rule contains, of ``a``, ``b``, ``c`` and ``out``."""
    return formula(rule).variables


def text(rule: str, inputs: Sequence[Piece], out: Piece, at: tuple[Sequence[float], float] | None) -> str:
    """A rule in the names of the nodes, as `piece`."""
    return piece(rule, inputs, out, at).text


def piece(
    rule: str, inputs: Sequence[Piece], out: Piece, at: tuple[Sequence[float], float] | None = None
) -> Piece:
    """A rule in the names of the nodes.

    Args:
        rule: A formula in ``a``, ``b``, ``c`` and ``out``.
        inputs: What stands for the operation's inputs; those with a number are constants, which are worked out.
        out: What stands for its value.
        at: The numbers of the inputs and of the value, where there is a point: of a formula that differs from place to
            place the one that holds there is given.
    """
    graph = formula(rule)
    pieces: list[Piece] = []
    numbers: list[float] | None = None
    if at is not None:
        numbers = evaluate_all(graph, {**dict(zip(_LETTERS, at[0], strict=False)), "out": at[1]})
    given = {**dict(zip(_LETTERS, inputs, strict=False)), "out": out}
    for index, node in enumerate(graph.nodes):
        if node.op == CONSTANT:
            assert node.value is not None
            pieces.append(Piece(node.name) if node.name in CONSTANTS else number(node.value))
        elif numbers is not None and isinstance(numbers[index], bool):
            pieces.append(number(numbers[index]))
        elif node.op == VARIABLE:
            pieces.append(given[node.name])
        else:
            pieces.append(_worked_out(node.op, [pieces[i] for i in node.inputs]))
    return pieces[graph.outputs[0]]


def _worked_out(op: str, inputs: list[Piece]) -> Piece:
    """An operation with what is known worked out, as one would do in one's head."""
    numbers = [piece.number for piece in inputs]
    first, last = inputs[0], inputs[-1]
    if op == "where":
        if numbers[0] is None and inputs[1].text != inputs[2].text:
            return write(op, inputs)
        return inputs[1 if numbers[0] else 2]
    if op in ("and", "or"):
        for known, other in ((first, last), (last, first)):
            if known.number is not None:
                return other if bool(known.number) is (op == "and") else known
    if op == "mul":
        if 0 in numbers:
            return number(0)
        for one, other in ((first, last), (last, first)):
            if one.number == 1:
                return other
            if one.number == -1:
                return _worked_out("neg", [other])
    if op == "pow" and last.number in (0, 1):
        return first if last.number else number(1)
    if op == "neg" and first.number is not None:
        return number(-first.number)
    if None not in numbers and (
        op in _COMPARISONS or (op in _ARITHMETIC and not any(_NAME.search(piece.text) for piece in inputs))
    ):
        return number(_compute(op, [each for each in numbers if each is not None]))
    return write(op, inputs)


def _compute(op: str, numbers: Sequence[float]) -> float:
    if op == "sub" and all(type(each) is int for each in numbers):
        # Whole numbers may be beyond the floats.
        return numbers[0] - numbers[1]
    return scalar.evaluate(op, [as_float(each) for each in numbers])
