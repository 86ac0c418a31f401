"""The reader of what only vectors have: brackets, slices, and sums over an index."""

from __future__ import annotations

from typing import NoReturn

from gdcli.expression import complaints
from gdcli.expression.bounds import MAX_SUMS
from gdcli.expression.complaints import Complaint
from gdcli.expression.names import why_not_a_variable
from gdcli.expression.precedence import OPEN, Limit, Operand, Pending
from gdcli.expression.rows import vectors
from gdcli.expression.sized_builder import SizedBuilder
from gdcli.expression.tokens import NAME, NUMBER, Token

SUMS = (vectors.SUM, vectors.PRODUCT)
LIMITS, *_OTHERS = vectors.NOTATION
BRACKETS = {row.name: row for row in _OTHERS}
"""What is opened by a bracket: the subscripts of a vector, or a list."""


def limits(tokens: list[Token], opening: int) -> list[int]:
    """The places of the parentheses of a sum's limits, which are the last things in its own; the first one first.

    Args:
        tokens: All tokens.
        opening: The place of the sum's own parenthesis.
    """
    stack = [opening]
    found: list[int] = []
    for place in range(opening + 1, len(tokens)):
        text = tokens[place].text
        if text in ("(", "["):
            stack.append(place)
        elif text in (")", "]"):
            inner = stack.pop()
            if not stack:
                break
            if len(stack) == 1:
                named = tokens[inner + 1].kind == NAME and tokens[inner + 2].text == ","
                is_limit = text == ")" and named and tokens[inner - 1].text == ","
                found = [*found, inner] if is_limit else []
    return found


class Brackets:
    """That part of the parser; the rest of it is `gdcli.expression.parser`.

    Attributes:
        tokens: All tokens.
        index: The place of the current one.
        builder: What writes the nodes.
        operands: The operands that no operator has taken yet.
        pending: What has been opened and not been closed, and operators without their right side.
        indices: By name the node of the index of each sum that is open.
        sums: How many sums there were.
    """

    tokens: list[Token]
    index: int
    builder: SizedBuilder
    operands: list[Operand]
    pending: list[Pending]
    indices: dict[str, int]
    sums: int

    def _check(self, operand: Operand, condition: bool) -> None:
        raise NotImplementedError

    def _fail(self, complaint: Complaint, position: int) -> NoReturn:
        raise NotImplementedError

    def _leaves_out(self, token: Token) -> bool:
        """Whether a part of a slice is left out here, before a colon or behind one."""
        opened = self.pending[-1] if self.pending else None
        if opened is None or opened.function is not BRACKETS[vectors.INDEX]:
            return False
        before = self.tokens[self.index - 1].text
        return (token.text == ":" and before in "[,:") or (token.text in ("]", ",") and before == ":")

    def _open_bracket(self, token: Token) -> bool:
        before = self.tokens[self.index - 1]
        if before.kind == NUMBER:
            self._fail(complaints.NO_ELEMENTS, token.position)
        base = len(self.operands) - 1
        self.pending.append(Pending(OPEN, "", token.position, None, BRACKETS[vectors.INDEX], base, []))
        return True

    def _element(self, arguments: list[Operand], opened: Pending) -> int:
        """The node for an operand and the subscripts in its brackets."""
        self.builder.position = opened.position
        groups: list[list[int]] = [[arguments[1].node]]
        for separator, argument in zip(opened.separators, arguments[2:], strict=True):
            self._check(argument, False)
            if separator == ",":
                groups.append([])
            groups[-1].append(argument.node)
        self._check(arguments[0], False)
        self._check(arguments[1], False)
        if len(groups) > 2 or any(len(group) > 3 for group in groups):
            self._fail(complaints.SUBSCRIPTS, opened.position)
        subscripts = []
        for group in groups:
            if len(group) == 1:
                subscripts.append(group[0])
                continue
            missing = [self.builder.apply(vectors.MISSING)] * (3 - len(group))
            subscripts.append(self.builder.apply(vectors.SLICE, *group, *missing))
        return self.builder.apply(vectors.INDEX, arguments[0].node, *subscripts)

    def _limits(self, name: str, position: int) -> list[Limit]:
        """The limits of a sum whose parenthesis is the current token, the innermost first; their names count now."""
        if sum(len(entry.limits) for entry in self.pending) >= MAX_SUMS:
            self._fail((f"sums stand more than {MAX_SUMS} deep in one another", ""), position)
        found = limits(self.tokens, self.index)
        if not found:
            self._fail(complaints.no_limits(name), position)
        read = []
        for opening in reversed(found):
            token = self.tokens[opening + 1]
            reason = why_not_a_variable(token.text)
            if reason:
                self._fail((f"{token.text} {reason}, and no index", "choose another name"), token.position)
            self.sums += 1
            # The same name may be that of many sums' indices.
            index = self.builder.named(vectors.INDEX_NAME, f"{token.text} {self.sums}")
            read.append(Limit(index, token.text, opening, self.indices.get(token.text)))
            self.indices[token.text] = index
        return read[::-1]

    def _next_limit(self, opened: Pending, position: int) -> bool:
        """Behind a comma of a sum: go into the parenthesis of its next limit."""
        assert opened.function is not None
        if not opened.limits or opened.limits[0].opening != self.index + 1:
            self._fail(complaints.no_limits(opened.function.name), position)
        limit = opened.limits.pop(0)
        del self.indices[limit.name]
        if limit.hidden is not None:
            self.indices[limit.name] = limit.hidden
        self.operands.append(Operand(limit.node, position))
        start = self.tokens[limit.opening].position
        self.pending.append(Pending(OPEN, "", start, None, LIMITS, len(self.operands)))
        self.index += 3
        return True

    def _sum(self, opened: Pending, arguments: list[Operand]) -> int:
        assert opened.function is not None
        if opened.limits:
            self._fail(complaints.no_limits(opened.function.name), opened.position)
        self.builder.position = opened.position
        for argument in arguments:
            self._check(argument, False)
        node = arguments[0].node
        for i in range(1, len(arguments), 3):
            bounds = [argument.node for argument in arguments[i : i + 3]]
            node = self.builder.apply(opened.function.name, *bounds, node)
        return node
