"""The tree on a terminal: each node once, every edge, and no line deeper than can be read."""

from __future__ import annotations

import io
import re

import pytest

from gdcli.records import ComputationGraph
from gdcli.reporting.graph.tree import LEVEL, MAX_LEVELS, draw
from tests.reporting.graph.samples import MANY, MANY_AT, NET1, NET1_AT, SAMPLES, graph
from tests.reporting.samples import write


def lines(record: ComputationGraph, width: int | None = None, *, unicode: bool = True) -> list[str]:
    text = draw(record, lambda text, style: text, None, width=width, unicode=unicode)
    return [line for line in text.splitlines() if line]


LINE = re.compile(
    r"(?P<place> *\d*)  (?P<stem>[│├└─ ]*?)(\((?P<edge>.*)\))?─? ?(?P<name>\w+)( = .*?)?"
    r"(  +(?P<numbers>[v|s].*|see \d+))?"
)


@pytest.mark.parametrize("record", [*SAMPLES.values(), graph(MANY, MANY_AT), graph(MANY)])
@pytest.mark.parametrize("width", [None, 80, 30])
def test_each_node_is_shown_once_and_each_edge_too(record: ComputationGraph, width: int | None) -> None:
    places: dict[str, str] = {}
    references: list[tuple[str, str]] = []
    edges = 0
    for line in lines(record, width):
        match = LINE.fullmatch(line)
        assert match, line
        edges += bool(match["stem"])
        if match["place"].strip():
            assert match["name"] not in places
            places[match["name"]] = match["place"].strip()
        else:
            references.append((match["name"], (match["numbers"] or "").removeprefix("see ")))
    assert places.keys() == {node.name for node in record.nodes}
    assert list(places.values()) == [str(place) for place in range(1, len(places) + 1)]
    assert all(places[name] == place for name, place in references)
    assert edges == sum(len(node.inputs) for node in record.nodes)


def test_a_chain_of_thousands_is_cut_into_readable_trees() -> None:
    shown = lines(graph("+".join(["x"] * 5_000)))
    assert max(line.count("│") for line in shown) <= MAX_LEVELS
    assert max(map(len, shown)) < LEVEL * MAX_LEVELS + 60


def test_the_numbers_of_the_notes() -> None:
    shown = lines(graph(NET1, NET1_AT))
    assert [re.sub(" +", " ", line).strip() for line in shown] == [
        "1 c = a + b v:10 g:1",
        "2 ├─(1)─ a = x**2 v:1 g:1",
        "3 │ └─(2*x = 2)─ x v:1 g:2",
        "4 └─(1)─ b = y**2 v:9 g:1",
        "5 └─(2*y = 6)─ y v:3 g:6",
    ]


def test_in_a_narrow_terminal_there_are_fewer_digits() -> None:
    record = graph("sin(x/3)", {"x": 1.0})
    wide, narrow = lines(record, 120), lines(record, 60)
    assert "0.3271946968" in wide[0]
    assert "0.3271946968" not in narrow[0]
    assert "0.3271" in narrow[0]
    assert max(map(len, narrow)) <= 60


def test_where_there_is_no_unicode_there_is_ascii() -> None:
    assert all(line.isascii() for line in lines(graph(MANY, MANY_AT), unicode=False))
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    from gdcli.reporting import open_reporter

    open_reporter("table", stream, io.StringIO()).write(graph(NET1, NET1_AT))
    assert b"|-(1)- a = x**2" in stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_vectors_have_shapes_and_norms() -> None:
    out = write("table", [SAMPLES["vectors"]]).out
    assert "s = A @ x                         shape:3 |v|:25.19920634 |g|:2\n" in out
    assert "t = norm(s)                        v:25.19920634 g:2\n" in out
