"""Records of a run in which some variables were held at a number, with those variables in their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gdcli.records import Finished, Point, Started, Step


def with_fixed(
    records: Iterable[Started | Step | Finished], variables: Sequence[str], values: Mapping[str, float]
) -> Iterator[Started | Step | Finished]:
    """The records with the fixed variables in every point.

    The gradient by a fixed variable is 0: the function that was minimised does not depend on it.

    Args:
        records: Those of a run without the fixed variables.
        variables: All variables, in the order in which they are to be shown.
        values: The fixed ones and their numbers.
    """

    def whole(point: Point, numbers: Mapping[str, float] = values) -> dict[str, float]:
        return {name: numbers[name] if name in values else point[name] for name in variables}

    def whole_step(step: Step) -> Step:
        return replace(step, x=whole(step.x))

    zeros = dict.fromkeys(values, 0.0)
    for record in records:
        if isinstance(record, Step):
            yield whole_step(record)
        elif isinstance(record, Started):
            yield replace(record, variables=tuple(variables), start=whole(record.start))
        else:
            minima, ends = record.minima, record.ends
            yield replace(
                record,
                x=whole(record.x),
                gradient=whole(record.gradient, zeros),
                start=whole(record.start),
                last=None if record.last is None else whole_step(record.last),
                minima=None if minima is None else tuple([replace(one, x=whole(one.x)) for one in minima]),
                ends=None if ends is None else tuple([replace(one, x=whole(one.x)) for one in ends]),
            )
