"""What every node of a source graph with vectors is at a point: its shape, its value, and its gradient.

The graph of tensors that computes an expression has other nodes than its text: some are simplified away, and some are
several things of the text at once. So each node of the text gets a number of its own that is added to it, which is 0:
the derivative by that is the gradient of the node, in whatever it ends up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gdcli.errors import ExpressionError
from gdcli.expression.functions import TABLE
from gdcli.expression.rows.vectors import INDEX_NAME
from gdcli.graph.nodes import VARIABLE, Graph
from gdcli.graph.tensors.lowering import Requests, TensorLowering
from gdcli.graph.tensors.operations import Shape
from gdcli.graph.tensors.sweep import TensorSweep
from gdcli.graph.tensors.values import Context, Value

_ADDED = "added to "
"""What precedes the name of the number that is added to a node; no variable has a space in its name."""


class Visit(NamedTuple):
    """A node of the source graph at one of the places where it counts.

    Attributes:
        value: Its value.
        shape: The lengths of the sums along which it varies, and behind them its own.
        condition: Which of its elements count; None where all do.
    """

    value: Value
    shape: Shape
    condition: Value | None


@dataclass
class Watched:
    """What is known of the nodes of a source graph, by their indices; of those that nothing asks for, nothing.

    Attributes:
        shapes: The lengths of the sums along which a node varies, then its own.
        sizes: How many elements it has by itself, for what reduces them.
        counts: For a sum of what does not depend on its index, how many numbers that goes through; for an empty one 0.
        values: Numbers and truth values; of vectors the Euclidean norm of the elements that count.
        gradients: The derivatives of the whole by the nodes; of vectors their Euclidean norm.
        partials: The derivatives by the variables, by name: floats and arrays.
    """

    shapes: dict[int, Shape] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    values: dict[int, float | bool] = field(default_factory=dict)
    gradients: dict[int, float] = field(default_factory=dict)
    partials: dict[str, Any] = field(default_factory=dict)


def watch(
    graph: Graph,
    shapes: Mapping[str, Shape],
    arrays: Mapping[str, Any],
    text: str,
    wanted: Collection[int],
    passing_on: Collection[int] = (),
    at: Mapping[str, Any] | None = None,
) -> Watched:
    """What the nodes of a source graph are.

    Args:
        graph: A source graph whose value is a single number.
        shapes: The shape of each variable.
        arrays: NumPy's arrays that some names stand for.
        text: The text, for the messages.
        wanted: The nodes whose values and gradients are wanted.
        passing_on: Those of them that depend on variables by the text: they have a gradient even where nothing makes a
            difference to them, as to an empty sum.
        at: A number or an array for each variable. Without it only shapes are known.

    Raises:
        ExpressionError: See `gdcli.graph.tensors.lowering.lower_tensors`.
    """
    forwards = _Watching(graph, shapes, arrays, text)
    forwards.whole()
    for index in wanted:
        if graph.nodes[index].op == VARIABLE and index not in forwards.visits:
            # It stands in an empty sum, or in a branch that is never taken.
            forwards.run(index)
    watched = Watched(counts=forwards.counts)
    for index, visits in forwards.visits.items():
        watched.shapes[index] = visits[0].shape
        watched.sizes[index] = _product(visits[0].value.own)
    if at is None:
        return watched
    variables = [name for name in graph.variables if name not in forwards.arrays]
    wanted = [index for index in wanted if index in forwards.visits]
    watched.values = forwards.measured(wanted, variables, at)
    backwards = _Watching(graph, shapes, arrays, text, forwards.visits, passing_on)
    try:
        backwards.whole()
    except ExpressionError:
        # A condition is not known any longer, and a branch that is never taken has a subscript that is outside.
        backwards = _Watching(graph, shapes, arrays, text, forwards.visits)
        backwards.whole()
    watched.gradients, watched.partials = backwards.differentiated(wanted, variables, at)
    return watched


class _Watching(TensorLowering):
    """A lowering that keeps what every node of the source graph has become.

    Args:
        graph: See `watch`, as for those below.
        shapes: The variables'.
        arrays: What is no variable.
        text: The text.
        natural: The visits of a lowering without it. With it, the lowering is the one of the engines, in which nothing
            that does not count is undefined, and what is to be differentiated by is added to the nodes. Without it,
            the nodes have the values that the text gives them.
        passing_on: See `watch`.
    """

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        arrays: Mapping[str, Any],
        text: str,
        natural: Mapping[int, Sequence[Visit]] | None = None,
        passing_on: Collection[int] = (),
    ) -> None:
        super().__init__(graph, shapes, arrays, text)
        self.visits: dict[int, list[Visit]] = {}
        self.counts: dict[int, int] = {}
        self._natural = natural
        self._passing_on = passing_on
        self._open: list[int] = []
        self._added: dict[int, list[str]] = {}
        self._times: Counter[int] = Counter()

    def apply(self, op: str, values: Sequence[Value], context: Context | None = None) -> Value:
        """As of `TensorLowering`."""
        return super().apply(op, values, None if self._natural is None else context)

    def _visit(self, index: int, context: Context | None) -> Requests:
        self._open.append(index)
        value = yield from super()._visit(index, context)
        self._open.pop()
        op = self.graph.nodes[index].op
        if op == INDEX_NAME:
            return value
        if self._natural is None:
            condition = None if context is None else context.condition
            if condition is not None and not condition.levels and not condition.own:
                # Of a branch that is not taken at all, the values are shown as they would be.
                condition = None
            self.visits.setdefault(index, []).append(Visit(value, self._shape(value), condition))
            return value
        passes_on = self.builder.varying[value.node] or index in self._passing_on
        if passes_on and op != VARIABLE and not self._is_condition(index):
            value = self._with_added(index, value)
            self._done[index, context] = value
        return value

    def _reduced(self, op: str, value: Value, level: int, count: int) -> Value:
        if level not in value.levels:
            self.counts[self._open[-1]] = count
        return super()._reduced(op, value, level, count)

    def empty(self, neutral: float) -> Value:
        """As of `TensorLowering`."""
        self.counts[self._open[-1]] = 0
        return super().empty(neutral)

    def _with_added(self, index: int, value: Value) -> Value:
        """A value with the number that its node is differentiated by, which has the shape that the text gives it."""
        assert self._natural is not None
        visits = self._natural.get(index, ())
        time = self._times[index]
        self._times[index] += 1
        like = visits[time].value if time < len(visits) else value
        name = f"{_ADDED}{index} {time}"
        lengths = dict(
            zip(like.levels, visits[time].shape if time < len(visits) else self._shape(value), strict=False)
        )
        levels = range(like.levels[0], like.levels[-1] + 1) if like.levels else ()
        self.builder.names[name] = (*[lengths.get(level, 1) for level in levels], *like.own)
        self._added.setdefault(index, []).append(name)
        return self.apply("add", [value, Value(self.builder.variable(name), like.levels, like.own)])

    def _shape(self, value: Value) -> Shape:
        """A value's shape without the axes along which it does not vary."""
        shape = self.builder.shapes[value.node]
        along = shape[: len(shape) - len(value.own)]
        kept = [along[level - value.levels[0]] for level in value.levels] if along else []
        return (*kept, *value.own)

    # Numbers.

    def measured(
        self, wanted: Sequence[int], variables: Sequence[str], at: Mapping[str, Any]
    ) -> dict[int, float | bool]:
        """The values of nodes at a point."""
        from gdcli.engines.tensor_arrays import Program

        measurable = [
            index for index in wanted if not self._is_condition(index) or not self.visits[index][0].shape
        ]
        outputs = self.builder.as_floats([self._measure(self.visits[index]) for index in measurable])
        graph = self.builder.finish(*outputs, variables=variables, prune=True)
        found = Program(graph, self.arrays)(*[at[name] for name in variables])
        return {
            index: bool(value) if self._is_condition(index) else float(value)
            for index, value in zip(measurable, found, strict=True)
        }

    def _is_condition(self, index: int) -> bool:
        op = self.graph.nodes[index].op
        return op in TABLE and TABLE[op].boolean

    def _measure(self, visits: Sequence[Visit]) -> int:
        """The node of a number, or of the norm of those elements of a vector that count."""
        whole = next((visit for visit in visits if visit.condition is None), None)
        value = (whole or visits[0]).value
        node, builder = value.node, self.builder
        if not visits[0].shape:
            # Its axes are of length 1, if there are any.
            return builder.shaped("reshape", node, ())
        shape = builder.shapes[node]
        if whole is None:
            counted = []
            for visit in visits:
                assert visit.condition is not None
                mask = self._fitted(visit.condition, visit.value)
                mask = builder.shaped("expand", mask, builder.shapes[visit.value.node])
                counted.append(builder.shaped("reshape", mask, shape))
            counts = counted[0]
            for each in counted[1:]:
                counts = builder.apply("or", counts, each)
            node = builder.apply("where", counts, node, builder.constant(0.0))
        return builder.structural("norm", (node,), tuple(range(len(shape))))

    def _fitted(self, condition: Value, value: Value) -> int:
        """The node of a condition with a value's axes: an element counts that does anywhere along the other axes."""
        builder = self.builder
        shape = builder.shapes[condition.node]
        levels = range(condition.levels[0], condition.levels[-1] + 1) if condition.levels else range(0)
        within = range(value.levels[0], value.levels[-1] + 1) if value.levels else range(0)
        own = len(shape) - len(levels)
        gone = [axis for axis, level in enumerate(levels) if level not in value.levels]
        gone += [] if value.own else range(len(levels), len(levels) + own)
        lengths = dict(zip(levels, shape, strict=False))
        fitted = [lengths.get(level, 1) if level in value.levels else 1 for level in within]
        behind = shape[len(levels) :] if own and value.own else (1,) * len(value.own)
        number = builder.apply("where", condition.node, builder.constant(1.0), builder.constant(0.0))
        if gone:
            number = builder.structural("largest", (number,), tuple(gone))
        number = builder.shaped("reshape", number, (*fitted, *behind))
        return builder.apply("gt", number, builder.constant(0.5))

    def differentiated(
        self, wanted: Sequence[int], variables: Sequence[str], at: Mapping[str, Any]
    ) -> tuple[dict[int, float], dict[str, Any]]:
        """The gradients of nodes at a point, and the derivatives by the variables."""
        import numpy as np

        from gdcli.engines.tensor_arrays import Program

        assert self._natural is not None
        added = {index: self._added[index] for index in wanted if index in self._added}
        names = [*variables, *[name for each in self._added.values() for name in each]]
        (root,) = self.graph.outputs
        node = self._done[root, None].node
        graph = self.builder.finish(*self.builder.as_floats([node]), variables=names, prune=True)
        sweep = TensorSweep(graph, self.builder.names)
        partials = dict(zip(names, sweep.backwards(sweep.root, names), strict=True))
        outputs = [partials[name] for name in variables]
        for index, own in added.items():
            shape = self._natural[index][0].shape
            total = sweep.constant(0.0)
            for name in own:
                total = sweep.apply("add", total, sweep.shaped("reshape", partials[name], shape))
            outputs.append(_norm(sweep, total, shape))
        outputs += [_norm(sweep, partials[name], self.builder.names.get(name, ())) for name in variables]
        finished = sweep.finish(*outputs, variables=names, prune=True)
        # Adding -0 changes nothing, not even the sign of a zero.
        zeros = [np.broadcast_to(-0.0, self.builder.names[name]) for name in names[len(variables) :]]
        found = Program(finished, self.arrays)(*[at[name] for name in variables], *zeros)
        count = len(variables)
        gradients = dict(zip(added, map(float, found[count : count + len(added)]), strict=True))
        norms = dict(zip(variables, map(float, found[count + len(added) :]), strict=True))
        for index in wanted:
            each = self.graph.nodes[index]
            if each.op == VARIABLE and each.name in norms:
                gradients[index] = norms[each.name]
        return gradients, dict(zip(variables, found, strict=False))


def _norm(sweep: TensorSweep, node: int, shape: Shape) -> int:
    if not shape:
        return sweep.shaped("reshape", node, ())
    return sweep.structural("norm", (sweep.shaped("expand", node, shape),), tuple(range(len(shape))))


def _product(lengths: Sequence[int]) -> int:
    count = 1
    for length in lengths:
        count *= length
    return count
