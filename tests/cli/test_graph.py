"""``gdcli graph``: formats, files, exit codes."""

from __future__ import annotations

import io
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from gdcli.cli.app import run
from gdcli.cli.commands.graph import ALL_FORMATS, WITH_STEPS
from gdcli.cli.environment import Environment
from gdcli.reporting import FORMATS
from gdcli.reporting.graph import ENDINGS, PICTURES
from tests.cli.running import Ran, gdcli, process

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
BY_GRAPHVIZ = ("svg", "png")
NET1 = ("graph", "x**2+y**2", "--at", "x=1,y=3")


def formats(names: tuple[str, ...] = ALL_FORMATS) -> list[object]:
    return [pytest.param(name, marks=needs_graphviz if name in BY_GRAPHVIZ else ()) for name in names]


def test_the_numbers_of_the_notes() -> None:
    ran = gdcli(*NET1)
    assert (ran.status, ran.err) == (0, "")
    for numbers in ("x  v:1 g:2", "y  v:3 g:6", "v:10 g:1"):
        assert numbers in ran.out


def test_the_steps_of_the_notes() -> None:
    ran = gdcli(*NET1, "--steps")
    assert "g(x) += g(a) * 2*x = 1 * 2*1 = 2\n" in ran.out
    assert ran.out.index("c = a + b = 1 + 9 = 10") < ran.out.index("g(c) = 1")


def test_without_a_point_there_are_formulas() -> None:
    ran = gdcli("graph", "x**2")
    assert ran.out == "graph x**2\n\n1  a = x**2\n2  └─(2*x)─ x\n"
    assert gdcli("graph", "x**2", "--steps").out.endswith("  g(a) = 1\n  g(x) += g(a) * 2*x\n")


def test_json_has_the_contract_s_keys() -> None:
    found = gdcli(*NET1, "--format", "json").json
    assert list(found) == ["schema", "command", "expression", "at", "value", "gradient", "nodes"]
    assert (found["schema"], found["command"], found["expression"]) == (1, "graph", "x**2+y**2")
    assert found["at"] == {"x": 1.0, "y": 3.0}
    assert found["value"] == 10.0
    assert found["gradient"] == gdcli("grad", *NET1[1:], "--format", "json").json["gradient"]
    assert found["nodes"][1] == {
        "name": "a",
        "kind": "operation",
        "op": "pow",
        "operation": "x**2",
        "stands_for": None,
        "value": 1.0,
        "gradient": 1.0,
        "inputs": [{"source": "x", "derivative": "2*x", "local": 2.0, "contribution": 2.0}],
    }
    steps = gdcli(*NET1, "--format", "json", "--steps").json["steps"]
    assert (len(steps["forward"]), len(steps["backward"])) == (5, 5)
    symbols = gdcli("graph", "x", "--format", "jsonl").json
    assert (symbols["at"], symbols["value"], symbols["gradient"]) == (None, None, None)


def test_plain_has_a_value_a_line() -> None:
    out = gdcli(*NET1, "--format", "plain").out
    assert out.startswith(
        "x=1.0\ny=3.0\nvalue=10.0\nexpression='x**2+y**2'\ngradient_x=2.0\ngradient_y=6.0\n"
    )
    assert (
        "node_a='x**2'\nvalue_a=1.0\ngradient_a=1.0\ninput_a_1=x\nderivative_a_1='2*x'\nlocal_a_1=2.0\n"
        in out
    )
    assert "backward_5='g(x) += g(a) * 2*x = 1 * 2*1 = 2'" in gdcli(*NET1, "--format", "plain", "--steps").out


def test_csv_has_a_row_a_node() -> None:
    out = gdcli(*NET1, "--format", "csv").out.splitlines()
    assert out[:3] == [
        "node,kind,operation,value,gradient",
        "x,variable,x,1.0,2.0",
        "a,operation,x**2,1.0,1.0",
    ]


@pytest.mark.parametrize("format", formats())
def test_every_format_goes_to_stdout_and_to_a_file(format: str, tmp_path: Path) -> None:
    ending = next(each for each, meant in ENDINGS.items() if meant == format) if format != "plain" else ".txt"
    path = tmp_path / f"graph{ending}"
    named = ("--format", "plain") if format == "plain" else ()
    assert gdcli(*NET1, "--output", str(path), *named) == Ran(0, "", "")
    piped = process(*NET1, "--format", format)
    assert (piped.status, piped.err) == (0, "")
    assert piped.out == path.read_bytes().decode(errors="replace")
    assert gdcli(*NET1, "--output", str(path), "--format", format).status == 0


