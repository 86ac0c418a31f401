"""``--checkpoint`` and ``--resume``."""

from __future__ import annotations

import csv
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import gdcli
from tests.cli.test_interruption import running

ROSENBROCK = ["minimize", "(x-1)**2 + 100*(y-x**2)**2 + c*x", "--start", "x=-1,y=1", "--fix", "c=0"]
RUN = [*ROSENBROCK, "--lr", "1e-3", "--steps", "3000", "--tol", "0"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "run.checkpoint")


@pytest.fixture
def begun(file: str) -> str:
    """A checkpoint at a step in the middle of the run."""
    ran = gdcli(*RUN, "--checkpoint", file, "--time-limit", "1e-6", "--format", "json")
    assert (ran.status, ran.json["status"]) == (0, "time_limit")
    assert ran.json["steps"] < 3000
    assert f"hint: go on with --resume {file}\n" in ran.err
    return file


def result(*argv: str) -> dict[str, Any]:
    ran = gdcli(*argv, "--format", "json")
    assert ran.status == 0, ran.err
    return {name: value for name, value in ran.json.items() if name != "seconds"}


def test_a_run_that_goes_on_ends_where_it_would_have_ended(begun: str) -> None:
    assert result("minimize", "--resume", begun) == result(*RUN)


def test_what_is_given_again_may_be_the_same(begun: str) -> None:
    assert result(*RUN, "--resume", begun, "--method", "auto", "--seed", "0") == result(*RUN)
    assert result(*RUN, "--resume", begun, "--checkpoint", begun) == result(*RUN)
    # The file now holds the end.
    assert result("minimize", "--resume", begun) == result(*RUN)


def test_steps_may_be_given_anew(begun: str) -> None:
    assert result("minimize", "--resume", begun, "--steps", "10000")["steps"] == 10000
    ran = gdcli("minimize", "--resume", begun, "--tol", "0.5", "--every", "100", "--format", "csv")
    assert ran.status == 0
    assert "0.5" not in ran.err


def test_an_environment_variable_has_no_say(begun: str) -> None:
    environ = {"GDCLI_METHOD": "adam", "GDCLI_STEPS": "7", "GDCLI_SEED": "3", "GDCLI_FORMAT": "json"}
    assert gdcli("minimize", "--resume", begun, environ=environ).json["steps"] == 3000


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["minimize", "x**2"],
            "of a run with another expression: (x-1)**2 + 100*(y-x**2)**2 + c*x, not x**2",
        ),
        (["maximize"], "of a run with another command: minimize, not maximize"),
        (["minimize", "--method", "adam"], "of a run with another method: auto, not adam"),
        (["minimize", "--lr", "0.1"], "of a run with another lr: 0.001, not 0.1"),
        (["minimize", "--start", "y=2"], "of a run with another start of y: 1, not 2"),
        (["minimize", "--fix", "c=1"], "of a run with another fixed of c: 0, not 1"),
        (["minimize", "--bounds", "x=0:1"], "of a run with another bounds of x: none, not 0:1"),
        (["minimize", "--seed", "5"], "of a run with another seed: 0, not 5"),
        (["minimize", "--dtype", "float32"], "of a run with another dtype: float64, not float32"),
        (["minimize", "--set", "beta=1"], "auto has no parameter beta"),
        (["minimize", "--start", "z=2"], "the expression has no variable z"),
        (["minimize", "-"], "--resume goes on with the expression of its file"),
    ],
)
def test_what_says_something_else_is_refused(begun: str, argv: list[str], message: str) -> None:
    before = Path(begun).read_bytes()
    ran = gdcli(*argv, "--resume", begun, "--format", "json")
    assert ran.status == 2
    assert message in ran.json["error"]["message"]
    assert Path(begun).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no checkpoint"),
        (b"x,y\n1,2\n", "is no checkpoint"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_is_no_checkpoint(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "other"
    if content is not None:
        path.write_bytes(content)
    ran = gdcli("minimize", "--resume", str(path), "--format", "json")
    assert ran.status == 7
    assert message in ran.json["error"]["message"]
    assert str(path) in ran.json["error"]["message"]


def test_a_checkpoint_that_was_cut_off(begun: str) -> None:
    content = Path(begun).read_bytes()
    Path(begun).write_bytes(content[: len(content) // 2])
    ran = gdcli("minimize", "--resume", begun)
    assert (ran.status, ran.out) == (7, "")
    assert begun in ran.err


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("important")
    ran = gdcli("minimize", "x**2", "--checkpoint", str(path))
    assert ran.status == 7
    assert path.read_text() == "important"


def test_a_checkpoint_is_of_one_run(file: str) -> None:
    ran = gdcli("minimize", "--checkpoint", file, stdin="x**2\n")
    assert ran.status == 2
    assert "--checkpoint is for one run, and needs an EXPRESSION" in ran.err


def test_the_trace_goes_on_too(begun: str, tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    argv = [*RUN, "--trace", str(path), "--checkpoint", begun, "--every", "100"]
    gdcli(*argv, "--time-limit", "1e-6")
    gdcli("minimize", "--resume", begun, "--trace", str(path))
    parts = path.read_text()
    gdcli(*argv)
    rows = {row["step"]: row for row in csv.DictReader(parts.splitlines())}
    whole = {row["step"]: row for row in csv.DictReader(path.read_text().splitlines())}
    assert whole.items() <= rows.items()
    assert list(rows) == sorted(rows, key=int)


ENDLESS = [*ROSENBROCK, "--lr", "1e-9", "--steps", "1000000000000", "--tol", "0", "--format", "jsonl"]


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_written_down(file: str, number: signal.Signals) -> None:
    with running(*ENDLESS, "--checkpoint", file) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"hint: go on with --resume {file}\n" in err
    finished = json.loads(out.splitlines()[-1])
    ran = gdcli("minimize", "--resume", file, "--steps", str(finished["steps"] + 10), "--format", "json")
    assert ran.json["steps"] == finished["steps"] + 10
    straight = gdcli(*ENDLESS, "--steps", str(finished["steps"] + 10)).objects[-1]
    assert ran.json["x"] == straight["x"]


@POSIX
def test_a_run_that_is_killed_leaves_both_files_readable(file: str, tmp_path: Path) -> None:
    trace = tmp_path / "steps.jsonl"
    with running(*ENDLESS, "--every", "1", "--checkpoint", file, "--trace", str(trace)) as process:
        assert process.stdout is not None
        for _ in range(200):
            process.stdout.readline()
        process.kill()
        process.communicate(timeout=30)
    *whole, _ = trace.read_text().split("\n")
    assert [json.loads(row)["step"] for row in whole] == list(range(len(whole)))
    assert len(whole) >= 199
    ran = gdcli("minimize", "--resume", file, "--steps", "100", "--format", "jsonl")
    assert ran.status == 0
    assert ran.objects[-1]["steps"] >= 100
