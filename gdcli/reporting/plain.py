"""``plain``: the result, one ``name=value`` a line.

Made for grep, cut and a shell's eval: numbers are bare, a text is quoted where a shell would need it (as in
``/etc/os-release``), a vector is a quoted list, ``x='[1.0,3.0]'``, that ``--start "x=$x"`` takes, and no name comes
twice. Results of several problems stand apart by a blank line.
"""

from __future__ import annotations

from collections.abc import Iterator

from gdcli.records import (
    Checked,
    ComputationGraph,
    Derivative,
    Evaluated,
    Failed,
    Finished,
    Listing,
    Record,
    Started,
    Step,
    Vector,
)
from gdcli.reporting.elements import exactly, listed
from gdcli.reporting.messages import visible
from gdcli.reporting.names import Named, derivative_columns, distinct, prefixed
from gdcli.reporting.number_text import exact
from gdcli.reporting.reporter import Output, Reporter


class PlainReporter(Reporter):
    """Writes results; a list is one row a line, its columns apart by tabs."""

    def __init__(self, output: Output) -> None:
        super().__init__(output)
        self._first = True

    def show(self, record: Record) -> None:
        if isinstance(record, Started | Step | Failed):
            return
        if isinstance(record, Listing):
            self.emit("".join("\t".join(map(visible, row)) + "\n" for row in record.rows))
            return
        if isinstance(record, ComputationGraph):
            from gdcli.reporting.graph import members

            pairs = members.plain_lines(record, self.output.precision)
        else:
            pairs = plain_lines(record)
        self.emit_pieces(self._pieces(pairs))
        self._first = False

    def _pieces(self, pairs: list[Named]) -> Iterator[str]:
        text = "" if self._first else "\n"
        for name, value in pairs:
            if isinstance(value, Vector):
                yield f"{text}{name}='"
                yield from listed(value, exactly(self.output.precision))
                text = "'\n"
            else:
                text += f"{name}={_text(value, self.output.precision)}\n"
        yield text


def plain_lines(record: Evaluated | Derivative | Checked | Finished) -> list[Named]:
    """The lines of a result as pairs: the point, the value, what belongs to it, and how it was found."""
    if isinstance(record, Finished):
        return _finished(record)
    if isinstance(record, Checked):
        sources = [pair for name, gradient in record.sources.items() for pair in prefixed(name, gradient)]
        own: list[Named] = [
            ("value", record.value),
            ("disagreement", record.disagreement),
            ("worst", record.worst),
            ("agreed", "true" if record.agreed else "false"),
            ("expression", record.expression),
        ]
        return _merge([*record.at.items()], [*map(_clean, sources)], own)
    pairs = derivative_columns(record)
    if isinstance(record, Derivative) and record.at is not None:
        pairs += prefixed("symbolic", record.symbolic or {})
    pairs = [*map(_without_brackets, pairs)]
    own = [
        (name, text)
        for name, text in (
            ("engine", record.engine),
            ("device", record.device),
            ("dtype", record.dtype),
            ("expression", record.expression),
        )
        if text is not None
    ]
    # `distinct` leaves what is distinct already as it is, but for the names that come after.
    return distinct(pairs, [name for name, _ in own]) + own


def _finished(record: Finished) -> list[Named]:
    own: list[Named] = [
        ("value", record.value),
        ("gradient_norm", record.gradient_norm),
        ("status", record.status.value),
        ("message", record.message),
        ("steps", str(record.steps)),
        ("evaluations", str(record.evaluations)),
        ("seconds", record.seconds),
        ("method", record.method),
        ("lr", record.lr),
        ("engine", record.engine),
        ("device", record.device),
        ("dtype", record.dtype),
        ("seed", str(record.seed)),
        ("expression", record.expression),
    ]
    after = prefixed("gradient", record.gradient) + prefixed("start", record.start)
    own += _extras(record)
    if record.minima is not None:
        own += [("minima", str(len(record.minima)))]
        after += [
            pair
            for place, each in enumerate(record.minima, 1)
            for pair in prefixed(f"minimum_{place}", each.x)
        ]
    if record.last is not None:
        own += [
            ("last_step", str(record.last.step)),
            ("last_value", record.last.value),
            ("last_gradient_norm", record.last.gradient_norm),
        ]
        after += prefixed("last", record.last.x)
    return _merge([*record.x.items()], after, own)


def _extras(record: Finished) -> list[Named]:
    """What not every run has, but for what is named after variables."""
    pairs: list[Named] = []
    if record.on_bound is not None:
        pairs.append(("on_bound", ",".join(record.on_bound)))
    if record.starts is not None:
        pairs += [("starts", str(record.starts)), ("reached", str(record.reached))]
    for place, constraint in enumerate(record.constraints or (), 1):
        pairs += [
            (f"constraint_{place}", constraint.text),
            (f"violation_{place}", constraint.violation),
            (f"multiplier_{place}", constraint.multiplier),
        ]
    for place, minimum in enumerate(record.minima or (), 1):
        pairs += [(f"minimum_{place}_value", minimum.value), (f"minimum_{place}_starts", str(minimum.starts))]
    return pairs


def _merge(point: list[Named], after: list[Named], own: list[Named]) -> list[Named]:
    """The point, then the record's own lines, then what is named after variables; own names keep theirs."""
    pairs = distinct(point + after, [name for name, _ in own])
    return pairs[: len(point)] + own + pairs[len(point) :]


def _clean(pair: Named) -> Named:
    """A name that a shell takes: that of a way to differentiate may have spaces in it."""
    return "".join(c if c.isalnum() else "_" for c in pair[0]), pair[1]


def _without_brackets(pair: Named) -> Named:
    """``symbolic_x_k`` for ``symbolic_x[k]``, which a shell would take for an element of an array."""
    return pair[0].replace("[", "_").replace("]", ""), pair[1]


def _text(value: float | str, precision: int | None) -> str:
    import shlex

    return shlex.quote(visible(value)) if isinstance(value, str) else exact(value, precision)
