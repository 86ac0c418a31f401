"""The operations on the shape of tensors, which no text names, and the shapes of all.

The other operations of a tensor graph are the function table's, element by element, with NumPy's broadcasting.

| operation | inputs | attributes | what it is |
|---|---|---|---|
| data | | | an array from a file, known by its name |
| iota | | first, count | first, first + 1, … |
| expand | x | shape | x broadcast to a shape |
| reduce_to | x | shape | the opposite: x summed over what would be broadcast from that shape |
| reshape | x | shape | the same elements in the same order |
| transpose | x | | a matrix with rows and columns exchanged |
| slice | x | axis, start, step, count | elements start, start + step, … along an axis |
| embed | x | axis, start, step, size | the opposite: zeros but for those |
| gather | x, index | | the elements of a vector at places, which are whole numbers |
| scatter | x, index | size | the opposite: a vector of sums |
| stack | x, … | | joined along a new last axis |
| sum, prod, largest, smallest, norm, logsumexp | x | axes | reduced over axes |
| prod_others | x | axes | for each element the product of the others |
| prod_pairs | u, x | axes | the adjoint of x in prod_others, whose own is u |
| dot | a, b | | the inner product of vectors |
| matmul | a, b | | the matrix product |
| outer | a, b | | the matrix of products of two vectors' elements |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from gdcli.graph.nodes import Node

Shape: TypeAlias = tuple[int, ...]

DATA = "data"
REDUCTIONS = ("sum", "prod", "largest", "smallest", "norm", "logsumexp")
STRUCTURAL = frozenset(
    {
        *REDUCTIONS,
        *(DATA, "iota", "expand", "reduce_to", "reshape", "transpose", "slice", "embed", "gather", "scatter"),
        *("stack", "prod_others", "prod_pairs", "dot", "matmul", "outer"),
    }
)
MAX_ELEMENTS = 250_000_000
"""Of one tensor: 2 GB in float64."""


def size(shape: Shape) -> int:
    """How many elements a tensor has."""
    return math.prod(shape)


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape of an operation element by element; shapes are compared from their ends, and 1 fits any length.

    Raises:
        ValueError: If they do not fit.
    """
    rank = max(map(len, shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for place, length in enumerate(shape, rank - len(shape)):
            if length != 1:
                if result[place] not in (1, length):
                    raise ValueError(f"shapes {shapes} do not fit")
                result[place] = length
    return tuple(result)


def without(shape: Shape, axes: Sequence[int]) -> Shape:
    """A shape without some of its axes."""
    return tuple([length for axis, length in enumerate(shape) if axis not in axes])


def shape_of(node: Node, inputs: Sequence[Shape]) -> Shape:
    """The shape of an operation's value, from those of its inputs; of leaves but iota it is not known here."""
    op, attributes = node.op, node.attributes
    if op not in STRUCTURAL:
        return broadcast(inputs)
    if op == "iota":
        return (attributes[1],)
    if op in ("expand", "reduce_to", "reshape"):
        return attributes
    if op in REDUCTIONS:
        return without(inputs[0], attributes)
    if op in ("slice", "embed"):
        axis, _, _, length = attributes
        return (*inputs[0][:axis], length, *inputs[0][axis + 1 :])
    if op == "transpose":
        return inputs[0][::-1]
    if op == "gather":
        return inputs[1]
    if op == "scatter":
        return attributes
    if op == "stack":
        return (*inputs[0], len(inputs))
    if op == "dot":
        return ()
    if op == "matmul":
        return (*inputs[0][:-1], *inputs[1][1:])
    if op == "outer":
        return (*inputs[0], *inputs[1])
    return inputs[-1]  # prod_others and prod_pairs
