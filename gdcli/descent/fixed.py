"""Records of a run in which some variables were held at a value, with those variables in their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gdcli.records import Finished, Point, Started, Step, Value


def with_fixed(
    records: Iterable[Started | Step | Finished], variables: Sequence[str], values: Mapping[str, Any]
) -> Iterator[Started | Step | Finished]:
    """The records with the fixed variables in every point.

    The gradient by a fixed variable is 0: the function that was minimised does not depend on it.

    Args:
        records: Those of a run without the fixed variables.
        variables: All variables, in the order in which they are to be shown.
        values: The fixed ones: numbers, or of vectors sequences of them.
    """
    held = {name: _recorded(value) for name, value in values.items()}

    def whole(point: Point, numbers: Mapping[str, Value] = held) -> dict[str, Value]:
        return {name: numbers[name] if name in held else point[name] for name in variables}

    def whole_step(step: Step) -> Step:
        return replace(step, x=whole(step.x))

    zeros = {name: _recorded(value, times=0.0) for name, value in values.items()}
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


def _recorded(value: Any, times: float = 1.0) -> Value:
    """A value as the records have it."""
    if isinstance(value, float | int):
        return times * value
    import numpy as np

    from gdcli.recorded import vector

    row = times * np.asarray(value, np.float64)
    return vector(row, row.shape)
