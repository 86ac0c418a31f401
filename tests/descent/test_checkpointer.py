"""The writing of checkpoints, of which there is always a whole one, whatever happens."""

import json
import math
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from gdcli.descent.checkpoint import Checkpointer, read
from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.errors import ExitStatus, FileError
from gdcli.records import Step
from gdcli.reporting.trace import open_trace
from tests.descent.interrupting import NATIVE, interrupted, resumed, timeless


@pytest.fixture
def path(tmp_path):
    method = create("gd", 1e-3)
    interrupted(tmp_path / "run", NATIVE, method, 7, steps=30, every=1)
    return tmp_path / "run"


def test_checkpoints_come_every_so_often_and_at_the_end(tmp_path):
    path = tmp_path / "run"
    problem = NATIVE
    for seconds, at_the_end in [(0.0, 40), (math.inf, 0)]:
        steps = []
        rules = Criteria(steps=50, every=10, checkpointer=Checkpointer(path, seconds))
        for record in minimize(problem, create("gd", 1e-3), rules):
            if isinstance(record, Step) and record.step:
                # What is shown is shown before it is written down, so that a trace is never behind.
                steps.append(json.loads(path.read_text())["state"]["walk"]["step"])
                assert steps[-1] < record.step
        assert steps[-1] == pytest.approx(at_the_end, abs=9)
        assert json.loads(path.read_text())["state"]["walk"]["step"] == 50
    assert [each.name for each in tmp_path.iterdir()] == ["run"]


def test_a_file_that_is_something_else_is_not_overwritten(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(FileError, match=r"data\.csv.* is no checkpoint"):
        Checkpointer(path)
    with pytest.raises(FileError, match="is no checkpoint"):
        Checkpointer(tmp_path)
    with pytest.raises(FileError, match="is no checkpoint"):
        Checkpointer(os.devnull)
    assert path.read_text() == "x,y\n1,2\n"
    path.write_text("")
    Checkpointer(path)


def test_a_file_that_cannot_be_written_is_named_at_once(tmp_path):
    with pytest.raises(FileError, match=r"no-folder/run.*no such folder") as caught:
        Checkpointer(tmp_path / "no-folder" / "run")
    assert caught.value.exit_status == ExitStatus.FILE
    (tmp_path / "folder").mkdir()
    rules = Criteria(checkpointer=Checkpointer(tmp_path / "folder" / "run"))
    (tmp_path / "folder").rmdir()
    records = minimize(NATIVE, create("gd", 1e-3), rules)
    with pytest.raises(FileError, match=r"cannot write the checkpoint .*folder/run.*No such file"):
        for record in records:
            assert not isinstance(record, Step) or record.step == 0


@pytest.mark.skipif(os.name != "posix", reason="no permissions")
def test_a_file_keeps_its_permissions(path):
    path.chmod(0o600)
    kept = read(path)
    list(
        minimize(kept.problem(), kept.plan.method, kept.plan.criteria(checkpointer=Checkpointer(path)), kept)
    )
    assert read(path).step == 30
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(path, monkeypatch):
    before = path.read_text()

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    kept = read(path)
    rules = kept.plan.criteria(checkpointer=Checkpointer(path))
    with pytest.raises(FileError, match="No space left"):
        list(minimize(kept.problem(), kept.plan.method, rules, kept))
    assert path.read_text() == before
    assert [each.name for each in path.parent.iterdir()] == ["run"]


@pytest.mark.skipif(os.name != "posix", reason="no links")
def test_a_link_stays_one(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "run")
    interrupted(link, NATIVE, create("gd", 1e-3), 2, steps=9, every=1)
    assert link.is_symlink()
    assert [each.name for each in (tmp_path / "folder").iterdir()] == ["run"]
    assert resumed(link)[-1].steps == 9


PROGRAM = """
import sys, time
from gdcli.descent.checkpoint import Checkpointer, read
from gdcli.descent.loop import minimize
from gdcli.descent.methods import create
from gdcli.records import Step
from gdcli.reporting.trace import open_trace
path, trace, pause = sys.argv[1:]
kept = read(path)
criteria = kept.plan.criteria(checkpointer=Checkpointer(path, 0.02))
with open_trace(trace, after=kept.step) as rows:
    for record in minimize(kept.problem(), kept.plan.method, criteria, kept):
        rows.write(record)
        time.sleep(float(pause))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL")
@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_a_process_that_is_killed_leaves_what_is_needed_to_go_on(tmp_path, ending):
    path, trace, other = tmp_path / "run", tmp_path / f"rows{ending}", tmp_path / f"whole{ending}"
    problem, method = NATIVE, create("adam", 1e-3, {}, "plateau")
    criteria = {"steps": 200_000, "tol": 0.0, "every": 100}
    with open_trace(other) as rows:
        for record in minimize(problem, method, Criteria(**criteria)):
            rows.write(record)
            whole = record
    with open_trace(trace) as rows:
        for record in interrupted(path, problem, method, 100, **criteria):
            rows.write(record)
    generator = random.Random(5)
    reached = [read(path).step]
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(trace), "0.005"]) as process:
            deadline = time.monotonic() + 60
            while read(path).step == reached[-1] and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(generator.uniform(0.0, 0.1))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        reached.append(read(path).step)
        lines = trace.read_text().splitlines(keepends=True)
        assert [line for line in lines[:-1] if not line.endswith("\n")] == []
        # No row is missing, and those up to the checkpoint are all there.
        whole_lines = other.read_text().splitlines(keepends=True)
        assert "".join(lines) == "".join(whole_lines)[: len("".join(lines))]
        assert len(lines) >= reached[-1] // 100
    assert reached == sorted(set(reached))
    assert reached[-1] < 200_000
    subprocess.run([sys.executable, "-c", PROGRAM, str(path), str(trace), "0"], check=True)
    assert trace.read_bytes() == other.read_bytes()
    assert timeless(resumed(path)[-1:]) == timeless([whole])
    assert {each.name for each in tmp_path.iterdir()} <= {"run", ".run.gdcli", trace.name, other.name}


def test_only_who_asks_for_checkpoints_pays_for_them():
    code = (
        "import sys; from gdcli.descent import loop; print('json' in sys.modules, 'hashlib' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert found.split() == ["False", "False"]
