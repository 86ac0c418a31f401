"""The benchmarks run, and tell what they measured. How long anything took is not tested."""

from __future__ import annotations

import json
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from tests.benchmarks.baselines import searching_by_hand
from tests.benchmarks.measure import Benchmark, BenchmarkError, Call, Process, compare
from tests.benchmarks.one_call import BASELINES
from tests.benchmarks.one_descent import STARTS
from tests.benchmarks.rows import SECTIONS
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


def test_where_both_make_steps_the_ratio_is_that_of_a_step() -> None:
    def wait(steps: int) -> int:
        time.sleep(0.01)
        return steps

    seen = compare(Benchmark("a", "b", Call(lambda: wait(1000)), Call(lambda: wait(1))), 3, 60)
    assert seen.benchmark.steps == (1000, 1)
    assert max(seen.ratios) < 0.1


def test_a_process_may_have_a_cache_of_its_own_and_other_arguments_each_time(tmp_path: Path) -> None:
    found = tmp_path / "found"
    code = f"import os, sys; open({str(found)!r}, 'a').write(os.environ['GDCLI_CACHE_DIR'] + ' ' + sys.argv[1] + '\\n')"
    for cache in ("fresh", "kept"):
        process = Process((sys.executable, "-c", code, "n=#"), cache=cache, numbers=count(1))
        process()
        process()
    (one, first), (two, second), (three, _), (four, _) = (
        line.split() for line in found.read_text().splitlines()
    )
    assert len({one, two, three, four}) == 3
    assert three == four
    assert (first, second) == ("n=1", "n=2")


@pytest.mark.parametrize("method", ["lbfgs", "cg", "newton", "spectral"])
def test_the_baselines_by_hand_find_the_minimum(method: str) -> None:
    assert all(1 < getattr(searching_by_hand, method)(x, y) < 500 for x, y in STARTS[:20])


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
    monkeypatch.setattr("tests.benchmarks.run.SECTIONS", {"some": (broken,)})
    assert main([]) == 1
    assert "failed" in capsys.readouterr().out
    assert main(["--markdown"]) == 1
    assert "| broken | failed | nothing |" in capsys.readouterr().out


def test_what_the_rows_run_is_there() -> None:
    for row in (row for rows in SECTIONS.values() for row in rows):
        for side in (row.run, row.baseline):
            if isinstance(side, Process):
                assert Path(side.command[0]).exists()
    assert (BASELINES / "torch_gd_1.py").exists()
