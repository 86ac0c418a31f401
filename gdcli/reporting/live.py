"""``--live``: the run in the terminal itself, as sparklines of value and gradient norm above the progress bar.

The block stands below whatever else is written and is drawn over in one piece, so that nothing flickers. Between two
drawings the cursor waits at the block's beginning: however a terminal breaks the lines anew when its size changes,
everything from there on is the block's, and is erased by one escape.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from gdcli.records import Step
from gdcli.reporting.course import Course
from gdcli.reporting.progress import REDRAWN_AFTER, Progress
from gdcli.reporting.sparkline import can_spark, course_lines
from gdcli.reporting.terminal import DEFAULT_WIDTH, is_terminal, terminal_height, terminal_width

MOST_ROWS = 2_000
REDRAWN_BESIDE_ROWS_AFTER = 0.02
"""Rows may come faster than anyone sees them; the block is then left out between them."""
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
ERASE_BELOW, ERASE_LINE = "\r\x1b[J", "\x1b[K"


class Live(Progress):
    """Sparklines and a progress bar, drawn in place; otherwise as `Progress`.

    Args:
        stderr: Where it is drawn.
        total_steps: The most steps that the run will make, if there is a bound.
        time_limit: The most seconds that it will take, if there is a bound.
        enabled: Whether anything is to move; the lines of the end (`conclude`) there are in any case.
        color: Whether to colour it.
        clock: Seconds, for tests.
    """

    def __init__(
        self,
        stderr: TextIO,
        total_steps: int | None = None,
        time_limit: float | None = None,
        enabled: bool = True,
        *,
        color: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(stderr, total_steps, time_limit, enabled, clock=clock)
        self._next_draw = self._drawn_at = self._started
        self._course = Course(most=MOST_ROWS)
        self._unicode = can_spark(stderr)
        self._styled = _styles(stderr) if color else lambda text, style: text

    def see(self, record: Step) -> None:
        """Take down a step, shown or not."""
        with self._lock:
            self._course.add(record)

    def refresh(self) -> None:
        """Redraw the block if it is time to."""
        if self.enabled and self._clock() >= self._next_draw:
            with self._lock:
                self._draw()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the block away while something else is written to the terminal, and put it back at once."""
        with self._lock:
            was_drawn = self._drawn
            self._erase()
            try:
                yield
            finally:
                if was_drawn and self._clock() - self._drawn_at >= REDRAWN_BESIDE_ROWS_AFTER:
                    self._draw()
                elif was_drawn:
                    self._next_draw = min(self._next_draw, self._drawn_at + REDRAWN_BESIDE_ROWS_AFTER)

    def conclude(self) -> None:
        """Write the sparklines of the whole run, as wide as the terminal, or as 80 columns where it is none."""
        width = terminal_width(self._stderr) if is_terminal(self._stderr) else DEFAULT_WIDTH
        lines = self._sparklines(width - 1)
        if lines:
            self._stderr.write("".join(line.rstrip() + "\n" for line in ["", *lines]))
            self._stderr.flush()

    def _draw(self) -> None:
        # The last column stays free: some terminals go to the next line when it is written.
        width = terminal_width(self._stderr) - 1
        room = max(terminal_height(self._stderr) - 1, 1)
        lines = [*self._sparklines(width), self._line(width)][-room:]
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        text = f"{ERASE_LINE}\n".join(lines)
        self._stderr.write(f"{HIDE}\r{text}\x1b[J{up}\r{SHOW}")
        self._stderr.flush()
        self._drawn, self._drawn_at = True, self._clock()
        self._next_draw = self._drawn_at + REDRAWN_AFTER

    def _erase(self) -> None:
        if self._drawn:
            self._drawn = False
            self._stderr.write(ERASE_BELOW)
            self._stderr.flush()

    def _sparklines(self, width: int) -> list[str]:
        return course_lines(self._course, width, unicode=self._unicode, styled=self._styled)


def _styles(stderr: TextIO) -> Callable[[str, str], str]:
    """Rich's way of colouring a text for the terminal."""
    from gdcli.reporting.drawing import Canvas
    from gdcli.reporting.reporter import Output

    return Canvas(Output(stderr, stderr, color=True, width=terminal_width(stderr))).styled
