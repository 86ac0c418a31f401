"""Compiled steps: whether they are worth it, where the times are kept, and that they are the same steps."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from gdcli.descent.starts import compile_times, compiling
from gdcli.descent.starts.compile_times import Times
from gdcli.descent.starts.group import ALONE
from gdcli.engines.columns_captured import Captured
from gdcli.engines.columns_compiled import Compiled
from gdcli.errors import UnavailableError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from tests.descent.starts.test_side_by_side import ALL_SORTS, ROSENBROCK, descents, go, points

COMPILER = pytest.mark.skipif(
    not any(map(shutil.which, ("g++", "clang++", "c++"))), reason="there is no C++ compiler here"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GDCLI_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))
    return tmp_path


def runner_of(
    run: Any, mode: str, notes: list[str], starts: int = 10**6, steps: int = 10**6, **more: Any
) -> Any:
    limit, kept = more.get("limit"), Path(os.environ["GDCLI_CACHE_DIR"])
    return compiling.runner(
        run.fast_program, run.store, mode, starts, steps, limit, notes.append, ALONE, kept
    )


@COMPILER
@pytest.mark.parametrize(("method", "dtype"), [("adam", "float64")])
def test_compiled_steps_are_the_same(cache: Path, method: str, dtype: str) -> None:
    notes: list[str] = []
    starts = points(2000)
    run = descents(ROSENBROCK, method, 1e-2, "torch", dtype)
    run.runner = runner_of(run, "auto", notes)
    assert len(notes) == 1 and notes[0].startswith("compiling ")
    assert 100 % run.runner.steps == 0
    compiled = go(run, starts, [100, 103], 1e-2)
    known = list(compile_times.read(cache).values())
    assert len(known) == 1 and known[0].first > 0.1
    eager = go(descents(ROSENBROCK, method, 1e-2, "torch", dtype), starts, [100, 103], 1e-2)
    assert [each[0] for each in compiled] == [each[0] for each in eager]
    for one, other in zip(compiled, eager, strict=True):
        assert one[1:4] == pytest.approx(other[1:4], abs=1e-9)
        # A slope seen before the last of the steps may be above the tolerance where the next is not.
        assert one[5] == other[5] or abs(one[4] - other[4]) == 103
    assert run.runner._advance.checked, "torch checks the arguments at every call"
    part = descents(ROSENBROCK, method, 1e-2, "torch", dtype)
    part.runner = run.runner
    assert go(part, starts[700:], [100, 103], 1e-2, first=700) == compiled[700:]


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda:0", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("method", ["gd", "adam"])
def test_captured_steps_are_the_same(device: str, method: str) -> None:
    if device != "cpu" and not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    starts = points(500)
    run = descents(ALL_SORTS, method, 1e-2, "torch", device=device)
    run.runner = Captured(run.fast_program, run.store, 50)  # type: ignore[arg-type]
    captured = go(run, starts, [100, 50, 60], 1e-2)
    walked = go(descents(ALL_SORTS, method, 1e-2, "torch"), starts, [100, 50, 60], 1e-2)
    for one, other in zip(captured, walked, strict=True):
        assert one[1:4] == pytest.approx(other[1:4], abs=1e-9)


def test_little_work_is_not_worth_it(cache: Path) -> None:
    notes: list[str] = []
    run = descents(ROSENBROCK, "gd", 1e-3, "torch")
    assert runner_of(run, "auto", notes, starts=1000, steps=1000) is None
    assert runner_of(run, "auto", notes, limit=1.0) is None
    assert runner_of(run, "off", notes) is None
    assert not notes


def test_a_time_limit_leaves_time_for_more_steps(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the steps would take longer than there is, compiled as well: what counts is how far they get."""
    run = descents(ROSENBROCK, "gd", 1e-3, "torch")
    made: list[str] = []
    monkeypatch.setattr(compiling, "_compile", lambda *args: made.append("made"))
    runner_of(run, "auto", [], limit=60.0)
    assert made
    assert runner_of(run, "auto", [], limit=2.0) is None


def test_what_was_measured_decides(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = descents(ROSENBROCK, "gd", 1e-3, "torch")
    made: list[str] = []
    monkeypatch.setattr(compiling, "_compile", lambda *args: made.append("made"))
    key = compiling._key(run.fast_program, run.store, compiling.unrolled_steps(run.fast_program))
    notes: list[str] = []
    compile_times.remember(cache, key, 1e4)
    compile_times.remember(cache, key, 1e4)
    assert runner_of(run, "auto", notes, 10**5, 10**5) is None
    assert not made and not notes
    (cache / "gdcli-compile-times.json").write_text(json.dumps({key: [1e4, 0.5]}))
    runner_of(run, "auto", notes, 10**5, 10**5)
    assert made and "against 0 s to compile" in notes[0]


def test_without_a_compiler(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_has_compiler", lambda store: False)
    notes: list[str] = []
    run = descents(ROSENBROCK, "gd", 1e-3, "torch")
    assert runner_of(run, "auto", notes) is None
    assert len(notes) == 1 and notes[0].startswith("not compiling the steps: there is no C++ compiler")
    with pytest.raises(UnavailableError, match="no C"):
        runner_of(run, "on", notes)


def test_what_torch_cannot_compile_is_made_step_by_step(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("no such thing\nwith a long story")

    monkeypatch.setattr(Compiled, "__init__", fail)
    notes: list[str] = []
    run = descents(ALL_SORTS, "gd", 1e-3, "torch")
    assert runner_of(run, "auto", notes) is None
    assert notes[-1] == "not compiling the steps: no such thing"


def test_torch_is_loaded_where_it_pays() -> None:
    graph = lower(parse(ROSENBROCK))
    assert not compiling.wants_torch(graph, 1000, 10_000, "auto")
    assert not compiling.wants_torch(graph, 100_000, 1000, "auto")
    assert compiling.wants_torch(graph, 100_000, 10**6, "auto")
    assert compiling.wants_torch(graph, 1, 1, "on")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"a": 1}',
        '{"a": [1]}',
        '{"a": [1, "2"]}',
        '{"a": [-1, 2]}',
        '{"a": [NaN, 1]}',
        "[" * 9999,
    ],
)
def test_a_damaged_file_of_times_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "gdcli-compile-times.json").write_text(text)
    assert compile_times.read(tmp_path) == {}
    compile_times.remember(tmp_path, "b", 3.0)
    assert compile_times.read(tmp_path) == {"b": Times(3.0, None)}


def test_times_are_remembered_and_bounded(tmp_path: Path) -> None:
    for seconds in (9.0, 1.0, 2.0):
        compile_times.remember(tmp_path, "a", seconds)
    assert compile_times.read(tmp_path) == {"a": Times(9.0, 2.0)}
    for number in range(300):
        compile_times.remember(tmp_path, str(number), 1.0)
    assert len(compile_times.read(tmp_path)) == 200
    assert [path.name for path in tmp_path.iterdir()] == ["gdcli-compile-times.json"]
    compile_times.remember(tmp_path / "gdcli-compile-times.json", "a", 1.0)  # no directory, and no error
    compile_times.remember(None, "a", 1.0)
    assert compile_times.read(None) == {}
