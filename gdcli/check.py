"""``grad --check``: the gradient at a point by ways that have nothing in common, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from gdcli.engines import Engine, select
from gdcli.engines.differences import Shape, central, sides
from gdcli.engines.rounding import UNIT, spread
from gdcli.errors import SymbolsLeftOut
from gdcli.expression.bounds import check_symbolic
from gdcli.graph.differentiate import gradient
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from gdcli.records import Checked

SYMBOLIC, DIFFERENCES = "symbolic", "central differences"

_EPS = {"float64": 2.0**-52, "float32": 2.0**-23, "bfloat16": 2.0**-7, "float16": 2.0**-10}
_EXACT_TOLERANCE = 1e-10
_DIFFERENCES_TOLERANCE = 1e-6
# A smaller change from one number to the next, relative to the function, leaves differences enough digits.
_FLAT = 1e-5
# The spread of a few samples, times this, is hardly ever exceeded by rounding.
_MARGIN = 8.0


class _Source(NamedTuple):
    """A gradient, and how far it may be off: relative to itself, and by the computation's own noise."""

    name: str
    gradient: tuple[float, ...]
    tolerance: float
    noise: tuple[float, ...]


class _Verdict(NamedTuple):
    """What two sources say of one variable: their relative difference, whether it is allowed, and why."""

    difference: float
    agreed: bool
    note: str = ""


def check(
    graph: Graph,
    at: Mapping[str, float],
    *,
    expression: str,
    command: str = "grad",
    device: str = "auto",
    dtype: str = "float64",
    wrt: Sequence[str] | None = None,
) -> Checked:
    """Compare backward on every engine, the symbolic derivative at 30 digits, and central differences.

    Two ways agree if they differ by no more than 1e-10 of the derivative (with differences 1e-6; in a
    narrower dtype 100 of its units), or by no more than what rounding does to this expression at this point.
    Numbers that are not finite agree with each other. At a kink any number between the slopes on its two
    sides is a derivative by convention; at a jump, at the edge of the domain, and where the function changes too
    much from one number to the next, differences do not apply; where it has no finite value only the engines
    are compared. The note says so.

    Args:
        graph: A source graph, as the parser writes it.
        at: A number for each variable.
        expression: The text, for the record.
        command: The command, for the record.
        device: The torch engine's device.
        dtype: The torch engine's dtype; the other ways are in float64 at least.
        wrt: The variables to differentiate by; left out, all.

    Raises:
        UnavailableError: If the device or the dtype is not available.
    """
    lowered = lower(graph)
    x = [float(at[name]) for name in graph.variables]
    names = tuple(graph.variables if wrt is None else wrt)
    places = [graph.variables.index(name) for name in names]
    native = select(lowered, "native")
    value, _ = native.value_and_gradient(x)
    sources = [
        _engine(engine, lowered, x, places)
        for engine in (native, select(lowered, "torch", device=device, dtype=dtype))
    ]
    notes: list[str] = []
    sources += _symbolic(graph, at, names, notes)
    slices = [_along(native, x, place) for place in places]
    value_noise = spread(lowered, x)[0]
    sources.append(_differences(slices, [x[place] for place in places], value_noise, sources[0].noise))

    disagreement, worst, agreed = 0.0, names[0] if names else "", True
    for i, name in enumerate(names):
        for a, b in combinations(sources, 2):
            verdict = _compare(a, b, i, name, slices[i], x[places[i]])
            agreed = agreed and verdict.agreed
            if verdict.note:
                notes.append(verdict.note)
            elif verdict.difference > disagreement:
                disagreement, worst = verdict.difference, name
    return Checked(
        command=command,
        expression=expression,
        at=dict(zip(graph.variables, x, strict=True)),
        value=value,
        sources={source.name: dict(zip(names, source.gradient, strict=True)) for source in sources},
        disagreement=disagreement,
        worst=worst,
        agreed=agreed,
        note="; ".join(dict.fromkeys(notes)),
        engine=native.name,
        device=native.device,
        dtype=native.dtype,
    )


def _engine(engine: Engine, lowered: Graph, x: Sequence[float], places: Sequence[int]) -> _Source:
    _, partials = engine.value_and_gradient(x)
    eps = _EPS[engine.dtype]
    narrow = eps > _EPS["float64"]
    noise = spread(gradient(lowered), x, unit=UNIT * eps / _EPS["float64"], point_rounded=narrow)[1:]
    return _Source(
        engine.name,
        tuple(partials[place] for place in places),
        max(_EXACT_TOLERANCE, 100.0 * eps if narrow else 0.0),
        tuple(_MARGIN * noise[place] for place in places),
    )


