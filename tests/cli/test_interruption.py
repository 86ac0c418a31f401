"""Ctrl-C and its like: the best point so far, and exit status 130."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gdcli.cli.interruption import Interruption
from tests.cli.running import clean_environ

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

ENDLESS = ["minimize", "x**2", "--start", "x=1", "--lr", "1e-12", "--steps", "1000000000000", "--tol", "0"]


@contextmanager
def running(*argv: str, **streams: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "gdcli", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environ(),
        **streams,  # type: ignore[call-overload]
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_shows_its_best_point(number: signal.Signals) -> None:
    with running(*ENDLESS, "--format", "jsonl") as process:
        assert process.stdout is not None
        assert [json.loads(process.stdout.readline())["step"] for _ in range(2)] == [0, 1]
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    finished = json.loads(out.splitlines()[-1])
    assert (finished["event"], finished["status"]) == ("finished", "interrupted")
    assert finished["steps"] >= 1
    assert finished["x"]["x"] < 1
    assert "Traceback" not in err


def test_the_problems_after_it_are_not_begun() -> None:
    with running(*ENDLESS[:1], *ENDLESS[2:], "--format", "jsonl", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("x+\nx**2\nx**4\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["status"] == "error"
        assert json.loads(process.stdout.readline())["step"] == 0
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "x**4" not in out


def test_while_it_waits_for_a_problem_it_just_ends() -> None:
    with running("eval", "--format", "jsonl", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("1\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        # The input stays open: it is not its end that ends the program.
        assert process.wait(timeout=30) == 130
        assert process.stderr is not None
        assert process.stderr.read().endswith("interrupted\n")


def test_the_second_interruption_is_not_waited_for() -> None:
    with Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.requested
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interruption():
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) != before
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
