"""Records with vectors, as they come from the engines: short and long, as tuples and as views of memory."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from gdcli.records import (
    Checked,
    Constraint,
    Derivative,
    Evaluated,
    Finished,
    Minimum,
    Record,
    Started,
    Status,
    Step,
    Vector,
)
from tests.reporting.samples import FAILED, GRADIENT, WHERE


def vector(numbers: Iterable[float], *shape: int, typecode: str = "") -> Vector:
    """A vector, or a matrix, of these numbers: a tuple, or a view of `array`'s kind."""
    numbers = tuple(numbers)
    kept = memoryview(array(typecode, numbers)) if typecode else numbers
    numbers = tuple(kept)
    bad = [place for place, number in enumerate(numbers) if math.isnan(number)]
    least = bad[0] if bad else min(range(len(numbers)), key=numbers.__getitem__)
    most = bad[0] if bad else max(range(len(numbers)), key=numbers.__getitem__)
    return Vector(
        shape or (len(numbers),),
        kept,
        math.hypot(*numbers),
        numbers[least],
        least,
        numbers[most],
        most,
    )


def wave(size: int, scale: float = 1.0) -> Vector:
    """Numbers that go up and down, in memory."""
    return vector((scale * math.sin(k * k) for k in range(size)), typecode="d")


SHORT = vector([1.0, -3.0, 0.1])
LONG = wave(1000)

EVALUATED_SHORT = Evaluated("eval", "sum(x**2) + a", {"x": SHORT, "a": 2.0}, 12.01, **WHERE)
EVALUATED_LONG = Evaluated("eval", "sum(x**2) + a", {"x": LONG, "a": 2.0}, 500.25, **WHERE)

SYMBOLS = Derivative("grad", "sum(x**2) + a*y[0]", {"x[k]": "2*x[k]", "a": "y[0]", "y[0]": "a"})
GRADIENT_SHORT = Derivative(
    "grad",
    "sum(x**2) + a*y[0]",
    {"x[k]": "2*x[k]", "a": "y[0]", "y[0]": "a"},
    at={"x": SHORT, "a": 2.0, "y": vector([0.5, 0.25])},
    value=11.01,
    gradient={"x": vector([2.0, -6.0, 0.2]), "a": 0.5, "y": vector([2.0, 0.0])},
    **WHERE,
)
GRADIENT_LONG = Derivative(
    "grad",
    "sum(x**2) + a*x[500]",
    {"x[k]": "2*x[k]", "x[500]": "2*x[500] + a", "a": "x[500]"},
    at={"x": LONG, "a": 2.0},
    value=500.25,
    gradient={"x": wave(1000, 2.0), "a": math.sin(250_000)},
    **WHERE,
)
UNDEFINED = Derivative(
    "grad",
    "sum(log(x))",
    None,
    at={"x": vector([*[1.0] * 12, -1.0, 0.0], typecode="f")},
    value=math.nan,
    gradient={"x": vector([*[1.0] * 12, math.nan, math.inf], typecode="f")},
    note="the symbols are left out: SymPy has none for them",
    **{**WHERE, "engine": "torch", "dtype": "float32"},
)
HESSIAN_SHORT = Derivative(
    "grad",
    "x[0]**2*x[1] + y*x[0]",
    {"x[0]": "2*x[0]*x[1] + y", "x[1]": "x[0]**2", "y": "x[0]"},
    at={"x": vector([1.0, 3.0]), "y": 2.0},
    value=5.0,
    gradient={"x": vector([8.0, 1.0]), "y": 1.0},
    hessian={
        "x": {"x": vector([6.0, 2.0, 2.0, 0.0], 2, 2), "y": vector([1.0, 0.0])},
        "y": {"x": vector([1.0, 0.0]), "y": 0.0},
    },
    **WHERE,
)
HESSIAN_LONG = Derivative(
    "grad",
    "sum(x**2)**2 + y**2",
    None,
    at={"x": wave(12), "y": -2.0},
    value=5.0,
    gradient={"x": wave(12, 3.0), "y": -4.0},
    hessian={
        "x": {"x": vector(wave(144).numbers, 12, 12, typecode="d"), "y": vector([0.0] * 12)},
        "y": {"x": vector([0.0] * 12), "y": 2.0},
    },
    **WHERE,
)


def check(at: Vector, gradient: Vector, other: Vector, worst: str) -> Checked:
    """A check of two ways."""
    return Checked(
        "grad",
        "a*sum(sin(x))",
        {"x": at, "a": 2.0},
        2.5,
        {"torch": {"x": gradient, "a": 1.25}, "central differences": {"x": other, "a": 1.2500000000000009}},
        8.767e-13,
        worst,
        True,
        **WHERE,
    )


