"""Which expressions to work on: the one on the command line, or those on standard input, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from gdcli.cli.environment import Environment
from gdcli.errors import ExpressionError, FileError, GdcliError, UsageError
from gdcli.expression.bounds import MAX_CHARACTERS

MAX_LINE_BYTES = 4 * MAX_CHARACTERS + 2
"""No longer line can hold a text that the reader accepts: UTF-8 has at most four bytes a character."""


@dataclass(frozen=True)
class Problem:
    """One expression to work on.

    Attributes:
        text: The expression.
        line: The number of its line on standard input, counted from 1; None for the command line's.
        error: Why the line is no text, if it is none.
    """

    text: str
    line: int | None = None
    error: GdcliError | None = None


def problems(expression: str | None, environment: Environment) -> Iterator[Problem]:
    """The expression of the command line, or each one of standard input as soon as its line is there.

    Args:
        expression: The command line's EXPRESSION; None or ``-`` means standard input.
        environment: Where standard input is.

    Raises:
        UsageError: No EXPRESSION was given, and standard input is a terminal or has none either.
        FileError: Standard input cannot be read.
    """
    if expression is not None and expression != "-":
        yield Problem(expression)
        return
    stdin = environment.stdin
    if stdin is None or stdin.closed:
        raise UsageError("there is no EXPRESSION, and no standard input to read one from")
    if expression is None and stdin.isatty():
        raise UsageError("EXPRESSION is missing", hint="give one in quotes, or pipe in one a line")
    found = False
    for problem in _lines(stdin.buffer):
        found = True
        yield problem
    # An explicit `-` is a filter, whose input may well be empty; without it the expression was forgotten.
    if not found and expression is None:
        raise UsageError("there is no EXPRESSION, and standard input holds none", hint="give one in quotes")


def _lines(stream: BinaryIO) -> Iterator[Problem]:
    number = 0
    while raw := _line(stream):
        number += 1
        if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
            while (rest := _line(stream)) and not rest.endswith(b"\n"):
                pass
            message = f"the line is longer than {MAX_CHARACTERS:,} characters, which is more than is read"
            yield Problem(raw[:80].decode("utf-8", "replace"), number, ExpressionError(message))
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} of the line (0x{raw[error.start]:02x}) is not UTF-8"
            shown = raw.decode("utf-8", "backslashreplace").strip()
            yield Problem(shown, number, FileError(message, hint="save the input as UTF-8"))
            continue
        if text and not text.startswith("#"):
            yield Problem(text, number)


def _line(stream: BinaryIO) -> bytes:
    # `readline`, not iteration over the stream: a line is handed on before the next one is there.
    try:
        return stream.readline(MAX_LINE_BYTES)
    except OSError as error:
        raise FileError(f"standard input cannot be read: {error.strerror}") from None
