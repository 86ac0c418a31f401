"""Runs from texts, for the tests of descent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdcli.descent.bounds import Bounds
from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.engines import Engine, select
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Started, Step

ROSENBROCK = "(1-x)**2 + 100*(y-x**2)**2"
ROSENBROCK_START = {"x": -1.2, "y": 1.0}


@dataclass
class Run:
    """The records of a run, by kind."""

    started: Started
    steps: list[Step]
    finished: Finished


def engine_of(text: str, engine: str = "auto", dtype: str = "float64") -> Engine:
    """An engine for an expression."""
    return select(lower(parse(text)), engine=engine, dtype=dtype)


def run(
    text: str,
    start: Mapping[str, float],
    method: str = "gd",
    lr: float | str = "auto",
    *,
    command: str = "minimize",
    settings: Mapping[str, str] | None = None,
    engine: str = "auto",
    dtype: str = "float64",
    schedule: str = "constant",
    bounds: Bounds = (),
    **criteria: Any,
) -> Run:
    """A whole run."""
    problem = Problem(engine_of(text, engine, dtype), start, text, command, seed=7, bounds=bounds)
    started, *steps, finished = minimize(
        problem, create(method, lr, settings, schedule), Criteria(**criteria)
    )
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert all(isinstance(step, Step) for step in steps)
    return Run(started, steps, finished)  # type: ignore[arg-type]
