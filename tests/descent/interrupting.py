"""Runs that are interrupted and go on, for the tests of checkpoints."""

from __future__ import annotations

from dataclasses import replace

from gdcli.descent.checkpoint import Checkpointer, read
from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.problem import Problem
from gdcli.records import Finished, Step
from tests.descent.support import ROSENBROCK, ROSENBROCK_START, engine_of

NATIVE = Problem(engine_of(ROSENBROCK), ROSENBROCK_START, ROSENBROCK, seed=3)


def timeless(records):
    """The text of records, but for the time taken."""
    return [repr(replace(each, seconds=0.0) if isinstance(each, Finished) else each) for each in records]


def interrupted(path, problem, method, cut, **criteria):
    """The records of a run that is stopped at step `cut`, with a checkpoint there."""
    stop = False
    records = []
    rules = Criteria(**criteria, stop=lambda: stop, checkpointer=Checkpointer(path))
    for record in minimize(problem, method, rules):
        records.append(record)
        stop = stop or (isinstance(record, Step) and record.step == cut)
    return records


def resumed(path, **changes):
    """The records of the run that goes on, by the file alone."""
    kept = read(path)
    return list(minimize(kept.problem(), kept.plan.method, kept.plan.criteria(**changes), kept))
