"""How tightly the operators bind, and what the reader keeps on its two stacks."""

from __future__ import annotations

from typing import NamedTuple

from gdcli.expression.rows import Function

OPEN, IF, ELSE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER = range(11)
"""How tightly an operator binds. No operator closes `OPEN` and `IF`: a parenthesis and an ``else`` do."""

BINARY = {
    "+": ("add", SUM),
    "-": ("sub", SUM),
    "*": ("mul", PRODUCT),
    "/": ("div", PRODUCT),
    "@": ("matmul", PRODUCT),
    "**": ("pow", POWER),
    "^": ("pow", POWER),
    "<": ("lt", COMPARISON),
    "<=": ("le", COMPARISON),
    ">": ("gt", COMPARISON),
    ">=": ("ge", COMPARISON),
    "==": ("eq", COMPARISON),
    "!=": ("ne", COMPARISON),
    "and": ("and", AND),
    "or": ("or", OR),
}
"""The operators that stand between two operands: the operation, and how tightly they bind."""
OF_CONDITIONS = (OR, AND, NOT)
"""Those that join conditions; the others join numbers."""


class Operand(NamedTuple):
    """A node, and where in the text its sub-expression begins."""

    node: int
    start: int


class Limit(NamedTuple):
    """One of the limits of a sum: ``(i, low, high)``.

    Attributes:
        node: The node of its index.
        name: The index's name.
        opening: The place of its parenthesis among the tokens.
        hidden: What the name stands for outside the sum: another sum's index, or None.
    """

    node: int
    name: str
    opening: int
    hidden: int | None


class Pending(NamedTuple):
    """An operator, a parenthesis or a call whose right end has not been read.

    Attributes:
        binds: How tightly.
        op: The operation; empty for a parenthesis, an ``if`` without its ``else`` and an unary plus.
        position: Offset of its sign, or of the function's name.
        chain: For the second ``<`` of ``0 < x < 1``, the first comparison.
        function: For the parenthesis of a call, the row.
        base: For the parenthesis of a call, how many operands stood before it.
        separators: For a bracket, the commas and colons in it so far.
        limits: For the parenthesis of a sum, its limits that have not been read.
    """

    binds: int
    op: str
    position: int
    chain: Operand | None = None
    function: Function | None = None
    base: int = 0
    separators: list[str] = []  # noqa: RUF012  # only brackets have one, which is their own
    limits: list[Limit] = []  # noqa: RUF012  # only sums have one, which is their own
