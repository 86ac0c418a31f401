"""The function of an expression, for a picture: its values and gradients at many points, by the native engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdcli.reporting.pictures.function import Function

MOST_NUMBERS, FEWEST_POINTS = 10_000_000, 64
"""Of the intermediate results so many are kept at a time, 80 MB; and points that are worth a call of NumPy."""


def function_of(text: str, fixed: Mapping[str, float], names: Sequence[str]) -> Function | None:
    """The function of one or two variables.

    Args:
        text: The expression.
        fixed: Numbers for the variables that are held.
        names: The variables, all that are left of the expression's and perhaps more.

    Returns:
        The function, or None where it has another number of variables, or others.

    Raises:
        ExpressionError: The expression cannot be read.
    """
    from gdcli.engines import select
    from gdcli.engines.arrays import compiled
    from gdcli.expression.parser import parse
    from gdcli.graph.fixing import fix
    from gdcli.graph.lowering import lower
    from gdcli.reporting.pictures.function import CHUNK, Floats, Function

    graph = parse(text)
    held = {name: value for name, value in fixed.items() if name in graph.variables}
    graph = fix(graph, held) if held else graph
    if not 1 <= len(names) <= 2 or any(name not in names for name in graph.variables):
        return None
    engine = select(lower(replace(graph, variables=tuple(names))), engine="native")
    compute = compiled(engine.graph)

    def values(points: Floats) -> Floats:
        return compute(points)[0]

    def gradients(points: Floats) -> Floats:
        found: Floats = engine.evaluate(points)[1]
        return found

    chunk = max(FEWEST_POINTS, min(CHUNK, MOST_NUMBERS // (len(engine.graph.nodes) * (1 + len(names)))))
    return Function(tuple(names), values, gradients, chunk)
