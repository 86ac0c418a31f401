"""How the answer of a run depends on the variables that were fixed in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from gdcli.descent.fixed import with_fixed
from gdcli.descent.problem import Problem
from gdcli.records import Finished, Point, Started, Step


def with_sensitivities(
    records: Iterable[Started | Step | Finished],
    problem: Problem,
    names: Sequence[str],
    gradient: Callable[[Point], Point],
) -> Iterator[Started | Step | Finished]:
    """The records with the fixed variables in every point, and the answer's gradient with the derivatives by them.

    The gradient's norm stays that of the others, which are what the run could change. A derivative by a fixed variable
    may be NaN where the function is only defined for its number, as that of x**n by n is where x is negative.

    Args:
        records: Of the run, which knows the fixed variables as constants of its graph (`gdcli.graph.fixing`).
        problem: Its problem.
        names: All variables, in the order in which they are to be shown.
        gradient: Computes the derivatives at a point by all variables; those that it leaves out have none.
    """
    for record in with_fixed(records, names, problem.fixed):
        if isinstance(record, Finished):
            partials = gradient(record.x)
            own = {
                name: partials.get(name, record.gradient[name])
                if name in problem.fixed
                else record.gradient[name]
                for name in names
            }
            record = replace(record, gradient=own)
        yield record
