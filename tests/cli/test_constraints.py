"""``--subject-to``."""

from __future__ import annotations

import pytest

from tests.cli.running import gdcli

ONE_AND_TWO = ["minimize", "x**2+y**2", "--subject-to", "x+y>=1", "--subject-to", "x**2==y", "--format"]


def test_constraints_hold_at_the_minimum() -> None:
    ran = gdcli(*ONE_AND_TWO, "json")
    assert ran.status == 0, ran.err
    assert ran.json["status"] == "converged"
    assert ran.json["x"] == {"x": pytest.approx(0.6180339887498949), "y": pytest.approx(0.3819660112501051)}
    assert [each["text"] for each in ran.json["constraints"]] == ["x+y>=1", "x**2==y"]
    for each in ran.json["constraints"]:
        assert 0 <= each["violation"] < 1e-6
        assert abs(each["multiplier"]) > 0.1


def test_every_format_shows_them() -> None:
    assert "x**2==y" in gdcli(*ONE_AND_TWO, "table").out
    assert "constraint_2='x**2==y'\n" in gdcli(*ONE_AND_TWO, "plain").out
    assert gdcli(*ONE_AND_TWO, "jsonl").objects[-1]["constraints"][1]["text"] == "x**2==y"
    assert gdcli(*ONE_AND_TWO, "csv").out.startswith("step,value,gradient_norm,x,y\n")


def test_with_bounds_fixed_variables_and_variables_that_only_a_constraint_has() -> None:
    argv = ["--subject-to", "x+y>=n and z<=-3", "--fix", "n=2", "--bounds", "x=:1/2", "--format", "json"]
    ran = gdcli("minimize", "x**2+y**2+n", *argv)
    assert ran.status == 0, ran.err
    assert list(ran.json["x"]) == ["x", "y", "n", "z"]
    assert ran.json["x"] == {"x": 0.5, "y": pytest.approx(1.5), "n": 2, "z": pytest.approx(-3, abs=3)}
    assert ran.json["x"]["z"] <= -3
    assert "x" in ran.json["on_bound"]


def test_they_may_be_a_problems_own() -> None:
    lines = (
        '{"expression": "x**2+y**2", "subject_to": ["x+y==1", "x>=y"]}\n'
        '{"expression": "x**2", "subject-to": "x>=2"}\n{"expression": "x**2", "subject_to": []}\n'
    )
    ran = gdcli("minimize", "--subject-to", "x==5", "--format", "json", stdin=lines + "x**2\n")
    assert [each["x"]["x"] for each in ran.objects] == [
        pytest.approx(0.5),
        pytest.approx(2),
        pytest.approx(0, abs=1e-9),
        pytest.approx(5),
    ]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--subject-to", "x+y"], "a constraint compares two sides"),
        (["--subject-to", "x<=1 or y<=1"], "a constraint cannot be made with or"),
        (["--subject-to", "sinn(x)<=1"], "unknown function sinn"),
        (["--subject-to", "x>=1", "--fix", "x=2"], "every variable of the constraint x>=1 is fixed"),
        (["--subject-to", "x>=1", "--schedule", "step", "--lr", "1"], "--subject-to and --schedule exclude"),
        (["--subject-to", "x>=1", "--checkpoint", "f"], "--subject-to and --checkpoint exclude each other"),
        (["--subject-to", "x>=1", "--starts", "9"], "--subject-to and --starts exclude each other"),
        (["--subject-to", "x>=1", "--resume", "f"], "--subject-to and --resume exclude each other"),
        (["--subject-to", "x>=1", "--start", "z=2"], "the expression has no variable z"),
    ],
)
def test_what_does_not_go_together(argv: list[str], message: str) -> None:
    ran = gdcli("minimize", "x**2+y**2", *argv, "--format", "json")
    assert ran.status == 2
    assert message in ran.json["error"]["message"]
