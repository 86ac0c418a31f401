"""Errors to text: what is wrong, the place with a caret under it, what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdcli.errors import GdcliError
    from gdcli.records import Failed

EXCERPT_WIDTH = 76
ELLIPSIS = "..."

# Characters that do not show, or that change how their neighbours show: control and format characters (the
# bidirectional overrides among them), surrogates, private and unassigned ones, separators of lines and
# paragraphs.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    r"""The text with an escape for every character that does not show, so that none reaches a terminal.

    A tab becomes a space; a space that is not the ordinary one is escaped, since it may well be the error.

    >>> visible("x\x1b[31m\ty\n")
    'x\\x1b[31m y\\n'
    """
    # The usual text needs no look at each character.
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown for shown, _ in _cells(text))


def format_error(failed: Failed | GdcliError, width: int = EXCERPT_WIDTH) -> str:
    """The message for a failure, ending with a newline.

    The first line says what is wrong. Where the failure has a text, it follows, with a caret under the place;
    of a long text as much as `width` columns hold around the caret. The last line is the hint.
    """
    lines = [f"error: {visible(failed.message)}"]
    if failed.text:
        lines += [f"  {line}" for line in excerpt(failed.text, failed.position, width)]
    if failed.hint:
        lines.append(f"hint: {visible(failed.hint)}")
    return "\n".join(lines) + "\n"


def excerpt(text: str, position: int | None, width: int = EXCERPT_WIDTH) -> list[str]:
    """One line of `text` around `position`, and one with a caret under it (none where `position` is None).

    A position at the end of the text, or beyond it, has its caret after the last character. The lines are at
    most `width` columns wide, counting wide characters as two and combining ones as none.
    """
    at = min(max(position or 0, 0), len(text))
    # Only what may show is looked at: a text may be as long as the reader's bound.
    first, last = max(at - width, 0), min(at + width, len(text))
    before = list(_cells(text[first:at]))
    after = list(_cells(text[at:last]))
    # The place stands at two thirds of the line at most, unless there is little after it.
    rest = sum(cells for _, cells in after) + (len(ELLIPSIS) if last < len(text) else 0)
    room = max(width * 2 // 3, width - rest - 1)
    left = _take(reversed(before), room, more=first > 0)
    shown = "".join(reversed([piece for piece, _ in left]))
    column = sum(cells for _, cells in left)
    if len(left) < len(before) or first > 0:
        shown, column = ELLIPSIS + shown, column + len(ELLIPSIS)
    right = _take(iter(after), width - column, more=last < len(text))
    shown += "".join(piece for piece, _ in right)
    if len(right) < len(after) or last < len(text):
        shown += ELLIPSIS
    return [shown] if position is None else [shown, " " * column + "^"]


def _cells(text: str) -> Iterator[tuple[str, int]]:
    """Each character as it is shown, and how many columns it takes."""
    for character in text:
        category = unicodedata.category(character)
        if character == "\t":
            yield " ", 1
        elif category in INVISIBLE or (category == "Zs" and character != " "):
            escape = character.encode("unicode_escape").decode("ascii")
            yield escape, len(escape)
        elif category in {"Mn", "Me"}:
            yield character, 0
        else:
            yield character, 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _take(pieces: Iterator[tuple[str, int]], room: int, *, more: bool) -> list[tuple[str, int]]:
    """As many pieces as fit; where some do not, or there are `more`, room is left for an ellipsis."""
    taken: list[tuple[str, int]] = []
    total = 0
    for piece in pieces:
        taken.append(piece)
        total += piece[1]
    if total <= room and not more:
        return taken
    while taken and total > room - len(ELLIPSIS):
        total -= taken.pop()[1]
    return taken
