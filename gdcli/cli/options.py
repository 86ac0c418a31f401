"""The options that commands share, each declared once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gdcli.cli.assignments import Assignment
from gdcli.cli.declare import OTHER, argument, one_of, option
from gdcli.engines import ENGINES
from gdcli.errors import UsageError
from gdcli.reporting import FORMATS, MAX_PRECISION

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
DTYPES = ("float64", "float32", "bfloat16", "float16")
"""The names that completion offers; which of them are here, the engine knows (`gdcli.engines.select`)."""

PROBLEM, COMPUTATION, OUTPUT = "Problem", "Computation", "Output"


def real(expected: str, accept: Callable[[float], bool]) -> Callable[[str], float]:
    """A conversion to a finite number that `accept` accepts."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and accept(value)):
            raise ValueError(expected)
        return value

    return convert


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A conversion to a whole number between two bounds."""
    expected = (
        f"a whole number from {least} to {most}" if most is not None else f"a whole number from {least} up"
    )

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(expected) from None
        if value < least or (most is not None and value > most):
            raise ValueError(expected)
        return value

    return convert


positive = real("a number above 0", lambda value: value > 0)
not_negative = real("a number of 0 or more", lambda value: value >= 0)


def names(text: str) -> tuple[str, ...]:
    """Names joined by commas."""
    found = tuple(part.strip() for part in text.split(","))
    if not all(found):
        raise ValueError("names joined by commas")
    return found


@dataclass(frozen=True)
class Common:
    """What every command has.

    Attributes:
        typed: The fields of which something is on the command line itself.
    """

    typed: frozenset[str] = frozenset()
    # GDCLI_VERSION is too good a name for the version that somebody's script wants to install.
    version: bool = option(
        "--version", "Show the version and exit", section=OTHER, has_variable=False, whole_run=True
    )


@dataclass(frozen=True)
class Output(Common):
    """How results are written."""

    format: str = option(
        "--format",
        f"How results are written: {', '.join(FORMATS)}",
        "FORMAT",
        one_of(tuple(FORMATS), "one of the formats"),
        default="table",
        choices=tuple(FORMATS),
        section=OUTPUT,
        whole_run=True,
    )
    precision: int | None = option(
        "--precision",
        "Significant digits of every number; without it, numbers outside tables read back as the same",
        "DIGITS",
        whole(1, MAX_PRECISION),
        section=OUTPUT,
        whole_run=True,
    )
    quiet: bool = option("--quiet", "Write no progress bar, hints and notes", section=OUTPUT, whole_run=True)
    no_color: bool = option("--no-color", "Write no colour, as NO_COLOR does", section=OUTPUT, whole_run=True)


@dataclass(frozen=True)
class Computation:
    """What computes, where, and in which numbers."""

    engine: str = option(
        "--engine",
        "The engine that computes: native (plain Python, quick to start), torch, or auto, which takes torch "
        "where a device or another dtype asks for it",
        "ENGINE",
        default="auto",
        choices=("auto", *ENGINES),
        section=COMPUTATION,
    )
    device: str = option(
        "--device",
        "Where to compute: auto, cpu, cuda, cuda:N, mps or xpu ('gdcli list devices' shows what is here)",
        "DEVICE",
        default="auto",
        choices=DEVICES,
        section=COMPUTATION,
    )
    dtype: str = option(
        "--dtype",
        f"The numbers' type: {', '.join(DTYPES)}",
        "DTYPE",
        default="float64",
        choices=DTYPES,
        section=COMPUTATION,
    )
    no_cache: bool = option(
        "--no-cache",
        "Use nothing that earlier runs have kept, and keep nothing for later ones ('gdcli cache info' shows where)",
        section=COMPUTATION,
        whole_run=True,
    )


@dataclass(frozen=True)
class Saving:
    """Where a long result is kept."""

    save: str | None = option(
        "--save",
        "Write the result (a point; of grad the gradient) to a file: .npy, .npz, .csv or .tsv",
        "FILE",
        file=True,
        section=OUTPUT,
        whole_run=True,
    )

    def require_one_problem(self, expression: str | None) -> None:
        """Make sure that there is one result to be saved, if any.

        Raises:
            UsageError: Problems come from standard input.
        """
        if self.save is not None and expression in (None, "-"):
            raise UsageError("--save is for one result, and needs an EXPRESSION on the command line")


@dataclass(frozen=True)
class Expression:
    """What to work on."""

    expression: str | None = argument(
        "EXPRESSION",
        "The expression, in quotes; left out or '-': one a line from standard input, where a line may also be an "
        'object such as {"expression": "x**2", "lr": 0.1}, with options of its own',
    )
    let: tuple[str | Assignment, ...] = option(
        "--let",
        "What a name in the expression means: an expression ('r=sqrt(x**2+y**2)'), or the numbers of a file (A=@a.npy, "
        "b=@b.csv)",
        "NAME=VALUE",
        repeated=True,
        section=PROBLEM,
    )
    shape: tuple[str | Assignment, ...] = option(
        "--shape",
        "The length of a vector that no list gives: x=1000; a single number for it is then that of every element",
        "NAME=N",
        repeated=True,
        section=PROBLEM,
    )


@dataclass(frozen=True)
class Fixed:
    """What is not to vary."""

    fix: tuple[str | Assignment, ...] = option(
        "--fix",
        "Values of variables that are to stay as they are",
        "NAME=VALUE",
        repeated=True,
        section=PROBLEM,
    )


@dataclass(frozen=True)
class Point:
    """Where to evaluate, at one point."""

    at: tuple[str | Assignment, ...] = option(
        "--at",
        "The point to evaluate at: values of the variables, joined by commas or by repeating the option",
        "NAME=VALUE",
        repeated=True,
        section=PROBLEM,
    )


@dataclass(frozen=True)
class At(Point):
    """Where to evaluate."""

    points: str | None = option(
        "--points",
        "Points from a file, instead of --at: CSV, whose header names the variables, a point a row",
        "FILE",
        file=True,
        section=PROBLEM,
        whole_run=True,
    )

    @property
    def has_point(self) -> bool:
        """Whether there is anywhere to evaluate."""
        return bool(self.at) or self.points is not None
