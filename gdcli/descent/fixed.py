"""Records of a run in which some variables were held at a value, with those variables in their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gdcli.descent.regrouped import with_points
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
    zeros = {name: _recorded(value, times=0.0) for name, value in values.items()}

    def whole(point: Point) -> Point:
        return {name: held[name] if name in held else point[name] for name in variables}

    def gradient(point: Point) -> Point:
        return {name: zeros[name] if name in zeros else point[name] for name in variables}

    return with_points(records, tuple(variables), whole, gradient)


def _recorded(value: Any, times: float = 1.0) -> Value:
    """A value as the records have it."""
    if isinstance(value, float | int):
        return times * value
    import numpy as np

    from gdcli.recorded import vector

    row = times * np.asarray(value, np.float64)
    return vector(row, row.shape)
