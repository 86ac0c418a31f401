"""Programs on columns as Python that works in place, without a temporary too many.

Nothing of the user's text gets into the code: numbers are written by their `repr`, columns and nodes by index,
operations by the function table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from gdcli.engines.columns import SCALAR, Program
from gdcli.engines.fusing import Sum, reads, sums
from gdcli.engines.scheduling import schedule
from gdcli.expression.functions import TABLE
from gdcli.graph.nodes import CONSTANT, VARIABLE, Node

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


class Library(Protocol):
    """What a library of arrays can do with columns."""

    fuses: bool
    """Whether ``add`` and ``subtract`` take ``alpha``, and there is ``addcmul``."""

    def function(self, op: str) -> Callable[..., Any]:
        """The operation `op` of the function table."""

    def takes_out(self, op: str) -> bool:
        """Whether it can write its result into a column that is there."""

    def number(self, value: float) -> Any:
        """A number as an array of no dimension."""

    def filled(self, like: Any, value: Any) -> Any:
        """A new column of the length of another, with a number or the elements of a column."""


class Step(NamedTuple):
    """A program that runs in place.

    Attributes:
        call: ``call(columns, scalars, spare)`` gives the columns that come out, and what is spare afterwards. All
            columns that it is given may be overwritten, unless they are to be kept.
        spare: How many spare columns it needs.
    """

    call: Callable[..., tuple[list[Any], list[Any]]]
    spare: int


def in_place(program: Program, library: Library, *, keep: bool = False) -> Step:
    """A program as a function of columns that writes over those that are not needed any more.

    Args:
        program: What to compute.
        library: With what.
        keep: Whether the columns that are given are to be left as they are.
    """
    writer = _Writer(program, library, keep)
    namespace = writer.namespace
    exec(compile(writer.source(), "<gdcli>", "exec"), namespace)
    return Step(namespace["step"], writer.spare)


class _Writer:
    """Gives every value a Python name, which is that of the column that holds it."""

    def __init__(self, program: Program, library: Library, keep: bool) -> None:
        self.namespace: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
        self.spare = 0
        self._program, self._library = program, library
        self._nodes = program.nodes
        self._lines: list[str] = []
        self._where: dict[int, str] = {}
        self._truths: dict[int, str] = {}
        self._free: list[str] = []
        self._sums = sums(program) if library.fuses else {}
        given = (CONSTANT, VARIABLE, SCALAR)
        self._reads = {
            index: reads(node, self._sums.get(index))
            for index, node in enumerate(program.nodes)
            if node.op not in given
        }
        self._order = schedule(self._reads, program.outputs)
        self._uses = self._count()
        inputs = [f"b{i}" for i in range(len(program.inputs))]
        columns = dict(zip(program.inputs, inputs, strict=True))
        for index, node in enumerate(self._nodes):
            if node.op == VARIABLE:
                self._where[index] = columns.pop(node.name)
                if keep:
                    self._uses[index] += 1
        # A column that nothing depends on is there to be written over.
        self._free = [] if keep else list(columns.values())
        for index in self._order:
            self._write(index, self._nodes[index])
        self._names = inputs

    def source(self) -> str:
        """The text of the function."""
        program = self._program
        outputs = [self._output(i, index) for i, index in enumerate(program.outputs)]
        spares = [f"t{i}" for i in range(self.spare)]
        scalars = [f"c{i}" for i in range(len(program.scalars))]
        kept = [name for name in dict.fromkeys([*self._names, *spares, *self._free]) if name not in outputs]
        kept = [name for name in kept if name in self._free]
        lines = [f"{''.join(f'{name}, ' for name in each)} = {what}" for each, what in (
            (self._names, "columns"), (scalars, "scalars"), (spares, "spare")) if each]  # fmt: skip
        return "\n ".join(
            [
                "def step(columns, scalars, spare):",
                *lines,
                *self._lines,
                f"return [{', '.join(outputs)}], [{', '.join(kept[: self.spare])}]",
            ]
        )

    def _output(self, place: int, index: int) -> str:
        """The column of an output, which is its own and no other output's."""
        if index in self._where and index not in self._program.outputs[:place]:
            return self._where[index]
        name = f"o{place}"
        self._lines.append(f"{name} = filled(b0, {self._operand(index, first=False)})")
        self.namespace["filled"] = self._library.filled
        return name

    def _count(self) -> list[int]:
        uses = [0] * len(self._nodes)
        for output in self._program.outputs:
            uses[output] += 1
        for index in self._order:
            for used in self._reads[index]:
                uses[used] += 1
        return uses

    def _write(self, index: int, node: Node) -> None:
        read, fused = self._reads[index], self._sums.get(index)
        op, library = node.op, self._library
        for used in read:
            self._uses[used] -= 1
        dead = [
            self._where[used] for used in dict.fromkeys(read) if used in self._where and not self._uses[used]
        ]
        writes_out = fused is not None or op in SIGNS or library.takes_out(op)
        if not writes_out or self._is_truth(index):
            name = f"v{index}"
            operands = ", ".join(self._operand(used, first=True) for used in node.inputs)
            self._lines.append(f"{name} = {self._function(op)}({operands})")
            self._free += [each for each in dead if each not in self._free]
            if not self._is_truth(index):
                self._where[index] = name
            else:
                self._truths[index] = name
            return
        name = self._target(dead)
        self._where[index] = name
        if fused is not None:
            self._lines.append(self._fused_text(node, fused, name))
        elif op in SIGNS:
            a, b = node.inputs
            if op in ("add", "mul") and a not in self._where:
                a, b = b, a
            text = f"{self._operand(a, first=True)}, {self._operand(b, first=False)}"
            self._lines.append(f"{self._function(op)}({text}, out={name})")
        else:
            operands = ", ".join(self._operand(used, first=True) for used in node.inputs)
            self._lines.append(f"{self._function(op)}({operands}, out={name})")
        self._free += [each for each in dead if each != name and each not in self._free]
        if name in self._free:
            self._free.remove(name)

    def _target(self, dead: Sequence[str]) -> str:
        if dead:
            return dead[0]
        if self._free:
            return self._free.pop()
        self.spare += 1
        return f"t{self.spare - 1}"

    def _fused_text(self, node: Node, fused: Sum, name: str) -> str:
        """a ± b·c in one pass."""
        columns = ", ".join(self._where[column] for column in fused.columns)
        other = self._operand(fused.other, first=True)
        if fused.number >= 0:
            found = self._nodes[fused.number]
            number = f"c{found.value}" if found.op == SCALAR else self._rounded(float(found.value or 0.0))
            return f"{self._function(node.op)}({other}, {columns}, alpha={number}, out={name})"
        return f"{self._function('addcmul')}({other}, {columns}, value={self._rounded(fused.factor)}, out={name})"

    def _operand(self, index: int, *, first: bool) -> str:
        """The text of an operand; a number that comes first has to be an array."""
        node = self._nodes[index]
        if index in self._where:
            return self._where[index]
        if index in self._truths:
            return self._truths[index]
        text = f"c{node.value}" if node.op == SCALAR else literal(float(node.value or 0.0))
        if not first:
            return text
        if node.op == SCALAR:
            self.namespace["number"] = self._library.number
            return f"number({text})"
        name = f"n{index}"
        self.namespace[name] = self._library.number(float(node.value or 0.0))
        return name

    def _rounded(self, value: float) -> str:
        """The text of a number beside columns; torch refuses one that is too large for their dtype."""
        rounded = float(self._library.number(value))
        return literal(rounded if math.isinf(rounded) else value)

    def _function(self, op: str) -> str:
        name = f"f_{op}"
        self.namespace[name] = self._library.function(op)
        return name

    def _is_truth(self, index: int) -> bool:
        op = self._nodes[index].op
        return op in TABLE and TABLE[op].boolean


def literal(value: float) -> str:
    """A number as Python text that can stand beside an operator."""
    text = repr(value)
    return f"({text})" if text.startswith("-") else text
