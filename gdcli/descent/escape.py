"""A way out of a stationary point that is no minimum: a saddle point, a maximum, a point of inflection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gdcli.descent.bounds import Bounds, clip
from gdcli.descent.curvature import Shape, eigen, shape
from gdcli.descent.objective import Objective, Sample

_DISTANCES = (1e-3, 1e-2)  # of the points that are tried, relative to the point
_ROUNDING = 1e4  # what a value has to fall by, in units of its last place, to be lower


def lower_neighbour(objective: Objective, here: Sample, bounds: Bounds) -> tuple[float, ...] | None:
    """A point beside a stationary one where the value is lower, if one is found.

    Tried are both ways along each variable, and first, where the Hessian is known and curves down, along that
    direction.
    """
    least = here.value - _ROUNDING * objective.epsilon * max(abs(here.value), 1e-8)
    size = max(1.0, *map(abs, here.x))
    for direction in _directions(objective, here):
        for distance in (sign * distance * size for distance in _DISTANCES for sign in (1.0, -1.0)):
            moved = [a + distance * d for a, d in zip(here.x, direction, strict=True)]
            x = tuple(clip(moved, bounds))
            if objective.sample(objective.evaluate(objective.point(x))).value < least:
                return x
    return None


def _directions(objective: Objective, here: Sample) -> Iterator[Sequence[float]]:
    hessian = objective.hessian_at(here.x)
    if hessian is not None:
        kind = shape(hessian)
        if kind in (Shape.SADDLE, Shape.MAXIMUM):
            yield eigen(hessian).vectors[0]
    for i in range(len(here.x)):
        yield [float(i == j) for j in range(len(here.x))]
