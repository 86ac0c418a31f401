"""The derivatives in symbols that ``grad`` shows, from SymPy or from what it has derived in an earlier run.

Of all that is computed for an expression these alone are worth keeping. To read a text, to lower and to differentiate
its graph takes half a millisecond for a usual text, and to load SymPy 250. A graph is therefore made anew each time,
from the text, so that no number ever depends on a file; and derivatives that were kept are only shown after they have
been proved to be those of that graph (`gdcli.expression.identity`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache as once
from typing import Any

from gdcli import __version__
from gdcli.cache import Cache
from gdcli.expression.bounds import check_symbolic
from gdcli.expression.functions import TABLE
from gdcli.expression.identity import are_derivatives, are_second_derivatives
from gdcli.graph.nodes import Graph


def derivatives(text: str, graph: Graph, wrt: Sequence[str], cache: Cache | None) -> Mapping[str, str]:
    """The partial derivatives in symbols.

    Args:
        text: The expression.
        graph: Its source graph.
        wrt: The variables to differentiate by.
        cache: Where they may have been kept, and are to be.

    Raises:
        SymbolsLeftOut: As of `gdcli.expression.symbolic.derivatives`.
    """
    # Before SymPy is loaded, which takes longer than everything else.
    check_symbolic(len(graph.nodes))
    key = _key(text, wrt, 1)
    kept = _row(cache.read(key), wrt) if cache else None
    if kept is not None and are_derivatives(graph, kept):
        return kept
    from gdcli.expression import symbolic

    found = symbolic.derivatives(graph, wrt)
    # What cannot be proved now cannot be later.
    if cache and are_derivatives(graph, found):
        cache.write(key, list(found.values()))
    return found


def hessian(
    text: str, graph: Graph, wrt: Sequence[str], cache: Cache | None
) -> Mapping[str, Mapping[str, str]]:
    """The second partial derivatives in symbols, for each variable a row; see `derivatives`."""
    check_symbolic(len(graph.nodes))
    key = _key(text, wrt, 2)
    kept = _rows(cache.read(key), wrt) if cache else None
    if kept is not None and are_second_derivatives(graph, kept):
        return kept
    from gdcli.expression import symbolic

    found = symbolic.hessian(graph, wrt)
    if cache and are_second_derivatives(graph, found):
        cache.write(key, [list(row.values()) for row in found.values()])
    return found


def _key(text: str, wrt: Sequence[str], order: int) -> dict[str, Any]:
    return {
        "gdcli": __version__,
        "functions": _table_version(),
        "expression": text,
        "by": list(wrt),
        "order": order,
    }


@once
def _table_version() -> str:
    """A hash of the function table."""
    return hashlib.sha256(repr(list(TABLE.values())).encode()).hexdigest()


def _row(data: Any, wrt: Sequence[str]) -> dict[str, str] | None:
    """A text for each variable, or None if it is something else."""
    if not isinstance(data, list) or len(data) != len(wrt) or not all(isinstance(each, str) for each in data):
        return None
    return dict(zip(wrt, data, strict=True))


def _rows(data: Any, wrt: Sequence[str]) -> dict[str, dict[str, str]] | None:
    if not isinstance(data, list) or len(data) != len(wrt):
        return None
    rows = {}
    for name, each in zip(wrt, data, strict=True):
        row = _row(each, wrt)
        if row is None:
            return None
        rows[name] = row
    return rows