@needs_graphviz
def test_pictures_are_what_their_names_say(tmp_path: Path) -> None:
    assert gdcli(*NET1, "--output", str(tmp_path / "a.PNG")).status == 0
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")
    root = ET.fromstring(gdcli(*NET1, "--format", "svg").out)
    shown = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"x", "v:1 g:2", "a = x**2", "v:3 g:6", "c = a + b", "v:10 g:1"} <= set(shown)


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (
            ["--output", "a.svg", "--format", "png"],
            "--format png and the ending of 'a.svg'",
            "leave --format out",
        ),
        (["--output", "a.json", "--format", "csv"], "which means json, contradict", "leave --format out"),
        (["--output", "a.txt", "--format", "png"], "which means table, contradict", "leave --format out"),
        (["--output", "a.jpg"], "the ending of 'a.jpg' names no format", ".svg"),
        (["--output", "graph"], "the ending of 'graph' names no format", "or add --format"),
        (["--steps", "--format", "svg"], "--steps is a text, and not for svg", "table, plain, json, jsonl"),
        (["--steps", "--output", "a.dot"], "--steps is a text, and not for dot", "table"),
        (["--format", "jpg"], "--format takes one of the formats", ""),
        (["--at", "x=1"], "no value is given for y", "--at x=1,y=…"),
        (["--at", "z=1"], "z", ""),
    ],
)
def test_what_does_not_go_together_is_refused(
    argv: list[str], message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = gdcli("graph", "x*y", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert hint in ran.err
    assert not list(tmp_path.iterdir())


def test_any_text_may_be_in_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert gdcli(*NET1, "--output", str(path), "--format", "mermaid").status == 0
    assert "flowchart" in path.read_text()
    assert gdcli(*NET1, "--output", str(path), "--steps").status == 0
    assert "backward" in path.read_text()
    assert gdcli(*NET1, "--output", str(tmp_path / "unnamed"), "--format", "dot").status == 0


def test_an_ending_wins_over_a_variable(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert gdcli(*NET1, "--output", str(path), environ={"GDCLI_FORMAT": "csv"}).status == 0
    assert json.loads(path.read_text())["value"] == 10.0


def test_a_dash_is_standard_output() -> None:
    assert gdcli(*NET1, "--output", "-").out == gdcli(*NET1).out


def test_the_steps_of_a_descent_are_another_thing() -> None:
    assert gdcli(*NET1, environ={"GDCLI_STEPS": "500"}) == gdcli(*NET1)


@pytest.mark.parametrize("name", ["png"])
def test_pixels_are_not_written_to_a_terminal(name: str) -> None:
    ran = gdcli(*NET1, "--format", name, terminal=True)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"error: {name} is not for a terminal\nhint: add --output graph.{name}\n"
    assert PICTURES[name].binary


@pytest.mark.parametrize("format", BY_GRAPHVIZ)
def test_without_graphviz_it_says_how_to_get_it(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    path = tmp_path / f"a.{format}"
    ran = gdcli(*NET1, "--output", str(path))
    assert (ran.status, ran.out) == (6, "")
    assert f"error: the format {format} needs Graphviz" in ran.err
    assert "apt install graphviz" in ran.err
    assert not path.exists()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = str(tmp_path / "missing" / "a.dot")
    ran = gdcli(*NET1, "--output", path)
    assert ran.status == 7
    assert f"cannot write {path!r}: No such file or directory" in ran.err


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("log(x)", "x=-1", "the value is not finite at x=-1.0: nan"),
        ("sqrt(x)", "x=0", "the derivative by x is not finite at x=0.0: inf"),
        ("1/x + y", "x=0,y=1", "the value is not finite at x=0.0, y=1.0: inf"),
    ],
)
@pytest.mark.parametrize("format", ["table", "json", "csv", "dot"])
def test_what_is_not_finite_is_shown_and_objected_to(text: str, at: str, message: str, format: str) -> None:
    ran = gdcli("graph", text, "--at", at, "--format", format)
    assert ran.status == 3
    assert ran.err == f"error: {message}\n"
    assert ran.out
    if format == "json":
        assert ran.json["expression"] == text


def test_a_branch_not_taken_may_be_undefined() -> None:
    assert gdcli("graph", "where(x > 0, log(x), x)", "--at", "x=-1").status == 0


def test_constants_need_no_point() -> None:
    assert gdcli("graph", "2*pi", "--format", "json").json["value"] == pytest.approx(6.283185307179586)
    ran = gdcli("graph", "2*pi", "--at", "x=1")
    assert ran.status == 2
    assert "x" in ran.err


def test_problems_from_standard_input() -> None:
    lines = '# two\nx**2\n\n2*)x\n{"expression": "x*y", "at": {"x": 2, "y": "pi"}, "steps": true}\n'
    ran = gdcli("graph", "--at", "x=3", "--format", "json", stdin=lines)
    first, second, third = ran.objects
    assert (first["value"], first["gradient"]) == (9.0, {"x": 6.0})
    assert (second["status"], second["command"]) == ("error", "graph")
    assert (third["gradient"]["y"], list(third)[-1]) == (2.0, "steps")
    assert ran.status == 2
    assert ran.err.startswith("error: line 4: ")


def test_steps_of_one_problem_need_a_format_for_them() -> None:
    ran = gdcli("graph", "--format", "dot", stdin='{"expression": "x", "steps": true}\nx**2\n')
    assert ran.status == 2
    assert "line 1: --steps is a text" in ran.err
    assert ran.out.count("digraph") == 1


def test_a_file_is_for_one_graph() -> None:
    ran = gdcli("graph", "--output", "a.dot", stdin="x\n")
    assert ran.status == 2
    assert "--output is for one graph" in ran.err


@needs_graphviz
def test_a_standard_output_that_takes_no_bytes() -> None:
    out, err = io.StringIO(), io.StringIO()
    assert run([*NET1, "--format", "png"], Environment(None, out, err, {})) == 7
    assert "takes no bytes" in err.getvalue()


def test_precision() -> None:
    assert "v:0.333 g:1" in gdcli("graph", "x/3", "--at", "x=1", "--precision", "3").out
    assert "v:0.333 g:1" in gdcli("graph", "x/3", "--at", "x=1", "--precision", "3", "--format", "dot").out


def test_what_is_listed() -> None:
    rows = gdcli("list", "formats", "--format", "json").json["rows"]
    assert [row["name"] for row in rows] == [*FORMATS, *PICTURES]
    assert set(WITH_STEPS) < set(FORMATS)