def _symbolic(graph: Graph, at: Mapping[str, float], names: Sequence[str], notes: list[str]) -> list[_Source]:
    """The symbolic derivative as a source; none, and a note, where it is too large."""
    try:
        check_symbolic(len(graph.nodes))
        from gdcli.expression.symbolic import numeric_derivatives

        _, derivatives = numeric_derivatives(graph, at, names)
    except SymbolsLeftOut as error:
        notes.append(f"the symbolic derivative is left out: {error.message}")
        return []
    slopes = tuple(derivatives[name] for name in names)
    return [_Source(SYMBOLIC, slopes, _EXACT_TOLERANCE, (0.0,) * len(names))]


def _along(engine: Engine, x: Sequence[float], place: int) -> Callable[[float], float]:
    """The function of one variable alone, the others fixed."""
    point = list(x)

    def along(number: float) -> float:
        point[place] = number
        return engine.value(point)

    return along


def _differences(
    slices: Sequence[Callable[[float], float]], x: Sequence[float], value_noise: float, noise: Sequence[float]
) -> _Source:
    """Central differences of the native engine's values; `noise` is that of its derivatives."""
    estimates = [central(f, number, value_noise) for f, number in zip(slices, x, strict=True)]
    errors = []
    for f, number, estimate in zip(slices, x, estimates, strict=True):
        # An estimate that is worth nothing must not pass for one that agrees with everything.
        slope = abs(estimate.derivative)
        typical = max(_size(f, number) / max(abs(number), 1.0), slope if math.isfinite(slope) else 0.0)
        errors.append(min(10.0 * estimate.error, 1e-3 * typical))
    return _Source(
        DIFFERENCES,
        tuple(estimate.derivative for estimate in estimates),
        _DIFFERENCES_TOLERANCE,
        tuple(error + other for error, other in zip(errors, noise, strict=True)),
    )


def _size(f: Callable[[float], float], x: float) -> float:
    """The largest of a few absolute values of f at and about x; 0 where none is finite."""
    step = 0.1 * max(abs(x), 1.0)
    return max([abs(value) for value in map(f, (x, x + step, x - step)) if math.isfinite(value)], default=0.0)


def _compare(a: _Source, b: _Source, i: int, name: str, f: Callable[[float], float], x: float) -> _Verdict:
    """What `a` and `b` say of the variable `name`, the i-th; along it the function is `f`, at `x`."""
    tolerance = max(a.tolerance, b.tolerance)
    difference = _relative(a.gradient[i], b.gradient[i], (a.noise[i] + b.noise[i]) / tolerance)
    if difference <= tolerance:
        return _Verdict(difference, True)
    note = _excuse(a, b, i, name, f, x)
    return _Verdict(difference, bool(note), note)


def _relative(p: float, q: float, floor: float) -> float:
    """|p - q| relative to the larger one, or to `floor` where that is more."""
    if p == q or not (math.isfinite(p) or math.isfinite(q)):
        return 0.0
    distance = abs(p - q)
    return distance / max(abs(p), abs(q), floor) if math.isfinite(distance) else math.inf


def _excuse(a: _Source, b: _Source, i: int, name: str, f: Callable[[float], float], x: float) -> str:
    """Why two sources may differ here; empty where they may not. Engines never may."""
    if SYMBOLIC not in (a.name, b.name) and DIFFERENCES not in (a.name, b.name):
        return ""
    if not math.isfinite(f(x)):
        return f"{name}: the function has no finite value here, and only the engines can be compared"
    pair = (a.gradient[i], b.gradient[i])
    if b.name == DIFFERENCES and not math.isfinite(pair[0]):
        return f"{name}: there is no finite derivative here, so that differences do not apply"
    if b.name == DIFFERENCES and abs(pair[0]) * math.ulp(x) > _FLAT * _size(f, x):
        return f"{name}: from one number to the next the function changes too much for differences"
    shape, left, right = sides(f, x)
    low, high = min(left, right), max(left, right)
    slack = 1e-5 * max(abs(low), abs(high))
    if shape is Shape.KINK and all(low - slack <= slope <= high + slack for slope in pair):
        return (
            f"{name}: the function has a kink here, with slopes {left:.6g} and {right:.6g}; "
            "which number between them is the derivative is a convention"
        )
    if shape is Shape.JUMP:
        return f"{name}: the function jumps here, and only the derivative of its pieces can be compared"
    if shape is Shape.EDGE and b.name == DIFFERENCES:
        return f"{name}: the function is undefined on one side, so that central differences do not apply"
    return ""
