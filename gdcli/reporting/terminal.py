"""What a stream is connected to."""

from __future__ import annotations

import os
from typing import TextIO

DEFAULT_WIDTH = 80


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at the stream; a closed stream has nobody."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def may_animate(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands more than one line after the other."""
    return is_terminal(stream) and os.environ.get("TERM", "") not in {"dumb", "unknown"}


def may_color(stream: TextIO, *, allowed: bool = True) -> bool:
    """Whether to colour what goes to the stream: a terminal, unless the caller or ``NO_COLOR`` forbids it.

    ``NO_COLOR`` counts when it is set and not empty (https://no-color.org).
    """
    return allowed and not os.environ.get("NO_COLOR") and may_animate(stream)


def terminal_width(stream: TextIO) -> int:
    """Columns of the terminal: ``COLUMNS`` if set, else what the terminal says, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        # A terminal that was given no size says 0.
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def can_encode(stream: TextIO, text: str) -> bool:
    """Whether the stream's encoding has the characters of `text`."""
    try:
        text.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
