"""The reader: the text of an expression to its graph.

An operator-precedence parser (R. W. Floyd, "Syntactic Analysis and Operator Precedence", Journal of the ACM
10(3), 1963, doi:10.1145/321172.321179) with its own stack, so that neither a long sum nor deep parentheses
exhaust Python's. It writes the nodes as the text computes them, unfolded: order and association are the
text's, and with them the last digit of a result.
"""

from __future__ import annotations

from typing import NoReturn

from gdcli.errors import ExpressionError
from gdcli.expression import complaints
from gdcli.expression.bounds import MAX_ARGUMENTS, MAX_CHARACTERS, MAX_DEPTH, MAX_NODES
from gdcli.expression.brackets import BRACKETS, LIMITS, SUMS, Brackets
from gdcli.expression.complaints import Complaint
from gdcli.expression.functions import TABLE, lookup
from gdcli.expression.names import CONSTANTS
from gdcli.expression.precedence import (
    BINARY,
    COMPARISON,
    ELSE,
    IF,
    NOT,
    OF_CONDITIONS,
    OPEN,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Operand,
    Pending,
)
from gdcli.expression.rows import Function, vectors
from gdcli.expression.sized_builder import SizedBuilder
from gdcli.expression.tokens import END, NAME, NUMBER, UNKNOWN, Token, number, refuse, tokenize
from gdcli.graph.nodes import VARIABLE, Graph

_BOOLEAN = frozenset(row.name for row in TABLE.values() if row.boolean)


