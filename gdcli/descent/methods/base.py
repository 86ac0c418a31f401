"""What a descent method is, and how its parameters are declared and set."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast

from gdcli.descent.objective import Current, Objective
from gdcli.errors import UsageError

if TYPE_CHECKING:
    from gdcli.descent.schedules import Schedule

AUTO = "auto"

M = TypeVar("M", bound="Method")


class Trial(NamedTuple):
    """Where a trial for one start leads.

    Attributes:
        current: The point.
        state: The method's state.
        moved: Whether the step is over, at another point with a finite value and a finite gradient.
        stuck: Whether the step is over, though the point is the same.
    """

    current: Current
    state: Any
    moved: Any
    stuck: Any


@dataclass(frozen=True)
class Method(ABC):
    """A way downhill. Its fields are its parameters; what changes during a run is the state that `step` hands
    on.

    A method is written once, for points of shape (…, n) on any array library (see `gdcli.descent.objective`).

    Attributes:
        name: What ``--method`` calls it.
        summary: One line for ``gdcli list methods``.
        searches: True for a method that looks for its step itself, so that a step that does not move means
            that no lower point can be found.
        arrays: True for a method that works on matrices, which are to be arrays unless there are few variables.
        lr: The step size, or ``auto``.
        schedule: How the step size changes with the steps; None where it does not.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    searches: ClassVar[bool] = False
    arrays: ClassVar[bool] = False

    lr: float | str = AUTO
    schedule: Schedule | None = None

    def __post_init__(self) -> None:
        if not (self.lr == AUTO or (isinstance(self.lr, float | int) and 0.0 < self.lr < float("inf"))):
            raise UsageError(f"lr is to be a positive number or auto, not {self.lr}")
        if self.schedule is not None and self.finds_step:
            instead = self.name if self.searches else f"{self.name} with --lr auto"
            raise UsageError(
                f"{instead} finds its own step, for which there is no --schedule",
                hint="choose adam or another method that takes its step from lr"
                if self.searches
                else "give --lr a number, or choose adam",
            )
        require_ranges(self)

    @property
    def finds_step(self) -> bool:
        """Whether lr is not used, since the method finds its step itself or leaves it to one that does."""
        return self.searches

    def lasting(self, steps: int) -> Method:
        """This method for a run of at most `steps` updates, which its schedule is laid out for."""
        if self.schedule is None:
            return self
        return dataclasses.replace(self, schedule=dataclasses.replace(self.schedule, steps=max(1, steps)))

    def settle(self, objective: Objective, current: Current) -> Method:
        """This method with everything that was left to it decided, before the first step from `current`."""
        return self

    @property
    def trial(self) -> Any:
        """What `step` does again and again for one start until it is over: a function from an objective, a point and a
        state to a `Trial`. For `gdcli.descent.codegen.traced_loop`; None without such a part.
        """
        return None

    @abstractmethod
    def init(self, objective: Objective, current: Current) -> Any:
        """The state before the first step."""

    @abstractmethod
    def step(self, objective: Objective, current: Current, state: Any) -> tuple[Current, Any]:
        """One update: where it leads, and the state after it."""


def parameter(default: float, meaning: str, low: float = 0.0, below: float = float("inf")) -> Any:
    """A field of a method that ``--set`` can set: a number from `low` on, and less than `below`."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, "range": (low, below)})


def switch(default: bool, meaning: str) -> Any:
    """A field of a method that ``--set`` can turn on and off."""
    return dataclasses.field(default=default, metadata={"meaning": meaning})


def parameters(owner: type[Any]) -> dict[str, dataclasses.Field[Any]]:
    """The fields of a method, or of a schedule, that ``--set`` can set, by name."""
    return {item.name: item for item in dataclasses.fields(owner) if "meaning" in item.metadata}


def require_ranges(owner: Any, prefix: str = "") -> None:
    """Make sure that each parameter is within its range.

    Args:
        owner: A method or a schedule.
        prefix: What ``--set`` puts before its parameters' names.

    Raises:
        UsageError: If one is not.
    """
    for name, (low, high) in _ranges(cast("Hashable", type(owner))):
        value = getattr(owner, name)
        if not low <= value < high:
            upper = "" if high == float("inf") else f" and less than {high:g}"
            asked = f"at least {low:g}{upper}, not {value:g}"
            raise UsageError(f"{owner.name}: {prefix}{name} is to be {asked}")


@cache
def _ranges(owner: Hashable) -> tuple[tuple[str, tuple[float, float]], ...]:
    """The names of the fields of a class that have a range, and the ranges."""
    fields = dataclasses.fields(cast("type[Any]", owner))
    return tuple((item.name, item.metadata["range"]) for item in fields if "range" in item.metadata)


def configure(method: type[M], lr: float | str, settings: Mapping[str, str]) -> M:
    """A method with its parameters set from texts.

    Args:
        method: Which.
        lr: The step size, or ``auto``.
        settings: For some of its parameters a text, as ``--set KEY=VALUE`` gives it.

    Raises:
        UsageError: If the method has no such parameter, or the text is no fit value for it.
    """
    if method.searches and lr != AUTO:
        raise UsageError(
            f"{method.name} looks for its step itself", hint="leave out --lr, or choose gd or adam"
        )
    return method(lr=lr, **read_settings(method, settings))


def read_settings(owner: type[Any], settings: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """The values of parameters from texts.

    Args:
        owner: A class of methods or of schedules.
        settings: For some of its parameters a text.
        prefix: What is before their names there.

    Raises:
        UsageError: If there is no such parameter, or the text is no fit value for it.
    """
    if not settings:
        return {}
    known = {prefix + key: item for key, item in parameters(owner).items()}
    for key in settings:
        if key not in known:
            names = f"has the parameters {', '.join(known)}" if known else "has no parameters to be set"
            hint = "give the step size with --lr" if key == "lr" else ""
            raise UsageError(f"{owner.name} has no parameter {key}; it {names}", hint=hint)
    return {known[key].name: _convert(key, text, known[key].default) for key, text in settings.items()}


_TRUTH = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def _convert(key: str, text: str, default: object) -> float | bool:
    """`text` as a value of the type of `default`."""
    try:
        if isinstance(default, bool):
            return _TRUTH[text.strip().lower()]
        return type(default)(text) if isinstance(default, int) else float(text)
    except (ValueError, KeyError):
        kind = {bool: "true or false", int: "a whole number"}.get(type(default), "a number")
        raise UsageError(f"{key} is to be {kind}, not {text!r}") from None
