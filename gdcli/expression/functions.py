"""THE function table: one row is one operation, for the reader, for SymPy and for every engine.

Adding a row adds the function to the notation, to ``gdcli list functions``, to both engines, to the symbolic
derivatives and to the tests, which sample every row over its own domain.
"""

from __future__ import annotations

from gdcli.expression.rows import Function, elementary, operators, piecewise, special, vectors

__all__ = ["TABLE", "VECTORS", "Function", "lookup"]

TABLE: dict[str, Function] = {
    row.name: row for rows in (operators, elementary, piecewise, special) for row in rows.ROWS
}
"""Every row, operators and internal ones too, by the `op` of its nodes."""

VECTORS: dict[str, Function] = {row.name: row for row in vectors.ROWS}
"""The functions of vectors, by their names."""

_CALLABLE = (
    {row.name: row for row in TABLE.values() if not row.operator}
    | {alias: row for row in TABLE.values() for alias in row.aliases}
    | VECTORS
)


def lookup(name: str, *, internal: bool = False) -> Function | None:
    """The row of a name in call position, or None; an `internal` one only where that is asked for.

    >>> lookup("ln").name
    'log'
    """
    row = _CALLABLE.get(name)
    return None if row is None or (row.internal and not internal) else row
