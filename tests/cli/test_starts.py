"""``--starts``, ``--range`` and ``--minima``."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from gdcli.descent.starts import compiling
from tests.cli.running import gdcli

HIMMELBLAU = "(x**2+y-11)**2 + (x+y**2-7)**2"
MINIMA = {(3.0, 2.0), (-2.805118, 3.131313), (-3.77931, -3.283186), (3.584428, -1.848127)}
MANY = ["minimize", HIMMELBLAU, "--starts", "60", "--range", "x=-5:5,y=-5:5"]


def result(*argv: str) -> dict[str, Any]:
    ran = gdcli(*argv, "--format", "json")
    assert ran.status == 0, ran.err
    return {name: value for name, value in ran.json.items() if name != "seconds"}


def test_the_best_of_many_starts() -> None:
    found = result(*MANY)
    assert found["status"] == "converged"
    assert found["value"] == pytest.approx(0, abs=1e-18)
    assert (round(found["x"]["x"], 6), round(found["x"]["y"], 6)) in MINIMA
    assert found["starts"] == 60
    assert 0 < found["reached"] <= 60
    assert "minima" not in found
    assert found == result(*MANY)
    assert found["start"] != result(*MANY, "--seed", "1")["start"]


def test_the_distinct_minima() -> None:
    found = result(*MANY, "--minima", "9")
    points = {(round(each["x"]["x"], 6), round(each["x"]["y"], 6)) for each in found["minima"]}
    assert points == MINIMA
    assert found["minima"][0]["x"] == found["x"]
    assert len(result(*MANY, "--minima", "2")["minima"]) == 2


def test_the_best_of_textbook_descents() -> None:
    argv = ["--method", "gd", "--lr", "0.001", "--steps", "150", "--minima", "2"]
    found = result(*MANY, *argv)
    assert (found["status"], found["steps"], found["method"], found["lr"]) == ("max_steps", 150, "gd", 0.001)
    assert found["message"].startswith("ran all 150 steps; the best of 60 starts, reached by ")
    start = ",".join(f"{name}={value!r}" for name, value in found["start"].items())
    alone = result("minimize", HIMMELBLAU, "--start", start, *argv[:-2])
    assert found["x"] == pytest.approx(alone["x"])
    assert found["gradient_norm"] == pytest.approx(alone["gradient_norm"])
    assert found == result(*MANY, *argv, "--compile", "off")


def test_what_is_compiled_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(program: object, store: object, steps: int, cache: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(compiling, "_compile", fake)
    monkeypatch.setattr(compiling, "_has_compiler", lambda store: True)
    monkeypatch.setattr(compiling, "_estimates", lambda *args: (1e9, 1.0))
    argv = [*MANY, "--engine", "torch", "--lr", "0.001", "--steps", "10"]
    said = gdcli(*argv).err
    assert "note: compiling " in said
    assert "note: not compiling the steps: no room\n" in said
    assert "note" not in gdcli(*argv, "--quiet").err
    assert gdcli(*argv, "--compile", "off", "--quiet").err == ""
    ran = gdcli(*argv, "--compile", "on")
    assert ran.status == 6
    assert "the steps cannot be compiled: no room" in ran.err


def test_every_format_shows_them() -> None:
    argv = [*MANY, "--minima", "4", "--format"]
    assert "reached by     " in gdcli(*argv, "table").out
    assert "\nminimum  " in gdcli(*argv, "table").out
    assert "\nstarts=60\n" in gdcli(*argv, "plain").out
    assert len(gdcli(*argv, "jsonl").objects[-1]["minima"]) == 4
    _, _, table = gdcli(*argv, "csv").out.partition("\n\n")
    assert [row["minimum"] for row in csv.DictReader(table.splitlines())] == ["1", "2", "3", "4"]


def test_a_fixed_variable_is_in_every_minimum() -> None:
    argv = ["--starts", "30", "--range", "x=-3:3", "--fix", "a=4", "--minima", "2"]
    found = result("minimize", "(x**2-a)**2", *argv)
    assert sorted(round(each["x"]["x"], 6) for each in found["minima"]) == [-2, 2]
    assert all(each["x"]["a"] == 4 for each in found["minima"])


def test_they_may_be_a_problems_own() -> None:
    line = '{"expression": "(x**2-4)**2 + x", "starts": 20, "range": {"x": [-3, 3]}, "minima": 1}\n'
    first, second = gdcli("minimize", "--format", "json", stdin=line + "x**2\n").objects
    assert first["x"]["x"] == pytest.approx(-2.03, abs=0.01)
    assert len(first["minima"]) == 1
    assert "starts" not in second


def test_a_range_is_where_a_single_start_is_drawn() -> None:
    for seed in map(str, range(10)):
        argv = ("--steps", "0", "--seed", seed)
        start = result("minimize", "x+y", "--range", "x=5:6,y=:-9", *argv)["start"]
        assert 5 <= start["x"] <= 6
        assert start["y"] <= -9
        start = result("minimize", "x", "--range", "x=0:10", "--bounds", "x=9:20", *argv)["start"]
        assert 9 <= start["x"] <= 10
    assert result("minimize", "x", "--range", "x=5:6", "--start", "x=1", "--steps", "0")["start"] == {"x": 1}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--starts", "0"], "--starts takes a whole number from 1 up, not '0'"),
        (["--minima", "3"], "--minima lists what many starts have found"),
        (["--starts", "3", "--minima", "0"], "--minima takes a whole number from 1 up, not '0'"),
        (["--starts", "3", "--checkpoint", "f"], "--starts and --checkpoint exclude each other"),
        (["--starts", "3", "--resume", "f"], "--starts and --resume exclude each other"),
        (["--starts", "3", "--schedule", "step", "--lr", "1"], "--starts and --schedule exclude each other"),
        (["--compile", "on"], "--compile on is for the steps of a first-order method from many starts"),
        (["--starts", "3", "--compile", "on"], "--compile on is for the steps of a first-order method"),
        (
            ["--starts", "3", "--lr", "1", "--compile", "on", "--engine", "native"],
            "--compile on needs the torch engine",
        ),
        (["--starts", "3", "--compile", "yes"], "--compile takes one of (auto, on, off), not 'yes'"),
        (["--range", "z=0:1"], "the expression has no variable z"),
        (["--range", "x=1:0"], "the lower end for x is above the upper one: 1 > 0"),
        (["--range", "x=0:1", "--bounds", "x=2:3"], "the range x=0:1 is outside its bounds 2:3"),
        (["--range", "x=0:1", "--fix", "x=1"], "x is fixed, and has no --range"),
    ],
)
def test_what_does_not_go_together(argv: list[str], message: str) -> None:
    ran = gdcli("minimize", "x**2+y**2", *argv, "--format", "json")
    assert ran.status == 2
    assert message in ran.json["error"]["message"]
