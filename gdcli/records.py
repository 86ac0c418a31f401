"""What flows from the core to the formats: frozen records of plain Python numbers, by variable name.

A record knows nothing of how it will be shown. Numbers are Python floats (a float32 result is the float that equals
it); non-finite ones are kept as they are, and the JSON formats write them as null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

Point: TypeAlias = Mapping[str, float]
"""A number for each variable, in the order in which the expression names them."""


class Status(str, Enum):
    """Why a run ended."""

    CONVERGED = "converged"
    MAX_STEPS = "max_steps"
    TIME_LIMIT = "time_limit"
    STALLED = "stalled"
    DIVERGED = "diverged"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True)
class Evaluated:
    """The value of an expression at a point (``eval``)."""

    command: str
    expression: str
    at: Point
    value: float
    engine: str
    device: str
    dtype: str


@dataclass(frozen=True)
class Derivative:
    """The derivatives of an expression (``grad``): in symbols, at a point, or both.

    `symbolic` is None where the symbols were left out (`note` says why). `at`, `value` and `gradient` are
    None without a point. `hessian` maps each variable to its row; at a point its entries are numbers, without
    one they are texts.
    """

    command: str
    expression: str
    symbolic: Mapping[str, str] | None
    at: Point | None = None
    value: float | None = None
    gradient: Point | None = None
    hessian: Mapping[str, Mapping[str, float | str]] | None = None
    engine: str | None = None
    device: str | None = None
    dtype: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Checked:
    """The gradient at a point by several independent ways, side by side (``grad --check``).

    `sources` maps the name of a way (an engine's backward, the symbolic derivative, central differences) to its
    gradient; `disagreement` is the largest relative difference between two of them, at variable `worst`, and `agreed`
    says whether every difference is within the tolerance of its way. `note` says what was left out, and where a way
    does not apply. `engine`, `device` and `dtype` are those of the value and of the first of the gradients.
    """

    command: str
    expression: str
    at: Point
    value: float
    sources: Mapping[str, Point]
    disagreement: float
    worst: str
    agreed: bool
    note: str = ""
    engine: str | None = None
    device: str | None = None
    dtype: str | None = None

    @property
    def gradient(self) -> Point:
        """The first of the gradients."""
        return next(iter(self.sources.values()), {})


@dataclass(frozen=True)
class Started:
    """The beginning of a run."""

    command: str
    expression: str
    variables: tuple[str, ...]
    start: Point
    method: str
    lr: float | str
    max_steps: int
    engine: str
    device: str
    dtype: str
    seed: int


@dataclass(frozen=True)
class Step:
    """The state after `step` updates; step 0 is the start. `gradient_norm` is the Euclidean norm.

    One that is not `shown` is for pictures alone, which want more of them than people want rows.
    """

    step: int
    value: float
    gradient_norm: float
    x: Point
    shown: bool = True


@dataclass(frozen=True)
class Minimum:
    """One of the distinct minima that many starts have found: where, its value, and how many starts ended there."""

    x: Point
    value: float
    starts: int


@dataclass(frozen=True)
class End:
    """Where one of many starts has ended, and the value there."""

    x: Point
    value: float


@dataclass(frozen=True)
class Constraint:
    """How a constraint is kept at the answer.

    Attributes:
        text: As it was given.
        violation: By how much it is not kept; 0 where it is.
        multiplier: Its Lagrange multiplier: the rate at which the minimum falls as the constraint is loosened.
    """

    text: str
    violation: float
    multiplier: float


@dataclass(frozen=True)
class Finished:
    """The end of a run.

    `x`, `value`, `gradient` are the answer: the state after the last step, or, where that is worse than the start or
    not finite, the best point that was seen; `last` is then the last state itself (else None). `gradient_norm` is the
    Euclidean norm of `gradient`; `seconds` is wall-clock time. `hints` say what to try next.

    With bounds, `on_bound` names the variables that end on one (else it is None). With many starts, `starts`
    is their number, `reached` how many of them came to the best value, and `minima` the distinct minima asked
    for, the best first (else they are None). With constraints, `constraints` says how each is kept (else it
    is None). `ends` are those of the first of many starts, for a picture (else they are None).
    """

    command: str
    expression: str
    status: Status
    message: str
    x: Point
    value: float
    gradient: Point
    gradient_norm: float
    start: Point
    steps: int
    evaluations: int
    seconds: float
    method: str
    lr: float | str
    engine: str
    device: str
    dtype: str
    seed: int
    last: Step | None = None
    hints: tuple[str, ...] = ()
    on_bound: tuple[str, ...] | None = None
    starts: int | None = None
    reached: int | None = None
    minima: tuple[Minimum, ...] | None = None
    constraints: tuple[Constraint, ...] | None = None
    ends: tuple[End, ...] | None = None


@dataclass(frozen=True)
class Failed:
    """An error met while working on one problem."""

    command: str
    expression: str
    kind: str
    message: str
    hint: str = ""
    text: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Listing:
    """A list to show (``list functions``, ``list methods``, …): rows of the same columns."""

    command: str
    topic: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(default=())


Record: TypeAlias = Evaluated | Derivative | Checked | Started | Step | Finished | Failed | Listing
