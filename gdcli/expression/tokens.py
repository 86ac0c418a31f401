"""Text to tokens: numbers, names and signs, each with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_DIGITS

NUMBER, NAME, KEYWORD, SIGN, UNKNOWN, END = "number", "name", "keyword", "sign", "unknown", "end"
KEYWORDS = frozenset({"if", "else", "and", "or", "not"})

# An exponent needs its digits: 3e is 3*e. ASCII only: \d and \w would let other scripts' digits in.
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n\f\v]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\*\*|<=|>=|==|!=|//|[-+*/^()<>,\[\]:@])
      | (?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)
_BASED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")

_HINTS = {
    "%": "for the remainder write mod(a, b)",
    "=": "to compare write ==",
    "!": "for a factorial write gamma(x + 1), for unequal !=, for the opposite not",
    "&": "write and between two conditions",
    "|": "write or between two conditions, abs(x) for the absolute value",
    "~": "write not before a condition",
    '"': "the notation has no strings",
    "'": "the notation has no strings",
    ".": "a number needs a digit beside its point, and nothing here has attributes",
    "{": "write round parentheses",
    "}": "write round parentheses",
    "?": "write a if condition else b",
    ";": "an expression is one formula",
    "#": "an expression has no comments",
    "\\": "for a quotient write /",
}


class Token(NamedTuple):
    """A piece of the text: its kind, its characters, and the offset of the first of them."""

    kind: str
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """The tokens of `text` in order, an ``END`` last; none after the first character that is not notation.

    That character's token is ``UNKNOWN``: it is for the reader to refuse (`refuse`), so that of two errors
    the one that comes first in the text is reported.
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or UNKNOWN
        if kind == "blank":
            continue
        piece, position = match.group(), match.start()
        if kind == NAME and piece in KEYWORDS:
            kind = KEYWORD
        elif piece == "//" or (piece == "0" and _BASED.match(text, position)):
            kind = UNKNOWN
        tokens.append(Token(kind, piece, position))
        if kind == UNKNOWN:
            return tokens
    tokens.append(Token(END, "", len(text.rstrip())))
    return tokens


def number(token: Token, text: str) -> int | float:
    """The number that a token writes: an int if it is written as one, else a float.

    Raises:
        ExpressionError: If it has more than `MAX_DIGITS` characters.
    """
    digits = token.text
    if len(digits) > MAX_DIGITS:
        raise ExpressionError(
            f"a number of {len(digits):,} characters; the bound is {MAX_DIGITS:,}",
            text=text,
            position=token.position,
        )
    return int(digits) if digits.isdecimal() else float(digits)


def refuse(token: Token, text: str) -> ExpressionError:
    """The error for an ``UNKNOWN`` token."""
    position = token.position
    based = _BASED.match(text, position)
    if based:
        shown = based.group()[:20]
        message = f"{shown} is not a decimal number"
        hint = f"numbers are decimal; for a product write 0*{shown[1:]}"
    elif token.text == "//":
        message, hint = "'//' is not part of the notation", "write floor(a/b)"
    elif token.text.isascii():
        shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
        message = (
            f'"{shown}" is not part of the notation'
            if shown == "'"
            else f"'{shown}' is not part of the notation"
        )
        hint = _HINTS.get(token.text, "")
        if text.startswith(("=>", "=<"), position):
            hint = f"write {text[position + 1]}="
    else:
        # Loaded for this error only: the names of all characters are a megabyte.
        from gdcli.expression.characters import describe

        message, hint = describe(token.text)
    return ExpressionError(message, hint=hint, text=text, position=position)
