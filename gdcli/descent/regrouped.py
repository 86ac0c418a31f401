"""Records of a run over the elements of vectors, spelled out as variables of their own, by vectors again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gdcli.graph.layout import Layout
from gdcli.recorded import point
from gdcli.records import Finished, Point, Started, Step


def regrouped(
    records: Iterable[Started | Step | Finished], layout: Layout
) -> Iterator[Started | Step | Finished]:
    """The records with the elements in their vectors.

    Args:
        records: Of a run whose variables are those that `Layout.elements` names.
        layout: The variables, and which of them are vectors.
    """
    names = layout.elements()

    def whole(elements: Point) -> Point:
        return point(layout, [elements[name] for name in names])

    def whole_step(step: Step) -> Step:
        return replace(step, x=whole(step.x))

    for record in records:
        if isinstance(record, Step):
            yield whole_step(record)
        elif isinstance(record, Started):
            yield replace(record, variables=layout.names, start=whole(record.start))
        else:
            minima = record.minima
            yield replace(
                record,
                x=whole(record.x),
                gradient=whole(record.gradient),
                start=whole(record.start),
                last=None if record.last is None else whole_step(record.last),
                minima=None if minima is None else tuple([replace(one, x=whole(one.x)) for one in minima]),
            )
