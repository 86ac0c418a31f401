"""The reader of constraints: comparisons that are to hold at the answer.

A constraint is in the notation of expressions, read by the same reader. `x + y <= 1` and `x*y == 2` are one each,
`0 <= x + y <= 1` and `x >= 0 and y >= 0` are two each. A strict comparison is read as one that is not: what comes out
of floating point on the boundary of x > 0 is as good as on that of x >= 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gdcli.errors import ExpressionError
from gdcli.expression.parser import parse
from gdcli.expression.tokens import END, Token, tokenize
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.fixing import copied, fix
from gdcli.graph.nodes import VARIABLE, Graph

_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq"})
_SIGNS = frozenset({"<", "<=", ">", ">=", "==", "and"})
_HINT = "write for instance x + y <= 1 or x*y == 2"


@dataclass(frozen=True)
class Constraint:
    """One comparison that is to hold.

    Attributes:
        text: As it was given; of several comparisons in one text, its own part.
        graph: The source graph of its residual, which is not to be positive, or to be zero: the left side less the
            right one, or, of ``>=``, the right side less the left one.
        equality: Whether the residual is to be zero.
    """

    text: str
    graph: Graph
    equality: bool

    def fix(self, values: Mapping[str, float]) -> Constraint:
        """The constraint with the variables that `values` names as constants; it need not have all of them."""
        own = {name: value for name, value in values.items() if name in self.graph.variables}
        return replace(self, graph=fix(self.graph, own)) if own else self


def parse_constraint(text: str) -> tuple[Constraint, ...]:
    """Reads a constraint, or several that are joined in one text.

    Args:
        text: A comparison, a chain of them, or such joined by ``and``.

    Raises:
        ExpressionError: If the text cannot be read, compares nothing, compares with ``!=``, joins comparisons otherwise
            than with ``and``, or names no variable.
    """
    graph = parse(text, condition=True)
    tokens = tokenize(text)
    comparisons: list[int] = []
    pending = [graph.outputs[0]]
    while pending:
        index = pending.pop()
        node = graph.nodes[index]
        if node.op == "and":
            pending += reversed(node.inputs)
        elif node.op in _COMPARISONS:
            comparisons.append(index)
        else:
            raise _refused(text, graph, index)
    several = len(comparisons) > 1
    return tuple([_constraint(text, tokens, graph, index, several=several) for index in comparisons])


def _constraint(text: str, tokens: list[Token], graph: Graph, index: int, *, several: bool) -> Constraint:
    op, (left, right) = graph.nodes[index].op, graph.nodes[index].inputs
    if op in ("gt", "ge"):
        left, right = right, left
    residual = _difference(graph, left, right)
    position = graph.positions[index]
    if not residual.variables:
        raise ExpressionError("the constraint names no variable", hint=_HINT, text=text, position=position)
    part = _part(text, tokens, position) if several else text.strip()
    return Constraint(part, residual, op == "eq")


def _difference(graph: Graph, left: int, right: int) -> Graph:
    """The source graph of one node less another."""
    builder = GraphBuilder(track_positions=True)
    indices = copied(builder, graph)
    output = builder.apply("sub", indices[left], indices[right])
    residual = builder.finish(output, prune=True)
    return replace(residual, variables=tuple([node.name for node in residual.nodes if node.op == VARIABLE]))


def _part(text: str, tokens: list[Token], position: int) -> str:
    """The text of the comparison whose sign is at `position`: as far as the next sign or parenthesis about it."""
    sign = next(i for i, token in enumerate(tokens) if token.position == position)
    ends = []
    for step, opens, closes in ((-1, ")", "("), (1, "(", ")")):
        index, depth = sign + step, 0
        while 0 <= index < len(tokens) and tokens[index].kind != END:
            found = tokens[index].text
            depth += (found == opens) - (found == closes)
            if depth < 0 or (depth == 0 and found in _SIGNS):
                break
            index += step
        ends.append(tokens[index - step])
    first, last = ends
    return text[first.position : last.position + len(last.text)]


def _refused(text: str, graph: Graph, index: int) -> ExpressionError:
    """The error for a node that is no comparison."""
    op = graph.nodes[index].op
    position = graph.positions[index]
    if op == "ne":
        return ExpressionError(
            "!= is no constraint: it leaves out a single value, next to which there is always another",
            hint="compare with <=, >= or ==",
            text=text,
            position=position,
        )
    if op in ("or", "not"):
        return ExpressionError(
            f"a constraint cannot be made with {op}",
            hint="join comparisons that are to hold together by and, or give each in an option of its own",
            text=text,
            position=position,
        )
    return ExpressionError(
        "a constraint compares two sides, and this compares nothing",
        hint=_HINT,
        text=text,
        position=len(text.rstrip()),
    )
