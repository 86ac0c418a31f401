"""The progress bar: on a terminal, when a run lasts, and gone afterwards."""

from __future__ import annotations

import io

import pytest

from gdcli.reporting.progress import Progress
from tests.reporting.samples import Terminal

ERASE = "\r\x1b[K"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def screen(text: str) -> str:
    """What a terminal shows in its last line."""
    return text.rpartition(ERASE)[2]


def test_line(clock: Clock) -> None:
    stderr = Terminal()
    progress = Progress(stderr, 1000, None, clock=clock)
    clock.now += 2
    progress.update(250, 0.125)
    assert (
        screen(stderr.getvalue())
        == "█████░░░░░░░░░░░░░░░  25%  step 250/1000  value 0.125  0:06 left  125 steps/s"
    )
    progress.close()
    assert screen(stderr.getvalue()) == ""


def test_short_runs_see_nothing(clock: Clock) -> None:
    stderr = Terminal()
    with Progress(stderr, 1000, clock=clock) as progress:
        for step in range(5):
            clock.now += 0.09
            progress.update(step, 1.0)
            with progress.paused():
                pass
    assert stderr.getvalue() == ""


@pytest.mark.parametrize("case", ["pipe", "quiet", "dumb"])
def test_where_nothing_is_drawn(case: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb" if case == "dumb" else "xterm")
    stderr = io.StringIO() if case == "pipe" else Terminal()
    with Progress(stderr, 10, 10.0, case != "quiet", clock=clock) as progress:
        clock.now += 5
        progress.update(5, 1.0)
        with progress.paused():
            progress.refresh()
    assert stderr.getvalue() == ""


def test_ten_times_a_second_at_most(clock: Clock) -> None:
    stderr = Terminal()
    progress = Progress(stderr, 100_000, clock=clock)
    clock.now += 0.5
    for step in range(10_000):
        clock.now += 0.0001
        progress.update(step, 1.0)
    assert 9 <= stderr.getvalue().count(ERASE) <= 11


def test_other_output_finds_the_line_empty(clock: Clock) -> None:
    stderr = Terminal()
    progress = Progress(stderr, 10, clock=clock)
    clock.now += 1
    progress.update(1, 1.0)
    assert "step 1/10" in screen(stderr.getvalue())
    with progress.paused():
        assert screen(stderr.getvalue()) == ""
        clock.now += 1
    assert "step 1/10" in screen(stderr.getvalue())
    with pytest.raises(ZeroDivisionError), progress.paused():
        raise ZeroDivisionError
    progress.close()
    length = len(stderr.getvalue())
    progress.update(2, 1.0)
    progress.close()
    assert len(stderr.getvalue()) == length


@pytest.mark.parametrize(
    ("total", "limit", "shown"),
    [
        (None, None, "step 50  value 1  25 steps/s"),
        (100, None, "██████████░░░░░░░░░░  50%  step 50/100  value 1  0:02 left  25 steps/s"),
        (None, 8.0, "█████░░░░░░░░░░░░░░░  25%  step 50  value 1  0:06 left  25 steps/s"),
        (1000, 4.0, "██████████░░░░░░░░░░  50%  step 50/1000  value 1  0:02 left  25 steps/s"),
        (10**7, None, "░░░░░░░░░░░░░░░░░░░░   0%  step 50/10000000  value 1  >99 h left  25 steps/s"),
        (10**5, None, "░░░░░░░░░░░░░░░░░░░░   0%  step 50/100000  value 1  1:06:38 left  25 steps/s"),
        (40, 1.0, "████████████████████ 100%  step 50/40  value 1  0:00 left  25 steps/s"),
    ],
)
def test_bounds(total: int | None, limit: float | None, shown: str, clock: Clock) -> None:
    stderr = Terminal()
    progress = Progress(stderr, total, limit, clock=clock)
    clock.now += 2
    progress.update(50, 1.0)
    assert screen(stderr.getvalue()) == shown


def test_before_the_first_step(clock: Clock) -> None:
    stderr = Terminal()
    progress = Progress(stderr, 0, clock=clock)
    clock.now += 1
    progress.refresh()
    assert screen(stderr.getvalue()) == "step 0/0"


@pytest.mark.parametrize("columns", [1, 10, 30, 50, 79])
def test_never_wraps(columns: int, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stderr = Terminal()
    progress = Progress(stderr, 123_456_789, clock=clock)
    clock.now += 1
    progress.update(12_345_678, -1.23456789e-300)
    assert len(screen(stderr.getvalue())) < columns


def test_ascii_terminal(clock: Clock) -> None:
    class Ascii(Terminal):
        encoding = "ascii"

    stderr = Ascii()
    progress = Progress(stderr, 10, clock=clock)
    clock.now += 1
    progress.update(5)
    assert screen(stderr.getvalue()) == "##########----------  50%  step 5/10  0:01 left  5 steps/s"
