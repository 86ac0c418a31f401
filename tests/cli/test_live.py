"""The live view in a terminal of its own."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.running import clean_environ

pty = pytest.importorskip("pty")  # not on Windows
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
ENDLESS = [
    "minimize",
    "x**2",
    "--start",
    "x=1",
    "--lr",
    "1e-6",
    "--steps",
    "100000000000",
    "--tol",
    "0",
    "--live",
]


def session(until: str, seconds: float = 30.0) -> tuple[int, str]:
    """Run until a text is there, then press Ctrl-C; the exit status, and all that the terminal was sent."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gdcli", *ENDLESS],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env=clean_environ() | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
    )
    os.close(follower)
    sent, pressed, end = "", False, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([leader], [], [], 0.1)
            try:
                part = os.read(leader, 65_536).decode(errors="replace") if ready else ""
            except OSError:
                # On Linux that is how the other end says that it is closed.
                break
            sent += part
            if ready and not part:
                break
            if not pressed and len(re.findall(until, sent)) >= 3:
                pressed = True
                process.send_signal(signal.SIGINT)
        return process.wait(timeout=30), sent
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def test_it_moves_beside_the_rows_and_leaves_the_terminal_as_it_was() -> None:
    status, sent = session(re.escape(SHOW))
    assert status == 130
    frames = re.findall(re.escape(HIDE) + "(.*?)" + re.escape(SHOW), sent, re.DOTALL)
    assert len(frames) >= 3
    assert all("value " in frame and "gradient norm " in frame for frame in frames[1:])
    # Every drawing shows the cursor again, so that nothing is left to be restored, whatever ends the run.
    assert sent.count(HIDE) == sent.count(SHOW)
    assert sent.rfind(SHOW) > sent.rfind(HIDE)
    # What the view leaves is the run's end, and its own, in plain lines.
    rest = sent[sent.rfind(SHOW) + len(SHOW) :].replace("\x1b[2m", "").replace("\r\n", "\n")
    assert "status         " in re.sub(r"\x1b\[[0-9;]*m", "", rest)
    last = re.sub(r"\x1b\[[0-9;]*m", "", rest).splitlines()[-2:]
    assert last[0].startswith("value          ")
    assert last[1].startswith("gradient norm  ")
    # The rows are all there, each on a line of its own.
    erased = sent.replace("\r\n", "\n").replace("\r\x1b[J", "\n")
    screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", erased)
    for step in (0, 1, 100):
        assert re.search(rf"^ *{step}  ", screen, re.MULTILINE), step
