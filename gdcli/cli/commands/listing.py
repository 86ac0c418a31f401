"""``gdcli list``: what there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdcli.cli.declare import argument, one_of
from gdcli.cli.options import Output
from gdcli.cli.session import Session
from gdcli.errors import UsageError
from gdcli.reporting import FORMATS
from gdcli.reporting.graph import PICTURES

Rows = tuple[tuple[str, ...], ...]


def _functions() -> Rows:
    from gdcli.expression.complaints import signature
    from gdcli.expression.functions import TABLE, VECTORS

    # A row that is written as an operator can be called only where it has another name, as ** has pow.
    shown = [row for row in TABLE.values() if not row.internal and (not row.operator or row.aliases)]
    shown += VECTORS.values()
    return tuple((row.name, signature(row), " ".join(row.aliases), row.summary) for row in shown)


def _methods() -> Rows:
    from gdcli.descent.methods import describe

    return describe()


def _schedules() -> Rows:
    from gdcli.descent.schedules import describe

    return describe()


def _devices() -> Rows:
    from gdcli.engines import available_devices

    return tuple((each.name, " ".join(each.dtypes), each.description) for each in available_devices())


def _formats() -> Rows:
    rows = [(name, format.summary) for name, format in FORMATS.items()]
    return (*rows, *((name, picture.summary) for name, picture in PICTURES.items()))


TOPICS: dict[str, tuple[tuple[str, ...], Callable[[], Rows]]] = {
    "functions": (("name", "call", "aliases", "summary"), _functions),
    "methods": (("method", "parameter", "default", "meaning"), _methods),
    "schedules": (("name", "parameters", "summary"), _schedules),
    "devices": (("name", "dtypes", "description"), _devices),
    "formats": (("name", "summary"), _formats),
}


@dataclass(frozen=True)
class Options(Output):
    """The options of ``list``."""

    topic: str | None = argument(
        "TOPIC",
        f"One of {', '.join(TOPICS)}",
        one_of(tuple(TOPICS), "one of the topics"),
        choices=tuple(TOPICS),
    )


def listing(session: Session, options: Options) -> None:
    """List the functions, methods, schedules, devices or formats, with one line on each."""
    session.configure(options)
    if options.topic is None:
        raise UsageError("TOPIC is missing", hint=f"one of {', '.join(TOPICS)}")
    from gdcli.records import Listing

    columns, rows = TOPICS[options.topic]
    session.report(Listing(session.command, options.topic, columns, rows()))
