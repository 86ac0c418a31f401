"""DOT, Mermaid, SVG and PNG: every node and edge once, and nothing in a text gets out of its label."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from gdcli.errors import UnavailableError
from gdcli.records import ComputationGraph, GraphEdge, GraphNode
from gdcli.reporting import FORMATS
from gdcli.reporting.graph import ENDINGS, PICTURES, dot, graphviz, mermaid
from tests.reporting.graph.samples import MANY, MANY_AT, SAMPLES, graph

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

NASTY = (
    'x"];evil [label="', "\\", '\\"', "\\N", "a\nb", "]]>", "<b>&amp;</b>", "&lt;", "#quot;", "`**x**`", "end",
    "%%{init", '"]:::result', "--> n1", "---\ntitle", "\x1b[31m", "\u202e", "}\n",
)  # fmt: skip
"""What no expression can hold, as long as the reader works."""


def nasty(text: str) -> ComputationGraph:
    return ComputationGraph(
        "graph",
        text,
        None,
        (
            GraphNode(text, "variable", "variable", text),
            GraphNode("a", "operation", "mul", text, (GraphEdge(text, text), GraphEdge(text, ""))),
        ),
    )


RECORDS = {**SAMPLES, "many": graph(MANY, MANY_AT), **{repr(text): nasty(text) for text in NASTY}}
every_record = pytest.mark.parametrize("name", RECORDS)

STRING = r'"(?:[^"\\\n]|\\.)*"'
ATTRIBUTES = rf"\[\w+={STRING}(?:, \w+=(?:{STRING}|[\w.]+))*\]|\[style=dashed, .*\]"
DOT_NODE = re.compile(rf"  (n\d+) (?:{ATTRIBUTES});")
DOT_MENTION = re.compile(rf"  (n\d+)_\d+ (?:{ATTRIBUTES});")
DOT_EDGE = re.compile(rf"  (n\d+)(?:_\d+)? -> (n\d+)(?: (?:{ATTRIBUTES}))?;")


def pairs(record: ComputationGraph) -> list[tuple[str, str]]:
    """The edges by the names that pictures give to the nodes."""
    places = {node.name: f"n{place}" for place, node in enumerate(record.nodes, 1)}
    return [(places[edge.source], places[node.name]) for node in record.nodes for edge in node.inputs]


def mentioned(record: ComputationGraph) -> int:
    """How many edges of a large graph come from a node that is used all over it."""
    sources = [source for source, _ in pairs(record)]
    return sum(sources.count(source) > 4 for source in sources) if len(record.nodes) > 60 else 0


@every_record
def test_dot_has_every_node_and_edge_once(name: str) -> None:
    record = RECORDS[name]
    head, *lines, last = dot.text(record).splitlines()
    assert (head, last) == ("digraph computation {", "}")
    nodes = [match[1] for line in lines if (match := DOT_NODE.fullmatch(line))]
    edges = [(match[1], match[2]) for line in lines if (match := DOT_EDGE.fullmatch(line))]
    assert nodes == [f"n{place}" for place in range(1, len(record.nodes) + 1)]
    assert edges == pairs(record)
    mentions = [match[1] for line in lines if (match := DOT_MENTION.fullmatch(line))]
    assert len(mentions) == mentioned(record)
    assert len(lines) == 3 + len(nodes) + len(edges) + len(mentions)


@needs_graphviz
@every_record
def test_graphviz_reads_the_dot(name: str) -> None:
    record = RECORDS[name]
    done = subprocess.run(
        ["dot", "-Tdot_json"], input=dot.draw(record), capture_output=True, timeout=60, check=True
    )
    assert done.stderr == b""
    read = json.loads(done.stdout)
    assert len(read["objects"]) == len(record.nodes) + mentioned(record)
    assert len(read.get("edges", [])) == len(pairs(record))


@needs_graphviz
@every_record
def test_svg_is_well_formed_and_has_every_node_and_edge_once(name: str) -> None:
    record = RECORDS[name]
    root = ET.fromstring(graphviz.draw_svg(record))
    groups = [each.get("class") for each in root.iter("{http://www.w3.org/2000/svg}g")]
    assert groups.count("node") == len(record.nodes) + mentioned(record)
    assert groups.count("edge") == len(pairs(record))
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags <= {"svg", "g", "title", "polygon", "path", "ellipse", "text"}, "no link, no script, no image"
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    shown = "\n".join(texts).replace("\xa0", " ")
    for node in record.nodes:
        for label in dot.labels(node, 6):
            assert dot.visible(label).strip() in shown


@needs_graphviz
def test_png_is_a_picture() -> None:
    picture = graphviz.draw_png(SAMPLES["net1"])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(picture[i : i + 4], "big") for i in (16, 20))
    assert 200 < width < 1000
    assert 200 < height < 1000


MERMAID_LABEL = r"[A-Za-z0-9 =.,():/+]|#\d+;|<br/>"
MERMAID_NODE = re.compile(
    rf'  (n\d+)(?:\["(?:{MERMAID_LABEL})*"\]|\(\["(?:{MERMAID_LABEL})*"\]\)|\{{\{{"(?:{MERMAID_LABEL})*"\}}\}}):::\w+'
)
MERMAID_EDGE = re.compile(rf'  (n\d+) (?:-->|-\.->)(?:\|"(?:{MERMAID_LABEL})+"\|)? (n\d+)')


@every_record
def test_mermaid_has_every_node_and_edge_once(name: str) -> None:
    record = RECORDS[name]
    dashes, title, again, head, *lines = mermaid.draw(record).decode().splitlines()
    assert (dashes, again, head) == ("---", "---", "flowchart TD")
    assert title.isascii()
    assert isinstance(json.loads(title.removeprefix("title: ")), str)
    nodes = [match[1] for line in lines if (match := MERMAID_NODE.fullmatch(line))]
    edges = [(match[1], match[2]) for line in lines if (match := MERMAID_EDGE.fullmatch(line))]
    assert nodes == [f"n{place}" for place in range(1, len(record.nodes) + 1)]
    assert edges == pairs(record)
    assert len(lines) == len(nodes) + len(edges) + len(mermaid.CLASSES)


def test_a_mermaid_label_says_what_it_should() -> None:
    text = 'a = x**2 if b < "c" else #1_'
    restored = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), mermaid.escaped(text))
    assert restored == text


def test_kinds_of_nodes_differ_in_more_than_colour() -> None:
    text = dot.text(SAMPLES["branches"])
    assert text.count("shape=ellipse") == 2
    assert text.count("shape=hexagon") == 1
    assert text.count("penwidth=") == 1
    assert text.count("style=dashed") == 4, "along these edges nothing flows"


def test_in_a_large_graph_what_is_used_everywhere_is_mentioned_where_it_is_used() -> None:
    text = dot.text(RECORDS["many"])
    assert mentioned(RECORDS["many"]) == text.count('label="y", ') == 50
    assert text.count('label="y\\nv:') == 1
    assert "_1 [" not in dot.text(graph("x*x*x*x*x*x*x", {"x": 1.0})), "a small one is drawn as it is"


def test_numbers_are_short_unless_more_digits_are_asked_for() -> None:
    record = graph("x/3", {"x": 1.0})
    assert "v:0.333333 g:1" in dot.text(record)
    assert "v:0.333333333333 g:1" in dot.text(record, 12)
    assert "v:0.333333333333 g:1" in mermaid.draw(record, 12).decode()


def test_a_long_expression_has_a_short_title() -> None:
    assert max(map(len, dot.text(graph(MANY)).splitlines())) < 300


def test_without_graphviz_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnavailableError, match="needs Graphviz") as caught:
        graphviz.draw_svg(SAMPLES["net1"])
    assert "apt install graphviz" in caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'Format: \"png\" not recognized.' >&2; exit 1", 'Format: "png" not recognized'),
        ("exit 3", "exit status 3"),
        ("exit 0", "exit status 0"),
        ("sleep 20", "within 0 seconds"),
    ],
)
def test_what_graphviz_cannot_do_is_said(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(graphviz, "TIME_LIMIT", 0.2 if "sleep" in script else 10.0)
    with pytest.raises(UnavailableError, match=message):
        graphviz.draw_png(SAMPLES["net1"])


@needs_graphviz
def test_a_chain_too_long_for_pixels() -> None:
    record = graph("sin(" * 600 + "x" + ")" * 600)
    with pytest.raises(UnavailableError, match="too many pixels for png") as caught:
        graphviz.draw_png(record)
    assert "svg" in caught.value.hint
    assert graphviz.draw_svg(record).startswith(b"<?xml")


@needs_graphviz
def test_what_nobody_could_see_is_not_drawn() -> None:
    record = SAMPLES["net1"]
    with pytest.raises(UnavailableError, match="the bound for a picture is 2,000"):
        graphviz.draw_svg(replace(record, nodes=record.nodes * 500))


def test_the_registry() -> None:
    assert not set(PICTURES) & set(FORMATS)
    assert set(ENDINGS.values()) <= {*PICTURES, *FORMATS}
    assert set(PICTURES) <= set(ENDINGS.values())
    for picture in PICTURES.values():
        assert picture.summary
        assert callable(picture.load())
