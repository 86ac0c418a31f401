"""Reading traces: what was written comes back, and what is damaged is refused with its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gdcli.errors import FileError, UsageError
from gdcli.records import Step
from gdcli.reporting import traces
from gdcli.reporting.trace import ENDINGS, open_trace
from gdcli.reporting.traces import read_trace
from tests.cli.running import gdcli

STEPS = [
    Step(0, 0.1, 1 / 3, {"x": 1e-300, "value": -0.0}),
    Step(5, math.inf, math.nan, {"x": 2.0, "value": 1.7e308}),
    Step(7, -3.5, 2.0, {"x": 3.0, "value": 4.0}),
]


def same(one: float, other: float) -> bool:
    return one == other or (not math.isfinite(one) and not math.isfinite(other))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_written_comes_back(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{ending}"
    with open_trace(path) as trace:
        for step in STEPS:
            trace.write(step)
    (course,) = read_trace(str(path))
    assert course.label == f"run{ending}"
    # In a table a variable called `value` gives way.
    assert course.names in (("x", "value"), ("x", "value_"))
    for row, step in zip(course.rows, STEPS, strict=True):
        assert row.step == step.step
        numbers = zip(
            (row.value, row.gradient_norm, *row.x),
            (step.value, step.gradient_norm, *step.x.values()),
            strict=True,
        )
        assert all(same(*pair) for pair in numbers)


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl"])
def test_what_is_printed_is_read_as_well(format: str, tmp_path: Path) -> None:
    ran = gdcli(
        "minimize", "x**2+cos(3*x)", "--start", "x=3", "--starts", "20", "--minima", "2", "--format", format
    )
    assert ran.status == 0
    path = tmp_path / f"printed.{format}"
    path.write_text(ran.out)
    (course,) = read_trace(str(path))
    assert course.names == ("x",)
    assert course.rows[0].step == 0


def test_several_runs_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    gdcli("minimize", "--trace", str(path), "--lr", "0.1", stdin="x**2\n(x-1)**2\ny**2\n")
    courses = read_trace(str(path))
    assert [course.label for course in courses] == ["two.csv (1)", "two.csv (2)", "two.csv (3)"]
    assert [course.names for course in courses] == [("x",), ("x",), ("y",)]
    assert all(course.rows[0].step == 0 for course in courses)


def test_too_many_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "MOST_RUNS", 2)
    path = tmp_path / "many.csv"
    path.write_text("step,value,gradient_norm,x\n" + "0,1,1,1\n" * 3)
    with pytest.raises(FileError, match="more than 2 runs"):
        read_trace(str(path))


def test_a_line_that_was_not_finished_is_left_out(tmp_path: Path) -> None:
    for name, text in {
        "a.csv": "step,value,gradient_norm,x\n0,1,2,3\n1,0.5,1.",
        "a.jsonl": '{"event":"step","step":0,"value":1,"gradient_norm":2,"x":{"x":3}}\n{"event":"step","st',
    }.items():
        (tmp_path / name).write_text(text)
        (course,) = read_trace(str(tmp_path / name))
        assert [row.step for row in course.rows] == [0]


GOOD = '{"event":"step","step":0,"value":1,"gradient_norm":2,"x":{"x":3}}\n'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "has no steps"),
        ("a.csv", "step,value,gradient_norm,x\n", "has no steps"),
        ("a.csv", "x,y\n1,2\n", "line 1: the header does not begin with step,value,gradient_norm"),
        ("a.csv", "step,value,gradient_norm\n0,1,2\n", "line 1: the header names no variable"),
        ("a.csv", "step,value,gradient_norm,x\n0,1,2,3\n1,1,2\n", "line 3: expected 4 values"),
        (
            "a.csv",
            "step,value,gradient_norm,x\n0,1,2,3\n1,one,2,3\n",
            "line 3: the value 'one' is not a number",
        ),
        ("a.csv", "step,value,gradient_norm,x\n0.5,1,2,3\n", "line 2: the step 0.5 is not a whole number"),
        ("a.csv", "step,value,gradient_norm,x\nnan,1,2,3\n", "line 2: the step nan"),
        ("a.csv", 'step,value,gradient_norm,x\n0,"1,2,3\n', "line 2: "),
        ("a.tsv", "step,value,gradient_norm,x\n0,1,2,3\n", "line 1: the header does not begin"),
        ("a.jsonl", GOOD + "{]\n", "line 2: this is not JSON"),
        ("a.jsonl", GOOD + "[]\n", "line 2: this is no object"),
        ("a.jsonl", '{"event":"step","step":0}\n', 'line 1: the object has no "value"'),
        ("a.jsonl", GOOD.replace('"event":"step",', ""), 'line 1: the object has no "event"'),
        ("a.jsonl", GOOD.replace('{"x":3}', "[3]"), 'line 1: "x" is no object'),
        ("a.jsonl", GOOD.replace('{"x":3}', "{}"), 'line 1: "x" is no object'),
        ("a.jsonl", GOOD.replace('"value":1', '"value":"1"'), "line 1: a value is not a number"),
        ("a.jsonl", GOOD.replace('"value":1', '"value":' + "9" * 400), "line 1: a value is not a number"),
        ("a.jsonl", GOOD.replace('"step":0', '"step":-1'), "line 1: the step -1"),
        ("a.jsonl", "[" * 100_000 + "\n", "line 1: this is not JSON"),
        ("a.jsonl", '{"event":"finished"}\n', "has no steps"),
    ],
)
def test_damaged_files(name: str, text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(FileError) as raised:
        read_trace(str(path))
    assert str(path) in raised.value.message
    assert message in raised.value.message
    assert len(raised.value.text) <= 200


def test_other_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no format"):
        read_trace("run.txt")
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_trace(str(tmp_path / "none.csv"))
    with pytest.raises(FileError, match="cannot be read"):
        (tmp_path / "folder.csv").mkdir()
        read_trace(str(tmp_path / "folder.csv"))
    (tmp_path / "b.csv").write_bytes(b"step,value\xff\n")
    with pytest.raises(FileError, match="is not UTF-8: byte 0xff"):
        read_trace(str(tmp_path / "b.csv"))
