"""What a run gets from its process, streams and variables, in one object that tests can fill in."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(frozen=True)
class Environment:
    """The world around one run of the program.

    Attributes:
        stdin: Where problems come from when no EXPRESSION is given; None where the process has none.
        stdout: Where results go.
        stderr: Where messages, hints and the progress bar go.
        environ: The environment variables.
    """

    stdin: TextIO | None
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_process(cls) -> Environment:
        """The environment of this process.

        What a stream's encoding does not have is written as an escape, for an answer in an odd encoding is
        better than a traceback. A standard output that was closed (``>&-``) becomes one that cannot be
        written, so that the loss of the answer is noticed; a closed standard error has nobody to notice.
        """
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        if is_follower(os.environ):
            return cls(sys.stdin, _Muted(), _Muted(), os.environ)
        return cls(sys.stdin, sys.stdout or _ClosedOutput(), sys.stderr or io.StringIO(), os.environ)

    @property
    def alarm(self) -> TextIO:
        """Where what must not go unheard goes, of a process too that does not write otherwise."""
        return sys.stderr if isinstance(self.stderr, _Muted) and sys.stderr else self.stderr

    @property
    def wants_color(self) -> bool:
        """Whether colour is allowed (https://no-color.org)."""
        return not self.environ.get("NO_COLOR")

    @property
    def wants_traceback(self) -> bool:
        """Whether a bug is to show itself whole."""
        return self.environ.get("GDCLI_DEBUG", "") not in ("", "0")


def is_follower(environ: Mapping[str, str]) -> bool:
    """Whether this is one of several processes that ``torchrun`` has started, and not the first, which writes."""
    return environ.get("RANK", "0") != "0" and "WORLD_SIZE" in environ


class _Muted(io.StringIO):
    """A stream of a process that does not write."""

    def write(self, text: str) -> int:
        return len(text)


class _ClosedOutput(io.StringIO):
    """Standard output of a process that has none."""

    def write(self, text: str) -> int:
        raise OSError(errno.EBADF, "it is closed")
