"""Schedules: how the step size of a first-order method changes with the steps (``--schedule``).

A schedule is written once, as arithmetic that does not care what it works on, like the updates of
`gdcli.descent.methods.elementwise`: in the generated loop it is text, which costs a step some 0.1 µs.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods import SCHEDULE_PREFIX
from gdcli.descent.methods.base import parameter, parameters, read_settings, require_ranges
from gdcli.descent.objective import Array
from gdcli.errors import UsageError


@dataclass(frozen=True)
class Schedule(ABC):
    """A step size that changes. The fields are the parameters, but for `steps`.

    Attributes:
        name: What ``--schedule`` calls it.
        summary: One line about it.
        remembers: How many numbers a start are remembered from update to update.
        steps: The most updates of the run (`gdcli.descent.methods.base.Method.lasting`).
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    remembers: ClassVar[int] = 0

    steps: int = 10_000

    def __post_init__(self) -> None:
        require_ranges(self, SCHEDULE_PREFIX)

    @property
    def depends_on_steps(self) -> bool:
        """Whether another number of steps makes it another schedule."""
        return True

    def init(self, lr: Any, value: Array) -> tuple[Array, ...]:
        """What is remembered before the first update.

        Args:
            lr: The step size that was asked for.
            value: The value at the start; shape (…, 1), or a float.
        """
        return ()

    @abstractmethod
    def rate(self, xp: Any, numbers: Any, lr: Any, k: Any, value: Any, *memory: Any) -> tuple[Any, ...]:
        """The step size of update k = 1, 2, …

        Args:
            xp: NumPy's functions, for what `value` is.
            numbers: The functions of `math`, for what `k` is.
            lr: The step size that was asked for.
            k: The number of the update.
            value: The value before it.
            memory: What was remembered.

        Returns:
            The step size, and what is to be remembered. Only arithmetic, `xp`, `numbers` and ``<`` are to be used.
        """


class Planned(Schedule):
    """A schedule that is known beforehand."""

    def rate(self, xp: Any, numbers: Any, lr: Any, k: Any, value: Any, *memory: Any) -> tuple[Any, ...]:
        """The step size, and nothing."""
        return (lr * self.part(numbers, k - 1),)

    @abstractmethod
    def part(self, numbers: Any, done: Any) -> Any:
        """The part of lr with which the next update is made after `done` of them."""


@dataclass(frozen=True)
class Cosine(Planned):
    """Half a wave of a cosine: lr·(end + (1 − end)·(1 + cos(π·(k − 1)/steps))/2).

    Attributes:
        end: What part of lr is left after the last step.

    References:
        I. Loshchilov, F. Hutter, SGDR: Stochastic gradient descent with warm restarts, ICLR 2017,
        doi:10.48550/arXiv.1608.03983, equation 5, without restarts. `torch.optim.lr_scheduler.CosineAnnealingLR` with
        T_max=steps.
    """

    name: ClassVar[str] = "cosine"
    summary: ClassVar[str] = "lr falls along half a cosine, to 0 at the last of --steps"

    end: float = parameter(0.0, "part of lr that is left at the end", below=1.0)

    def part(self, numbers: Any, done: Any) -> Any:
        """(1 + cos)/2."""
        wave = (1.0 + numbers.cos(done * (math.pi / self.steps))) * 0.5
        return self.end + (1.0 - self.end) * wave if self.end else wave


