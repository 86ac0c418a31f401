"""How the answer of a run depends on the variables that were fixed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gdcli.descent.fixed import with_fixed
from gdcli.descent.problem import Problem
from gdcli.engines import select
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Started, Step


def with_sensitivities(
    records: Iterable[Started | Step | Finished], problem: Problem
) -> Iterator[Started | Step | Finished]:
    """The records with the fixed variables in every point, and the answer's gradient with the derivatives by them.

    The gradient's norm stays that of the others, which are what the run could change. A derivative by a fixed variable
    may be NaN where the function is only defined for its number, as that of x**n by n is where x is negative.

    Args:
        records: Of the run, which knows the fixed variables as constants of its graph (`gdcli.graph.fixing`).
        problem: Its problem.
    """
    graph = parse(problem.expression)
    names = tuple(dict.fromkeys((*graph.variables, *problem.variables, *problem.fixed)))
    run = problem.engine
    for record in with_fixed(records, names, problem.fixed):
        if isinstance(record, Finished):
            engine = select(lower(replace(graph, variables=names)), run.name, run.device, run.dtype)
            partials = dict(zip(names, engine.value_and_gradient(tuple(record.x.values()))[1], strict=True))
            gradient = {
                name: partials[name] if name in problem.fixed else record.gradient[name] for name in names
            }
            record = replace(record, gradient=gradient)
        yield record
