"""Products that are added in the same pass over memory: a ± b·c, with a number that goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdcli.engines.columns import SCALAR, Program, is_ordinary
from gdcli.graph.nodes import CONSTANT, Node


@dataclass(frozen=True)
class Sum:
    """A column to which a multiple of a column, or of the product of two, is added.

    Attributes:
        other: The column; of a multiple of one column, it may be a number.
        columns: The one or the two.
        factor: The number of the multiple of two, with its sign.
        number: The node that is the number of the multiple of one, to be added or taken away.
    """

    other: int
    columns: tuple[int, ...]
    factor: float = 1.0
    number: int = -1


def sums(program: Program) -> dict[int, Sum]:
    """For each addition or subtraction that can be made together with a product: how.

    A product is taken into a sum if nothing else needs it. A number by which one of its columns is multiplied goes
    along, if everything that needs that multiple can do so.
    """
    return _Fusing(program).found()


class _Fusing:
    def __init__(self, program: Program) -> None:
        self._nodes = program.nodes
        self._uses: list[list[int]] = [[] for _ in program.nodes]
        for index, node in enumerate(program.nodes):
            for used in node.inputs:
                self._uses[used].append(index)
        self._outputs = set(program.outputs)

    def found(self) -> dict[int, Sum]:
        """See `sums`."""
        chosen = self._chosen()
        taken = {self._inner(product) for product in chosen.values()}
        return {user: self._sum(user, product, taken) for user, product in chosen.items()}

    def _chosen(self) -> dict[int, int]:
        """For each sum the product that is taken into it."""
        chosen: dict[int, int] = {}
        products = [index for index, node in enumerate(self._nodes) if node.op == "mul"]
        # Of two in one sum that of two columns: the other is computed as quickly.
        for index in sorted(products, key=lambda product: len(self._columns(self._inner(product))) < 2):
            if not self._only_for_one(index):
                continue
            (user,) = self._uses[index]
            node = self._nodes[user]
            other = node.inputs[0] if node.inputs[-1] == index else node.inputs[-1]
            fits = node.op == "add" or (node.op == "sub" and node.inputs[1] == index and other != index)
            multiple = len(self._columns(index)) == 1 and self._inner(index) == index
            if fits and user not in chosen and (multiple or self._is_column(other)):
                chosen[user] = index
        return chosen

    def _sum(self, user: int, product: int, taken: set[int]) -> Sum:
        node = self._nodes[user]
        other = node.inputs[0] if node.inputs[1] == product else node.inputs[1]
        factor = -1.0 if node.op == "sub" else 1.0
        inner = self._inner(product)
        if inner != product:
            factor *= self._number(product)
        columns = self._columns(inner)
        if len(columns) == 1:
            return Sum(other, columns, number=self._nodes[inner].inputs[0])
        bare = []
        for column in columns:
            if self._goes_along(column, taken) and is_ordinary(factor * self._number(column)):
                factor *= self._number(column)
                column = self._nodes[column].inputs[1]
            bare.append(column)
        return Sum(other, tuple(bare), factor)

    def _goes_along(self, index: int, taken: set[int]) -> bool:
        """Whether a column is the multiple of another that only products need which are taken into sums."""
        node = self._nodes[index]
        if node.op != "mul" or self._nodes[node.inputs[0]].op != CONSTANT or index in self._outputs:
            return False
        return all(user in taken and len(self._columns(user)) == 2 for user in self._uses[index])

    def _inner(self, product: int) -> int:
        """The product of two columns of which a product is a multiple, if nothing else needs that."""
        node = self._nodes[product]
        if self._nodes[node.inputs[0]].op != CONSTANT:
            return product
        inner = node.inputs[1]
        fits = self._nodes[inner].op == "mul" and len(self._columns(inner)) == 2 and self._only_for_one(inner)
        return inner if fits and is_ordinary(self._number(product)) else product

    def _only_for_one(self, index: int) -> bool:
        return len(self._uses[index]) == 1 and index not in self._outputs

    def _columns(self, product: int) -> tuple[int, ...]:
        return tuple([used for used in self._nodes[product].inputs if self._is_column(used)])

    def _is_column(self, index: int) -> bool:
        return self._nodes[index].op not in (CONSTANT, SCALAR)

    def _number(self, index: int) -> float:
        return float(self._nodes[self._nodes[index].inputs[0]].value or 0.0)


def reads(node: Node, fused: Sum | None) -> Sequence[int]:
    """The values that the statement of a node reads."""
    return node.inputs if fused is None else (fused.other, *fused.columns)
