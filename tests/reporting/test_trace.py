"""``--trace``: files that can be read at any moment."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdcli.errors import ExitStatus, FileError, UsageError
from gdcli.records import Step
from gdcli.reporting.trace import ENDINGS, open_trace
from tests.reporting.samples import RUN, STEPS


def read(path: Path) -> list[tuple[int, float, float, float, float]]:
    text = path.read_text()
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        objects = [json.loads(line) for line in text.splitlines()]
        assert {row["event"] for row in objects} == {"step"}
        return [(row["step"], row["value"], row["gradient_norm"], *row["x"].values()) for row in objects]
    delimiter = "\t" if path.suffix == ".tsv" else ","
    header, *rows = csv.reader(text.splitlines(), delimiter=delimiter)
    assert header == ["step", "value", "gradient_norm", "x", "y"]
    return [(int(row[0]), *map(float, row[1:])) for row in rows]


@pytest.mark.parametrize("ending", [*ENDINGS, ".CSV"])
def test_every_step_is_readable_at_once(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"run{ending}"
    with open_trace(path) as trace:
        written = 0
        for record in RUN:
            trace.write(record)
            written += record in STEPS
            if written:
                assert len(read(path)) == written
    assert read(path) == [(s.step, s.value, s.gradient_norm, *s.x.values()) for s in STEPS]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL")
@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_rows_outlive_the_process(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"run{ending}"
    code = f"""
import os, signal
from gdcli.records import Step
from gdcli.reporting.trace import open_trace
trace = open_trace({str(path)!r})
for k in range(3):
    trace.write(Step(k, 1.0, 2.0, {{"x": 3.0, "y": 4.0}}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert [row[0] for row in read(path)] == [0, 1, 2]


@pytest.mark.parametrize("name", ["run", "run.txt", "run.csv.gz", ".csv"])
def test_other_endings_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        open_trace(tmp_path / name)
    assert all(ending in caught.value.hint for ending in ENDINGS)
    assert not (tmp_path / name).exists()


def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no-folder.*No such file") as caught:
        open_trace(tmp_path / "no-folder" / "run.csv")
    assert caught.value.exit_status == ExitStatus.FILE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.symlink_to("/dev/full")
    trace = open_trace(path)
    with pytest.raises(FileError, match="No space left"):
        trace.write(STEPS[0])
    with pytest.raises(FileError, match="No space left"):
        trace.close()
    with pytest.raises(ZeroDivisionError), open_trace(path) as trace:
        with pytest.raises(FileError):
            trace.write(STEPS[0])
        raise ZeroDivisionError


def test_another_run_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    for _ in range(2):
        with open_trace(str(path)) as trace:
            trace.write(STEPS[0])
    assert len(read(path)) == 1


WHERE_CUT = [(None, []), (-1, []), (0, [0]), (1, [0, 1]), (6, [0, 1, 2]), (10**9, [0, 1, 2])]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("unfinished", ["", "3,1.0", '{"event":"st'])
@pytest.mark.parametrize(("after", "kept"), WHERE_CUT)
def test_a_run_that_goes_on_follows_what_is_kept(
    tmp_path: Path, ending: str, unfinished: str, after: int | None, kept: list[int]
) -> None:
    path = tmp_path / f"run{ending}"
    rows = [Step(k, 1.0, 2.0, {"x": 3.0, "y": 4.0}) for k in range(5)]
    with open_trace(path) as trace:
        for row in rows[:3]:
            trace.write(row)
    with path.open("a") as stream:
        stream.write(unfinished)
    with open_trace(path, after) as trace:
        trace.write(rows[3])
        trace.write(rows[4])
    assert [row[0] for row in read(path)] == [*kept, 3, 4]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [None, "", "st"])
def test_a_run_that_goes_on_begins_a_file_where_there_is_none(
    tmp_path: Path, ending: str, content: str | None
) -> None:
    path = tmp_path / f"run{ending}"
    if content is not None:
        path.write_text(content)
    with open_trace(path, 7) as trace:
        trace.write(STEPS[0])
    assert len(read(path)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "x,y\n1,2\n"), ("a.csv", "step,value\nnone,1\n"), ("a.jsonl", "[1]\n"), ("a.jsonl", "no\n")],
)
def test_a_file_that_is_no_trace_is_kept(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(FileError, match=name):
        open_trace(path, 7)
    assert path.read_text() == content
