"""Points on the command line and in files."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.cli.points import complete_point, point, rows
from gdcli.errors import FileError, GdcliError, PointError
from tests.cli.running import gdcli


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["x=1,y=3"], {"x": 1.0, "y": 3.0}),
        (["x=1", "y=3"], {"x": 1.0, "y": 3.0}),
        (["y=3", "x=1"], {"x": 1.0, "y": 3.0}),
        ([" x = 1 , y = 3 "], {"x": 1.0, "y": 3.0}),
        (["x=-1e-3,y=+.5E+2"], {"x": -1e-3, "y": 50.0}),
        (["x=pi/4,y=1/3"], {"x": math.pi / 4, "y": 1 / 3}),
        (["x=atan2(1,2),y=max(1, 2, (3))"], {"x": math.atan2(1, 2), "y": 3.0}),
        (["x=2^0.5,y=-2**2"], {"x": 2**0.5, "y": -4.0}),
        (["x=inf,y=-inf"], {"x": math.inf, "y": -math.inf}),
        (["x=1 if 2 > 1 else 0,y=3x0"], None),
        ([], {}),
        (["y=3"], {"y": 3.0}),
    ],
)
def test_a_point_is_read(texts: list[str], values: dict[str, float] | None) -> None:
    if values is None:
        with pytest.raises(PointError):
            point(texts, ("x", "y"), "--at")
    else:
        found = point(texts, ("x", "y"), "--at")
        assert found == values
        assert list(found) == sorted(found)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_as_itself(number: float) -> None:
    assert point([f"x={number!r}"], ("x",), "--at") == {"x": number}


@pytest.mark.parametrize(
    ("text", "message", "caret"),
    [
        ("z=1", "the expression has no variable z", 0),
        ("x=1, z=1", "the expression has no variable z", 5),
        ("x=1,x=2", "x is given twice", 4),
        ("x", "'x' is not NAME=VALUE", 0),
        ("x=1,2", "'2' is not NAME=VALUE", 4),
        ("x=1,", "'' is not NAME=VALUE", 4),
        ("", "'' is not NAME=VALUE", 0),
        ("=1", "'=1' is not NAME=VALUE", 0),
        ("x y=1", "'x y=1' is not NAME=VALUE", 0),
        ("x=", "the value of x is missing", 2),
        ("x=abc", "the value of x is not a number: it contains the name abc", 2),
        ("x=1+y", "the value of x is not a number: it contains the name y", 4),
        ("y=1,x= 1+*2", "the value of x cannot be read", 9),
        ("x=sinn(1)", "the value of x cannot be read", 2),
        ("x=0/0", "the value of x is not a number (nan)", 2),
        ("x=[1,3", "the value of x is a list that is never closed", 2),
        ("x=[]", "the value of x is an empty list", 2),
        ("x=[1,oops]", "element 1 of the value of x is not a number: it contains the name oops", 5),
        ("x=nan", "the value of x is not a number: it contains the name nan", 2),
        ("x=10**(10**7)", "the value of x cannot be read", None),
        ("x=__import__('os')", "the value of x cannot be read", None),
    ],
)
def test_a_wrong_point_is_refused_with_its_place(text: str, message: str, caret: int | None) -> None:
    with pytest.raises(PointError) as caught:
        point([text], ("x", "y"), "--at")
    assert message in caught.value.message
    assert caught.value.text == text
    if caret is not None:
        assert caught.value.position == caret


def test_missing_values_are_named() -> None:
    with pytest.raises(PointError) as caught:
        complete_point(["y=1"], ("x", "y", "z"), "--at")
    assert caught.value.message == "no value is given for x and z"
    assert caught.value.hint == "--at y=1,x=…,z=…"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["x", "--at", "y=1"], "the expression has no variable y"),
        (["3", "--at", "y=1"], "the expression has no variable y"),
        (["x"], "no value is given for x"),
        (["x", "--at", "x=1", "--at", "x=1"], "x is given twice"),
        (["x", "--at", "x=1", "--points", "p.csv"], "--at and --points exclude each other"),
    ],
)
def test_eval_refuses_a_wrong_point(argv: list[str], message: str) -> None:
    ran = gdcli("eval", *argv, "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["message"] == message
    assert f"error: {message}\n" in ran.err


def test_a_constant_expression_needs_no_point() -> None:
    assert gdcli("eval", "2+3", "--format", "json").json["value"] == 5


def table(folder: Path, content: str | bytes, name: str = "points.csv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("x,y\n1,2\n3,1/4\n", "points.csv"),
        ("x,y\r\n1,2\r\n\r\n3,0.25", "points.csv"),
        ("\ufeffy , x\n2, 1\n 1/4,3\n", "points.csv"),
        ('"x","y"\n"1","2"\n"3","1/4"\n', "points.csv"),
        ("x\ty\n1\t2\n3\t0.25\n", "points.tsv"),
    ],
)
def test_points_of_a_file(tmp_path: Path, content: str, name: str) -> None:
    found = [row for _, row in rows(table(tmp_path, content, name), ("x", "y"))]
    assert found == [{"x": 1.0, "y": 2.0}, {"x": 3.0, "y": 0.25}]
    assert all(list(row) == ["x", "y"] for row in found)


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        ("", PointError, "has no header"),
        ("x\n1\n", PointError, "does not name y"),
        ("x,y,z\n1,2,3\n", PointError, "the expression has no variable z"),
        ("x,y,x\n1,2,3\n", PointError, "names x twice"),
        (b"x,y\n1,\xff\n", FileError, "is not UTF-8: byte 0xff"),
        ('x,y\n1,"2\n', FileError, "line 2: "),
    ],
)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, content: str | bytes, kind: type[GdcliError], message: str
) -> None:
    path = table(tmp_path, content)
    with pytest.raises(kind) as caught:
        list(rows(path, ("x", "y")))
    assert message in caught.value.message
    assert path in caught.value.message


def test_a_wrong_row_spoils_only_itself(tmp_path: Path) -> None:
    path = table(tmp_path, "x,y\n1,2\n1\n1,b\n,1\n3,4\n")
    ran = gdcli("eval", "x*y", "--points", path, "--format", "jsonl")
    assert ran.status == 2
    assert [each.get("value") for each in ran.objects] == [2, None, None, None, 12]
    messages = [each["error"]["message"] for each in ran.objects if "error" in each]
    assert messages == [
        f"{path}, line 3: expected 2 values (x, y), but found 1",
        f"{path}, line 4: the value of y is not a number: it contains the name b",
        f"{path}, line 5: the value of x is missing",
    ]
    assert all(f"error: {message}\n" in ran.err for message in messages)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    ran = gdcli("eval", "x", "--points", str(tmp_path / "none.csv"))
    assert ran.status == 7
    assert "none.csv cannot be read: No such file or directory" in ran.err
    assert gdcli("eval", "x", "--points", str(tmp_path)).status == 7


def test_every_expression_of_standard_input_is_evaluated_at_every_row(tmp_path: Path) -> None:
    path = table(tmp_path, "x,y\n1,2\n3,4\n")
    ran = gdcli("eval", "--points", path, "--format", "jsonl", stdin="x+y\nx*y\n")
    assert [each["value"] for each in ran.objects] == [3, 7, 2, 12]
