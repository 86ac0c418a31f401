"""A problem with vectors, spelled out in scalars: a variable an element, an operation an element.

For small vectors only. It is an independent way to the same numbers: the scalar engines, and symbols at thirty digits,
then check what whole tensors compute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_NODES
from gdcli.expression.rows.vectors import INDEX, INDEX_NAME, LIST, MATMUL, MISSING, PRODUCT, SLICE, SUM
from gdcli.graph.elements import REDUCTIONS, ElementBuilder, Elements, Shape, flat, selected
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

Bindings: TypeAlias = Mapping[int, int]
"""For the index of each sum that is open, known by its node, the whole number that it is."""

Requests: TypeAlias = Generator[tuple[int, Bindings], Elements, Elements]
"""The spelling out of a node: it asks for others, and ends with its own elements."""


def unroll(
    graph: Graph,
    shapes: Mapping[str, Shape],
    constants: Mapping[str, Any] | None = None,
    *,
    text: str = "",
) -> Graph:
    """The source graph without vectors: its variables are ``x[0]``, ``x[1]``, …, and single numbers as they were.

    Args:
        graph: A source graph with one output, as the parser writes it.
        shapes: The shape of each variable: ``()``, which is also that of one not named here, or ``(n,)``.
        constants: Numbers, lists of them and lists of lists (matrices, row by row) that names stand for, which then
            are no variables.
        text: The text, for the messages.

    Returns:
        A source graph of single numbers, with the places in the text of what was spelled out.

    Raises:
        ExpressionError: If a subscript is outside, lengths do not meet, a vector stands where a number must, or the
            graph would have more than `MAX_NODES` nodes.

    >>> from gdcli.expression.parser import parse
    >>> unroll(parse("sum(x*y)"), {"x": (2,), "y": (2,)}).variables
    ('x[0]', 'x[1]', 'y[0]', 'y[1]')
    """
    return _Unrolling(graph, shapes, constants or {}, text).run()


def elements(name: str, shape: Shape) -> list[str]:
    """What the elements of a variable are called.

    >>> elements("x", (2,)), elements("a", ())
    (['x[0]', 'x[1]'], ['a'])
    """
    return [f"{name}[{i}]" for i in range(shape[0])] if shape else [name]


class _Unrolling:
    def __init__(
        self, graph: Graph, shapes: Mapping[str, Shape], constants: Mapping[str, Any], text: str
    ) -> None:
        self.graph = graph
        self.shapes = shapes
        self.constants = constants
        self.text = text
        self.builder = ElementBuilder()
        self.free = _free_indices(graph)
        self._done: dict[tuple[int, tuple[int, ...]], Elements] = {}
        self._visitors: dict[str, Callable[[int, Node, Bindings], Requests]] = {
            "where": self._where,
            INDEX: self._index,
            MATMUL: self._matmul,
            "dot": self._dot,
            "len": self._len,
            "transpose": self._transpose,
            LIST: self._stack,
            SUM: self._sum,
            PRODUCT: self._sum,
            **dict.fromkeys(REDUCTIONS, self._reduction),
        }

    def run(self) -> Graph:
        variables = [name for name in self.graph.variables if name not in self.constants]
        counts = [math.prod(self.shapes.get(name, ())) for name in variables]
        if sum(counts) > MAX_NODES:
            self._too_many(None)
        names = [each for name in variables for each in elements(name, self.shapes.get(name, ()))]
        (root,) = self.graph.outputs
        result = self._evaluate(root)
        if result.shape:
            what = f"a vector of {result.shape[0]:,} elements" if len(result.shape) == 1 else "a matrix"
            self._fail(
                root,
                f"the expression is {what}, and is to be a single number",
                "reduce it, as with sum(…), mean(…) or norm(…)",
            )
        return self.builder.finish(result.nodes[0], variables=names)

    def _evaluate(self, root: int) -> Elements:
        """The elements of a node, without Python's stack: a text may be nested deep."""
        stack: list[tuple[tuple[int, tuple[int, ...]], Requests]] = []
        request: tuple[int, Bindings] = (root, {})
        while True:
            index, bindings = request
            key = index, tuple([bindings[i] for i in self.free[index]])
            result = self._done.get(key)
            if result is None:
                stack.append((key, self._visit(index, bindings)))
            while True:
                try:
                    # A generator that has just begun is sent None, as it wants.
                    request = stack[-1][1].send(result)  # type: ignore[arg-type]
                    break
                except StopIteration as stop:
                    finished: Elements = stop.value
                    self._done[stack.pop()[0]] = result = finished
                    if not stack:
                        return finished

    def _visit(self, index: int, bindings: Bindings) -> Requests:
        node = self.graph.nodes[index]
        visitor = self._visitors.get(node.op)
        if visitor is not None:
            return (yield from visitor(index, node, bindings))
        if node.op == CONSTANT:
            assert node.value is not None
            return self._number(node.value, node.name)
        if node.op == INDEX_NAME:
            return self._number(bindings[index])
        if node.op == VARIABLE:
            return self._variable(index, node.name)
        values = yield from self._each(node.inputs, bindings)
        return self._elementwise(index, node.op, values, node.inputs)

    def _each(
        self, places: Sequence[int], bindings: Bindings
    ) -> Generator[tuple[int, Bindings], Elements, list[Elements]]:
        values = []
        for place in places:
            values.append((yield place, bindings))  # noqa: PERF401  # a comprehension cannot yield
        return values

    # Leaves, and operations element by element.

    def _number(self, number: int | float, name: str = "") -> Elements:
        return Elements((), (self.builder.constant(number, name),))

    def _variable(self, index: int, name: str) -> Elements:
        self._at(index)
        if name in self.constants:
            shape, numbers = flat(self.constants[name])
            self._spend(index, len(numbers))
            found = Elements(shape, tuple([self.builder.constant(number) for number in numbers]))
        else:
            shape = self.shapes.get(name, ())
            found = Elements(shape, tuple([self.builder.variable(each) for each in elements(name, shape)]))
        if not found.nodes:
            self._fail(index, f"{name} is an empty vector", "a vector has one element at least")
        return found

    def _elementwise(
        self, index: int, op: str, values: Sequence[Elements], places: Sequence[int]
    ) -> Elements:
        shape = self._common_shape(index, values, places)
        self._at(index)
        size = math.prod(shape)
        self._spend(index, size)
        columns = [value.nodes * size if not value.shape else value.nodes for value in values]
        return Elements(
            shape, tuple([self.builder.apply(op, *inputs) for inputs in zip(*columns, strict=True)])
        )

    def _common_shape(self, index: int, values: Sequence[Elements], places: Sequence[int]) -> Shape:
        shaped = [(value.shape, place) for value, place in zip(values, places, strict=True) if value.shape]
        for shape, place in shaped[1:]:
            first, first_place = shaped[0]
            if shape != first:
                one = self._described(first_place, first, "the left side")
                other = self._described(place, shape, "the right side")
                self._fail(index, f"the lengths do not meet: {one}, and {other}", "give them the same length")
        return shaped[0][0] if shaped else ()

    def _described(self, index: int, shape: Shape, otherwise: str) -> str:
        name = self._named(index) or otherwise
        if len(shape) == 2:
            return f"{name} has {shape[0]:,} rows and {shape[1]:,} columns"
        return f"{name} has {shape[0]:,} element{'s' if shape[0] != 1 else ''}"

    def _where(self, index: int, node: Node, bindings: Bindings) -> Requests:
        """Of a condition that is known only the branch that is taken is spelled out."""
        first, *branches = node.inputs
        condition = yield first, bindings
        if not condition.shape and condition.nodes[0] in self.builder.numbers:
            taken: Elements = yield branches[0 if self.builder.numbers[condition.nodes[0]] else 1], bindings
            return taken
        values = [condition, *(yield from self._each(branches, bindings))]
        return self._elementwise(index, "where", values, node.inputs)

    # Reductions and products.

    def _reduction(self, index: int, node: Node, bindings: Bindings) -> Requests:
        (operand,) = node.inputs
        value = yield operand, bindings
        op = node.op
        if not value.shape:
            if op in ("largest", "smallest"):
                return value
            name = self._named(operand)
            self._fail(
                index,
                f"{op} takes a vector, and {name or 'this'} is a single number",
                f"give {name} a list, as in {name}=[1,2], or a length, as in --shape {name}=10"
                if name
                else "",
            )
        self._at(index)
        nodes = list(value.nodes)
        self._spend(index, 6 * len(nodes))
        return Elements((), (self.builder.reduced(op, nodes),))

    def _dot(self, index: int, node: Node, bindings: Bindings) -> Requests:
        values = yield from self._each(node.inputs, bindings)
        for place, value in zip(node.inputs, values, strict=True):
            if len(value.shape) != 1:
                self._fail(
                    index, f"dot takes two vectors, and {self._named(place) or 'one of these'} is none"
                )
        self._common_shape(index, values, node.inputs)
        self._at(index)
        return Elements((), (self.builder.inner(values[0].nodes, values[1].nodes),))

    def _matmul(self, index: int, node: Node, bindings: Bindings) -> Requests:
        values = yield from self._each(node.inputs, bindings)
        for place, value in zip(node.inputs, values, strict=True):
            if not value.shape:
                self._fail(
                    index,
                    f"@ takes vectors and matrices, and {self._named(place) or 'one side'} is a single number",
                    "for a product with a number write *",
                )
        a, b = values
        if a.shape[-1] != b.shape[0]:
            one = self._described(node.inputs[0], a.shape, "the left side")
            other = self._described(node.inputs[1], b.shape, "the right side")
            self._fail(index, f"the lengths do not meet in the product: {one}, and {other}")
        self._at(index)
        length, shape = a.shape[-1], (*a.shape[:-1], *b.shape[1:])
        self._spend(index, math.prod(shape) * length)
        rows = [a.nodes[i : i + length] for i in range(0, len(a.nodes), length)]
        width = b.shape[1] if len(b.shape) == 2 else 1
        columns = [b.nodes[j::width] for j in range(width)]
        return Elements(shape, tuple([self.builder.inner(row, column) for row in rows for column in columns]))

    def _len(self, index: int, node: Node, bindings: Bindings) -> Requests:
        value = yield node.inputs[0], bindings
        if not value.shape:
            self._fail(
                index, f"{self._named(node.inputs[0]) or 'this'} is a single number, and has no length"
            )
        self._at(index)
        return self._number(value.shape[0])

    def _transpose(self, index: int, node: Node, bindings: Bindings) -> Requests:
        value = yield node.inputs[0], bindings
        if len(value.shape) != 2:
            self._fail(index, "transpose takes a matrix")
        rows, columns = value.shape
        return Elements(
            (columns, rows), tuple([each for j in range(columns) for each in value.nodes[j::columns]])
        )

    def _stack(self, index: int, node: Node, bindings: Bindings) -> Requests:
        values = yield from self._each(node.inputs, bindings)
        if any(value.shape for value in values):
            self._fail(index, "a list is one of single numbers")
        return Elements((len(values),), tuple([value.nodes[0] for value in values]))

    # Subscripts and sums.

    def _index(self, index: int, node: Node, bindings: Bindings) -> Requests:
        operand, *subscripts = node.inputs
        value = yield operand, bindings
        name = self._named(operand) or "this"
        if not value.shape:
            hint = f"give {name} a list, as in {name}=[1,2], or a length, as in --shape {name}=10"
            self._fail(
                index, f"{name} is a single number, and has no elements", hint if name != "this" else ""
            )
        if len(subscripts) > len(value.shape):
            what = ("vector, and takes one subscript", "matrix, and takes two subscripts")
            self._fail(index, f"{name} is a {what[len(value.shape) - 1]}, not {len(subscripts)}")
        chosen: list[range | int] = []
        for axis, place in enumerate(subscripts):
            size = value.shape[axis]
            if self.graph.nodes[place].op != SLICE:
                number = yield place, bindings
                if number.shape:
                    self._fail(index, "a subscript is a single number")
                chosen.append(self._subscript(index, place, number, size, bindings))
                continue
            ends: list[int | None] = []
            for end in self.graph.nodes[place].inputs:
                if self.graph.nodes[end].op == MISSING:
                    ends.append(None)
                else:
                    number = yield end, bindings
                    whole = self._whole(number)
                    if whole is None or self.free[end]:
                        self._fail(index, "the ends of a slice are whole numbers that are known before")
                    ends.append(whole)
            if ends[2] == 0:
                self._fail(index, "a slice with a step of 0 goes nowhere")
            places = range(size)[slice(*ends)]
            if not places:
                self._fail(index, f"this slice of {name}, which has {size:,} elements, is empty")
            chosen.append(places)
        return selected(value, chosen)

    def _subscript(self, index: int, place: int, value: Elements, size: int, bindings: Bindings) -> int:
        """The place of an element; a subscript that depends on the index of a sum does not count from the end."""
        number = self.builder.numbers.get(value.nodes[0])
        if number is None:
            self._fail(
                index,
                "a subscript is a whole number that is known before",
                "it may depend on the index of a Sum, and on names that are held constant by --let or --fix",
            )
        whole = self._whole(value)
        if whole is None:
            self._fail(index, f"a subscript is a whole number, not {number:g}")
        free = self.free[place]
        if not (0 if free else -size) <= whole < size:
            name = self._named(self.graph.nodes[index].inputs[0]) or "this"
            message = f"the subscript {whole} is outside of {name}, which has {size:,} elements"
            if not free:
                hint = f"they are {name}[0] to {name}[{size - 1}]" if name != "this" else ""
                self._fail(index, message, hint)
            names = [self.graph.nodes[i].name.partition(" ")[0] for i in free]
            where = ", ".join(f"{each} = {bindings[i]}" for each, i in zip(names, free, strict=True))
            self._fail(
                index,
                f"{message}, where {where}",
                "a subscript with the index of a sum does not count from the end; mod(i, len(x)) makes a ring",
            )
        return whole % size

    def _whole(self, value: Elements) -> int | None:
        """The whole number that a value is, if it is known to be one."""
        number = self.builder.numbers.get(value.nodes[0]) if not value.shape else None
        return None if number is None or number != number // 1 else int(number)

    def _sum(self, index: int, node: Node, bindings: Bindings) -> Requests:
        name, low_place, high_place, body = node.inputs
        ends = []
        for place in (low_place, high_place):
            value = yield place, bindings
            whole = self._whole(value)
            if whole is None:
                self._fail_limit(index, place, value)
            ends.append(whole)
        op = "add" if node.op == SUM else "mul"
        result = self._number(0 if node.op == SUM else 1)
        for number in range(ends[0], ends[1] + 1):
            value = yield body, {**bindings, name: number}
            first = number == ends[0]
            result = value if first else self._elementwise(index, op, [result, value], (body, body))
            self._spend(index, 1)
        return result

    # Errors.

    def _fail_limit(self, index: int, place: int, value: Elements) -> NoReturn:
        number = None if value.shape else self.builder.numbers.get(value.nodes[0])
        limits = f"the limits of {self.graph.nodes[index].op} are whole numbers"
        if number is not None:
            self._fail(index, f"{limits}, and {number} is none")
        name = self._named(place)
        hint = f"say with --let {name}=… or --fix {name}=… what {name} is" if name else ""
        self._fail(index, f"{limits} that are known before", hint)

    def _at(self, index: int) -> None:
        if self.graph.positions:
            self.builder.position = self.graph.positions[index]

    def _named(self, index: int) -> str:
        node = self.graph.nodes[index]
        return node.name if node.op == VARIABLE else ""

    def _spend(self, index: int, nodes: int) -> None:
        if len(self.builder.nodes) + nodes > MAX_NODES:
            self._too_many(index)

    def _too_many(self, index: int | None) -> NoReturn:
        position = self.graph.positions[index] if index is not None and self.graph.positions else None
        raise ExpressionError(
            f"spelled out element by element, the expression has more than {MAX_NODES:,} numbers, names and "
            "operations",
            text=self.text,
            position=position,
        )

    def _fail(self, index: int, message: str, hint: str = "") -> NoReturn:
        position = self.graph.positions[index] if self.graph.positions else None
        raise ExpressionError(message, hint=hint, text=self.text, position=position)


def _free_indices(graph: Graph) -> list[tuple[int, ...]]:
    """For each node the indices of sums on which its value depends."""
    free: list[frozenset[int]] = []
    for place, node in enumerate(graph.nodes):
        if node.op == INDEX_NAME:
            free.append(frozenset({place}))
        elif node.op in (SUM, PRODUCT):
            name, low, high, body = node.inputs
            free.append(free[low] | free[high] | (free[body] - {name}))
        else:
            free.append(frozenset().union(*[free[i] for i in node.inputs]))
    return [tuple(sorted(each)) for each in free]
