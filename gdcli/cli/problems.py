"""Which expressions to work on, and with which options: that of the command line, or those of standard input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Generic, TypeVar

from gdcli.cli.environment import Environment
from gdcli.cli.options import Expression
from gdcli.errors import ExpressionError, FileError, GdcliError, UsageError
from gdcli.expression.bounds import MAX_CHARACTERS

OptionsT = TypeVar("OptionsT", bound=Expression)
"""The options of a command."""

MAX_LINE_BYTES = 4 * MAX_CHARACTERS + 2
"""No longer line can hold a text that the reader accepts: UTF-8 has at most four bytes a character."""


@dataclass(frozen=True)
class Problem(Generic[OptionsT]):
    """One expression to work on.

    Attributes:
        text: The expression.
        options: The command's options, with those of its own.
        line: The number of its line on standard input, counted from 1; None for the command line's.
        error: Why the line is no problem, if it is none.
    """

    text: str
    options: OptionsT
    line: int | None = None
    error: GdcliError | None = None


def problems(options: OptionsT, environment: Environment) -> Iterator[Problem[OptionsT]]:
    """The expression of the command line, or each one of standard input as soon as its line is there.

    Args:
        options: The command's options; without EXPRESSION, or with ``-``, it is standard input.
        environment: Where standard input is.

    Raises:
        UsageError: No EXPRESSION was given, and standard input is a terminal or has none either.
        FileError: Standard input cannot be read.
    """
    expression = options.expression
    if expression is not None and expression != "-":
        yield Problem(expression, options)
        return
    stdin = environment.stdin
    if stdin is None or stdin.closed:
        raise UsageError("there is no EXPRESSION, and no standard input to read one from")
    if expression is None and stdin.isatty():
        raise UsageError("EXPRESSION is missing", hint="give one in quotes, or pipe in one a line")
    found = False
    for problem in _lines(stdin.buffer, options):
        found = True
        yield problem
    # An explicit `-` is a filter, whose input may well be empty; without it the expression was forgotten.
    if not found and expression is None:
        raise UsageError("there is no EXPRESSION, and standard input holds none", hint="give one in quotes")


def _lines(stream: BinaryIO, options: OptionsT) -> Iterator[Problem[OptionsT]]:
    number = 0
    while raw := _line(stream):
        number += 1
        if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
            while (rest := _line(stream)) and not rest.endswith(b"\n"):
                pass
            message = f"the line is longer than {MAX_CHARACTERS:,} characters, which is more than is read"
            yield Problem(raw[:80].decode("utf-8", "replace"), options, number, ExpressionError(message))
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} of the line (0x{raw[error.start]:02x}) is not UTF-8"
            shown = raw.decode("utf-8", "backslashreplace").strip()
            yield Problem(shown, options, number, FileError(message, hint="save the input as UTF-8"))
            continue
        if text.startswith("{"):
            yield _of_object(text, options, number)
        elif text and not text.startswith("#"):
            yield Problem(text, options, number)


def _of_object(text: str, options: OptionsT, number: int) -> Problem[OptionsT]:
    """The problem of a line that is a JSON object."""
    from gdcli.cli.json_problems import read

    expression, own, error = read(text, options)
    return Problem(expression, replace(options, **own), number, error)


def _line(stream: BinaryIO) -> bytes:
    # `readline`, not iteration over the stream: a line is handed on before the next one is there.
    try:
        return stream.readline(MAX_LINE_BYTES)
    except OSError as error:
        raise FileError(f"standard input cannot be read: {error.strerror}") from None
