"""The benchmarks run, and tell what they measured. How long anything took is not tested."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks.measure import Benchmark, BenchmarkError, Call, Process, compare
from tests.benchmarks.rows import BASELINES, BENCHMARKS
from tests.benchmarks.run import main


def test_a_benchmark_and_its_baseline_take_turns() -> None:
    calls: list[str] = []
    seen = compare(
        Benchmark("a", "b", Call(lambda: calls.append("a")), Call(lambda: calls.append("b")), at_most=2),
        3,
        60,
    )
    assert calls == list("abababab")
    assert len(seen.run) == len(seen.baseline) == len(seen.ratios) == 3
    assert min(seen.ratios) > 0


def test_no_round_begins_after_the_time_is_over() -> None:
    calls: list[str] = []
    seen = compare(Benchmark("a", "b", Call(lambda: calls.append("a")), Call(lambda: None)), 1000, 0)
    assert len(seen.run) == 1
    assert len(calls) == 2


@pytest.mark.parametrize(("at_most", "met"), [(0.5, False), (2.0, True), (None, None)])
def test_whether_the_ratio_is_as_wanted(at_most: float | None, met: bool | None) -> None:
    assert compare(Benchmark("a", "b", lambda: 1.0, lambda: 1.0, at_most=at_most), 2, 60).met is met


def test_a_process_that_fails_is_named_with_its_last_line() -> None:
    with pytest.raises(BenchmarkError, match=r"exit code 3: second"):
        Process((sys.executable, "-c", "import sys; sys.stderr.write('first\\nsecond\\n'); sys.exit(3)"))()


def test_a_row_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "found.json"
    assert main(["--only=--version", "--rounds", "1", "--json", str(file)]) == 0
    assert "gdcli --version" in capsys.readouterr().out
    (row,) = json.loads(file.read_text())["benchmarks"]
    assert row["name"] == "gdcli --version"
    assert row["ratio"] == row["seconds"][0] / row["baseline_seconds"][0]


def test_a_failure_is_a_row_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Benchmark(
        "broken", "nothing", Process((sys.executable, "-c", "raise SystemExit(1)")), lambda: 1.0
    )
    monkeypatch.setattr("tests.benchmarks.run.BENCHMARKS", (broken,))
    assert main([]) == 1
    assert "failed" in capsys.readouterr().out


def test_what_the_rows_run_is_there() -> None:
    for row in BENCHMARKS:
        for side in (row.run, row.baseline):
            if isinstance(side, Process):
                assert Path(side.command[0]).exists()
    assert (BASELINES / "torch_gd_1.py").exists()
