"""What a run is to do, as plain data: enough to begin it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdcli.descent.loop import Criteria
from gdcli.descent.methods import METHODS, method_class
from gdcli.descent.methods.base import AUTO, Method, parameters
from gdcli.descent.plain import MOST, PlainError, boolean, count, entries, finite, number, text, to_plain
from gdcli.descent.problem import Problem
from gdcli.descent.schedules import SCHEDULES

_COMMANDS = ("minimize", "maximize")


@dataclass(frozen=True)
class Plan:
    """A problem, a method and the criteria for the end of a run.

    Attributes:
        expression: See `gdcli.descent.problem.Problem`, as for those below.
        command: ``minimize`` or ``maximize``.
        start: A number for each variable, in their order.
        seed: The seed of the start.
        bounds: For each variable a pair, or nothing.
        fixed: The variables of the expression that are held at a number.
        engine: Which engine computes.
        device: Where.
        dtype: In which numbers.
        method: The method that was asked for, not yet settled.
        steps: See `gdcli.descent.loop.Criteria`, as for those below.
        tol: The tolerance.
        every: The distance of shown steps.
    """

    expression: str
    command: str
    start: Mapping[str, float]
    seed: int
    bounds: Mapping[str, tuple[float, float]]
    fixed: Mapping[str, float]
    engine: str
    device: str
    dtype: str
    method: Method
    steps: int
    tol: float | None
    every: int | None

    @classmethod
    def of(cls, problem: Problem, method: Method, criteria: Criteria) -> Plan:
        """The plan of a run."""
        engine = problem.engine
        return cls(
            problem.expression,
            problem.command,
            dict(zip(problem.variables, problem.values(), strict=True)),
            problem.seed,
            dict(zip(problem.variables, problem.bounds, strict=True)) if problem.bounds else {},
            problem.fixed,
            engine.name,
            engine.device,
            engine.dtype,
            method,
            min(criteria.steps, MOST),
            criteria.tol,
            criteria.every,
        )

    def problem(self) -> Problem:
        """The problem, with its engine.

        Raises:
            PlainError: The expression has other variables.
            ExpressionError: It cannot be read.
            PointError: The start, a bound or a fixed variable does not fit it.
            UnavailableError: The engine, the device or the dtype is not available here.
        """
        from gdcli.engines import select
        from gdcli.expression.parser import parse
        from gdcli.graph.fixing import fix
        from gdcli.graph.lowering import lower

        graph = parse(self.expression)
        if self.fixed:
            graph = fix(graph, self.fixed)
        if graph.variables != tuple(self.start):
            raise PlainError("the expression has other variables than the start")
        engine = select(lower(graph), self.engine, self.device, self.dtype)
        bounds = tuple(self.bounds.values())
        return Problem(engine, self.start, self.expression, self.command, self.seed, bounds, self.fixed)

    def criteria(self, **changes: Any) -> Criteria:
        """The criteria, but for what is given and not None."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(Criteria(self.steps, self.tol, every=self.every), **given)

    def to_plain(self) -> dict[str, Any]:
        """The plan as an object of plain data."""
        numbers: dict[str, Any] = {
            "start": dict(self.start),
            "bounds": {name: list(map(float, pair)) for name, pair in self.bounds.items()},
            "fixed": {name: float(value) for name, value in self.fixed.items()},
        }
        return {
            "expression": self.expression,
            "command": self.command,
            "seed": self.seed,
            **{name: {key: to_plain(item) for key, item in each.items()} for name, each in numbers.items()},
            "engine": self.engine,
            "device": self.device,
            "dtype": self.dtype,
            "method": _method_to_plain(self.method),
            "steps": self.steps,
            "tol": None if self.tol is None else float(self.tol),
            "every": self.every,
        }

    @classmethod
    def from_plain(cls, data: Any) -> Plan:
        """The plan that `to_plain` has made an object of.

        Raises:
            PlainError: It is no such object.
            UsageError: A parameter of the method is out of its range.
        """
        names = tuple(each for each in cls.__dataclass_fields__)
        found = entries(data, "run", names)
        if text(found["command"], "run.command") not in _COMMANDS:
            raise PlainError(f"run.command is to be {' or '.join(_COMMANDS)}")
        start = _point(found["start"], "run.start")
        bounds = {
            name: _pair(pair, f"run.bounds.{name}")
            for name, pair in entries(found["bounds"], "run.bounds").items()
        }
        if bounds and tuple(bounds) != tuple(start):
            raise PlainError("run.bounds is to have the variables of run.start")
        tol, every = found["tol"], found["every"]
        tol = None if tol is None else finite(tol, "run.tol")
        if tol is not None and tol < 0.0:
            raise PlainError("run.tol is to be 0 or more")
        return cls(
            text(found["expression"], "run.expression"),
            found["command"],
            start,
            count(found["seed"], "run.seed", least=-MOST),
            bounds,
            _point(found["fixed"], "run.fixed"),
            text(found["engine"], "run.engine"),
            text(found["device"], "run.device"),
            text(found["dtype"], "run.dtype"),
            _method_from_plain(found["method"]),
            count(found["steps"], "run.steps"),
            tol,
            None if every is None else count(every, "run.every", least=1),
        )


