"""Each exit code of the contract, and what goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gdcli.check
from gdcli.cli.commands import evaluate
from gdcli.records import Checked
from tests.cli.running import gdcli as run


def test_0_done() -> None:
    assert run("minimize", "x**2", "--start", "x=1").status == 0
    assert run("minimize", "x**2", "--start", "x=1", "--lr", "0.01", "--steps", "3").status == 0
    assert run("minimize", "x**2", "--start", "x=1", "--lr", "1e-9", "--time-limit", "0.01").status == 0
    assert run("grad", "x**2").status == 0
    assert run("grad", "x**2", "--at", "x=1").status == 0
    assert run("eval", "x**2", "--at", "x=1").status == 0


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("nobody\nexpected this")

    monkeypatch.setattr(evaluate, "_evaluate", fail)


@pytest.mark.usefixtures("bug")
def test_1_a_bug_asks_for_a_report_in_one_line() -> None:
    ran = run("eval", "1", "--format", "json")
    assert ran.status == 1
    assert ran.err == (
        "error: this is a bug in gdcli (ZeroDivisionError: nobody expected this); "
        "please report it with the command that you typed\n"
    )
    assert ran.json["error"]["kind"] == "bug"


@pytest.mark.usefixtures("bug")
def test_1_a_bug_shows_its_traceback_only_to_those_who_ask() -> None:
    assert "Traceback" in run("eval", "1", environ={"GDCLI_DEBUG": "1"}).err
    assert "Traceback" not in run("eval", "1", environ={"GDCLI_DEBUG": "0"}).err


@pytest.mark.parametrize(
    "argv",
    [
        ["grad"],
        ["grad", "x", "--nosuch"],
        ["grad", "sinn(x)"],
        ["grad", "x", "--at", "y=1"],
        ["grad", "x", "--wrt", "y"],
        ["minimize", "x**2", "--lr", "0"],
        ["minimize", "3"],
        ["minimize", "x**2", "--trace", "steps.txt"],
        ["minimize", "x**2", "--set", "beta=0.5"],
    ],
)
def test_2_the_command_line_the_expression_or_the_point_is_wrong(argv: list[str]) -> None:
    ran = run(*argv, stdin="")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["eval", "log(x)", "--at", "x=0"], "the value is not finite at x=0.0: -inf"),
        (["grad", "sqrt(x)", "--at", "x=0"], "the derivative by x is not finite at x=0.0: inf"),
        (["grad", "log(x)", "--at", "x=-1"], "the value is not finite at x=-1.0: nan"),
    ],
)
def test_3_a_number_is_not_finite_and_is_reported_all_the_same(argv: list[str], message: str) -> None:
    ran = run(*argv, "--format", "json")
    assert ran.status == 3
    assert ran.json["at"] is not None
    assert None in (ran.json["value"], ran.json.get("gradient", {}).get("x"))
    assert f"error: {message}\n" in ran.err


def test_3_diverged() -> None:
    argv = ("minimize", "x**4", "--start", "x=10", "--lr", "1")
    ran = run(*argv, "--format", "json")
    assert ran.status == 3
    assert ran.json["status"] == "diverged"
    assert "step 4" in ran.json["message"]
    assert ran.json["x"] == {"x": 10}
    assert "try a smaller step than --lr 1" in ran.err
    assert run("minimize", "log(x)", "--start", "x=-1").status == 3


def test_4_strict() -> None:
    argv = ("minimize", "x**2", "--start", "x=1", "--lr", "0.01", "--steps", "3")
    assert run(*argv, "--strict").status == 4
    assert run(*argv, environ={"GDCLI_STRICT": "1"}).status == 4
    assert run("minimize", "x**2", "--start", "x=1", "--strict").status == 0


def test_5_the_check_disagreed(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(graph: object, at: Any, **_: Any) -> Checked:
        sources = {"native": {"x": 2.0}, "torch": {"x": 3.0}}
        return Checked("grad", "x**2", at, 1.0, sources, 1 / 3, "x", False)

    monkeypatch.setattr(gdcli.check, "check", check)
    ran = run("grad", "x**2", "--at", "x=1", "--check", "--format", "json")
    assert ran.status == 5
    assert ran.json["agreed"] is False
    assert "error: the derivatives by x disagree" in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ["--engine", "jax"],
        ["--engine", "native", "--dtype", "float32"],
        ["--engine", "native", "--device", "cuda"],
        ["--device", "cuda:99"],
        ["--dtype", "float99"],
    ],
)
def test_6_what_is_asked_for_is_not_available(argv: list[str]) -> None:
    ran = run("eval", "x", "--at", "x=1", *argv, "--format", "json")
    assert ran.status == 6
    assert ran.json["error"]["kind"] == "unavailable"


def test_6_before_anything_is_computed() -> None:
    assert run("grad", "x", "--engine", "jax").status == 6
    assert run("grad", "x", "--dtype", "float99").status == 6
    assert run("grad", "x", "--at", "x=1", "--check", "--engine", "jax").status == 6


def test_7_a_file_cannot_be_read_or_written(tmp_path: Path) -> None:
    assert run("eval", "x", "--points", str(tmp_path / "none.csv")).status == 7
    ran = run("minimize", "x**2", "--trace", str(tmp_path / "none" / "steps.csv"), "--format", "json")
    assert ran.status == 7
    assert ran.json["error"]["kind"] == "file"


# 130 and the closed pipe need a process of their own: test_interruption.py, test_stdin.py.


def test_of_several_problems_the_first_status_that_is_not_zero_counts() -> None:
    assert run("eval", "--at", "x=0", stdin="x\nlog(x)\nx+\n").status == 3
    assert run("eval", "--at", "x=0", stdin="x\nx+\nlog(x)\n").status == 2
