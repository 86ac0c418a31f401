"""The live view: in place, without flicker, and gone when it is over."""

from __future__ import annotations

import io
import re

import pytest

from gdcli.records import Step
from gdcli.reporting.live import ERASE_BELOW, HIDE, SHOW, Live
from tests.reporting.samples import Terminal
from tests.reporting.test_progress import Clock

UP_TWO = "\x1b[2A"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def go(live: Live, clock: Clock, count: int, seconds: float = 0.2) -> None:
    """So many steps."""
    for step in range(count):
        live.see(Step(step, 10.0**-step, 1.0 + step, {"x": 0.0}))
        live.update(step, 10.0**-step)
        clock.now += seconds


def frames(text: str) -> list[str]:
    """The drawings, each in one piece."""
    return re.findall(re.escape(HIDE) + "(.*?)" + re.escape(SHOW), text, re.DOTALL)


def test_a_frame(clock: Clock) -> None:
    stderr = Terminal()
    live = Live(stderr, 10, clock=clock)
    go(live, clock, 5)
    frame = frames(stderr.getvalue())[-1]
    assert frame.startswith("\r")
    lines = frame[1:].split("\n")
    assert lines[0] == "value          █▆▅▃▁  1 → 0.0001  log\x1b[K"
    assert lines[1] == "gradient norm  ▁▃▅▆█  1 → 5\x1b[K"
    assert lines[2].startswith("████████░░░░░░░░░░░░  40%  step 4/10  value 0.0001")
    # The cursor waits where the block begins, and what is left of a larger one is gone.
    assert frame.endswith(f"\x1b[J{UP_TWO}\r")


def test_it_moves_ten_times_a_second_and_flickers_never(clock: Clock) -> None:
    stderr = Terminal()
    live = Live(stderr, 10_000, clock=clock)
    go(live, clock, 1_000, 0.001)
    text = stderr.getvalue()
    assert 9 <= len(frames(text)) <= 12
    # Nothing is erased before something else is there in its place.
    assert ERASE_BELOW not in text
    assert text.replace("".join(f"{HIDE}{frame}{SHOW}" for frame in frames(text)), "") == ""


def test_rows_beside_it_find_its_place_empty_and_it_is_back_at_once(clock: Clock) -> None:
    stderr = Terminal()
    live = Live(stderr, 10, clock=clock)
    go(live, clock, 3)
    before = stderr.getvalue()
    clock.now += 0.03
    with live.paused():
        during = stderr.getvalue()[len(before) :]
        assert during == ERASE_BELOW
        stderr.write("a row\n")
    after = stderr.getvalue()[len(before) + len(during) :]
    assert after.startswith(f"a row\n{HIDE}\rvalue ")
    live.close()
    assert stderr.getvalue().endswith(ERASE_BELOW)
    length = len(stderr.getvalue())
    live.update(9, 1.0)
    live.close()
    assert len(stderr.getvalue()) == length


def test_rows_that_come_too_fast_are_not_held_up(clock: Clock) -> None:
    stderr = Terminal()
    live = Live(stderr, 1_000, clock=clock)
    go(live, clock, 2)
    count = len(frames(stderr.getvalue()))
    for _ in range(1_000):
        clock.now += 1e-5
        with live.paused():
            pass
    assert len(frames(stderr.getvalue())) <= count + 1
    clock.now += 0.02
    live.refresh()
    assert len(frames(stderr.getvalue())) == count + 2 or len(frames(stderr.getvalue())) == count + 1
    assert stderr.getvalue().endswith(SHOW)


@pytest.mark.parametrize("columns", [1, 5, 14, 20, 40, 80, 200])
@pytest.mark.parametrize("lines", [1, 2, 3, 4, 24])
def test_it_fits_the_terminal_as_it_is_now(
    columns: int, lines: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = Terminal()
    live = Live(stderr, 10, clock=clock)
    go(live, clock, 4)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    clock.now += 1
    live.refresh()
    drawn = frames(stderr.getvalue())[-1].removeprefix("\r").split("\n")
    assert len(drawn) <= max(lines - 1, 1)
    assert all(len(re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", line)) < columns for line in drawn)


@pytest.mark.parametrize("case", ["pipe", "quiet", "dumb"])
def test_where_nothing_moves_there_are_still_the_lines_of_the_end(
    case: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb" if case == "dumb" else "xterm")
    stderr = io.StringIO() if case == "pipe" else Terminal()
    live = Live(stderr, 10, enabled=case != "quiet", clock=clock)
    with live:
        go(live, clock, 5)
        with live.paused():
            live.refresh()
    assert stderr.getvalue() == ""
    live.conclude()
    assert stderr.getvalue() == "\nvalue          █▆▅▃▁  1 → 0.0001  log\ngradient norm  ▁▃▅▆█  1 → 5\n"


def test_without_a_step_there_is_no_end_to_show(clock: Clock) -> None:
    stderr = io.StringIO()
    Live(stderr, 10, clock=clock).conclude()
    assert stderr.getvalue() == ""


def test_colour_is_richs(clock: Clock) -> None:
    stderr = Terminal()
    live = Live(stderr, 10, clock=clock, color=True)
    go(live, clock, 5)
    assert "\x1b[36m█▆▅▃▁\x1b[0m" in frames(stderr.getvalue())[-1]


def test_ascii_terminal(clock: Clock) -> None:
    class Ascii(Terminal):
        encoding = "ascii"

    stderr = Ascii()
    live = Live(stderr, 10, clock=clock)
    go(live, clock, 5)
    live.close()
    live.conclude()
    assert stderr.getvalue().isascii()
    assert stderr.getvalue().endswith(
        "value          #*=._  1 -> 0.0001  log\ngradient norm  _.=*#  1 -> 5\n"
    )


def test_a_long_run_takes_no_more_memory(clock: Clock) -> None:
    live = Live(io.StringIO(), 10, clock=clock)
    for step in range(30_000):
        live.see(Step(step, 1.0, 1.0, {"x": 0.0}))
    assert len(live._course.rows) <= 2_001
