"""The options of ``gdcli minimize`` and ``gdcli maximize``."""

from __future__ import annotations

from dataclasses import dataclass

from gdcli.cli.assignments import Assignment
from gdcli.cli.declare import one_of, option
from gdcli.cli.options import (
    OUTPUT,
    PROBLEM,
    Computation,
    Expression,
    Fixed,
    Output,
    Saving,
    not_negative,
    positive,
    whole,
)
from gdcli.descent.methods import CONSTANT, METHODS, SCHEDULES
from gdcli.descent.starts.compile_choices import CHOICES

DESCENT, STARTS, ENDING, LONG = "Descent", "Many starts", "When to stop", "Long runs"


def step_size(text: str) -> float | str:
    """A number above 0, or ``auto``."""
    try:
        return text if text == "auto" else positive(text)
    except ValueError:
        raise ValueError("a number above 0, or auto") from None


def setting(text: str) -> tuple[str, str]:
    """``KEY=VALUE`` as a pair."""
    key, equals, value = text.partition("=")
    if not (key.strip() and equals and value.strip()):
        raise ValueError("KEY=VALUE")
    return key.strip(), value.strip()


@dataclass(frozen=True)
class Descent(Expression, Fixed, Computation, Saving, Output):
    """The options of ``minimize`` and ``maximize``."""

    every: int | None = option(
        "--every", "Show every N-th step; by default about 20 steps in all", "N", whole(1), section=OUTPUT
    )
    trace: str | None = option(
        "--trace",
        "Write every reported step to a file: CSV, TSV or JSON Lines by its ending (.csv, .tsv, .jsonl)",
        "FILE",
        file=True,
        section=OUTPUT,
        whole_run=True,
    )
    plot: str | None = option(
        "--plot",
        "Draw the run into a file: PNG, SVG or PDF by its ending (this needs gdcli[plot]); '-' is --live",
        "FILE",
        file=True,
        section=OUTPUT,
        whole_run=True,
    )
    live: bool = option(
        "--live",
        "Draw value and gradient norm as sparklines on standard error: on a terminal as the run goes, and in any case "
        "at its end",
        section=OUTPUT,
        whole_run=True,
    )
    checkpoint: str | None = option(
        "--checkpoint",
        "Write down every few seconds, and at the end, where the run stands, for --resume",
        "FILE",
        file=True,
        section=LONG,
        whole_run=True,
    )
    resume: str | None = option(
        "--resume",
        "Go on with the run of a checkpoint, which holds all but where output goes; --steps, --tol and --every may "
        "be given anew",
        "FILE",
        file=True,
        section=LONG,
        whole_run=True,
    )
    tol: float | None = option(
        "--tol",
        "Stop when no component of the gradient is larger; 0 runs every step; by default 1e-10 in float64 "
        "and 1e-5 in float32, and less where the slope at the start is small",
        "FLOAT",
        not_negative,
        section=ENDING,
    )
    steps: int = option("--steps", "Stop after N steps", "N", whole(0), default="10000", section=ENDING)
    time_limit: float | None = option(
        "--time-limit", "Stop after so many seconds", "SECONDS", positive, section=ENDING
    )
    strict: bool = option(
        "--strict", "Exit with 4 when the run stopped for another reason than convergence", section=ENDING
    )
    starts: int | None = option(
        "--starts",
        "Descend from so many starts, and report the best end",
        "N",
        whole(1),
        section=STARTS,
    )
    range: tuple[str | Assignment, ...] = option(
        "--range",
        "Where starts are drawn: x=-5:5, of which either side may be empty; by default within the bounds",
        "NAME=LOW:HIGH",
        repeated=True,
        section=STARTS,
    )
    minima: int | None = option(
        "--minima",
        "Report the K best of the distinct minima that --starts has found",
        "K",
        whole(1),
        section=STARTS,
    )
    compile: str = option(
        "--compile",
        "Compile several steps of --starts with a number for --lr into one: auto, where that repays the time it "
        "takes, on or off",
        "WHEN",
        one_of(CHOICES, "one of"),
        default="auto",
        choices=CHOICES,
        section=STARTS,
    )
    rank_timeout: float = option(
        "--rank-timeout",
        "Under torchrun: give up when another process has not answered for so many seconds",
        "SECONDS",
        positive,
        default="300",
        section=STARTS,
        whole_run=True,
    )
    method: str = option(
        "--method",
        "How to go downhill; 'gdcli list methods' describes the methods",
        "NAME",
        one_of(tuple(METHODS), "one of the methods"),
        default="auto",
        choices=tuple(METHODS),
        section=DESCENT,
    )
    lr: float | str = option(
        "--lr",
        "The step size: a number, or auto, which adapts it",
        "FLOAT|auto",
        step_size,
        default="auto",
        choices=("auto",),
        section=DESCENT,
    )
    schedule: str = option(
        "--schedule",
        "How --lr changes with the steps of a first-order method; 'gdcli list schedules' describes the schedules",
        "NAME",
        one_of((CONSTANT, *SCHEDULES), "one of the schedules"),
        default=CONSTANT,
        choices=(CONSTANT, *SCHEDULES),
        section=DESCENT,
    )
    set: tuple[tuple[str, str], ...] = option(
        "--set",
        "A parameter of the method or the schedule, as 'gdcli list methods' and 'gdcli list schedules' show them",
        "KEY=VALUE",
        setting,
        repeated=True,
        section=DESCENT,
    )
    start: tuple[str | Assignment, ...] = option(
        "--start",
        "Where to start: values of the variables, joined by commas or by repeating the option",
        "NAME=VALUE",
        repeated=True,
        section=PROBLEM,
    )
    bounds: tuple[str | Assignment, ...] = option(
        "--bounds",
        "Where a variable has to stay: x=0:5, of which either side may be empty; no method evaluates anything outside",
        "NAME=LOW:HIGH",
        repeated=True,
        section=PROBLEM,
    )
    subject_to: tuple[str, ...] = option(
        "--subject-to",
        "What is to hold at the minimum: x+y<=1, x*y==2; repeat the option for several",
        "CONSTRAINT",
        repeated=True,
        section=PROBLEM,
    )
    seed: int = option(
        "--seed",
        "For what --start leaves out, which is drawn evenly from its --range or --bounds, and where there are none "
        "from a standard normal",
        "N",
        whole(0),
        default="0",
        section=PROBLEM,
    )

    @property
    def picture(self) -> str | None:
        """The file to draw into, if any."""
        return None if self.plot == "-" else self.plot

    @property
    def is_live(self) -> bool:
        """Whether there are to be sparklines."""
        return self.live or self.plot == "-"

    @property
    def is_drawn(self) -> bool:
        """Whether more steps are wanted than those that are shown."""
        return self.is_live or self.plot is not None
