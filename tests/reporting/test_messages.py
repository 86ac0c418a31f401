"""Error messages: the caret stands under the place, whatever the text is."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Failed
from gdcli.reporting import elements, messages, names, number_text
from gdcli.reporting.messages import excerpt, format_error, visible
from tests.reporting.samples import FAILED


def columns(text: str) -> int:
    """How many columns of a terminal a visible text takes."""
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(c) in {"W", "F"}
        else 1
        for c in text
    )


def test_message() -> None:
    assert format_error(FAILED) == (
        "error: unknown function 'sinn'\n  sinn(x) + 3\n  ^\nhint: did you mean sin or sinh?\n"
    )


def test_without_a_place() -> None:
    assert format_error(Failed("eval", "x", "point", "no value for x")) == "error: no value for x\n"
    assert format_error(Failed("eval", "x", "point", "wrong", text="x=")) == "error: wrong\n  x=\n"


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [
        ("x + ", 4, ["x + ", "    ^"]),
        ("x + ", 99, ["x + ", "    ^"]),
        ("x", -3, ["x", "^"]),
        ("", 0, ["", "^"]),
        ("x\t+ $", 4, ["x + $", "    ^"]),
        ("a\x1b[31m$", 6, ["a\\x1b[31m$", "         ^"]),
        ("x\n+ $", 4, ["x\\n+ $", "     ^"]),
        ("x\u202e$", 2, ["x\\u202e$", "       ^"]),
        ("x\u00a0$", 1, ["x\\xa0$", " ^"]),
        ("x\udc80$", 2, ["x\\udc80$", "       ^"]),
        ("数数+$", 3, ["数数+$", "     ^"]),
        ("e\u0301+$", 3, ["e\u0301+$", "  ^"]),
        ("\U0001d465+$", 2, ["\U0001d465+$", "  ^"]),
    ],
)
def test_caret(text: str, position: int, shown: list[str]) -> None:
    assert excerpt(text, position) == shown


@pytest.mark.parametrize("position", [0, 5, 40, 60, 500, 939, 970, 999, 1000])
def test_long_text_is_cut_around_the_caret(position: int) -> None:
    text = "x+" * 500
    line, caret = excerpt(text, position)
    assert len(line) <= 76
    assert len(line) >= 60
    assert (caret + "|").index("^") == len(caret) - 1 <= 76
    assert line.startswith("...") == (position > 40)
    assert line.endswith("...") == (position < 975)
    if position < 1000:
        assert line[caret.index("^")] == text[position]


@given(
    st.text(st.characters() | st.sampled_from("x+\t\u0301数\x1b\u200b"), max_size=200),
    st.integers(0, 200),
    st.sampled_from([30, 76]),
)
def test_caret_under_any_text(text: str, position: int, width: int) -> None:
    position = min(position, len(text))
    line, caret = excerpt(text, position, width)
    assert columns(line) <= width
    assert len(caret) <= width
    assert visible(line) == line, "nothing invisible is left"
    # What stands before the caret is the end of what stands before the place, and likewise after it.
    split = next(i for i in range(len(line) + 1) if columns(line[:i]) == len(caret) - 1)
    before, after = line[:split], line[split:]
    while after and unicodedata.category(after[0]) in {"Mn", "Me"}:
        before, after = before + after[0], after[1:]
    marks = visible(text[position:])
    while marks and unicodedata.category(marks[0]) in {"Mn", "Me"}:
        before, marks = before.removesuffix(marks[0]), marks[1:]
    assert visible(text[:position]).endswith(before.removeprefix("...")) or before.startswith("...")
    assert visible(text[position:]).endswith(after) or after.endswith("...")


def test_huge_text_is_quick() -> None:
    assert len(excerpt("x" * 10_000_000, 5_000_000)[0]) <= 76


def test_nothing_invisible_reaches_the_terminal() -> None:
    message = format_error(Failed("eval", "", "expression", "bad name 'x\x1b[2J'", hint="not \x07"))
    assert message == "error: bad name 'x\\x1b[2J'\nhint: not \\x07\n"


@pytest.mark.parametrize("module", [elements, messages, names, number_text])
def test_examples(module: object) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
