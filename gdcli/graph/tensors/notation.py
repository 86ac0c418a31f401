"""The operations of vectors as text, and their local derivatives.

Formulas are in ``a``, ``b`` and ``out`` as those of the function table; of a reduction ``b`` is how many numbers it
takes together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdcli.expression.precedence import PRODUCT as BINDS_AS_PRODUCT
from gdcli.expression.rows.vectors import INDEX, LIST, MATMUL, MISSING, PRODUCT, SLICE, SUM
from gdcli.graph import notation
from gdcli.graph.notation import ATOM, Piece

RULES: Mapping[str, tuple[str, ...]] = {
    "sum": ("1",),
    "mean": ("1/b",),
    "prod": ("out/a",),
    "norm": ("a/out",),
    "norm1": ("sign(a)",),
    "logsumexp": ("exp(a - out)",),
    "var": ("2*(a - mean(a))/(b - 1)",),
    "std": ("(a - mean(a))/((b - 1)*out)",),
    "largest": ("1 if a == out else 0",),
    "smallest": ("1 if a == out else 0",),
    "dot": ("b", "a"),
    MATMUL: ("b", "a"),
    "transpose": ("1",),
    INDEX: ("1",),
    LIST: ("1",),
    SUM: ("1",),
    PRODUCT: ("out/a",),
}
"""For each operation its derivative by each of its inputs, element by element; of a matrix product, the other side."""

REPEATED: Mapping[str, str] = {SUM: "b", PRODUCT: "b*a**(b - 1)"}
"""The same where the index of a sum or a product makes no difference to what is added up or multiplied."""


def rule(op: str, place: int) -> str:
    """The formula of the derivative of an operation of vectors by the input at `place`."""
    rules = RULES[op]
    return rules[place if place < len(rules) else 0]


def write(op: str, inputs: Sequence[Piece]) -> Piece:
    """The operation `op` on the inputs, as the source graph has them.

    >>> x, one, nothing = Piece("x"), Piece("1"), Piece("")
    >>> write("index", [x, write("slice", [one, nothing, nothing])]).text
    'x[1:]'
    """
    texts = [piece.text for piece in inputs]
    if op == INDEX:
        base = texts[0] if inputs[0].binds == ATOM else f"({texts[0]})"
        return Piece(f"{base}[{', '.join(texts[1:])}]")
    if op == SLICE:
        return Piece(":".join(texts if texts[2] else texts[:2]))
    if op == MISSING:
        return Piece("")
    if op == LIST:
        return Piece(f"[{', '.join(texts)}]")
    if op in (SUM, PRODUCT):
        index, low, high, body = texts
        return Piece(f"{op}({body}, ({index}, {low}, {high}))")
    if op == MATMUL:
        left, right = inputs
        before = left.text if left.binds >= BINDS_AS_PRODUCT else f"({left.text})"
        after = right.text if right.binds > BINDS_AS_PRODUCT else f"({right.text})"
        return Piece(f"{before} @ {after}", BINDS_AS_PRODUCT)
    return notation.write(op, inputs)
