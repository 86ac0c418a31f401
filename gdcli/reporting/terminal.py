"""What a stream is connected to."""

from __future__ import annotations

import os
from typing import TextIO

DEFAULT_WIDTH, DEFAULT_HEIGHT = 80, 24
DRAWING_HEIGHT, WIDEST_DRAWING = 20, 110


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


def drawing_size(stream: TextIO) -> tuple[int, int]:
    """Columns and lines for a drawing: what the terminal has, but no more than look well; piped, 80 by 20."""
    if not is_terminal(stream):
        return DEFAULT_WIDTH, DRAWING_HEIGHT
    # A prompt and the command are to be seen too; the last column stays free.
    lines = terminal_height(stream) - 4
    return min(terminal_width(stream) - 1, WIDEST_DRAWING), max(min(lines, DRAWING_HEIGHT), 8)


def terminal_height(stream: TextIO) -> int:
    """Lines of the terminal: ``LINES`` if set, else what the terminal says, else 24."""
    lines = os.environ.get("LINES", "")
    if lines.isdecimal() and int(lines) > 0:
        return int(lines)
    try:
        return os.get_terminal_size(stream.fileno()).lines or DEFAULT_HEIGHT
    except (OSError, ValueError):
        return DEFAULT_HEIGHT


def can_encode(stream: TextIO, text: str) -> bool:
    """Whether the stream's encoding has the characters of `text`."""
    try:
        text.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
