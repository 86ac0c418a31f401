"""Every error that a user can meet: what happened, where, what to do, and the exit code it ends with."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit codes of the command-line contract."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FINITE = 3
    NOT_CONVERGED = 4
    CHECK_FAILED = 5
    UNAVAILABLE = 6
    FILE = 7
    INTERRUPTED = 130


class GdcliError(Exception):
    """An error to be shown to the user in one message.

    Args:
        message: What is wrong, naming the thing that is wrong; one sentence without a final period.
        hint: What to do about it, or an empty string.
        text: The text in which `position` lies (an expression, a point, a line of a file), if any.
        position: Offset into `text` of the place of the error, shown as a caret under it.
    """

    kind = "error"
    exit_status = ExitStatus.USAGE

    def __init__(self, message: str, *, hint: str = "", text: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.text = text
        self.position = position


class UsageError(GdcliError):
    """The command line is wrong: an option, a combination of options, a missing argument."""

    kind = "usage"


class ExpressionError(GdcliError):
    """The expression cannot be read, or exceeds one of the reader's bounds."""

    kind = "expression"


class SymbolsLeftOut(GdcliError):  # noqa: N818
    """The derivatives in symbols are not given; the message says why. There are still those at a point."""

    kind = "symbols"


class PointError(GdcliError):
    """A point (``--at``, ``--start``, a row of ``--points``) is wrong: names or values."""

    kind = "point"


class NotFiniteError(GdcliError):
    """A value or a gradient is not finite: undefined at the point, or diverged."""

    kind = "not_finite"
    exit_status = ExitStatus.NOT_FINITE


class UnavailableError(GdcliError):
    """The device, dtype or engine asked for is not available here."""

    kind = "unavailable"
    exit_status = ExitStatus.UNAVAILABLE


class FileError(GdcliError):
    """A file or a stream could not be read or written."""

    kind = "file"
    exit_status = ExitStatus.FILE
