"""The progress bar: one line at the bottom of a terminal, for runs that last, gone when they end.

It is told of steps whenever the caller knows of one, and redraws itself ten times a second at most. Other
output to the same terminal goes inside `Progress.paused`, which takes the bar away and puts it back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from gdcli.records import Step
from gdcli.reporting.terminal import can_encode, may_animate, terminal_width

APPEARS_AFTER = 0.5
REDRAWN_AFTER = 0.1
BAR_WIDTH = 20
ERASE = "\r\x1b[K"


class Progress:
    """How far a run is: a bar, the step, the value, the rate and the time left.

    Nothing is ever drawn where `stderr` is not a terminal or `enabled` is false. The bar may be used from
    several threads.

    Args:
        stderr: Where it is drawn.
        total_steps: The most steps that the run will make, if there is a bound.
        time_limit: The most seconds that it will take, if there is a bound.
        enabled: False under ``--quiet``.
        clock: Seconds, for tests.
    """

    def __init__(
        self,
        stderr: TextIO,
        total_steps: int | None = None,
        time_limit: float | None = None,
        enabled: bool = True,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.enabled = enabled and may_animate(stderr)
        self._stderr = stderr
        self._total = total_steps
        self._limit = time_limit
        self._clock = clock
        self._lock = threading.RLock()
        self._started = clock()
        self._next_draw = self._started + APPEARS_AFTER
        self._drawn = False
        self._step = 0
        self._value: float | None = None
        self._signs = "█░" if can_encode(stderr, "█░") else "#-"

    def see(self, record: Step) -> None:
        """Take down a step, shown or not; a bar has no use for it."""

    def conclude(self) -> None:
        """Leave behind what is to be seen after the run, when the bar is gone: nothing."""

    def update(self, step: int, value: float | None = None) -> None:
        """Tell of a step, and of the value there if it is known."""
        if not self.enabled:
            return
        with self._lock:
            self._step = step
            self._value = self._value if value is None else value
            self.refresh()

    def refresh(self) -> None:
        """Redraw the bar if it is time to: a clock may call this while no step is reported."""
        if not self.enabled or self._clock() < self._next_draw:
            return
        with self._lock:
            # The last column stays free: some terminals go to the next line when it is written.
            line = self._line(terminal_width(self._stderr) - 1)
            self._stderr.write(ERASE + line)
            self._stderr.flush()
            self._drawn = True
            self._next_draw = self._clock() + REDRAWN_AFTER

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while something else is written to the terminal."""
        with self._lock:
            was_drawn = self._drawn
            self._erase()
            try:
                yield
            finally:
                if was_drawn:
                    self.refresh()

    def close(self) -> None:
        """Take the bar away for good."""
        with self._lock:
            self._erase()
            self.enabled = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _erase(self) -> None:
        if self._drawn:
            self._drawn = False
            self._stderr.write(ERASE)
            self._stderr.flush()

    def _line(self, width: int) -> str:
        """The bar's text; from the right, parts are left out until it fits."""
        elapsed = self._clock() - self._started
        rate = self._step / elapsed if elapsed > 0 else 0.0
        parts = []
        fraction = self._fraction(elapsed)
        if fraction is not None:
            full = round(fraction * BAR_WIDTH)
            bar = self._signs[0] * full + self._signs[1] * (BAR_WIDTH - full)
            parts.append(f"{bar} {fraction:4.0%}")
        of = "" if self._total is None else f"/{self._total}"
        parts.append(f"step {self._step}{of}")
        if self._value is not None:
            parts.append(f"value {self._value:.6g}")
        left = self._seconds_left(elapsed, rate)
        if left is not None:
            parts.append(f"{_duration(left)} left")
        if rate > 0:
            parts.append(f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.2g} steps/s")
        while len(parts) > 1 and len("  ".join(parts)) > width:
            parts.pop()
        return "  ".join(parts)[: max(width, 0)]

    def _fraction(self, elapsed: float) -> float | None:
        shares = []
        if self._total:
            shares.append(self._step / self._total)
        if self._limit:
            shares.append(elapsed / self._limit)
        return min(max(shares), 1.0) if shares else None

    def _seconds_left(self, elapsed: float, rate: float) -> float | None:
        times = []
        if self._total is not None and rate > 0:
            times.append((self._total - self._step) / rate)
        if self._limit is not None:
            times.append(self._limit - elapsed)
        return max(min(times), 0.0) if times else None


def _duration(seconds: float) -> str:
    """``0:05``, ``2:10``, ``1:00:00``; more than a hundred hours are just that."""
    if seconds >= 360_000:
        return ">99 h"
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
