"""Operations as text in gdcli's own notation, piece by piece, each in parentheses where it needs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from gdcli.expression.precedence import BINARY, COMPARISON, ELSE, NOT, POWER, SIGN, SUM
from gdcli.expression.rows.vectors import LARGEST

ATOM = POWER + 1
"""How tightly a name, a number and a call bind."""

_BINARY = {op: (sign, binds) for sign, (op, binds) in BINARY.items() if sign != "^"}
_NAMES = {op: name for name, op in LARGEST.items()}
_SPACED = SUM
"""Operators that bind at most so tightly have spaces around them."""
_LONGEST_INTEGER = 17


class Piece(NamedTuple):
    """A piece of text.

    Attributes:
        text: In gdcli's notation.
        binds: How tightly its outermost operator binds; `ATOM` where there is none.
        number: Its number or truth value, where that is known.
    """

    text: str
    binds: int = ATOM
    number: float | None = None


def number(value: float) -> Piece:
    """A number as one reads it: a long one is rounded to ten digits.

    >>> number(2.0).text, number(-0.5).text, number(0.1 + 0.2).text
    ('2', '-0.5', '0.3')
    """
    if isinstance(value, bool):
        return Piece(str(value).lower(), ATOM, value)
    if isinstance(value, int) and len(text := str(value)) <= _LONGEST_INTEGER:
        return Piece(text, ATOM if value >= 0 else SIGN, value)
    try:
        rounded = float(value)
    except OverflowError:
        rounded = math.inf if value > 0 else -math.inf
    text = format(rounded + 0.0, ".10g")
    return Piece(text, SIGN if text.startswith("-") else ATOM, value)


def write(op: str, inputs: Sequence[Piece]) -> Piece:
    """The operation `op` on the inputs.

    >>> x = Piece("x")
    >>> write("mul", [write("add", [x, number(1)]), write("neg", [x])]).text
    '(x + 1)*(-x)'
    """
    texts = [piece.text for piece in inputs]
    if op in _BINARY:
        sign, binds = _BINARY[op]
        left, right = inputs
        # To the left of the others stands what they themselves are made of: a - b - c; but a**b**c is a**(b**c).
        before = _enclosed(left, binds + (binds in (POWER, COMPARISON)))
        after = _enclosed(right, SIGN if binds == POWER else binds + 1)
        if right.binds == SIGN and binds != POWER:
            after = f"({right.text})"
        gap = " " if binds <= _SPACED else ""
        return Piece(f"{before}{gap}{sign}{gap}{after}", binds)
    if op == "neg":
        return Piece(f"-{_enclosed(inputs[0], POWER)}", SIGN)
    if op == "not":
        return Piece(f"not {_enclosed(inputs[0], NOT)}", NOT)
    if op == "where":
        condition, first, second = inputs
        taken, other = _enclosed(first, ELSE + 1), _enclosed(second, ELSE)
        return Piece(f"{taken} if {_enclosed(condition, ELSE + 1)} else {other}", ELSE)
    return Piece(f"{_NAMES.get(op, op)}({', '.join(texts)})")


def _enclosed(piece: Piece, least: int) -> str:
    """The text, in parentheses where it binds less tightly than `least`."""
    return piece.text if piece.binds >= least else f"({piece.text})"
