"""``json``: each result as one JSON object on a line of its own.

The keys are the command-line contract's, the same for every record of a command: what is unknown is null, and
so is a number that is not finite. Keys are not removed or renamed without raising `SCHEMA`. A minimisation has
more keys where there is more to say: ``on_bound`` with bounds, ``starts`` and ``reached`` with many starts,
``minima`` where they were asked for, ``constraints`` with constraints, and ``last``, the last step, where the
answer is an earlier point.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from gdcli.records import (
    Checked,
    ComputationGraph,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Record,
    Started,
    Status,
    Step,
    Value,
    Vector,
)
from gdcli.reporting.elements import json_list
from gdcli.reporting.number_text import rounded
from gdcli.reporting.reporter import Reporter

SCHEMA = 1


class JsonReporter(Reporter):
    """Writes results and failures; the steps of a run are not part of its result."""

    def show(self, record: Record) -> None:
        if not isinstance(record, Started | Step):
            self.emit_pieces(line(as_object(record, self.output.precision), self.output.precision))


def line(value: Mapping[str, object], precision: int | None = None) -> Iterator[str]:
    """The pieces of an object's JSON on one line and in ASCII, so that it passes through any stream.

    Vectors among its values are written as lists, a piece of them at a time.
    """
    try:
        text = _ENCODER.encode(value) + "\n"
    except TypeError:
        # The encoder knows no vectors.
        yield from _pieces(value, precision)
        yield "\n"
    else:
        yield text


_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def _pieces(value: object, precision: int | None) -> Iterator[str]:
    if isinstance(value, Vector):
        yield from json_list(value, precision)
        return
    try:
        text = _ENCODER.encode(value)
    except TypeError:
        if isinstance(value, Mapping):
            members = [(f"{_ENCODER.encode(key)}:", member) for key, member in value.items()]
            brackets = "{}"
        elif isinstance(value, list):
            members = [("", member) for member in value]
            brackets = "[]"
        else:
            raise
        between = brackets[0]
        for key, member in members:
            yield between + key
            yield from _pieces(member, precision)
            between = ","
        yield brackets[1]
    else:
        yield text


def as_object(record: Record, precision: int | None = None) -> dict[str, object]:
    """The object for any record, its keys in the order of the contract."""
    return _Objects(precision).of(record)


class _Objects:
    def __init__(self, precision: int | None) -> None:
        self.precision = precision

    def of(self, record: Record) -> dict[str, object]:
        if isinstance(record, Step):
            return self.step(record)
        if isinstance(record, Finished):
            return self.finished(record)
        if isinstance(record, Derivative):
            return self.derivative(record)
        if isinstance(record, Evaluated):
            return {
                **_head(record),
                "at": self.point(record.at),
                "value": self.number(record.value),
                "engine": record.engine,
                "device": record.device,
                "dtype": record.dtype,
            }
        if isinstance(record, Checked):
            return {
                **self.derivative(record),
                "sources": {name: self.point(gradient) for name, gradient in record.sources.items()},
                "disagreement": self.number(record.disagreement),
                "worst": record.worst,
                "agreed": record.agreed,
            }
        if isinstance(record, ComputationGraph):
            from gdcli.reporting.graph.members import members

            return {**_head(record), **members(record, self.precision)}
        if isinstance(record, Failed):
            error = {
                "kind": record.kind,
                "message": record.message,
                "hint": record.hint,
                "position": record.position,
            }
            return {**_head(record), "status": Status.ERROR.value, "error": error}
        if isinstance(record, Started):
            return {
                **_head(record),
                "variables": list(record.variables),
                "start": self.point(record.start),
                "method": record.method,
                "lr": self.number(record.lr),
                "max_steps": record.max_steps,
                "engine": record.engine,
                "device": record.device,
                "dtype": record.dtype,
                "seed": record.seed,
            }
        return {
            "schema": SCHEMA,
            "command": record.command,
            "topic": record.topic,
            "rows": [dict(zip(record.columns, row, strict=True)) for row in record.rows],
        }

    def step(self, record: Step) -> dict[str, object]:
        return {
            "step": record.step,
            "value": self.number(record.value),
            "gradient_norm": self.number(record.gradient_norm),
            "x": self.point(record.x),
        }

    def derivative(self, record: Derivative | Checked) -> dict[str, object]:
        symbolic, hessian = (None, None) if isinstance(record, Checked) else (record.symbolic, record.hessian)
        return {
            **_head(record),
            "symbolic": None if symbolic is None else dict(symbolic),
            "at": None if record.at is None else self.point(record.at),
            "value": None if record.value is None else self.number(record.value),
            "gradient": None if record.gradient is None else self.point(record.gradient),
            "hessian": None if hessian is None else {name: self.point(row) for name, row in hessian.items()},
            "engine": record.engine,
            "device": record.device,
            "dtype": record.dtype,
        }

    def finished(self, record: Finished) -> dict[str, object]:
        return {
            **_head(record),
            "status": record.status.value,
            "message": record.message,
            "x": self.point(record.x),
            "value": self.number(record.value),
            "gradient": self.point(record.gradient),
            "gradient_norm": self.number(record.gradient_norm),
            "start": self.point(record.start),
            "steps": record.steps,
            "evaluations": record.evaluations,
            "seconds": self.number(record.seconds),
            "method": record.method,
            "lr": self.number(record.lr),
            "engine": record.engine,
            "device": record.device,
            "dtype": record.dtype,
            "seed": record.seed,
            **self.extras(record),
        }

    def extras(self, record: Finished) -> dict[str, object]:
        """The keys of what not every run has."""
        found: dict[str, object] = {}
        if record.on_bound is not None:
            found["on_bound"] = list(record.on_bound)
        if record.starts is not None:
            found |= {"starts": record.starts, "reached": record.reached}
        if record.minima is not None:
            found["minima"] = [
                {"x": self.point(each.x), "value": self.number(each.value), "starts": each.starts}
                for each in record.minima
            ]
        if record.constraints is not None:
            found["constraints"] = [
                {
                    "text": each.text,
                    "violation": self.number(each.violation),
                    "multiplier": self.number(each.multiplier),
                }
                for each in record.constraints
            ]
        if record.last is not None:
            found["last"] = self.step(record.last)
        return found

    def number(self, value: Value | str) -> Value | str | None:
        return value if isinstance(value, str | Vector) else rounded(value, self.precision)

    def point(self, point: Mapping[str, Value | str]) -> dict[str, object]:
        """An object by variable name; vectors stay what they are until they are written."""
        return {name: self.number(value) for name, value in point.items()}


def _head(
    record: Evaluated | Derivative | Checked | Started | Finished | Failed | ComputationGraph,
) -> dict[str, object]:
    return {"schema": SCHEMA, "command": record.command, "expression": record.expression}
