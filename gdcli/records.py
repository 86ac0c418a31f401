"""What flows from the core to the formats: frozen records of plain Python numbers, by variable name.

A record knows nothing of how it will be shown. Numbers are Python floats (a float32 result is the float that equals
it); non-finite ones are kept as they are, and the JSON formats write them as null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True)
class Vector:
    """The numbers of a variable that is a vector; or of a matrix, of second derivatives say, row by row.

    What is known of all of them was computed where they come from, which is quicker than to look at each here.

    Attributes:
        shape: How many elements it has; of a matrix, rows and columns.
        numbers: The elements: a tuple, or a view of floating-point memory. They are Python floats when they are read.
        norm: The Euclidean norm.
        least: The smallest element, and NaN where there is one, as `most` is.
        least_at: Its place among the numbers.
        most: The largest element.
        most_at: Its place.
    """

    shape: tuple[int, ...]
    numbers: Sequence[float]
    norm: float
    least: float
    least_at: int
    most: float
    most_at: int


Value: TypeAlias = float | Vector
"""What a variable has at a point, and what a derivative by it is."""

Point: TypeAlias = Mapping[str, Value]
"""A value for each variable, in the order in which the expression names them."""


def numbers_of(point: Point) -> tuple[float, ...]:
    """The numbers of a point that has no vectors."""
    return tuple([value for value in point.values() if not isinstance(value, Vector)])


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
    hessian: Mapping[str, Mapping[str, Value | str]] | None = None
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
class GraphEdge:
    """What a node of a computation graph takes from another.

    Attributes:
        source: The name of the node that it takes.
        derivative: The local derivative, as a formula in the names of nodes; empty where the source is constant.
        local: Its number at the point, if there is one.
        contribution: What backpropagation adds to the gradient of the source along this edge: `local` times the
            gradient of the node. None without a point, and where nothing flows back.
    """

    source: str
    derivative: str = ""
    local: float | None = None
    contribution: float | None = None


@dataclass(frozen=True)
class GraphNode:
    """A node of a computation graph.

    Attributes:
        name: A variable's own name, or a short one that no variable has.
        kind: ``variable``, ``operation``, ``condition`` or ``constant``.
        op: What it does: the name of a row of the function table, or its kind.
        operation: The same as text, in the names of the nodes that it takes: ``x**2``.
        inputs: The edges to the nodes that it takes, in the order of its arguments. Constants that stand in
            `operation` are no nodes.
        value: Its value at the point, if there is one.
        gradient: The derivative of the whole expression by this node, if there is a point; None for a condition and
            for a constant.
        stands_for: The call that the text has in place of this and some earlier nodes: ``sec(x)`` for ``1/a``.
        shape: The shape of a vector; None for a single number.
        norm: The Euclidean norm of a vector's value, and `gradient_norm` that of its gradient.
    """

    name: str
    kind: str
    op: str
    operation: str
    inputs: tuple[GraphEdge, ...] = ()
    value: float | bool | None = None
    gradient: float | None = None
    stands_for: str = ""
    shape: tuple[int, ...] | None = None
    norm: float | None = None
    gradient_norm: float | None = None


@dataclass(frozen=True)
class ComputationGraph:
    """The computation graph of an expression (``graph``), at a point or without one.

    `nodes` are in the order of evaluation, the expression's own value last. `as_steps` asks for the two passes of
    backpropagation, one after the other, instead of the graph. `gradient` are the derivatives by the variables, at a
    point.
    """

    command: str
    expression: str
    at: Point | None
    nodes: tuple[GraphNode, ...]
    as_steps: bool = False
    gradient: Point | None = None


@dataclass(frozen=True)
class Listing:
    """A list to show (``list functions``, ``list methods``, …): rows of the same columns."""

    command: str
    topic: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(default=())


Record: TypeAlias = (
    Evaluated | Derivative | Checked | Started | Step | Finished | Failed | ComputationGraph | Listing
)
