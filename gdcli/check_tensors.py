"""``grad --check`` where there are vectors: whole tensors on both engines, and the same spelled out in scalars.

What is small enough is spelled out, an element a variable, and then goes through `gdcli.check`: the scalar engines,
symbols at 30 digits, and central differences. Of what is not, both engines are compared with each other and, along
random directions, with central differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdcli.check import check
from gdcli.engines import select_tensors
from gdcli.errors import ExpressionError
from gdcli.graph.unrolled import unroll
from gdcli.recorded import point as recorded
from gdcli.records import Checked, Point

if TYPE_CHECKING:
    from gdcli.cli.located import Place
    from gdcli.cli.statement import Statement
    from gdcli.engines import Engine

SPELLED_OUT = 64
"""The most numbers that are spelled out: each is then differentiated in symbols."""
_DIRECTIONS = 20
_EXACT = {"float64": 1e-10, "float32": 1e-3, "bfloat16": 0.5, "float16": 0.2}
_DIFFERENCES = 1e-6


def check_tensors(
    statement: Statement,
    place: Place,
    *,
    expression: str,
    command: str = "grad",
    device: str = "auto",
    dtype: str = "float64",
    wrt: Sequence[str] | None = None,
) -> Checked:
    """Compare the gradient at a point by every way there is.

    Args:
        statement: What is differentiated.
        place: Where, with the layout of its variables.
        expression: The text, for the record.
        command: The command, for the record.
        device: The torch engine's device.
        dtype: The torch engine's dtype; the other ways are in float64 at least.
        wrt: The variables to differentiate by; left out, all.

    Raises:
        UnavailableError: If the device or the dtype is not available.
    """
    layout = place.layout
    names = tuple(layout.names if wrt is None else wrt)
    graph, _ = statement.lowered(dict(zip(layout.names, layout.shapes, strict=True)))
    engines = [
        select_tensors(graph, layout, statement.arrays, "native"),
        select_tensors(graph, layout, statement.arrays, "torch", device, dtype),
    ]
    row = np.asarray(place.row, dtype=np.float64).reshape(-1)
    gradients = {engine.name: _gradient(engine, row) for engine in engines}
    chosen = np.concatenate(
        [np.arange(layout.size)[piece] for name, _, piece in layout.pieces() if name in names]
        or [np.zeros(0, dtype=int)]
    )
    value = engines[0].value(row.tolist())
    found = None
    if layout.size <= SPELLED_OUT:
        found = _in_scalars(
            statement, place, row, [layout.element(int(i)) for i in chosen], expression, command
        )
    notes = []
    if found is None:
        notes.append(
            "the ways by elements are left out: there are too many; along random directions "
            "the gradient is compared with central differences"
        )
        checked = None
        disagreement, at = _along(engines[0], row, gradients["native"], chosen)
        agreed = disagreement <= _DIFFERENCES
    else:
        checked = found
        notes += [found.note] if found.note else []
        disagreement, agreed, at = found.disagreement, found.agreed, found.worst
        for source, partials in found.sources.items():
            spread = np.full(layout.size, math.nan)
            spread[chosen] = list(partials.values())
            gradients["scalars" if source == "native" else source] = spread
        # Both are torch's backward: of the whole tensors, and of the elements.
        gradients["torch"] = _gradient(engines[1], row)
    for other, tolerance in (("torch", _EXACT[dtype]), ("scalars", _EXACT["float64"])):
        if other in gradients:
            difference, worst = _difference(gradients["native"][chosen], gradients[other][chosen])
            agreed = agreed and difference <= tolerance
            if difference > disagreement:
                disagreement, at = difference, layout.element(int(chosen[worst]))
    whole = {source: _by_names(layout, numbers, names) for source, numbers in gradients.items()}
    shown = checked or Checked(command, expression, {}, value, {}, 0.0, "", True)
    return replace(
        shown,
        expression=expression,
        at=place.at,
        value=value,
        sources=whole,
        disagreement=disagreement,
        worst=at,
        agreed=agreed,
        note="; ".join(notes),
        engine="native",
        device="cpu",
        dtype="float64",
    )


def _in_scalars(
    statement: Statement, place: Place, row: Any, wrt: Sequence[str], expression: str, command: str
) -> Checked | None:
    """The check of the same problem spelled out; None where it would be too large."""
    layout = place.layout
    shapes = dict(zip(layout.names, layout.shapes, strict=True))
    arrays = {name: array.tolist() for name, array in statement.arrays.items()}
    try:
        graph = unroll(statement.graph, shapes, arrays, text=expression)
    except ExpressionError:
        return None
    graph = replace(graph, variables=tuple(layout.elements()))
    at = dict(zip(graph.variables, row.tolist(), strict=True))
    return check(graph, at, expression=expression, command=command, wrt=wrt)


def _gradient(engine: Engine, row: Any) -> Any:
    """The gradient as NumPy's array of float64."""
    _, gradient = engine.evaluate(engine.array(row))
    return np.array(engine.floats(gradient))


def _along(engine: Engine, row: Any, gradient: Any, chosen: Any) -> tuple[float, str]:
    """The largest relative difference from central differences along random directions, by the chosen variables."""
    generator = np.random.default_rng(0)
    worst = 0.0
    for _ in range(_DIRECTIONS):
        direction = np.zeros(len(row))
        direction[chosen] = generator.standard_normal(len(chosen))
        direction /= np.linalg.norm(direction) or 1.0
        slope = float(gradient @ direction)
        size = max(1.0, float(np.linalg.norm(row)))
        best = math.inf
        # Of a few steps the one that says most: truncation falls with it, rounding rises.
        for step in (1e-3, 1e-4, 1e-5, 1e-6):
            h = step * size
            estimate = (engine.value(row + h * direction) - engine.value(row - h * direction)) / (2.0 * h)
            best = min(best, abs(estimate - slope) / max(abs(slope), float(np.linalg.norm(gradient)), 1e-300))
        worst = max(worst, best)
    return worst, "a random direction"


def _difference(a: Any, b: Any) -> tuple[float, int]:
    """The largest difference relative to the larger number, or to what rounding leaves of the largest; and where."""
    if not len(a):
        return 0.0, 0
    both = np.isfinite(a) & np.isfinite(b)
    floor = 1e-6 * max(np.abs(a[both]).max(initial=0.0), np.abs(b[both]).max(initial=0.0))
    with np.errstate(all="ignore"):
        relative = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
    relative = np.where(a == b, 0.0, relative)
    relative = np.where(both, relative, np.where(np.isfinite(a) == np.isfinite(b), 0.0, math.inf))
    worst = int(relative.argmax())
    return float(relative[worst]), worst


def _by_names(layout: Any, numbers: Any, names: Sequence[str]) -> Point:
    return {name: value for name, value in recorded(layout, numbers).items() if name in names}
