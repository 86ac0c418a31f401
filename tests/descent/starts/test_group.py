"""Runs of several processes: the same result as of one, bit for bit, and no process is lost in silence."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gdcli.descent.starts.group import ALONE, join, own_device, part, rank_of
from gdcli.errors import UsageError
from tests.cli.running import clean_environ, gdcli

RASTRIGIN = "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"
SQUARE = ("--range", "x=-5:5,y=-5:5")
SEARCH = ("minimize", RASTRIGIN, "--starts", "301", *SQUARE, "--minima", "2")
STEPS = (*SEARCH, "--method", "adam", "--lr", "0.01", "--steps", "700")
LIMIT = 120


@contextmanager
def ranks(*argv: str, size: int = 2) -> Iterator[list[subprocess.Popen[str]]]:
    """The processes of a run, started as torchrun starts them, but without it to end the others when one dies."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    common = {
        "WORLD_SIZE": str(size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "OMP_NUM_THREADS": "1",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "gdcli", *argv],
            env=clean_environ() | common | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]
    try:
        yield processes
    finally:
        for each in processes:
            each.kill()
            each.communicate(timeout=LIMIT)


@pytest.mark.parametrize("argv", [SEARCH, STEPS], ids=["search", "steps"])
def test_two_processes_find_what_one_finds(argv: tuple[str, ...]) -> None:
    with ranks(*argv, "--format", "json") as processes:
        outputs = [each.communicate(timeout=LIMIT) for each in processes]
    assert [each.returncode for each in processes] == [0, 0], outputs
    assert outputs[1] == ("", "")
    shared, alone = json.loads(outputs[0][0]), gdcli(*argv, "--format", "json").json
    assert shared | {"seconds": 0} == alone | {"seconds": 0}


@pytest.mark.parametrize("victim", [0, 1])
def test_a_dead_process_ends_the_run(victim: int) -> None:
    argv = ("--lr", "1e-9", "--steps", "1000000000", "--tol", "0", "--compile", "off", "--format", "csv")
    with ranks("minimize", RASTRIGIN, "--starts", "50", "--engine", "native", *argv) as processes:
        assert processes[0].stdout is not None
        while not processes[0].stdout.readline().startswith("100,"):
            assert processes[0].poll() is None
        processes[victim].send_signal(signal.SIGKILL)
        began = time.monotonic()
        _, message = processes[1 - victim].communicate(timeout=LIMIT)
        assert time.monotonic() - began < LIMIT / 2
    assert processes[1 - victim].returncode == 6
    assert "error: another of the 2 processes has ended" in message


def test_a_process_that_does_not_answer_is_given_up() -> None:
    argv = ("--lr", "1e-9", "--steps", "1000000000", "--tol", "0", "--compile", "off", "--format", "csv")
    more = ("--rank-timeout", "2")
    with ranks("minimize", RASTRIGIN, "--starts", "50", "--engine", "native", *argv, *more) as processes:
        assert processes[0].stdout is not None
        while not processes[0].stdout.readline().startswith("100,"):
            assert processes[0].poll() is None
        processes[1].send_signal(signal.SIGSTOP)
        _, message = processes[0].communicate(timeout=LIMIT)
    assert processes[0].returncode == 6
    assert "has not answered for 2 s" in message


@pytest.mark.parametrize(
    ("argv", "environ", "message"),
    [
        (("x**2",), {"RANK": "0", "WORLD_SIZE": "2"}, "torchrun shares out many starts"),
        (("--starts", "9"), {"RANK": "0", "WORLD_SIZE": "2"}, "EXPRESSION has to be on the command line"),
        (
            ("x**2", "--starts", "9"),
            {"RANK": "2", "WORLD_SIZE": "2"},
            "RANK=2 and WORLD_SIZE=2 make no sense",
        ),
        (
            ("x**2", "--starts", "9"),
            {"RANK": "a", "WORLD_SIZE": "2"},
            "RANK=a and WORLD_SIZE=2 make no sense",
        ),
    ],
)
def test_what_several_processes_cannot_do(
    argv: tuple[str, ...], environ: dict[str, str], message: str
) -> None:
    ran = gdcli("minimize", *argv, environ=environ, stdin="")
    assert ran.status == 2
    assert message in ran.err


def test_alone() -> None:
    assert join({}, "cpu") is ALONE
    assert join({"RANK": "0", "WORLD_SIZE": "1"}, "cpu") is ALONE
    assert ALONE.gather(3) == [3]
    assert list(part(ALONE, 5)) == [0, 1, 2, 3, 4]
    assert gdcli("minimize", "x**2", environ={"RANK": "0", "WORLD_SIZE": "1"}).status == 0
    with pytest.raises(UsageError):
        rank_of({"RANK": "-1", "WORLD_SIZE": "2"})


def test_each_process_has_a_gpu_of_its_own() -> None:
    environ = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}
    assert own_device("cuda", environ) == "cuda:1"
    assert own_device("cuda:0", environ) == "cuda:0"
    assert own_device("cpu", environ) == "cpu"
    assert own_device("cuda", {name: text for name, text in os.environ.items() if name != "RANK"}) == "cuda"
