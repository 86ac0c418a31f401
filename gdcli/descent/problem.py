"""What is to be minimised, and from where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gdcli.descent.bounds import Bounds, clip, representable
from gdcli.engines import Engine
from gdcli.errors import ExpressionError, PointError
from gdcli.graph.layout import Layout
from gdcli.recorded import point as recorded
from gdcli.records import Point, Started, Step

if TYPE_CHECKING:
    import random

    from gdcli.descent.methods.base import Method


@dataclass(frozen=True)
class Problem:
    """A function to be minimised or maximised from one start.

    Attributes:
        engine: Computes the expression and its gradient.
        start: A value for each of the engine's variables, in their order: a number, or of a vector a sequence of them.
        expression: The text, for the records.
        command: ``minimize`` or ``maximize``.
        seed: The seed with which the missing part of the start was drawn, for the records.
        bounds: For each number of a point a pair (low, high), either of which may be infinite; or nothing. They become
            numbers of the engine's dtype, inside those that were given.
        fixed: The variables of the expression that are held at a value, which the engine does not have.

    Raises:
        ExpressionError: If the expression has no variable.
        PointError: If the start does not give each variable of the expression, and nothing else, a number.
    """

    engine: Engine
    start: Mapping[str, Any]
    expression: str = ""
    command: str = "minimize"
    seed: int = 0
    bounds: Bounds = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.variables:
            raise ExpressionError(
                "there is no variable in the expression, and so nothing to be sought", text=self.expression
            )
        missing = [name for name in self.variables if name not in self.start]
        if missing:
            raise PointError(f"the start has no value for {', '.join(missing)}")
        if self.bounds:
            row = self.layout.row(self.start)
            for place, (number, (low, high)) in enumerate(zip(row, self.bounds, strict=True)):
                if not low <= number <= high:
                    raise PointError(
                        f"the start {self.layout.element(place)}={number:g} is outside its bounds {low:g}:{high:g}"
                    )
        unknown = [name for name in self.start if name not in self.variables]
        if unknown:
            raise PointError(f"the start gives {', '.join(unknown)}, which the expression does not have")
        if self.bounds:
            object.__setattr__(self, "bounds", representable(self.bounds, self.engine.dtype))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables."""
        return self.engine.variables

    @property
    def layout(self) -> Layout:
        """Where in a point the variables are."""
        return self.engine.layout

    @property
    def sign(self) -> float:
        """What the value is multiplied with to become one that is to be minimised."""
        return -1.0 if self.command == "maximize" else 1.0

    def point(self, numbers: Iterable[float]) -> Point:
        """Numbers in the variables' order, by name."""
        layout = self.engine.layout
        return (
            recorded(layout, numbers) if layout.has_vectors else dict(zip(layout.names, numbers, strict=True))
        )

    def values(self) -> Any:
        """The start as one row: a tuple of numbers, or NumPy's array where there are vectors."""
        row = self.layout.row(self.start)
        if self.layout.has_vectors:
            import numpy as np

            return np.array(clip(row.tolist(), self.bounds)) if self.bounds else row
        return tuple(clip([float(number) for number in row], self.bounds))

    def started(self, method: Method, max_steps: int, x: Iterable[float]) -> Started:
        """The record of the beginning of a run.

        Args:
            method: The settled method.
            max_steps: The most steps that it may make.
            x: Where it begins.
        """
        return Started(
            command=self.command,
            expression=self.expression,
            variables=self.variables,
            start=self.point(x),
            method=method.name,
            lr=method.lr,
            max_steps=max_steps,
            engine=self.engine.name,
            device=self.engine.device,
            dtype=self.engine.dtype,
            seed=self.seed,
        )

    def row(self, step: int, x: Sequence[float]) -> Step:
        """The record of a step to a point, by the engine: that of many starts is not there to be asked."""
        value, gradient = self.engine.value_and_gradient(x)
        return Step(step, value, math.hypot(*gradient), self.point(x))


def random_start(
    variables: Sequence[str], given: Mapping[str, float], seed: int, intervals: Bounds = ()
) -> dict[str, float]:
    """A start: what is given, and for each other variable a random number.

    The number is drawn evenly from the variable's interval where that is finite, else from a standard normal; where
    the interval has one end, the number is as far from it as one of a standard normal is from 0.

    A variable's number depends on the seed, its own name and its interval alone, so that giving one variable, or
    adding one to the expression, leaves the others where they were. The generator is Python's Mersenne Twister,
    seeded with the text ``seed:name``: the same everywhere, and there without NumPy.

    Args:
        variables: The names, in the order of the result.
        given: Numbers for some of them; names that are not among `variables` are kept, for `Problem` to
            complain about.
        seed: Any integer.
        intervals: For each variable a pair (low, high), either of which may be infinite; or nothing.
    """
    # Not needed where everything is given, and worth 5 ms.
    import random

    pairs = dict(zip(variables, intervals, strict=True)) if intervals else {}
    drawn = {
        name: given[name]
        if name in given
        else _drawn(random.Random(f"{seed}:{name}"), *pairs.get(name, (-math.inf, math.inf)))
        for name in variables
    }
    return drawn | dict(given)


def random_vector(
    name: str, length: int, seed: int, interval: tuple[float, float] = (-math.inf, math.inf)
) -> Any:
    """The same for the elements of a vector, as NumPy's array.

    The generator is NumPy's PCG64, seeded with the seed and the name, so that a longer vector begins with the same
    numbers.

    Args:
        name: The variable.
        length: How many elements it has.
        seed: Any integer.
        interval: Where each of them is drawn.
    """
    import numpy as np

    low, high = interval
    generator = np.random.default_rng([abs(seed), *name.encode()])
    if math.isfinite(low) and math.isfinite(high):
        part = generator.random(length)
        return np.clip(low * (1.0 - part) + high * part, low, high)
    numbers = generator.standard_normal(length)
    if math.isfinite(low):
        return low + np.abs(numbers)
    return high - np.abs(numbers) if math.isfinite(high) else numbers


def _drawn(generator: random.Random, low: float, high: float) -> float:
    """A number between low and high."""
    if math.isfinite(low) and math.isfinite(high):
        part = generator.random()
        # Not low + part*(high - low), whose difference may be infinite.
        return min(max(low * (1.0 - part) + high * part, low), high)
    number = generator.gauss(0.0, 1.0)
    if math.isfinite(low):
        return low + abs(number)
    return high - abs(number) if math.isfinite(high) else number
