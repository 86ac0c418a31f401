"""``gdcli grad`` and ``gdcli eval``, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import gdcli

KEYS = [
    "schema",
    "command",
    "expression",
    "symbolic",
    "at",
    "value",
    "gradient",
    "hessian",
    "engine",
    "device",
    "dtype",
]


def test_the_notes_net1() -> None:
    ran = gdcli("grad", "x**2+y**2", "--at", "x=1,y=3", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert list(ran.json) == KEYS
    assert ran.json == {
        "schema": 1,
        "command": "grad",
        "expression": "x**2+y**2",
        "symbolic": {"x": "2*x", "y": "2*y"},
        "at": {"x": 1, "y": 3},
        "value": 10,
        "gradient": {"x": 2, "y": 6},
        "hessian": None,
        "engine": "native",
        "device": "cpu",
        "dtype": "float64",
    }


def test_without_a_point_there_are_symbols_only() -> None:
    ran = gdcli("grad", "x*sin(y)", "--hessian", "--format", "json")
    assert list(ran.json) == KEYS
    assert ran.json["symbolic"] == {"x": "sin(y)", "y": "x*cos(y)"}
    assert ran.json["hessian"]["x"] == {"x": "0", "y": "cos(y)"}
    assert [ran.json[key] for key in ("at", "value", "gradient", "engine")] == [None] * 4


def test_variables_are_those_of_the_text() -> None:
    ran = gdcli("grad", "x - x + y", "--at", "x=1,y=2", "--format", "json")
    assert ran.json["gradient"] == {"x": 0, "y": 1}
    assert ran.json["symbolic"] == {"x": "0", "y": "1"}


def test_wrt_chooses_and_orders_the_variables() -> None:
    ran = gdcli("grad", "x**2*y*z", "--at", "x=1,y=3,z=5", "--wrt", "z,x", "--hessian", "--format", "json")
    assert list(ran.json["gradient"].items()) == [("z", 3), ("x", 30)]
    assert list(ran.json["symbolic"]) == ["z", "x"]
    assert ran.json["hessian"] == {"z": {"z": 0, "x": 6}, "x": {"z": 6, "x": 30}}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--wrt", "z"], "the expression has no variable z"),
        (["--wrt", "x,x"], "--wrt names x twice"),
        (["--check"], "--check compares numbers, and needs a point"),
        (["--check", "--hessian", "--at", "x=1"], "--check and --hessian exclude each other"),
    ],
)
def test_options_that_do_not_fit(argv: list[str], message: str) -> None:
    ran = gdcli("grad", "x**2", *argv)
    assert ran.status == 2
    assert f"error: {message}\n" in ran.err


def test_points_of_a_file_are_a_row_each(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("y,x\n3,1\n0,2\n")
    ran = gdcli("grad", "x**2+y**2", "--points", str(path), "--format", "csv")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "x,y,value,gradient_x,gradient_y",
        "1.0,3.0,10.0,2.0,6.0",
        "2.0,0.0,4.0,4.0,0.0",
    ]


def test_engines_and_dtypes() -> None:
    argv = ("grad", "x**2/3", "--at", "x=0.1", "--format", "json")
    native, torch = gdcli(*argv).json, gdcli(*argv, "--engine", "torch").json
    assert (native["engine"], torch["engine"]) == ("native", "torch")
    assert torch["value"] == pytest.approx(native["value"], rel=1e-15)
    single = gdcli(*argv, "--dtype", "float32").json
    assert (single["engine"], single["dtype"]) == ("torch", "float32")
    assert 0 < abs(single["value"] - native["value"]) < 1e-8


def test_check_shows_the_ways_side_by_side() -> None:
    ran = gdcli("grad", "x**2*sin(y)", "--at", "x=1,y=3", "--check", "--format", "json")
    assert ran.status == 0
    assert ran.json["agreed"] is True
    assert {"native", "torch", "symbolic"} < set(ran.json["sources"])
    assert ran.json["disagreement"] < 1e-6


def test_check_at_a_kink_and_where_the_gradient_is_infinite() -> None:
    ran = gdcli("grad", "max(x,3x)", "--at", "x=0", "--check")
    assert ran.status == 0
    ran = gdcli("grad", "where(x<0, 0, 1)", "--at", "x=0", "--check")
    assert ran.status == 0
    assert ran.err.startswith("note: x: the function jumps here")
    ran = gdcli("grad", "sqrt(x)", "--at", "x=0", "--check", "--format", "json")
    assert ran.status == 3
    assert ran.json["agreed"] is True
    assert "error: the derivative by x is not finite at x=0.0: inf\n" in ran.err


def test_precision_rounds_every_number() -> None:
    ran = gdcli("grad", "x/3", "--at", "x=1", "--precision", "3", "--format", "json")
    assert (ran.json["value"], ran.json["gradient"]) == (0.333, {"x": 0.333})
    assert json.loads(gdcli("eval", "1/3", "--format", "json").out)["value"] == 1 / 3


@pytest.mark.parametrize("format", ["table", "plain", "json", "jsonl", "csv", "tsv"])
@pytest.mark.parametrize(
    "argv",
    [["eval", "x*y", "--at", "x=2,y=3"], ["grad", "x*y", "--at", "x=2,y=3"], ["grad", "x*y"], ["eval", "6"]],
)
def test_every_format(argv: list[str], format: str) -> None:
    ran = gdcli(*argv, "--format", format)
    assert (ran.status, ran.err) == (0, "")
    assert ("6" if "--at" in argv or argv == ["eval", "6"] else "y") in ran.out


def test_what_is_left_out_is_said() -> None:
    constant = gdcli("grad", "2 + 3", "--format", "json")
    assert (constant.status, constant.json["symbolic"]) == (0, {})
    assert constant.err == "note: there is no variable to differentiate by\n"
    long = gdcli("grad", "+".join(["x"] * 3000), "--at", "x=1", "--format", "json")
    assert (long.status, long.json["symbolic"], long.json["gradient"]) == (0, None, {"x": 3000})
    assert long.err.startswith("note: the derivatives in symbols are left out: the expression has ")


def test_a_file_that_ends_badly_is_not_blamed_on_the_row_before(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_bytes(b"x\n" + b"1\n" * 50_000 + b"\xff\n")
    ran = gdcli("eval", "x", "--points", str(file), "--format", "csv")
    assert ran.status == 7
    assert ran.err == f"error: {file} is not UTF-8: byte 0xff\n"


def test_second_derivatives_are_bounded() -> None:
    text = "+".join(f"x{i}" for i in range(1_001))
    ran = gdcli("grad", text, "--at", ",".join(f"x{i}=1" for i in range(1_001)), "--hessian")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "error: the expression has 1,001 variables; the bound with --hessian is 1,000\n"