CHECKED_SHORT = check(SHORT, vector([1 / 3, 2.0, -1.0]), vector([0.33333333333334, 2.0, -1.0]), "x[0]")
CHECKED_LONG = check(LONG, wave(1000), wave(1000, 1.0000000000008), "x[17]")
CHECKED_BY_SCALAR = replace(CHECKED_LONG, worst="a")


def run(start: Vector, middle: Vector, end: Vector) -> tuple[Record, ...]:
    """A run over three steps."""
    points = [{"x": start, "a": 2.0}, {"x": middle, "a": 1.5}, {"x": end, "a": -0.1}]
    return (
        Started("minimize", "sum(x**2) + a**2", ("x", "a"), points[0], "gd", 0.02, 100, **WHERE, seed=0),
        *(Step(50 * k, 10.0 ** (1 - k), 2.0**-k, point) for k, point in enumerate(points)),
        Finished(
            "minimize",
            "sum(x**2) + a**2",
            Status.MAX_STEPS,
            "ran all 100 steps",
            x=points[2],
            value=0.1,
            gradient={"x": middle, "a": -0.2},
            gradient_norm=0.25,
            start=points[0],
            steps=100,
            evaluations=101,
            seconds=0.00012345,
            method="gd",
            lr=0.02,
            **WHERE,
            seed=0,
            hints=("more steps: --steps 1000",),
        ),
    )


RUN_SHORT = run(SHORT, vector([0.5, -1.5, 0.05]), vector([1 / 3, -1e-17, 0.0]))
RUN_LONG = run(LONG, wave(1000, 0.1), wave(1000, 1 / 3000))
DIVERGED = (
    *RUN_LONG[:-1],
    replace(
        RUN_LONG[-1],
        status=Status.DIVERGED,
        message="the value is not finite at step 150",
        last=Step(150, math.inf, math.inf, {"x": vector([*[1.0] * 999, math.inf], typecode="d"), "a": 2.0}),
    ),
)
MINIMA = replace(
    RUN_SHORT[-1],
    status=Status.CONVERGED,
    message="converged",
    hints=(),
    on_bound=("x[0]", "a"),
    starts=100,
    reached=60,
    constraints=(Constraint("sum(x) >= 1", 0.0, 0.5),),
    minima=(
        Minimum({"x": SHORT, "a": 2.0}, 0.1, 60),
        Minimum({"x": vector([1 / 3, -1e-17, 0.0]), "a": 2.0}, 0.2, 40),
    ),
)
LONG_MINIMA = replace(
    RUN_LONG[-1],
    hints=(),
    on_bound=tuple(f"x[{place}]" for place in range(990)),
    minima=(Minimum({"x": LONG, "a": 2.0}, 0.1, 60), Minimum({"x": wave(1000, 2.0), "a": 2.0}, 0.2, 40)),
)

RECORDS: dict[str, tuple[Record, ...]] = {
    "eval": (EVALUATED_SHORT,),
    "eval-long": (EVALUATED_LONG,),
    "grad-symbols": (SYMBOLS,),
    "grad": (GRADIENT_SHORT,),
    "grad-long": (GRADIENT_LONG,),
    "grad-undefined": (UNDEFINED,),
    "grad-hessian": (HESSIAN_SHORT,),
    "grad-hessian-long": (HESSIAN_LONG,),
    "check": (CHECKED_SHORT,),
    "check-long": (CHECKED_LONG,),
    "check-long-by-scalar": (CHECKED_BY_SCALAR,),
    "minimize": RUN_SHORT,
    "minimize-long": RUN_LONG,
    "minimize-diverged": DIVERGED,
    "minimize-minima": (MINIMA,),
    "minimize-long-minima": (LONG_MINIMA,),
    "other-lengths": (*RUN_SHORT[:2], *RUN_LONG[:2], GRADIENT_SHORT, FAILED, GRADIENT, GRADIENT_SHORT),
}

POINTS: tuple[Record, ...] = (EVALUATED_SHORT, EVALUATED_SHORT, EVALUATED_LONG, GRADIENT_LONG, HESSIAN_SHORT)


def shortened(value: Any) -> Any:
    """The same record with fourteen elements at most of each vector: the first ones."""
    if isinstance(value, Vector):
        long = len(value.shape) == 1 and len(value.numbers) > 14
        return vector(value.numbers[:14], typecode="d") if long else value
    if isinstance(value, Mapping):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(shortened, value[:14]))
    if isinstance(value, Record | Minimum):
        return replace(value, **{each.name: shortened(getattr(value, each.name)) for each in fields(value)})
    return value
