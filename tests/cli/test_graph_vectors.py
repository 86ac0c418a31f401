"""``gdcli graph`` of expressions with vectors: points, definitions, lengths, formats, errors."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from gdcli.cli.commands.graph import WITH_STEPS
from tests.cli.running import gdcli
from tests.cli.test_graph import formats

SQUARES = ("graph", "sum(x**2)", "--at", "x=[1,2]")
SHOWN = "shape:2 |v|:2.236067977 |g|:4.472135955"


def test_vectors_show_their_shape_and_norms() -> None:
    ran = gdcli(*SQUARES)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "graph sum(x**2)\n\n"
        "1  b = sum(a)       v:5 g:1\n"
        "2  └─(1)─ a = x**2  shape:2 |v|:4.123105626 |g|:1.414213562\n"
        f"3     └─(2*x)─ x    {SHOWN}\n"
    )


def test_steps_say_what_a_gradient_has_become() -> None:
    assert gdcli("graph", "a*sum(a*x) + 3*a", "--at", "x=[1,2],a=2", "--steps").out == (
        "graph a*sum(a*x) + 3*a\n\n"
        "forward\n"
        "  a = 2\n"
        "  x = shape:2 |v|:2.236067977\n"
        "  b = a*x = shape:2 |v|:4.472135955\n"
        "  c = sum(b) = 6\n"
        "  d = a*c = 2*6 = 12\n"
        "  f = 3*a = 3*2 = 6\n"
        "  h = d + f = 12 + 6 = 18\n"
        "\n"
        "backward\n"
        "  g(h) = 1\n"
        "  g(d) += g(h) * 1 = 1 * 1 = 1\n"
        "  g(f) += g(h) * 1 = 1 * 1 = 1\n"
        "  g(a) += g(f) * 3 = 1 * 3 = 3\n"
        "  g(a) += g(d) * c = 1 * 6 = 6\n"
        "  g(c) += g(d) * a = 1 * 2 = 2\n"
        "  g(b) += g(c) * 1, so that |g(b)| = 2.828427125\n"
        "  g(a) += g(b) * x, so that g(a) = 15\n"
        "  g(x) += g(b) * a, so that |g(x)| = 5.656854249\n"
    )


def test_without_a_point_there_are_formulas_and_lengths_where_they_are_known() -> None:
    bare = gdcli("graph", "sum(x**2)").out
    assert bare == "graph sum(x**2)\n\n1  b = sum(a)\n2  └─(1)─ a = x**2\n3     └─(2*x)─ x\n"
    assert "└─(2*x)─ x    shape:7\n" in gdcli("graph", "sum(x**2)", "--shape", "x=7").out
    assert gdcli("graph", "sum(x**2)", "--steps").out.endswith(
        "  g(b) = 1\n  g(a) += g(b) * 1\n  g(x) += g(a) * 2*x\n"
    )


def test_a_single_number_is_that_of_every_element() -> None:
    found = gdcli("graph", "sum(x**2)", "--shape", "x=3", "--at", "x=2", "--format", "json").json
    assert (found["at"], found["value"], found["gradient"]) == ({"x": [2.0] * 3}, 12.0, {"x": [4.0] * 3})


def test_definitions_and_arrays_from_files(tmp_path: Path) -> None:
    path = tmp_path / "A.npy"
    np.save(path, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    argv = ("--let", f"A=@{path}", "--let", "r=A@x-b", "--at", "x=[1,1],b=[1,2,3]", "--format", "json")
    found = gdcli("graph", "sum(r**2)", *argv).json
    graded = gdcli("grad", "sum(r**2)", *argv).json
    assert {key: found[key] for key in ("at", "value", "gradient")} == {
        key: graded[key] for key in ("at", "value", "gradient")
    }
    nodes = {node["name"]: node for node in found["nodes"]}
    assert (nodes["A"]["kind"], nodes["A"]["shape"], nodes["A"]["gradient_norm"]) == (
        "constant",
        [3, 2],
        None,
    )
    assert nodes["x"]["gradient_norm"] == pytest.approx(np.linalg.norm(graded["gradient"]["x"]))
    assert "r" not in nodes


def test_a_definition_without_vectors() -> None:
    assert gdcli("graph", "r*x", "--let", "r=x+y", "--at", "x=1,y=2").out == gdcli(
        "graph", "(x+y)*x", "--at", "x=1,y=2"
    ).out.replace("graph (x+y)*x", "graph r*x")


def test_what_counts_is_held_constant() -> None:
    found = gdcli("graph", "Sum(x[i]**2, (i, 0, n-1))", "--at", "x=[1,2,3],n=2", "--format", "json").json
    assert found["at"] == {"x": [1.0, 2.0, 3.0], "n": 2.0}
    assert found["gradient"] == {"x": [2.0, 4.0, 0.0]}
    assert found["nodes"][-1]["operation"] == "Sum(b, (i, 0, 2 - 1))"


def test_json_has_lists_for_vectors() -> None:
    found = gdcli(*SQUARES, "--format", "json").json
    assert list(found) == ["schema", "command", "expression", "at", "value", "gradient", "nodes"]
    assert (found["at"], found["value"], found["gradient"]) == ({"x": [1.0, 2.0]}, 5.0, {"x": [2.0, 4.0]})
    assert found["nodes"][1] == {
        "name": "a",
        "kind": "operation",
        "op": "pow",
        "operation": "x**2",
        "stands_for": None,
        "value": None,
        "gradient": None,
        "inputs": [{"source": "x", "derivative": "2*x", "local": None, "contribution": None}],
        "shape": [2],
        "norm": pytest.approx(17**0.5),
        "gradient_norm": pytest.approx(2**0.5),
    }
    rounded = gdcli("graph", "sum(x**2)/3", "--at", "x=[1,2]", "--format", "json", "--precision", "3").json
    assert rounded["gradient"] == {"x": [0.667, 1.33]}


def test_a_long_vector_is_whole_in_json_and_plain() -> None:
    argv = ("graph", "sum(x**2)", "--shape", "x=200000", "--at", "x=0.5")
    assert len(gdcli(*argv, "--format", "json").json["gradient"]["x"]) == 200_000
    plain = gdcli(*argv, "--format", "plain").out.splitlines()
    assert plain[0].count(",") == 199_999
    assert max(map(len, gdcli(*argv).out.splitlines())) < 100


def test_plain_and_csv() -> None:
    out = gdcli(*SQUARES, "--format", "plain").out
    assert out.startswith(
        "x='[1.0,2.0]'\nvalue=5.0\nexpression='sum(x**2)'\ngradient_x='[2.0,4.0]'\nnode_a='x**2'\nshape_a=2\nnorm_a=4.12"
    )
    rows = list(csv.reader(io.StringIO(gdcli(*SQUARES, "--format", "csv", "--precision", "3").out)))
    assert rows == [
        ["node", "kind", "operation", "value", "gradient", "shape", "norm", "gradient_norm"],
        ["x", "variable", "x", "", "", "2", "2.24", "4.47"],
        ["a", "operation", "x**2", "", "", "2", "4.12", "1.41"],
        ["b", "operation", "sum(a)", "5", "1", "", "", ""],
    ]


@pytest.mark.parametrize("format", formats())
def test_every_format_takes_vectors(format: str, tmp_path: Path) -> None:
    path = tmp_path / "graph"
    argv = (*SQUARES, "--format", format, "--output", str(path))
    ran = gdcli(*argv)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    written = path.read_bytes()
    if format == "png":
        assert written.startswith(b"\x89PNG")
    elif format == "svg":
        shown = [each.text for each in ET.fromstring(written).iter("{http://www.w3.org/2000/svg}text")]
        assert {"x", "shape:2 |v|:2.23607 |g|:4.47214", "a = x**2", "b = sum(a)", "v:5 g:1"} <= set(shown)
    elif format == "dot":
        assert b"shape:2 |v|:2.23607 |g|:4.47214" in written
    elif format == "mermaid":
        assert b"shape:2 #124;v#124;:2.23607 #124;g#124;:4.47214" in written
    else:
        assert b"sum(a)" in written
    if format in WITH_STEPS:
        assert gdcli(*argv, "--steps").status == 0
        assert b"so that |g(x)|" in path.read_bytes()


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("sum(x*y)", ["--at", "x=[1,2],y=[1,2,3]"]),
        ("x[7]", ["--at", "x=[1,2]"]),
        ("x + 1", ["--at", "x=[1,2]"]),
        ("sum(x)", ["--at", "x=3"]),
        ("x[0]", ["--at", "x=3"]),
        ("sum(x)", ["--at", "y=[3]"]),
        ("sum(x)", ["--at", "x=[1]", "--shape", "x=2"]),
        ("sum(x)", ["--at", "x=[1]", "--let", "y=2"]),
        ("Sum(x[i], (i, 0, n))", ["--at", "x=[1,2],n=2"]),
        ("Sum(x[i], (i, 0, n))", ["--at", "x=[1,2],n=0.5"]),
        ("sum(A@x)", ["--at", "x=[1,2]", "--let", "A=@missing.npy"]),
    ],
)
def test_what_is_wrong_is_said_as_by_grad(text: str, argv: list[str]) -> None:
    ran, graded = gdcli("graph", text, *argv), gdcli("grad", text, *argv)
    assert ran.status in (2, 7)
    assert (ran.status, ran.out, ran.err) == (graded.status, "", graded.err)


def test_what_is_not_finite_is_shown_and_objected_to() -> None:
    ran = gdcli("graph", "sum(sqrt(x))", "--at", "x=[1,0]", "--format", "json")
    assert ran.status == 3
    assert ran.err == "error: the derivative by x[1] is not finite at x=[1.0,0.0]: inf\n"
    assert ran.json["gradient"] == {"x": [0.5, None]}
    assert gdcli("graph", "sum(log(x))", "--at", "x=[1,-1]").err.endswith(
        "the value is not finite at x=[1.0,-1.0]: nan\n"
    )


def test_the_largest_of_a_single_number() -> None:
    assert (
        gdcli("graph", "max(x)", "--at", "x=2").out
        == "graph max(x)\n\n1  a = max(x)  v:2 g:1\n2  └─(1)─ x    v:2 g:1\n"
    )


def test_problems_from_standard_input() -> None:
    lines = 'sum(x)\n{"expression": "sum(r)", "let": {"r": "x**2"}, "at": {"x": [3, 4, 5]}}\nx[5]\n'
    ran = gdcli("graph", "--at", "x=[1,2]", "--format", "jsonl", stdin=lines)
    first, second, third = ran.objects
    assert (first["gradient"], second["gradient"]) == ({"x": [1.0, 1.0]}, {"x": [6.0, 8.0, 10.0]})
    assert (third["status"], third["error"]["position"]) == ("error", 1)
