"""From the source graph of a text with vectors to a graph of tensors.

Elements are never written out. A sum over an index is an axis: within it the index is the tensor low, low + 1, …, a
subscript that is a multiple of one index and a constant is a slice, and any other one gathers. Where the limits of an
inner sum depend on an outer index, both together are a rectangle of which a mask counts. Sub-expressions under a mask,
as those of a branch, touch neither value nor gradient where they do not count (`gdcli.graph.lowering`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from gdcli.errors import ExpressionError
from gdcli.expression.rows.vectors import INDEX, INDEX_NAME, LIST, MATMUL, MISSING, PRODUCT, SLICE, SUM
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.tensors.arithmetic import Arithmetic
from gdcli.graph.tensors.builder import TensorBuilder
from gdcli.graph.tensors.operations import DATA, MAX_ELEMENTS, Shape, size
from gdcli.graph.tensors.subscripts import Part, Slice, Subscripts
from gdcli.graph.tensors.values import Affine, Context, Value, outside

Requests: TypeAlias = Generator[tuple[int, Context | None], Value, Value]
"""The lowering of a node: it asks for others, each in a context, and ends with its own value."""

_REDUCTIONS = frozenset(
    {"sum", "mean", "prod", "norm", "norm1", "logsumexp", "var", "std", "largest", "smallest"}
)
_NEUTRAL = {SUM: ("sum", 0.0), PRODUCT: ("prod", 1.0)}


def lower_tensors(
    graph: Graph, shapes: Mapping[str, Shape], arrays: Mapping[str, Any] | None = None, text: str = ""
) -> Graph:
    """The graph of tensors of an expression that is a single number.

    Args:
        graph: A source graph, as the parser writes it.
        shapes: The shape of each variable: ``()`` of a single number, ``(n,)`` of a vector.
        arrays: NumPy's arrays that some names stand for, which are no variables.
        text: The text, for the messages.

    Returns:
        A lowered graph with shapes. Its variables are the source graph's but those that are arrays.

    Raises:
        ExpressionError: If shapes do not fit, a subscript is outside, a vector stands where a number must.
    """
    lowering = TensorLowering(graph, shapes, arrays or {}, text)
    result = lowering.whole()
    builder = lowering.builder
    variables = [name for name in graph.variables if name not in lowering.arrays]
    return builder.finish(*builder.as_floats([result.node]), variables=variables, prune=True)


class TensorLowering(Arithmetic):
    """The lowering of one graph.

    Args:
        graph: See `lower_tensors`, as for those below.
        shapes: The variables'.
        arrays: What is no variable.
        text: The text.

    Attributes:
        builder: What writes the tensor graph.
        arrays: Those of the arrays that are vectors or matrices.
        ranges: By level, the numbers that the index of the sum goes through that is open there.
    """

    def __init__(
        self, graph: Graph, shapes: Mapping[str, Shape], arrays: Mapping[str, Any], text: str
    ) -> None:
        self.graph = graph
        self.arrays = arrays
        self.text = text
        super().__init__(TensorBuilder({**shapes, **{name: array.shape for name, array in arrays.items()}}))
        self._counters: dict[int, Value] = {}
        self._counting: list[bool] = []
        for node in graph.nodes:
            counts = node.op == INDEX_NAME or any([self._counting[i] for i in node.inputs])  # noqa: C419 (quicker)
            self._counting.append(counts)
        self._subscripts = Subscripts(self)
        self._done: dict[tuple[int, Context | None], Value] = {}
        self._visitors: dict[str, Callable[[int, Node, Context | None], Requests]] = {
            "where": self._where,
            INDEX: self._index,
            MATMUL: self._matmul,
            "dot": self._dot,
            "len": self._len,
            "transpose": self._transpose,
            LIST: self._stack,
            SUM: self._sum,
            PRODUCT: self._sum,
            **dict.fromkeys(_REDUCTIONS, self._reduction),
        }

    def run(self, root: int) -> Value:
        """The value of a node of the source graph, without Python's stack: a text may be nested deep."""
        stack = [self._visit(root, None)]
        result: Any = None
        while True:
            try:
                request = stack[-1].send(result)
            except StopIteration as stop:
                result = stop.value
                stack.pop()
                if not stack:
                    return result  # type: ignore[no-any-return]
                continue
            request = self._normal(*request)
            result = self._done.get(request)
            if result is None:
                stack.append(self._visit(*request))

    def whole(self) -> Value:
        """The value of the graph's output, which is a single number.

        Raises:
            ExpressionError: As of `lower_tensors`.
        """
        (root,) = self.graph.outputs
        result = self.run(root)
        if result.own:
            what = f"a vector of {result.own[0]:,} elements" if len(result.own) == 1 else "a matrix"
            self.fail(
                root,
                f"the expression is {what}, and is to be a single number",
                "reduce it, as with sum(…), mean(…) or norm(…)",
            )
        return result

    def _normal(self, index: int, context: Context | None) -> tuple[int, Context | None]:
        """A node, and as much of a context as makes a difference to it."""
        if self.graph.nodes[index].op in self._visitors and self.graph.nodes[index].op != "where":
            context = outside(context)
        while context is not None and context.mask and not self._counting[index]:
            context = context.outer
        return index, context

    def place(self, index: int) -> int | None:
        """Where in the text a node of the source graph came from."""
        return self.graph.positions[index] if self.graph.positions else None

    def fail(self, index: int, message: str, hint: str = "") -> NoReturn:
        """Refuse a node of the source graph."""
        raise ExpressionError(message, hint=hint, text=self.text, position=self.place(index))

    def named(self, index: int) -> str:
        """What a message calls a node of the source graph: its name, or nothing."""
        return self.graph.nodes[index].name.partition(" ")[0]

    def index_name(self, level: int) -> str:
        """The name of the index of the sum that is open at a level."""
        counters = [index for index, each in self._counters.items() if each.levels == (level,)]
        return self.named(counters[-1])

    # The visitors of the source graph's operations.

    def _visit(self, index: int, context: Context | None) -> Requests:
        node = self.graph.nodes[index]
        self.builder.position = self.place(index) or 0
        visitor = self._visitors.get(node.op)
        try:
            value = yield from (visitor or self._plain)(index, node, context)
        except ExpressionError as error:
            if error.position is None:
                self.fail(index, error.message, error.hint)
            raise
        if node.op != INDEX_NAME:
            self._done[index, context] = value
        return value

    def _plain(self, index: int, node: Node, context: Context | None) -> Requests:
        """A leaf, or an operation of the function table."""
        if node.op == CONSTANT:
            assert node.value is not None
            number = self.builder.constant(node.value, node.name)
            return Value(number, affine=self._whole(number))
        if node.op == VARIABLE:
            kind = DATA if node.name in self.arrays else VARIABLE
            leaf = self.builder.named(DATA, node.name) if kind == DATA else self.builder.variable(node.name)
            return Value(leaf, own=self.builder.names.get(node.name, ()))
        if node.op == INDEX_NAME:
            return self._counters[index]
        inputs = []
        for each in node.inputs:
            inputs.append((yield each, context))
        self.require_alike(index, node.inputs, inputs)
        return self.apply(node.op, inputs, context)

    def require_alike(self, index: int, places: Sequence[int], values: Sequence[Value]) -> None:
        """Make sure that the own shapes of an operation's inputs fit each other."""
        shaped = [(place, value.own) for place, value in zip(places, values, strict=True) if value.own]
        for place, own in shaped[1:]:
            first, shape = shaped[0]
            if own != shape:
                one, other = (
                    self.described(first, shape, "the left side"),
                    self.described(place, own, "the right side"),
                )
                self.fail(index, f"the lengths do not meet: {one}, and {other}", "give them the same length")

    def described(self, place: int, own: Shape, otherwise: str) -> str:
        """``x has 3 elements``."""
        name = self.named(place) if self.graph.nodes[place].op == VARIABLE else ""
        if len(own) > 1:
            return f"{name or otherwise} has {own[0]:,} rows and {own[1]:,} columns"
        return f"{name or otherwise} has {own[0]:,} element{'s' if own[0] != 1 else ''}"

    def _where(self, index: int, node: Node, context: Context | None) -> Requests:
        first, *branches = node.inputs
        condition = yield first, context
        holds = self.builder.number(condition.node)
        if holds is not None:
            return (yield branches[0 if holds else 1], context)
        contrary = self.apply("not", [condition])
        values = []
        for branch, holding in zip(branches, (condition, contrary), strict=True):
            values.append((yield branch, self._within(holding, context)))
        self.require_alike(index, node.inputs, [condition, *values])
        return self.apply("where", [condition, *values])

    def _within(self, condition: Value, context: Context | None, *, mask: bool = False) -> Context:
        both = condition if context is None else self.apply("and", [context.condition, condition])
        return Context(both, context, mask)

    def _reduction(self, index: int, node: Node, context: Context | None) -> Requests:
        (operand,) = node.inputs
        inner = outside(context)
        value = yield operand, inner
        op = node.op
        if not value.own:
            if op in ("largest", "smallest"):
                return value
            name = self.named(operand) if self.graph.nodes[operand].op == VARIABLE else "this"
            self.fail(
                index,
                f"{op} takes a vector, and {name} is a single number",
                f"give {name} a list, as in {name}=[1,2], or a length, as in --shape {name}=10"
                if name != "this"
                else "",
            )
        if op in ("mean", "var", "std"):
            count = self.constant(size(value.own))
            mean = self.apply("div", [self.reduce("sum", value), count])
            if op == "mean":
                return mean
            away = self.apply("sub", [value, mean], inner)
            freedom = self.constant(size(value.own) - 1)
            if op == "std":
                # Not the variance's root, whose gradient at a constant vector would be infinite.
                return self.apply("div", [self.reduce("norm", away), self.apply("sqrt", [freedom])])
            return self.apply("div", [self.reduce("sum", self.apply("mul", [away, away], inner)), freedom])
        if op == "norm1":
            return self.reduce("sum", self.apply("abs", [value], inner))
        return self.reduce(op, value)

    def _dot(self, index: int, node: Node, context: Context | None) -> Requests:
        values = []
        for each in node.inputs:
            values.append((yield each, outside(context)))
        for place, value in zip(node.inputs, values, strict=True):
            if len(value.own) != 1:
                self.fail(index, f"dot takes two vectors, and {self.named(place) or 'one of these'} is none")
        self.require_alike(index, node.inputs, values)
        return self.inner(values, outside(context))

    def _matmul(self, index: int, node: Node, context: Context | None) -> Requests:
        values = []
        for each in node.inputs:
            values.append((yield each, outside(context)))
        a, b = values
        for place, value in zip(node.inputs, values, strict=True):
            if not value.own:
                self.fail(
                    index,
                    f"@ takes vectors and matrices, and {self.named(place) or 'one side'} is a single number",
                    "for a product with a number write *",
                )
        if a.own[-1] != b.own[0]:
            one, other = (
                self.described(node.inputs[0], a.own, "the left side"),
                self.described(node.inputs[1], b.own, "the right side"),
            )
            self.fail(index, f"the lengths do not meet in the product: {one}, and {other}")
        if len(a.own) == len(b.own) == 1:
            return self.inner(values, outside(context))
        if a.levels or b.levels:
            self.fail(
                index, "a matrix product cannot depend on the index of a sum", "write it as a Sum of products"
            )
        return Value(self.builder.structural("matmul", [a.node, b.node]), own=(*a.own[:-1], *b.own[1:]))

    def _len(self, index: int, node: Node, context: Context | None) -> Requests:
        (operand,) = node.inputs
        value = yield operand, outside(context)
        if not value.own:
            self.fail(index, f"{self.named(operand) or 'this'} is a single number, and has no length")
        return self.constant(value.own[0])

    def _transpose(self, index: int, node: Node, context: Context | None) -> Requests:
        value = yield node.inputs[0], outside(context)
        if len(value.own) != 2 or value.levels:
            self.fail(index, "transpose takes a matrix")
        return Value(self.builder.structural("transpose", [value.node]), own=value.own[::-1])

    def _stack(self, index: int, node: Node, context: Context | None) -> Requests:
        values = []
        for each in node.inputs:
            values.append((yield each, outside(context)))
        if any(value.own for value in values):
            self.fail(index, "a list is one of single numbers")
        levels = tuple(sorted({level for value in values for level in value.levels}))
        nodes = [self._spread(Value(node, levels), values).node for node in self.aligned(values)]
        return Value(self.builder.structural("stack", nodes), levels, (len(nodes),))

    def _index(self, index: int, node: Node, context: Context | None) -> Requests:
        operand, *subscripts = node.inputs
        value = yield operand, outside(context)
        parts: list[Part] = []
        for each in subscripts:
            if self.graph.nodes[each].op != SLICE:
                parts.append((yield each, outside(context)))
                continue
            ends: list[Value | None] = []
            for end in self.graph.nodes[each].inputs:
                if self.graph.nodes[end].op == MISSING:
                    ends.append(None)
                else:
                    ends.append((yield end, outside(context)))
            parts.append(Slice(*ends))
        return self._subscripts.element(index, operand, value, parts, context)

    def _sum(self, index: int, node: Node, context: Context | None) -> Requests:
        name, low_place, high_place, body_place = node.inputs
        op, neutral = _NEUTRAL[node.op]
        low = yield low_place, outside(context)
        high = yield high_place, outside(context)
        least = self._ends(index, low_place, low)[0]
        most = self._ends(index, high_place, high)[1]
        if most < least:
            return self.empty(neutral)
        level = len(self.ranges)
        self.ranges[level] = range(least, most + 1)
        iota = self.builder.structural("iota", (), (least, most + 1 - least))
        counter = Value(iota, (level,), (), Affine(0, {level: 1}))
        self._counters[name] = counter
        inner, mask = outside(context), None
        if low.levels or high.levels:
            mask = self.apply("and", [self.apply("ge", [counter, low]), self.apply("le", [counter, high])])
            inner = self._within(mask, inner, mask=True)
        value = yield body_place, inner
        if mask is not None:
            value = self.apply("where", [mask, value, self.constant(neutral)])
        value = self._reduced(op, value, level, most + 1 - least)
        del self.ranges[level]
        return value

    def _ends(self, index: int, place: int, limit: Value) -> tuple[int, int]:
        """The least and the largest number that a limit of a sum is."""
        if limit.affine is not None:
            return limit.affine.ends(self.ranges)
        op = self.graph.nodes[index].op
        number = self.builder.number(limit.node)
        if number is not None:
            self.fail(index, f"the limits of {op} are whole numbers, and {number} is none")
        if limit.own or self.builder.varying[limit.node]:
            name = self.named(place) if self.graph.nodes[place].op == VARIABLE else ""
            self.fail(
                index,
                f"the limits of {op} are whole numbers that are known before",
                f"say with --let {name}=… or --fix {name}=… what {name} is" if name else "",
            )
        from gdcli.engines.tensor_constants import ends

        least, most = ends(self.builder, limit.node, self.arrays)
        if not -MAX_ELEMENTS <= least <= most <= MAX_ELEMENTS:
            self.fail(index, f"the limits of {op} are whole numbers, and one is none")
        return int(least), int(most)
