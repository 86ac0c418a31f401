"""The computation graph of a text, annotated: each node's value and gradient, each edge's local derivative.

It is the graph as it was written, neither folded nor guarded, and backpropagation goes over it one node after the
other, as a student does it by hand: forwards each node's value from those of its inputs, then backwards from each node
to its inputs the gradient times the local derivative, where what comes to a node along several edges is added up. That
is the chain rule (S. Linnainmaa, Taylor expansion of the accumulated rounding error, BIT 16 (1976), 146-160,
doi:10.1007/BF01931367). The numbers are those of ``gdcli grad``, up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gdcli.engines import scalar
from gdcli.expression.functions import TABLE
from gdcli.expression.names import CONSTANTS, why_not_a_variable
from gdcli.expression.rows.vectors import LARGEST
from gdcli.graph import local
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.folding import FoldingBuilder, as_float
from gdcli.graph.formulas import formula
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.notation import Piece, number, write
from gdcli.records import GraphEdge, GraphNode

MAX_INLINED = 24
"""A constant sub-expression that is no longer stands in the operation that uses it, and is no node."""
_LETTERS = "abcdfhijkmnpqrstuwxyz"
# e is a number, g and v are what is written at the nodes, and l and o look like 1 and 0.
_PREFIXES = ("n", "t", "u", "w")


def annotate(graph: Graph, at: Mapping[str, float] | None = None) -> tuple[GraphNode, ...]:
    """The nodes of a graph in the order of evaluation.

    Args:
        graph: A source graph with one output, as the parser writes it.
        at: A number for each variable. Without it there are formulas only, unless there is no variable.

    Returns:
        The nodes that depend on a variable, and constants too long to stand within an operation. Of an expression
        without variables all operations are nodes.

    >>> from gdcli.expression.parser import parse
    >>> [(node.name, node.value, node.gradient) for node in annotate(parse("x**2"), {"x": 3.0})]
    [('x', 3.0, 6.0), ('a', 9.0, 1.0)]
    """
    return _Annotation(graph, at).nodes()


def _without_largest(graph: Graph) -> Graph:
    """The graph in which the largest, and the smallest, of a single number is that number."""
    if not any(node.op in LARGEST.values() for node in graph.nodes):
        return graph
    indices = list(range(len(graph.nodes)))
    nodes: list[Node] = []
    for index, node in enumerate(graph.nodes):
        if node.op in LARGEST.values():
            indices[index] = indices[node.inputs[0]]
        nodes.append(node._replace(inputs=tuple([indices[i] for i in node.inputs])))
    builder = GraphBuilder()
    kept: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if indices[index] == index:
            kept[index] = _copied(builder, node, tuple([kept[i] for i in node.inputs]), expand=False)
    (output,) = graph.outputs
    return builder.finish(kept[indices[output]], variables=graph.variables)


def written_out(graph: Graph) -> tuple[Graph, dict[int, tuple[str, tuple[int, ...]]]]:
    """The graph with the functions that stand for a formula written out.

    Returns:
        The graph, and by the index of each node that is such a function's value, the function and its arguments.
    """
    builder = GraphBuilder(track_positions=bool(graph.positions))
    calls: dict[int, tuple[str, tuple[int, ...]]] = {}
    indices: list[int] = []
    for place, node in enumerate(graph.nodes):
        if graph.positions:
            builder.position = graph.positions[place]
        inputs = tuple([indices[i] for i in node.inputs])
        index = _copied(builder, node, inputs)
        if index in calls and node.op != calls[index][0]:
            # The text has the formula itself, too.
            del calls[index]
        if node.op in TABLE and TABLE[node.op].stands_for_formula(len(inputs)):
            calls[index] = node.op, inputs
        indices.append(index)
    (output,) = graph.outputs
    return builder.finish(indices[output], variables=graph.variables), calls


def _copied(builder: GraphBuilder, node: Node, inputs: tuple[int, ...], *, expand: bool = True) -> int:
    if node.value is not None:
        return builder.constant(node.value, node.name)
    if node.op == VARIABLE:
        return builder.variable(node.name)
    row = TABLE.get(node.op)
    if row is None and node.name:
        # The index of a sum.
        return builder.named(node.op, node.name)
    if row is None or not expand or not row.stands_for_formula(len(inputs)):
        return builder.apply(node.op, *inputs)
    source = formula(row.expands)
    arguments = dict(zip("abc", inputs, strict=False))
    indices: list[int] = []
    for each in source.nodes:
        if each.op == VARIABLE:
            indices.append(arguments[each.name])
        else:
            indices.append(_copied(builder, each, tuple([indices[i] for i in each.inputs])))
    return indices[source.outputs[0]]


class _Annotation:
    """One graph, and what is known of each of its nodes, by index."""

    def __init__(self, graph: Graph, at: Mapping[str, float] | None) -> None:
        self.graph, self.calls = written_out(_without_largest(graph))
        self.root = self.graph.outputs[0]
        self.at = {} if at is None and not graph.variables else at
        self.varies = self._varying()
        self.constants = self._constants()
        self.pieces, self.shown = self._named()
        self.values: list[float] = []
        self.adjoints: dict[int, float] = {}
        self.edges: dict[int, tuple[GraphEdge, ...]] = {}

    def nodes(self) -> tuple[GraphNode, ...]:
        """The annotated nodes."""
        if self.at is not None:
            self._forwards(self.at)
            self.adjoints[self.root] = 1.0
        for index in range(self.root, -1, -1):
            if self.shown[index]:
                self.edges[index] = tuple(self._backwards(index))
        return tuple([self._node(index) for index in range(self.root + 1) if self.shown[index]])

    # What each node is.

    def _varying(self) -> list[bool]:
        varies: list[bool] = []
        for node in self.graph.nodes:
            varies.append(node.op == VARIABLE or any([varies[i] for i in node.inputs]))  # noqa: C419 (quicker)
        return varies

    def _constants(self) -> dict[int, float]:
        """The numbers of what does not vary; whole numbers are exact, as the engines have them."""
        builder = FoldingBuilder()
        indices: dict[int, int] = {}
        for index, node in enumerate(self.graph.nodes):
            if node.value is not None:
                indices[index] = builder.constant(node.value, node.name)
            elif not self.varies[index]:
                indices[index] = builder.apply(node.op, *[indices[i] for i in node.inputs])
        numbers = {index: builder.number(own) for index, own in indices.items()}
        return {index: value for index, value in numbers.items() if value is not None}

    def _named(self) -> tuple[list[Piece], list[bool]]:
        """How each node is written where it is used, and whether it is shown as a node of its own."""
        nodes = self.graph.nodes
        shown = [True] * len(nodes)
        pieces = [Piece("")] * len(nodes)
        for index, node in enumerate(nodes):
            if index == self.root or self.varies[index]:
                continue
            if node.value is not None:
                pieces[index] = Piece(node.name) if node.name in CONSTANTS else number(node.value)
            elif self.graph.variables and not any([shown[i] for i in node.inputs]):  # noqa: C419 (quicker)
                pieces[index] = write(node.op, [pieces[i] for i in node.inputs])
            else:
                continue
            pieces[index] = pieces[index]._replace(number=self.constants[index])
            shown[index] = len(pieces[index].text) > MAX_INLINED
        names = node_names(sum(shown), self.graph.variables)
        for index, node in enumerate(nodes):
            if shown[index]:
                name = node.name if node.op == VARIABLE else next(names)
                pieces[index] = Piece(name, number=self.constants.get(index))
        return pieces, shown

    # Numbers.

    def _forwards(self, at: Mapping[str, float]) -> None:
        values = self.values
        for index, node in enumerate(self.graph.nodes):
            op, inputs = node.op, node.inputs
            if not self.varies[index]:
                constant = self.constants[index]
                values.append(constant if isinstance(constant, bool) else as_float(constant))
            elif op == VARIABLE:
                values.append(float(at[node.name]))
            elif op == "pow" and self._is_e(inputs[0]):
                values.append(scalar.evaluate("exp", [values[inputs[1]]]))
            else:
                exponent = values[inputs[1]] if op == "pow" and not self.varies[inputs[1]] else None
                values.append(scalar.function(op, exponent)(*[values[i] for i in inputs]))

    def _backwards(self, index: int) -> Iterator[GraphEdge]:
        """The edges of a node to those that it takes, and on the way what it adds to their gradients."""
        op, inputs = self.graph.nodes[index].op, self.graph.nodes[index].inputs
        base_is_e = op == "pow" and self._is_e(inputs[0])
        numbers = ([self.values[i] for i in inputs], self.values[index]) if self.at is not None else None
        for place, used in enumerate(inputs):
            if not self.shown[used]:
                continue
            if not self.varies[used]:
                yield GraphEdge(self.pieces[used].text)
                continue
            rule = local.rule(op, place, base_is_e=base_is_e)
            own = [self.pieces[i] for i in inputs]
            text = local.text(rule, own, self.pieces[index], numbers)
            slope = contribution = None
            if numbers is not None:
                slope = local.derivative(rule, *numbers)
                contribution = self._pass_on(index, place, rule, slope)
            yield GraphEdge(self.pieces[used].text, text, slope, contribution)

    def _pass_on(self, index: int, place: int, rule: str, slope: float) -> float | None:
        """Add to the gradient of an input what comes from a node; None where nothing comes at all."""
        op, inputs = self.graph.nodes[index].op, self.graph.nodes[index].inputs
        adjoint = self.adjoints.get(index)
        if adjoint is None or TABLE[op].boolean:
            return None
        if rule == "0" or (slope == 0.0 and (op == "where" or self._is_constant(rule, inputs))):
            # Nothing flows there: of what is behind, the slope need not be finite.
            return 0.0
        # Of several formulas the one that is zero here is not multiplied either.
        selected = slope == 0.0 and rule.startswith("where(") and op != "pow"
        contribution = 0.0 if selected else adjoint * slope
        used = inputs[place]
        before = self.adjoints.get(used)
        self.adjoints[used] = contribution if before is None else before + contribution
        return contribution

    def _is_constant(self, rule: str, inputs: tuple[int, ...]) -> bool:
        """Whether nothing varies that a rule contains."""
        arguments = dict(zip("abc", inputs, strict=False))
        return all(name != "out" and not self.varies[arguments[name]] for name in local.variables(rule))

    def _is_e(self, index: int) -> bool:
        node = self.graph.nodes[index]
        return node.op == CONSTANT and node.name == "e"

    # Results.

    def _node(self, index: int) -> GraphNode:
        node = self.graph.nodes[index]
        op = node.op
        value = gradient = None
        kind = "condition" if op in TABLE and TABLE[op].boolean else "operation"
        if op in (CONSTANT, VARIABLE):
            kind = op
            operation = node.name or number(self.constants[index]).text
        else:
            operation = write(op, [self.pieces[i] for i in node.inputs]).text
        if self.at is not None:
            value = bool(self.values[index]) if kind == "condition" else float(self.values[index])
            if kind != "condition" and (self.varies[index] or index == self.root):
                gradient = self.adjoints.get(index, 0.0)
        call = self.calls.get(index)
        return GraphNode(
            self.pieces[index].text,
            kind,
            op,
            operation,
            self.edges[index],
            value,
            gradient,
            "" if call is None else write(call[0], [self.pieces[i] for i in call[1]]).text,
        )


def node_names(count: int, variables: tuple[str, ...]) -> Iterator[str]:
    """Names for nodes: letters as long as there are enough for all, else numbered.

    Args:
        count: How many nodes there are, the variables among them.
        variables: The names that are taken.
    """
    letters = [each for each in _LETTERS if each not in variables and not why_not_a_variable(each)]
    if count - len(variables) <= len(letters):
        yield from letters
        return
    for prefix in (*_PREFIXES, *("n" + "_" * i for i in range(1, len(variables) + 2))):
        if not any(name.startswith(prefix) and name[len(prefix) :].isdecimal() for name in variables):
            yield from (f"{prefix}{i}" for i in range(1, count + 1))
