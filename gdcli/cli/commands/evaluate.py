"""``gdcli eval``: the value of an expression at points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gdcli.cli.options import At, Computation, Expression, Output
from gdcli.cli.session import Session
from gdcli.cli.values import Value
from gdcli.errors import GdcliError, NotFiniteError


@dataclass(frozen=True)
class Options(Expression, At, Computation, Output):
    """The options of ``eval``."""


def evaluate(session: Session, options: Options) -> None:
    """Compute the value of an expression at a point.

    \b
    gdcli eval "x**2+y**2" --at x=1,y=3
    """
    session.configure(options, points=options.points is not None)
    session.solve(options, lambda own, text: _evaluate(session, own, text))


def _evaluate(session: Session, options: Options, text: str) -> None:
    from gdcli.cli.located import Located
    from gdcli.cli.points import described
    from gdcli.cli.statement import stated
    from gdcli.records import Evaluated

    statement = stated(options, text)
    located = Located(statement, options)

    def at(point: Mapping[str, Value]) -> GdcliError | None:
        place = located.at(point)
        engine = place.engine
        value = engine.value(place.row)
        session.report(
            Evaluated(session.command, text, place.at, value, engine.name, engine.device, engine.dtype)
        )
        if math.isfinite(value):
            return None
        return NotFiniteError(f"the value is not finite{described(point)}: {value}")

    session.each_point(options, statement.variables, at)
