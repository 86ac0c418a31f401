"""What the format ``table`` says at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence

from gdcli.records import Constraint, Derivative, Evaluated, Finished, Minimum, Status
from gdcli.reporting.columns import NORM_DIGITS
from gdcli.reporting.drawing import Canvas
from gdcli.reporting.elements import some, watched
from gdcli.reporting.number_text import exact, long, short
from gdcli.reporting.variables import Shown, variable_table

FEW_DIGITS = 3
STYLES = {Status.CONVERGED: "good", Status.DIVERGED: "bad", Status.ERROR: "bad"}


def summary(record: Finished, canvas: Canvas, precision: int | None) -> str:
    """How it ended, the answer, and what belongs to it: minima, and how the constraints are kept."""
    parts = [
        canvas.fields(_fields(record, precision), STYLES.get(record.status, "fair")),
        _answer(record, canvas, precision),
    ]
    if record.constraints is not None:
        parts.append(_constraints(record.constraints, canvas, precision))
    if record.minima is not None:
        parts.append(_minima(record.minima, canvas, precision))
    return "\n".join(parts)


def where(record: Finished | Evaluated | Derivative) -> dict[str, str]:
    """The line that says which engine ran, and on what."""
    parts = [part for part in (record.engine, record.device, record.dtype) if part]
    return {"engine": ", ".join(parts)} if parts else {}


def _fields(record: Finished, precision: int | None) -> dict[str, str]:
    fields = {
        "status": record.status.value,
        "message": record.message,
        "value": long(record.value, precision),
        "gradient norm": short(record.gradient_norm, precision or NORM_DIGITS),
        "steps": str(record.steps),
        "evaluations": str(record.evaluations),
        "seconds": short(record.seconds, precision or FEW_DIGITS),
        "method": record.method,
        "lr": exact(record.lr, precision),
        **where(record),
        "seed": str(record.seed),
    }
    if record.starts is not None:
        fields["reached by"] = f"{record.reached} of {record.starts} starts"
    if record.on_bound is not None:
        fields["on a bound"] = some(record.on_bound) or "none"
    if record.last is not None:
        fields["last value"] = f"{long(record.last.value, precision)} at step {record.last.step}"
    return fields


def _answer(record: Finished, canvas: Canvas, precision: int | None) -> str:
    def text(number: float | str) -> str:
        return long(number, precision)

    columns = [
        Shown("result", record.x, text),
        Shown("gradient", record.gradient, lambda number: short(number, precision or NORM_DIGITS)),
        Shown("start", record.start, text),
    ]
    if record.last is not None:
        columns.append(Shown("last", record.last.x, text))
    return variable_table(columns, canvas)


def _constraints(constraints: Sequence[Constraint], canvas: Canvas, precision: int | None) -> str:
    rows = [
        [
            each.text,
            short(each.violation, precision or FEW_DIGITS),
            short(each.multiplier, precision),
        ]
        for each in constraints
    ]
    return canvas.table(["constraint", "violation", "multiplier"], rows, [False, True, True])


def _minima(minima: Sequence[Minimum], canvas: Canvas, precision: int | None) -> str:
    """A row a minimum; or, where that is too wide for the terminal, one a number."""
    names = [name for name, _ in watched(minima[0].x.items())] if minima else []
    header = ["minimum", "value", "starts", *names]
    rows = [
        [
            str(place),
            long(each.value, precision),
            str(each.starts),
            *(long(a, precision) for _, a in watched(each.x.items())),
        ]
        for place, each in enumerate(minima, start=1)
    ]
    if not canvas.fits(header, rows):
        rows = [[row[0], name, cell] for row in rows for name, cell in zip(header[1:], row[1:], strict=True)]
        header = ["minimum", "", "number"]
        return canvas.table(header, rows, [True, False, True])
    return canvas.table(header, rows, [True] * len(header))
