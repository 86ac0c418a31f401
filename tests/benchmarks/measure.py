"""Timing two things against each other, in turn, so that what else the machine does slows both."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import median

RUN_LIMIT = 120.0  # seconds for one process


class BenchmarkError(Exception):
    """What was to be timed ended with an error, or did not end in time."""


@dataclass(frozen=True)
class Process:
    """A whole process, from its start to its end.

    Attributes:
        command: The program and its arguments.
        status: The exit code with which it ends.
        cache: Which cache it has: one of its own, which is empty (``fresh``), or that of earlier processes.
        numbers: What is put in the place of ``#`` in its arguments.
    """

    command: tuple[str, ...]
    status: int = 0
    cache: str = "kept"
    numbers: Iterator[int] | None = None

    def __call__(self) -> float:
        """Run it once and return the seconds.

        Raises:
            BenchmarkError: If it does not end with its exit code within the limit.
        """
        command = self.command
        if self.numbers is not None and any("#" in word for word in command):
            number = str(next(self.numbers))
            command = tuple(word.replace("#", number) for word in command)
        with tempfile.TemporaryDirectory() if self.cache == "fresh" else nullcontext(kept_cache()) as cache:
            began = time.perf_counter()
            try:
                done = subprocess.run(
                    command,
                    env=environment() | {"GDCLI_CACHE_DIR": cache},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=RUN_LIMIT,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise BenchmarkError(f"{command[0]} took more than {RUN_LIMIT:g} s") from error
            seconds = time.perf_counter() - began
        if done.returncode != self.status:
            last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
            raise BenchmarkError(f"exit code {done.returncode}: {last}")
        return seconds


def environment() -> dict[str, str]:
    """This process's variables, but for those that change what gdcli does, or keep Python from keeping bytecode."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GDCLI_") and name != "PYTHONDONTWRITEBYTECODE"
    }


@cache
def kept_cache() -> str:
    """A folder for the caches of processes that are to have one in common, for as long as this process lives."""
    folder = tempfile.mkdtemp(prefix="gdcli-benchmarks-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@dataclass
class Call:
    """A call in this process.

    Attributes:
        function: What is called. If it returns a whole number, that is how many steps it has made.
        steps: That number, of the last call.
    """

    function: Callable[[], object]
    steps: int | None = None

    def __call__(self) -> float:
        """Call it once and return the seconds.

        Raises:
            BenchmarkError: If it raises anything.
        """
        began = time.perf_counter()
        try:
            found = self.function()
        except Exception as error:
            raise BenchmarkError(f"{type(error).__name__}: {error}") from error
        seconds = time.perf_counter() - began
        self.steps = found if type(found) is int else None
        return seconds


@dataclass(frozen=True)
class Benchmark:
    """One row: something timed against a baseline.

    Attributes:
        name: What is timed.
        against: What the baseline is.
        run: Runs it once and returns the seconds.
        baseline: The same for the baseline.
        at_most: The greatest ratio of the two that we want, if there is one.
        unit: Of what is returned: seconds, or ``B`` for bytes.
    """

    name: str
    against: str
    run: Callable[[], float]
    baseline: Callable[[], float]
    at_most: float | None = None
    unit: str = "s"

    @property
    def steps(self) -> tuple[int, int] | None:
        """How many steps a run of each makes, where both make some."""
        run, baseline = getattr(self.run, "steps", None), getattr(self.baseline, "steps", None)
        return (run, baseline) if run and baseline else None


@dataclass(frozen=True)
class Timings:
    """The seconds of each round.

    Attributes:
        benchmark: What was timed.
        run: One number a round.
        baseline: One number a round, each taken right after the one of `run`.
    """

    benchmark: Benchmark
    run: tuple[float, ...]
    baseline: tuple[float, ...]

    @cached_property
    def ratios(self) -> tuple[float, ...]:
        """For each round how many times the baseline's seconds it took; of a step, where both make steps."""
        run, baseline = self.benchmark.steps or (1, 1)
        return tuple(a / run / (b / baseline) for a, b in zip(self.run, self.baseline, strict=True))

    @property
    def met(self) -> bool | None:
        """Whether the median ratio is as small as wanted; None where nothing is wanted."""
        return None if self.benchmark.at_most is None else median(self.ratios) <= self.benchmark.at_most


def compare(benchmark: Benchmark, rounds: int, seconds: float) -> Timings:
    """Time a benchmark and its baseline in turn, after one run of each that does not count.

    Args:
        benchmark: What to time.
        rounds: How many times.
        seconds: No further round begins after so many seconds, but one there is always.

    Raises:
        BenchmarkError: If one of the two fails.
    """
    deadline = time.perf_counter() + seconds
    benchmark.run()
    benchmark.baseline()
    pairs = list(_pairs(benchmark, rounds, deadline))
    return Timings(benchmark, tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def _pairs(benchmark: Benchmark, rounds: int, deadline: float) -> Iterator[tuple[float, float]]:
    for done in range(rounds):
        if done and time.perf_counter() > deadline:
            return
        yield benchmark.run(), benchmark.baseline()
