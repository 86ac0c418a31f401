"""Run the program in this process with streams of the test's own, or in a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdcli.cli.app import run
from gdcli.cli.environment import Environment


@dataclass(frozen=True)
class Ran:
    """What came of it."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def objects(self) -> list[Any]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Stream(io.TextIOWrapper):
    """A text stream over bytes, which may say that it is a terminal."""

    def __init__(self, content: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def gdcli(
    *argv: str,
    stdin: str | bytes | None = None,
    environ: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> Ran:
    """Run in this process. Without `stdin`, to read it is an error; `terminal` makes all streams one."""
    content = stdin.encode() if isinstance(stdin, str) else stdin
    source = Stream(content or b"", terminal=terminal)
    if stdin is None and not terminal:
        source.close()
    out, err = Stream(terminal=terminal), Stream(terminal=terminal)
    status = run(argv, Environment(source, out, err, environ or {}))
    return Ran(status, out.text, err.text)


def process(
    *argv: str, stdin: bytes | None = None, environ: Mapping[str, str] | None = None, **more: Any
) -> Ran:
    """Run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "gdcli", *argv],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        env=clean_environ() | dict(environ or {}),
        timeout=60,
        check=False,
        **more,
    )
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def clean_environ() -> dict[str, str]:
    """This process's environment variables without those that change what gdcli does, but for the tests' own cache."""
    return {
        name: text
        for name, text in os.environ.items()
        if name == "GDCLI_CACHE_DIR" or (not name.startswith("GDCLI_") and name != "NO_COLOR")
    }