def parse(text: str, *, internal: bool = False, condition: bool = False) -> Graph:
    """Reads an expression.

    Args:
        text: The expression, in the notation of the command-line contract.
        internal: Whether it is a formula of the function table: it may then call internal functions, and use
            a variable as a condition.
        condition: Whether it may be a condition as a whole, as ``x < 1`` is; it may be a number all the same.

    Returns:
        The graph, with one output, its variables in the order of the text, and positions. Nothing is folded.

    Raises:
        ExpressionError: If the text is not an expression, or exceeds one of the bounds.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"the expression has {len(text):,} characters; the bound is {MAX_CHARACTERS:,}")
    if not text or text.isspace():
        raise ExpressionError("the expression is empty", text=text, position=0)
    return _Parser(text, internal, condition).read()


class _Parser(Brackets):
    def __init__(self, text: str, internal: bool, condition: bool) -> None:
        self.text = text
        self.internal = internal
        self.condition = condition
        self.tokens = tokenize(text)
        self.index = 0
        self.builder = SizedBuilder(text)
        self.operands: list[Operand] = []
        self.pending: list[Pending] = []
        self.indices: dict[str, int] = {}
        self.sums = 0

    def read(self) -> Graph:
        nodes, pending = self.builder.nodes, self.pending
        operand_wanted = True
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            kind = token.kind
            if kind == UNKNOWN:
                raise refuse(token, self.text)
            if not operand_wanted and (kind in (NUMBER, NAME) or token.text == "("):
                self._multiply(token)
                operand_wanted = True
            if operand_wanted and self._leaves_out(token):
                self.operands.append(Operand(self.builder.apply(vectors.MISSING), token.position))
                operand_wanted = False
            operand_wanted = self._operand(token) if operand_wanted else self._operator(token)
            if len(nodes) > MAX_NODES:
                most = f"the expression has more than {MAX_NODES:,} numbers, names and operations"
                self._fail((most, ""), token.position)
            if len(pending) > MAX_DEPTH:
                self._fail((f"the expression is nested more than {MAX_DEPTH:,} deep", ""), token.position)
            self.index += 1
        (result,) = self.operands
        if not self.condition:
            self._check(result, False)
        return self.builder.finish(result.node)

    # What is read where an operand is wanted, and after one. Each says whether an operand is wanted next.

    def _operand(self, token: Token) -> bool:
        kind, sign, position = token
        self.builder.position = position
        if kind == NUMBER:
            self.operands.append(Operand(self.builder.constant(number(token, self.text)), position))
            return False
        if kind == NAME:
            return self._name(token)
        if sign == "(":
            self.pending.append(Pending(OPEN, "", position))
        elif sign == "[":
            self.pending.append(
                Pending(OPEN, "", position, None, BRACKETS[vectors.LIST], len(self.operands), [])
            )
        elif sign in ("-", "+"):
            self.pending.append(Pending(SIGN, "neg" if sign == "-" else "", position))
        elif sign == "not" and not (self.pending and self.pending[-1].binds > NOT):
            self.pending.append(Pending(NOT, sign, position))
        else:
            before = self.tokens[self.index - 1] if self.index else None
            if sign == ")" and before and before.text == "(" and self.pending[-1].function:
                return self._close(token)
            self._fail(complaints.no_operand(before, token), position)
        return True

    def _name(self, token: Token) -> bool:
        name, position = token.text, token.position
        row = lookup(name, internal=self.internal)
        if self.tokens[self.index + 1].text == "(":
            self.index += 1
            if row is None:
                self._fail(complaints.unknown_function(name, self._group()), position)
            limits = self._limits(name, position) if name in SUMS else []
            self.pending.append(Pending(OPEN, "", position, None, row, len(self.operands), limits=limits))
            return True
        if name in self.indices:
            self.operands.append(Operand(self.indices[name], position))
            return False
        if row is not None:
            self._fail(complaints.missing_arguments(row, name, self.tokens[self.index + 1]), position)
        builder = self.builder
        known = name in CONSTANTS
        node = builder.constant(CONSTANTS[name], name) if known else builder.variable(name)
        self.operands.append(Operand(node, position))
        return False

    def _operator(self, token: Token) -> bool:
        sign, position = token.text, token.position
        if sign in BINARY:
            op, binds = BINARY[sign]
            chain = None
            if binds == COMPARISON:
                self._reduce(SUM)
                chain = self._continue_chain()
            elif binds != POWER:
                self._reduce(binds)
            self.pending.append(Pending(binds, op, position, chain))
            return True
        if sign == "[":
            return self._open_bracket(token)
        if sign == "not":
            self._fail(("not stands before a condition, not after one", ""), position)
        self._reduce(OR if sign == "if" else ELSE)
        opened = self.pending[-1] if self.pending else None
        if sign == "else":
            if opened is None or opened.binds != IF:
                self._fail(("else without if", complaints.TERNARY), position)
            self._check(self.operands[-1], True)
            self.pending[-1] = Pending(ELSE, "where", opened.position)
            return True
        if opened is not None and opened.binds == IF:
            self._fail(("if without else", complaints.TERNARY), opened.position)
        if sign == "if":
            self.pending.append(Pending(IF, "", position))
            return True
        in_brackets = opened is not None and opened.function in BRACKETS.values()
        if sign in (")", "]"):
            if opened is not None and in_brackets != (sign == "]"):
                self._fail(complaints.unmatched(sign, "[" if in_brackets else "("), position)
            return self._close(token)
        if token.kind == END:
            if opened is not None:
                what = "bracket" if in_brackets else "parenthesis"
                self._fail((f"this {what} is never closed", ""), self._parenthesis(opened))
            return False
        if sign == ":" and (opened is None or opened.function is not BRACKETS[vectors.INDEX]):
            self._fail(complaints.MISPLACED_COLON, position)
        if opened is None or opened.function is None:
            near = self.tokens[self.index - 1], self.tokens[self.index + 1]
            self._fail(complaints.misplaced_comma(*near), position)
        if opened.limits or opened.function.name in SUMS:
            return self._next_limit(opened, position)
        if in_brackets:
            opened.separators.append(sign)
        if len(self.operands) - opened.base >= MAX_ARGUMENTS:
            self._fail((f"{opened.function.name} has more than {MAX_ARGUMENTS:,} arguments", ""), position)
        return True

    def _multiply(self, token: Token) -> None:
        """The product that is not written, where a number or a parenthesis touches what it multiplies."""
        before = self.tokens[self.index - 1]
        touches = before.position + len(before.text) == token.position
        digits = before.kind == NUMBER and (token.kind == NUMBER or token.text[0] == "_")
        if not touches or digits or not (before.kind == NUMBER or token.kind == NUMBER or before.text == ")"):
            after = self.tokens[min(self.index + 1, len(self.tokens) - 1)]
            self._fail(complaints.missing_operator(before, token, after), token.position)
        self._reduce(PRODUCT)
        self.pending.append(Pending(PRODUCT, "mul", token.position))

    def _close(self, token: Token) -> bool:
        if not self.pending:
            what = "bracket" if token.text == "]" else "parenthesis"
            self._fail((f"this {what} was never opened", ""), token.position)
        opened = self.pending.pop()
        if opened.function is LIMITS:
            if len(self.operands) - opened.base != 2:
                self._fail(complaints.LIMITS, opened.position)
            return False
        start = opened.position
        if opened.function is None:
            node = self.operands.pop().node
        else:
            arguments = self.operands[opened.base :]
            del self.operands[opened.base :]
            if opened.function is BRACKETS[vectors.INDEX]:
                start = arguments[0].start
                node = self._element(arguments, opened)
            elif opened.function.name in SUMS:
                node = self._sum(opened, arguments)
            else:
                node = self._call(opened.function, arguments, opened.position)
        self.operands.append(Operand(node, start))
        return False

    # Writing nodes.

    def _call(self, row: Function, arguments: list[Operand], position: int) -> int:
        fewest, most = row.arity
        if not fewest <= len(arguments) <= (MAX_ARGUMENTS if most is None else most):
            self._fail(complaints.wrong_count(row, len(arguments)), position)
        for i, argument in enumerate(arguments):
            self._check(argument, i == 0 and row.name == "where")
        self.builder.position = position
        nodes = [argument.node for argument in arguments]
        if len(nodes) == 1 and row.name in vectors.LARGEST:
            return self.builder.apply(vectors.LARGEST[row.name], *nodes)
        if not row.chains:
            return self.builder.apply(row.name, *nodes)
        chained = nodes[0]
        for node in nodes[1:]:
            chained = self.builder.apply(row.name, chained, node)
        return chained

    def _reduce(self, binds: int) -> None:
        """Writes the pending operators that bind at least so tightly."""
        pending = self.pending
        while pending and pending[-1].binds >= binds:
            self._write(pending.pop())

    def _write(self, entry: Pending) -> None:
        binds, op, position, chain, *_ = entry
        operands, builder = self.operands, self.builder
        builder.position = position
        last = operands.pop()
        self._check(last, binds in OF_CONDITIONS)
        if binds in (SIGN, NOT):
            node = builder.apply(op, last.node) if op else last.node
            operands.append(Operand(node, position))
            return
        condition = operands.pop() if binds == ELSE else None
        first = operands.pop()
        self._check(first, binds in OF_CONDITIONS)
        if condition is not None:
            node = builder.apply(op, condition.node, first.node, last.node)
        else:
            node = builder.apply(op, first.node, last.node)
            if chain is not None:
                node = builder.apply("and", chain.node, node)
                first = chain
        operands.append(Operand(node, first.start))

    def _continue_chain(self) -> Operand | None:
        """Writes the comparison that stands to the left, if any, and leaves its right side as an operand."""
        if not self.pending or self.pending[-1].binds != COMPARISON:
            return None
        middle = self.operands[-1]
        self._write(self.pending.pop())
        chain = self.operands.pop()
        self.operands.append(middle)
        return chain

    # Errors.

    def _check(self, operand: Operand, condition: bool) -> None:
        """Refuses a number where a condition is wanted, and the other way round."""
        op = self.builder.nodes[operand.node].op
        if (op in _BOOLEAN) != condition and not (self.internal and op == VARIABLE):
            self._fail(complaints.wrong_kind(condition=condition), operand.start)

    def _group(self) -> str:
        """The text of the parentheses that begin at the current token."""
        start = self.tokens[self.index].position
        depth = 0
        for token in self.tokens[self.index :]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return self.text[start : token.position + 1]
        return "(…)"

    def _parenthesis(self, opened: Pending) -> int:
        return min(self.text.find(sign, opened.position) % (len(self.text) + 1) for sign in "([")

    def _fail(self, complaint: Complaint, position: int) -> NoReturn:
        message, hint = complaint
        raise ExpressionError(message, hint=hint, text=self.text, position=position)
