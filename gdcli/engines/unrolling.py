"""Several steps of a program on columns as one Python function for a compiler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gdcli.engines.columns import SCALAR, Program
from gdcli.engines.columns_code import SIGNS, literal
from gdcli.engines.scheduling import scheduled
from gdcli.graph.nodes import CONSTANT, VARIABLE, Node

_MOST = 6e4  # what every dtype has


def unrolled(program: Program, steps: int, *, slopes: bool) -> tuple[str, dict[str, Any]]:
    """The text of ``advance(columns, scalars)``, which makes several steps in place.

    Args:
        program: One step: its outputs are the columns that it is given, and one more.
        steps: How many.
        slopes: Whether it is to return that of the last step.

    Returns:
        The text, and the names of its operations. `scalars` is to be an array of those of each step, one after the
        other. Values are names and arithmetic is written as such, so that a compiler sees nothing but operations.
    """
    program = scheduled(program)
    count = len(program.inputs)
    state = [f"b{i}" for i in range(count)]
    lines = [f"{''.join(f'{name}, ' for name in state)} = columns"]
    used: set[str] = set()
    here, last = state, "b0"
    for k in range(steps):
        columns = dict(zip(program.inputs, here, strict=True))
        values: list[str] = []
        for index, node in enumerate(program.nodes):
            if node.op == VARIABLE:
                values.append(columns[node.name])
            elif node.op == CONSTANT:
                values.append(literal(float(node.value or 0.0)))
            elif node.op == SCALAR:
                values.append(f"scalars[{k * len(program.scalars) + int(node.value or 0)}]")
            else:
                name = f"v{k}_{index}"
                lines.append(f"{name} = {_call(program, node, values, used)}")
                values.append(name)
        *here, last = [_column(values[output], program.nodes[output]) for output in program.outputs]
    lines += [f"{name}.copy_({value})" for name, value in zip(state, here, strict=True)]
    lines += [f"return {last}"] if slopes else []
    text = "\n ".join(["def advance(columns, scalars):", *lines])
    return text, {f"f_{op}": op for op in sorted(used)}


def _call(program: Program, node: Node, values: Sequence[str], used: set[str]) -> str:
    operands = [values[i] for i in node.inputs]
    if node.op in SIGNS:
        return f"{operands[0]} {SIGNS[node.op]} {operands[1]}"
    if node.op == "neg":
        return f"-{operands[0]}"
    used.add(node.op)
    operands = [
        _column(text, program.nodes[i]) if program.nodes[i].op == CONSTANT else text
        for i, text in zip(node.inputs, operands, strict=True)
    ]
    return f"f_{node.op}({', '.join(operands)})"


def _column(text: str, node: Node) -> str:
    if node.op != CONSTANT:
        return text
    if _MOST < abs(float(node.value or 0.0)) < float("inf"):
        # Filling refuses what is too large for the dtype, and a product is infinite then.
        return f"(b0.new_full((), 1.0) * {text})"
    return f"b0.new_full((), {text})"
