"""``gdcli minimize`` and ``gdcli maximize``, end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gdcli.descent.methods import METHODS
from tests.cli.running import gdcli

KEYS = [
    "schema",
    "command",
    "expression",
    "status",
    "message",
    "x",
    "value",
    "gradient",
    "gradient_norm",
    "start",
    "steps",
    "evaluations",
    "seconds",
    "method",
    "lr",
    "engine",
    "device",
    "dtype",
    "seed",
]


def test_json_has_the_keys_of_the_contract() -> None:
    ran = gdcli("minimize", "x**2", "--start", "x=1", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert list(ran.json) == KEYS
    assert ran.json["status"] == "converged"
    assert ran.json["x"]["x"] == pytest.approx(0, abs=1e-9)
    assert (ran.json["start"], ran.json["lr"]) == ({"x": 1}, "auto")


def test_the_notes_net2() -> None:
    argv = ["--start", "x=1,y=3", "--lr", "0.02", "--steps", "100", "--every", "1", "--tol", "0"]
    ran = gdcli("minimize", "x**2+y**2", *argv, "--format", "csv")
    assert ran.status == 0
    rows = list(csv.DictReader(ran.out.splitlines()))
    assert [int(row["step"]) for row in rows] == list(range(101))
    for step, value in [
        (0, 10),
        (1, 9.216),
        (2, 8.4934656),
        (3, 7.827577896960003),
        (99, 0.003088190920893857),
    ]:
        assert float(rows[step]["value"]) == pytest.approx(value, rel=1e-14)
    assert float(rows[100]["x"]) == pytest.approx(0.01687031935884968, rel=1e-14)
    assert float(rows[100]["y"]) == pytest.approx(0.050610958076549, rel=1e-14)


def test_maximize_goes_up_and_keeps_the_sign() -> None:
    ran = gdcli("maximize", "x*exp(-x)", "--start", "x=2", "--format", "jsonl")
    *steps, finished = ran.objects
    assert finished["command"] == "maximize"
    assert finished["x"]["x"] == pytest.approx(1)
    assert finished["value"] == pytest.approx(0.36787944117144233)
    assert steps[0]["value"] < steps[-1]["value"]


def test_what_start_leaves_out_is_drawn_by_the_seed() -> None:
    def start(*argv: str) -> dict[str, float]:
        return gdcli("minimize", "x**2+y**2", "--steps", "0", "--format", "json", *argv).json["start"]

    assert start() == start("--seed", "0") != start("--seed", "1")
    assert start("--start", "x=5") == {"x": 5, "y": start()["y"]}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_chosen(method: str) -> None:
    ran = gdcli(
        "minimize", "(x-1)**2", "--start", "x=3", "--method", method, "--steps", "5", "--format", "json"
    )
    assert ran.status == 0
    assert ran.json["method"] == method or method == "auto"
    assert ran.json["value"] < 4


def test_a_parameter_of_the_method() -> None:
    argv = [
        "minimize",
        "x**2",
        "--start",
        "x=1",
        "--lr",
        "0.1",
        "--steps",
        "3",
        "--format",
        "json",
        "--method",
        "adam",
    ]
    assert gdcli(*argv, "--set", "beta1=0.5").json["x"] != gdcli(*argv).json["x"]
    ran = gdcli(*argv, "--set", "beta=0.5")
    assert ran.status == 2
    assert "adam has no parameter beta" in ran.err


def test_a_schedule_changes_the_step_size() -> None:
    argv = [
        "minimize",
        "x**2",
        "--start",
        "x=1",
        "--lr",
        "0.1",
        "--steps",
        "10",
        "--tol",
        "0",
        "--format",
        "json",
    ]
    constant = gdcli(*argv).json["x"]
    assert gdcli(*argv, "--schedule", "constant").json["x"] == constant
    cosine = gdcli(*argv, "--schedule", "cosine")
    assert cosine.status == 0
    assert cosine.json["x"]["x"] > constant["x"]
    assert gdcli(*argv, "--schedule", "cosine", "--set", "schedule_end=0.5").json["x"] != cosine.json["x"]
    assert gdcli(*argv, environ={"GDCLI_SCHEDULE": "cosine"}).json["x"] == cosine.json["x"]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--schedule", "cosine"], "finds its own step, for which there is no --schedule"),
        (["--schedule", "cosine", "--method", "lbfgs"], "lbfgs finds its own step"),
        (["--schedule", "sine", "--lr", "1"], "--schedule takes one of the schedules (constant, cosine,"),
        (["--set", "schedule_end=0.5", "--lr", "1"], "schedule_end is for a schedule"),
        (
            ["--schedule", "step", "--lr", "1", "--set", "schedule_end=1"],
            "step has no parameter schedule_end",
        ),
    ],
)
def test_a_schedule_that_does_not_fit(argv: list[str], message: str) -> None:
    ran = gdcli("minimize", "x**2", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize("name", ["steps.csv", "steps.tsv", "steps.jsonl"])
def test_a_trace_holds_every_reported_step(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    argv = ["--start", "x=1", "--lr", "0.1", "--steps", "10", "--every", "2", "--tol", "0"]
    ran = gdcli("minimize", "x**2", *argv, "--trace", str(path), "--format", "plain")
    assert ran.status == 0
    lines = path.read_text().splitlines()
    if name.endswith(".jsonl"):
        steps = [json.loads(line)["step"] for line in lines]
    else:
        delimiter = "\t" if name.endswith(".tsv") else ","
        steps = [int(row["step"]) for row in csv.DictReader(lines, delimiter=delimiter)]
    assert steps == [0, 2, 4, 6, 8, 10]


def test_a_trace_is_opened_before_the_work_begins(tmp_path: Path) -> None:
    ran = gdcli("minimize", "x**2", "--trace", str(tmp_path), "--format", "jsonl")
    assert ran.status == 2
    ran = gdcli("minimize", "x**2", "--trace", str(tmp_path / "no" / "steps.csv"), "--format", "jsonl")
    assert ran.status == 7
    assert [each["status"] for each in ran.objects] == ["error"]


def test_an_expression_without_variables() -> None:
    ran = gdcli("minimize", "3", "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["message"] == "there is no variable in the expression"


def test_many_problems_on_standard_input() -> None:
    ran = gdcli(
        "minimize", "--lr", "0.01", "--steps", "5000", "--format", "json", stdin="x**2+y**2\n(a-1)**2\n-b\n"
    )
    assert [each["status"] for each in ran.objects][:2] == ["converged", "converged"]
    assert [list(each["x"]) for each in ran.objects] == [["x", "y"], ["a"], ["b"]]


def test_quiet_leaves_hints_out() -> None:
    argv = ["minimize", "x**2", "--start", "x=1", "--lr", "1e-9", "--steps", "3", "--format", "json"]
    assert "hint: " in gdcli(*argv).err
    assert gdcli(*argv, "--quiet").err == ""


@pytest.mark.parametrize(
    ("flags", "environ"), [([], {"NO_COLOR": "1"}), (["--no-color"], {}), ([], {"GDCLI_NO_COLOR": "1"})]
)
def test_colour_is_for_terminals_and_can_be_forbidden(
    flags: list[str], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    argv = ["minimize", "x**2", "--start", "x=1"]
    assert "\x1b[" in gdcli(*argv, terminal=True).out
    assert "\x1b[" not in gdcli(*argv).out
    assert "\x1b[" not in gdcli(*argv, *flags, terminal=True, environ=environ).out
