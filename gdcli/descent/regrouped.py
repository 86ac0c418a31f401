"""Records of a run with other points in them: those of vectors, whose elements were variables of their own in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gdcli.graph.layout import Layout
from gdcli.recorded import point
from gdcli.records import Finished, Point, Started, Step


def with_points(
    records: Iterable[Started | Step | Finished],
    variables: tuple[str, ...],
    whole: Callable[[Point], Point],
    gradient: Callable[[Point], Point] | None = None,
) -> Iterator[Started | Step | Finished]:
    """The records with something else for every point.

    Args:
        records: Those of a run.
        variables: The variables of the new points.
        whole: The new point for one of the run's.
        gradient: The same for the gradient; left out, `whole`.
    """

    def whole_step(step: Step) -> Step:
        return replace(step, x=whole(step.x))

    for record in records:
        if isinstance(record, Step):
            yield whole_step(record)
        elif isinstance(record, Started):
            yield replace(record, variables=variables, start=whole(record.start))
        else:
            minima, ends = record.minima, record.ends
            yield replace(
                record,
                x=whole(record.x),
                gradient=(gradient or whole)(record.gradient),
                start=whole(record.start),
                last=None if record.last is None else whole_step(record.last),
                minima=None if minima is None else tuple([replace(one, x=whole(one.x)) for one in minima]),
                ends=None if ends is None else tuple([replace(one, x=whole(one.x)) for one in ends]),
            )


def regrouped(
    records: Iterable[Started | Step | Finished], layout: Layout
) -> Iterator[Started | Step | Finished]:
    """The records with elements in their vectors.

    Args:
        records: Of a run whose variables are those that `Layout.elements` names.
        layout: The variables, and which of them are vectors.
    """
    names = layout.elements()
    return with_points(
        records, layout.names, lambda elements: point(layout, [elements[name] for name in names])
    )
