"""What a problem with a known answer is, and the sources that the tables name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SURJANOVIC_BINGHAM = (
    "Surjanovic & Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/optimization.html"
)
JAMIL_YANG = "Jamil & Yang (2013), doi:10.1504/IJMMNO.2013.055204"
MISHRA = "Mishra (2006), Some new test functions for global optimization, MPRA paper 2718"
GAVANA = "Gavana (2013), Global optimization benchmarks and AMPGO, infinity77.net/global_optimization"
HOCK_SCHITTKOWSKI_1981 = "Hock & Schittkowski (1981), doi:10.1007/978-3-642-48320-2"
MORE_GARBOW_HILLSTROM_1981 = "Moré, Garbow & Hillstrom (1981), doi:10.1145/355934.355936"


@dataclass(frozen=True)
class Problem:
    """A function to be minimised, and where its minimum is.

    Attributes:
        name: Unique among all tables; fit to be a test's id.
        expression: The objective in gdcli's notation.
        minimum: The global minimum within bounds and constraints, in double precision.
        minimizers: Points at which it is attained, in the order of `variables`: all of them, unless tagged
            ``many``.
        source: Where it was published, or what it is for. Published minima that were rounded or wrong are
            not kept: the numbers here were refined with 60 digits.
        bounds: For a variable the ends of the interval in which it may move; either may be infinite, and a
            variable that is not named is free.
        start: The standard start. Empty for a problem that is given by its bounds alone.
        constraints: Comparisons in gdcli's notation which hold at the answer.
        tags: What is special about it:

            ``kink``: the formula has no derivative at a minimiser (the function may have one);
            ``flat``: the Hessian is singular at a minimiser, points are found less exactly than values;
            ``boundary``: some minimiser lies on a bound;
            ``many``: there are, or may be, more minimisers than those listed;
            ``local``: there are local minima above the global one, or descent may escape to infinity;
            ``badly-scaled``, ``convex``: as they say;
            ``irregular``: no constraint qualification holds at the answer: there are no multipliers.
    """

    name: str
    expression: str
    minimum: float
    minimizers: tuple[tuple[float, ...], ...] = ()
    source: str = ""
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables in the order in which the minimisers give their values."""
        return tuple(self.start) or tuple(self.bounds)


@dataclass(frozen=True)
class Ending:
    """A run that has no minimum to go to, or that cannot get there, and how it is to end.

    Attributes:
        name: Unique among all tables.
        expression: The objective in gdcli's notation.
        start: Where the run starts.
        kind: ``unbounded``; ``unattained`` (an infimum at infinity); ``saddle`` (each step along the gradient
            leads to a stationary point that is no minimum); ``stationary`` (the start is one); ``flat``;
            ``undefined-at-start``; ``undefined-on-the-way``; ``overflow``; or ``kink``.
        lr: The step size for which it happens; None for every one.
        infimum: The greatest lower bound of the function over its domain.
    """

    name: str
    expression: str
    start: Mapping[str, float]
    kind: str
    lr: float | None = None
    infimum: float = -math.inf


def box(variables: str, low: float, high: float) -> dict[str, tuple[float, float]]:
    """The same interval for each of the (space-separated) variables."""
    return dict.fromkeys(variables.split(), (low, high))


def names(count: int) -> list[str]:
    """``x1``, ``x2``, … ``x{count}``."""
    return [f"x{i}" for i in range(1, count + 1)]


def at(*values: float) -> dict[str, float]:
    """A point in ``x1``, ``x2``, …."""
    return dict(zip(names(len(values)), values, strict=True))


def total(terms: Iterable[str]) -> str:
    """The text of a sum."""
    return " + ".join(terms)


def squares(residuals: Iterable[str]) -> str:
    """The text of a sum of squares."""
    return total(f"({residual})**2" for residual in residuals)
