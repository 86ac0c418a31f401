"""The computation graph: a flat list of nodes in evaluation order, shared sub-expressions once.

One form serves everybody: the parser writes it, SymPy, the engines and ``gdcli graph`` read it. Nobody recurses over
it: an input always stands before the node that uses it, so a loop forwards is an evaluation and a loop backwards is
backpropagation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

CONSTANT = "constant"
VARIABLE = "variable"


class Node(NamedTuple):
    """One node: a constant, a variable, or an operation of the function table on earlier nodes.

    Attributes:
        op: ``"constant"``, ``"variable"``, or the name of a row of `gdcli.expression.functions.TABLE`.
        inputs: Indices of the nodes it takes, each smaller than its own.
        value: A constant's number: an int where the text had an integer (of any size within the reader's bound),
            otherwise a float.
        name: A variable's name, or that of a named constant (``pi``, ``e``, ``tau``, ``inf``).
        attributes: Of an operation on the shape of a tensor, the whole numbers that say what it does: those of the
            table in `gdcli.graph.tensors.operations`.
    """

    op: str
    inputs: tuple[int, ...] = ()
    value: int | float | None = None
    name: str = ""
    attributes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Nodes in evaluation order, and which of them are wanted.

    Attributes:
        nodes: The nodes; equal ones are the same one.
        outputs: Indices of the wanted nodes: of a parsed expression, its value.
        variables: The names of the variables in the order in which the text first names them. Each has a node unless
            simplification dropped it; the order here is the order of arguments, gradients and columns everywhere.
        positions: For each node the offset in the text of where it came from (empty where there is no text).
        shapes: For each node the shape of its value; empty where all are single numbers.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    variables: tuple[str, ...]
    positions: tuple[int, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Once for all, since what is kept of a graph is looked for at every start.
        return hash((self.nodes, self.outputs, self.variables, self.positions, self.shapes))