@dataclass(frozen=True)
class Step(Planned):
    """Stairs: lr·factor^⌊(k − 1)/every⌋, as `torch.optim.lr_scheduler.StepLR`.

    Attributes:
        factor: By what lr is multiplied at each stair.
        every: The steps of a stair; 0 for a third of the run.
    """

    name: ClassVar[str] = "step"
    summary: ClassVar[str] = "lr falls by a factor after each third of --steps, or each so many steps"

    factor: float = parameter(0.1, "what lr is multiplied with each time", below=1.0)
    every: int = parameter(0, "steps from one time to the next; 0 for a third of --steps")

    @property
    def depends_on_steps(self) -> bool:
        """Not where `every` says how long a stair is."""
        return self.every == 0

    def part(self, numbers: Any, done: Any) -> Any:
        """The factor to the power of the stairs so far."""
        return self.factor ** (done // (self.every or math.ceil(self.steps / 3)))


@dataclass(frozen=True)
class Exponential(Planned):
    """A constant factor from each update to the next: lr·end^((k − 1)/steps).

    `torch.optim.lr_scheduler.ExponentialLR` with gamma = end^(1/steps).

    Attributes:
        end: What part of lr is left after the last step.
    """

    name: ClassVar[str] = "exponential"
    summary: ClassVar[str] = "lr falls by the same factor at every step"

    end: float = parameter(0.01, "part of lr that is left after the last of --steps", below=1.0)

    def part(self, numbers: Any, done: Any) -> Any:
        """A power of `end`."""
        return self.end ** (done / self.steps)


@dataclass(frozen=True)
class Plateau(Schedule):
    """A step size that falls when the value does not: where the least value so far has not been improved upon for more
    than `patience` steps, lr ← factor·lr.

    As `torch.optim.lr_scheduler.ReduceLROnPlateau` with eps=0, which is given the value before each update, and other
    defaults: any improvement counts, since a minimum is to be found to many digits.

    Attributes:
        factor: By what lr is multiplied.
        patience: How many steps without improvement are suffered.
        threshold: An improvement is of more than this part of the least value.
    """

    name: ClassVar[str] = "plateau"
    summary: ClassVar[str] = "lr falls by a factor whenever the value has not for a while"
    remembers: ClassVar[int] = 3

    factor: float = parameter(0.5, "what lr is multiplied with each time", below=1.0)
    patience: int = parameter(100, "steps without a better value that are suffered")
    threshold: float = parameter(0.0, "part of the best value by which another has to be better", below=1.0)

    @property
    def depends_on_steps(self) -> bool:
        """It looks at values alone."""
        return False

    def init(self, lr: Any, value: Array) -> tuple[Array, ...]:
        """The step size, the least value, and for how many steps there was none better."""
        # A count of −1 stands for the first value, which improves upon nothing. It is an integer, since half precision
        # cannot count past 256.
        return value * 0.0 + lr, value, (value != value) * 1 - 1

    def rate(self, xp: Any, numbers: Any, lr: Any, k: Any, value: Any, *memory: Any) -> tuple[Any, ...]:
        """The step size, and the three numbers."""
        lr, best, idle = memory
        better = value < (best - self.threshold * xp.abs(best) if self.threshold else best)
        idle = xp.where(better, 0, idle + 1)
        over = self.patience < idle
        lr = xp.where(over, self.factor * lr, lr)
        return lr, lr, xp.where(better, value, best), xp.where(over, 0, idle)


SCHEDULES: Mapping[str, type[Schedule]] = {each.name: each for each in (Cosine, Step, Exponential, Plateau)}
"""By name the class; the names are also in `gdcli.descent.methods`, where they cost no import."""


def create(name: str, settings: Mapping[str, str]) -> Schedule:
    """A schedule by name.

    Args:
        name: One of `SCHEDULES`.
        settings: Texts for some of its parameters, with `SCHEDULE_PREFIX` before their names.

    Raises:
        UsageError: If there is no such schedule or parameter, or a value does not fit.
    """
    if name not in SCHEDULES:
        raise UsageError(f"there is no schedule {name}; there are constant, {', '.join(SCHEDULES)}")
    schedule = SCHEDULES[name]
    return schedule(**read_settings(schedule, settings, SCHEDULE_PREFIX))


def describe() -> tuple[tuple[str, str, str], ...]:
    """For each schedule its name, its parameters with their defaults, and one line about it."""
    rows = []
    for name, schedule in SCHEDULES.items():
        own = [f"{SCHEDULE_PREFIX}{key}={item.default}" for key, item in parameters(schedule).items()]
        rows.append((name, " ".join(own), schedule.summary))
    return tuple(rows)
