"""A graph builder that knows how large the whole numbers of its constants would get."""

from __future__ import annotations

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_INTEGER_BITS, Size, bits, size_of, size_of_result
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.nodes import Node

_ARITHMETIC = frozenset({"add", "sub", "mul", "pow"})


class SizedBuilder(GraphBuilder):
    """Builds the graph of `text` and refuses what would compute a whole number beyond the bound.

    Sums, differences, products and powers of whole numbers are exact when they are folded; how large they
    would get is estimated here, without computing them. Everything else is floating point, which has an end.
    """

    def __init__(self, text: str) -> None:
        super().__init__(track_positions=True)
        self.text = text
        self._sizes: dict[int, Size] = {}

    def _add(self, key: tuple[object, ...], node: Node) -> int:
        """As of `GraphBuilder`.

        Raises:
            ExpressionError: If the node is a whole number and too large.
        """
        index = super()._add(key, node)
        if isinstance(node.value, int):
            self._sizes[index] = size_of(node.value)
        elif node.inputs and node.inputs[-1] in self._sizes:
            size = self._size(node)
            if size is not None:
                self._refuse_beyond_bound(size)
                self._sizes[index] = size
        return index

    def _size(self, node: Node) -> Size | None:
        """The size of an operation whose last input is a whole number; None if it is not one itself."""
        op, inputs = node.op, node.inputs
        sizes = self._sizes
        last = sizes[inputs[-1]]
        if op in _ARITHMETIC:
            return size_of_result(op, sizes[inputs[0]], last) if inputs[0] in sizes else None
        if op == "neg":
            return -last if isinstance(last, int) else last
        if op == "where" and inputs[1] in sizes:
            return max(bits(sizes[inputs[1]]), bits(last))
        return None

    def _refuse_beyond_bound(self, size: Size) -> None:
        estimate = bits(size)
        if estimate > MAX_INTEGER_BITS:
            about = f"about {estimate:,.0f}" if estimate < 1e9 else "more than a billion"
            raise ExpressionError(
                f"this would be a whole number of {about} bits; the bound is {MAX_INTEGER_BITS:,}",
                hint="with a decimal point, as in 10.0, it is computed in floating point",
                text=self.text,
                position=self.position,
            )