def _point(data: Any, where: str) -> dict[str, float]:
    return {name: finite(value, f"{where}.{name}") for name, value in entries(data, where).items()}


def _pair(data: Any, where: str) -> tuple[float, float]:
    if not isinstance(data, list) or len(data) != 2:
        raise PlainError(f"{where} is to be a list of 2")
    low, high = (number(end, where) for end in data)
    if not low <= high:
        raise PlainError(f"{where} is empty")
    return low, high


def _method_to_plain(method: Method) -> dict[str, Any]:
    if type(method) is not method_class(method.name):
        raise TypeError(f"{type(method).__name__} is not the method of the name {method.name}")
    return {
        "name": method.name,
        "lr": method.lr if isinstance(method.lr, str) else float(method.lr),
        "parameters": _parameters_to_plain(method),
        "schedule": None
        if method.schedule is None
        else {"name": method.schedule.name, "parameters": _parameters_to_plain(method.schedule)},
    }


def _parameters_to_plain(owner: Any) -> dict[str, Any]:
    # A whole number for a parameter that need be none is a float all the same.
    return {name: kind(getattr(owner, name)) for name, kind in _kinds(type(owner)).items()}


def _method_from_plain(data: Any) -> Method:
    where = "run.method"
    found = entries(data, where, ("name", "lr", "parameters", "schedule"))
    if text(found["name"], f"{where}.name") not in METHODS:
        raise PlainError(f"{where}.name is to be one of the methods")
    kind = method_class(found["name"])
    lr = AUTO if found["lr"] == AUTO else finite(found["lr"], f"{where}.lr")
    schedule = None
    if found["schedule"] is not None:
        inner = entries(found["schedule"], f"{where}.schedule", ("name", "parameters"))
        if text(inner["name"], f"{where}.schedule.name") not in SCHEDULES:
            raise PlainError(f"{where}.schedule.name is to be one of the schedules")
        timetable = SCHEDULES[inner["name"]]
        schedule = timetable(
            **_parameters_from_plain(timetable, inner["parameters"], f"{where}.schedule.parameters")
        )
    own = _parameters_from_plain(kind, found["parameters"], f"{where}.parameters")
    return kind(lr=lr, schedule=schedule, **own)


def _parameters_from_plain(owner: type[Any], data: Any, where: str) -> dict[str, Any]:
    kinds = _kinds(owner)
    found = entries(data, where, tuple(kinds))
    read: dict[type, Callable[[Any, str], Any]] = {bool: boolean, int: count, float: finite}
    return {name: read[kind](found[name], f"{where}.{name}") for name, kind in kinds.items()}


def _kinds(owner: type[Any]) -> dict[str, type[Any]]:
    """For each parameter its type."""
    return {name: type(item.default) for name, item in parameters(owner).items()}
