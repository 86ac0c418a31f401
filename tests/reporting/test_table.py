"""``table``: aligned, never cut, and as Rich would draw it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gdcli.records import Derivative, Evaluated, Listing, Started, Step
from gdcli.reporting.columns import Column, fit
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.reporter import Output
from tests.reporting.samples import (
    DIVERGED_RUN,
    GRADIENT,
    HESSIAN,
    MANY,
    MANY_RUN,
    RUN,
    STARTED,
    STEPS,
    WHERE,
    write,
)

NUMBERS = (
    st.floats() | st.floats(-10, 10) | st.sampled_from([-1.7976931348623157e308, -5e-324, -0.00012345678901])
)


def test_streamed_rows_are_as_rich_would_draw_them() -> None:
    records = MANY_RUN
    out = write("table", records).out.split("\n\n")[1]
    cells = [line.split() for line in out.replace("gradient norm", "gradient_norm").splitlines()]
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    # Every column but these two has a number in it that needs the whole width.
    for name, width in zip(cells[0], [4, None, 13, *[None] * len(MANY)], strict=True):
        table.add_column(name.replace("_", " "), justify="right", min_width=width)
    for row in cells[2:]:
        table.add_row(*row)
    console = Console(file=io.StringIO(), width=1000)
    with console.capture() as capture:
        console.print(table)
    assert out.splitlines() == [line.rstrip() for line in capture.get().splitlines()]


@given(
    st.lists(NUMBERS, min_size=3, max_size=6),
    st.none() | st.integers(30, 200),
    st.none() | st.integers(1, 17),
)
def test_every_row_is_as_wide_as_the_header(
    numbers: list[float], width: int | None, precision: int | None
) -> None:
    value, norm, *x = numbers
    step = Step(7, value, norm, {f"x{i}": number for i, number in enumerate(x)})
    options = {} if width is None else {"terminal": True, "width": width, "color": False}
    header, rule, row = write("table", [step], precision=precision, **options).out.splitlines()
    assert len(header) == len(rule)
    assert len(row) == len(header.partition("  +")[0].rstrip())
    shown = row.split()
    if not 1e308 < abs(value) < float("inf"):
        assert float(shown[1]) == pytest.approx(value, rel=1e-4 if precision is None else 1, nan_ok=True)
    if width is None:
        assert len(shown) == len(numbers) + 1


@pytest.mark.parametrize("width", [46, 60, 80, 120, 200])
def test_rows_fit_the_terminal(width: int) -> None:
    for records in (RUN[:-1], MANY_RUN, DIVERGED_RUN[:-1]):
        out = write("table", records, terminal=True, width=width, color=False).out
        assert max(map(len, out.splitlines())) <= width
        shown_variables = len(out.splitlines()[2].partition("gradient norm")[2].partition("+")[0].split())
        assert shown_variables >= (width >= 50)


def test_variables_left_out_are_counted() -> None:
    header, _, *rows = write("table", MANY_RUN, terminal=True, width=80, color=False).out.splitlines()[2:]
    assert header.endswith("x0             x1  +10 more")
    assert [len(row.split()) for row in rows] == [5, 5]


def test_piped_rows_have_every_variable_whatever_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = write("table", MANY_RUN, width=40).out
    assert all(name in out for name in MANY)
    assert "more" not in out


def test_terminal_width_comes_from_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    narrow = write("table", MANY_RUN, terminal=True, color=False).out
    assert narrow == write("table", MANY_RUN, terminal=True, color=False, width=60).out
    for columns in ("", "0", "wide"):
        monkeypatch.setenv("COLUMNS", columns)
        assert (
            write("table", MANY_RUN, terminal=True, width=80).out
            == write("table", MANY_RUN, terminal=True).out
        )


def test_fewer_digits_before_fewer_variables() -> None:
    columns = [Column("step", whole=100), *(Column(name, optional=True) for name in "abcd")]
    widths = {None: 10, 80: 10, 79: 8, 72: 8, 71: 6, 64: 6, 63: 5, 60: 5}
    for width, digits in widths.items():
        assert fit(columns, width) == (tuple(columns), digits, (0, 1, 2, 3, 4))
    assert fit(columns, 59) == (tuple(columns), 6, (0, 1, 2, 3))
    assert fit(columns, 71, precision=10).header()[-1] == "+1 more"


def test_users_text_prints_as_it_is() -> None:
    record = Derivative("grad", "[red]x[/red] :smile:", {"x[a]": "x[a] \x1b[31m", "[/b]": "[b]"})
    out = write("table", [record]).out
    for text in ("[red]x[/red] :smile:", "x[a] \\x1b[31m", "[/b]", "[b]"):
        assert text in out
    listing = Listing("list", "[topic]", ("[name]",), (("[bold]x",),))
    assert write("table", [listing]).out.split() == ["[name]", "─" * 7, "[bold]x"]


def test_long_texts_fold_on_a_terminal_and_not_in_a_pipe() -> None:
    symbol = "+".join(f"x**{i}" for i in range(60))
    record = replace(GRADIENT, symbolic={"x": symbol, "y": "2*y"}, expression="y+" * 300 + "y")
    assert symbol in write("table", [record]).out
    assert record.expression in write("table", [record]).out
    lines = write("table", [record], terminal=True, width=60, color=False).out.splitlines()
    assert max(map(len, lines[1:])) <= 60
    assert lines[0].endswith("...")
    folded = "".join(line[len("variable  at  gradient  ") :] for line in lines if "**" in line)
    assert folded == symbol


@pytest.mark.parametrize("width", [10, 40, 79])
def test_numbers_are_not_cut_on_a_terminal(width: int) -> None:
    out = write("table", [*RUN, HESSIAN], terminal=True, width=width, color=False).out
    assert "0.01687031935884968" in out.split()
    assert "0.050610958076549" in out.split()


def test_wide_hessian_is_listed_on_a_terminal() -> None:
    names = [f"v{i}" for i in range(9)]
    hessian = {a: dict.fromkeys(names, 1 / 3) for a in names}
    record = Derivative("grad", "f", None, dict.fromkeys(names, 1.0), 1.0, None, hessian, **WHERE)
    listed = write("table", [record], terminal=True, width=60, color=False).out
    assert listed.count("0.3333333333") == 45
    assert write("table", [record]).out.count("0.3333333333") == 81


def test_points_are_rows_of_one_table() -> None:
    out = write("table", [GRADIENT, GRADIENT, GRADIENT], points=True).out.splitlines()
    assert len(out) == 5
    assert out[0].split() == ["x", "y", "value", "gradient_x", "gradient_y"]
    assert out[2].split() == ["1", "3", "10", "2", "6"]
    narrow = write("table", [GRADIENT], points=True, terminal=True, width=40, color=False).out.splitlines()
    assert narrow[0].split() == ["x", "value", "+3", "more"]
    assert narrow[2].split() == ["1", "10"]


def test_runs_stand_apart() -> None:
    out = write("table", [*RUN, *RUN]).out
    assert out.count("step ") == 2
    assert "\n\nminimize x**2 + y**2\n\nstep" in out


def test_summary_has_everything() -> None:
    words = write("table", RUN).out.split("\n\n")[2:]
    fields = dict(line.split(maxsplit=1) for line in words[0].splitlines())
    assert fields["value"] == "0.0028460768151"
    assert {"status", "message", "steps", "evaluations", "seconds", "method", "lr", "engine", "seed"} <= set(
        fields
    )
    assert words[1].splitlines()[0].split() == ["variable", "result", "gradient", "start"]
    diverged = write("table", DIVERGED_RUN).out
    assert "last value     -inf at step 2" in diverged
    assert diverged.splitlines()[-1].split() == ["x", "-4", "48", "-1", "-inf"]


def test_constant_has_no_variables() -> None:
    assert write("table", [Evaluated("eval", "1+1", {}, 2.0, **WHERE)]).out == (
        "eval 1+1\n\nvalue   2\nengine  native, cpu, float64\n"
    )


def test_color_is_only_added(monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    colored = write("table", RUN, terminal=True, width=80).out
    assert "\x1b[" in colored
    plain = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", colored).splitlines())
    assert plain + "\n" == write("table", RUN, terminal=True, width=80, color=False).out
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in write("table", RUN, terminal=True, width=80).out


def test_step_column_holds_the_last_step() -> None:
    started = Started("minimize", "x", ("x",), {"x": 1.0}, "gd", 0.1, 123_456_789, **WHERE, seed=0)
    rows = write("table", [started, STEPS[0], replace(STEPS[1], step=123_456_789)]).out.splitlines()[4:]
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert STARTED.max_steps == 100


# Rich drops a modifier (Sk: a skin tone) that follows nothing.
CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Mn", "Me", "Sk", "Zs"], exclude_characters="\t"),
    min_size=1,
    max_size=12,
)
ROWS = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4)
)


@given(ROWS)
@settings(deadline=None, max_examples=200)
def test_a_piped_table_is_the_one_that_rich_would_draw(rows: list[list[str]]) -> None:
    canvas = Canvas(Output(io.StringIO(), io.StringIO()))
    header, *body = rows
    for numeric in ([False] * len(header), [False, *[True] * (len(header) - 1)]):
        assert canvas.plain_table(header, body, numeric) == canvas.rich_table(header, body, numeric)
