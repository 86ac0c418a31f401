"""Checkpoints: files from which a run goes on, bit for bit, as if it had never stopped.

A file holds the problem, the method and the criteria (`gdcli.descent.plan`), so that nothing else is needed, and where
the run stands (`gdcli.descent.loop.Moment`):

    kept = read(path)
    minimize(kept.problem(), kept.plan.method, kept.plan.criteria(), kept)
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gdcli.descent import checkpoint_file
from gdcli.descent.convergence import Ending
from gdcli.descent.loop import Criteria, Moment
from gdcli.descent.methods import CONSTANT, SCHEDULE_PREFIX, create
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Array, Objective
from gdcli.descent.plain import PlainError, count, entries, from_plain, to_plain
from gdcli.descent.plan import Plan
from gdcli.descent.problem import Problem
from gdcli.errors import ExpressionError, FileError, PointError, UsageError

SECONDS = 5.0
"""From one checkpoint to the next."""

_SAME = ("command", "expression", "start", "seed", "bounds", "fixed", "engine", "device", "dtype", "method")
"""What of a plan cannot be changed on the way."""


class Checkpointer:
    """Writes the checkpoints of a run to a file, as `gdcli.descent.loop` tells it to.

    Args:
        path: The file. A checkpoint that is there is replaced, anything else is left alone.
        seconds: From one checkpoint to the next.

    Raises:
        FileError: Something else is there, or there is no such folder.
    """

    def __init__(self, path: str | Path, seconds: float = SECONDS) -> None:
        # A link stays one, and what it points to is replaced.
        self._path = Path(path).resolve()
        self._seconds = seconds
        self._run: Any = None
        self._due = 0.0
        if not self._path.parent.is_dir():
            raise FileError(f"cannot write the checkpoint {str(path)!r}: there is no such folder")
        if not checkpoint_file.is_free(self._path):
            raise FileError(
                f"{str(path)!r} is no checkpoint, and is not to be overwritten by one",
                hint="name another file, or remove it",
            )

    def begin(self, problem: Problem, method: Method, criteria: Criteria) -> None:
        """Say which run it is."""
        self._run = Plan.of(problem, method, criteria).to_plain()

    def is_due(self, now: float) -> bool:
        """Whether it is time for a checkpoint, by `time.perf_counter`."""
        return now >= self._due

    def write(self, moment: Moment) -> None:
        """Replace the file.

        Raises:
            FileError: It cannot be written; the one before is still there.
        """
        checkpoint_file.save(self._path, self._run, to_plain(moment))
        self._due = time.perf_counter() + self._seconds


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read.

    Attributes:
        path: From which file.
        plan: Which run it is.
    """

    path: Path
    plan: Plan
    _state: Any = field(repr=False)

    @property
    def step(self) -> int:
        """How many updates were made.

        Raises:
            FileError: It is not in the file.
        """
        try:
            return count(
                entries(entries(self._state, "state").get("walk"), "state.walk").get("step"),
                "state.walk.step",
            )
        except PlainError as error:
            raise checkpoint_file.damaged(self.path, error) from None

    def problem(self) -> Problem:
        """The problem, with its engine.

        Raises:
            FileError: What is in the file is no problem.
            UnavailableError: The engine, the device or the dtype is not available here.
        """
        try:
            return self.plan.problem()
        except (PlainError, ExpressionError, PointError) as error:
            raise checkpoint_file.damaged(self.path, error) from None

    def moment(self, template: Moment, objective: Objective) -> Moment:
        """Where the run stood.

        Args:
            template: The beginning of the same run.
            objective: Makes its arrays.

        Raises:
            FileError: What is in the file does not belong to such a run.
        """

        def array(values: Any) -> Array:
            first = values
            while isinstance(first, list):
                first = first[0]
            return objective.point(values) if isinstance(first, float) else objective.xp.asarray(values)

        try:
            moment: Moment = from_plain(template, self._state, "state", array)
            if moment.shown > moment.walk.step:
                raise PlainError("state.shown is beyond the step")
            if moment.ending and moment.ending not in Ending.__members__:
                raise PlainError(f"state.ending is {moment.ending!r}")
            if not 0.0 <= moment.seconds < float("inf"):
                raise PlainError("state.seconds is to be 0 or more")
        except PlainError as error:
            raise checkpoint_file.damaged(self.path, error) from None
        return moment

    def require(self, problem: Problem, method: Method, criteria: Criteria) -> None:
        """Make sure that it is this run that is to go on; what ends it and shows it may be other than it was.

        Raises:
            UsageError: It is another one.
        """
        theirs = Plan.of(problem, method, criteria)
        for name in _SAME:
            mine, other = getattr(self.plan, name), getattr(theirs, name)
            if mine != other:
                raise self._differs(name, mine, other)
        schedule = self.plan.method.schedule
        if schedule is not None and schedule.depends_on_steps and theirs.steps != self.plan.steps:
            raise UsageError(
                f"the checkpoint {str(self.path)!r} is of a run with a {schedule.name} schedule over {self.plan.steps} "
                f"steps, not {theirs.steps}",
                hint="leave out --steps",
            )

    def agree(
        self,
        *,
        expression: str | None = None,
        points: Mapping[str, Mapping[str, Any]] | None = None,
        settings: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Make sure that what is given beside the file says nothing else than the file; None says nothing.

        Args:
            expression: The expression; spaces in it do not matter.
            points: For ``start``, ``bounds`` or ``fixed`` what some of the variables are to have.
            settings: Texts for parameters of the method and the schedule, as for `gdcli.descent.methods.create`.
            options: Values by their names in `Plan`; of ``method`` and ``schedule`` the name, and ``lr``. Any engine
                and device agree with ``auto``, and ``cuda:0`` with ``cuda``.

        Raises:
            UsageError: It does not agree, or a setting does not fit.
        """
        method, plan = self.plan.method, self.plan
        if expression is not None and "".join(expression.split()) != "".join(plan.expression.split()):
            raise self._differs("expression", plan.expression, expression)
        for name, point in (points or {}).items():
            kept = getattr(plan, name)
            for variable, value in point.items():
                if kept.get(variable) != value:
                    raise self._differs(f"{name} of {variable}", kept.get(variable), value)
        schedule = CONSTANT if method.schedule is None else method.schedule.name
        known = {**vars(plan), "method": method.name, "lr": method.lr, "schedule": schedule}
        for name, value in options.items():
            alike = (
                (known[name], "auto", known[name].partition(":")[0])
                if name in ("engine", "device")
                else (known[name],)
            )
            if value is not None and value not in alike:
                raise self._differs(name, known[name], value)
        wanted = create(method.name, method.lr, settings, schedule)
        for key in settings or {}:
            mine, other = (_parameter(each, key) for each in (method, wanted))
            if mine != other:
                raise self._differs(key, mine, other)

    def _differs(self, name: str, mine: object, other: object) -> UsageError:
        return UsageError(
            f"the checkpoint {str(self.path)!r} is of a run with another {name}: {_shown(mine)}, not {_shown(other)}",
            hint="leave out what the file holds, or start a new run without --resume",
        )


def read(path: str | Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        FileError: The file cannot be read, or is none, or was written by a newer gdcli, cut off or changed.
    """
    path = Path(path)
    run, state = checkpoint_file.load(path)
    try:
        return Checkpoint(path, Plan.from_plain(run), state)
    except (PlainError, UsageError) as error:
        raise checkpoint_file.damaged(path, error) from None


def _parameter(method: Method, key: str) -> Any:
    """The parameter of a method, or of its schedule, that ``--set`` calls `key`."""
    if key.startswith(SCHEDULE_PREFIX):
        return getattr(method.schedule, key.removeprefix(SCHEDULE_PREFIX))
    return getattr(method, key)


def _shown(value: object) -> str:
    """A value for a message, in a word or a line."""
    if isinstance(value, Method):
        return value.name
    if isinstance(value, Mapping):
        return ",".join(f"{name}={_shown(item)}" for name, item in value.items()) or "none"
    if isinstance(value, tuple):
        return ":".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
