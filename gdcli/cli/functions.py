"""The function of an expression, for a picture: its values and gradients at many points, by the native engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdcli.cli.statement import Statement
    from gdcli.cli.values import Value
    from gdcli.reporting.pictures.function import Function

MOST_NUMBERS, FEWEST_POINTS = 10_000_000, 64
"""Of the intermediate results so many are kept at a time, 80 MB; and points that are worth a call of NumPy."""


def function_of(statement: Statement, fixed: Mapping[str, Value], names: Sequence[str]) -> Function | None:
    """The function of one or two numbers.

    Args:
        statement: The expression, with its definitions.
        fixed: Values for the variables that are held.
        names: The numbers, all that are left of the expression's variables and perhaps more; the elements of a vector
            are ``x[0]``, ``x[1]``.

    Returns:
        The function, or None where it has another number of variables, or others.

    Raises:
        ExpressionError: Lengths do not fit.
    """
    if not 1 <= len(names) <= 2:
        return None
    from gdcli.engines import select
    from gdcli.engines.arrays import compiled
    from gdcli.graph.lowering import lower
    from gdcli.reporting.pictures.function import CHUNK, Floats, Function

    statement = statement.holding({name: each for name, each in fixed.items() if name in statement.variables})
    graph = statement.graph
    shapes = {name: _shape(name, names) for name in statement.variables}
    if statement.has_vectors(shapes):
        from gdcli.graph.unrolled import unroll

        arrays = {name: array.tolist() for name, array in statement.arrays.items()}
        graph = unroll(graph, shapes, arrays, text=statement.text)
    if any(name not in names for name in graph.variables):
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


def _shape(name: str, numbers: Sequence[str]) -> tuple[int, ...]:
    """The shape of a variable, from the names of all numbers."""
    length = sum(number.startswith(f"{name}[") for number in numbers)
    return (length,) if length else ()
