"""The two engines against each other, and both against derivatives that know nothing of either."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from math import inf, nan, pi

import pytest

from gdcli.engines.native import NativeEngine
from gdcli.engines.rounding import spread
from gdcli.engines.torch import TorchEngine
from gdcli.errors import SymbolsLeftOut
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.symbolic import numeric_derivatives
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.differentiate import gradient, hessian
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from tests.engines.generated import COMPARISONS, ROWS, Example, examples

TOLERANCE = 1e-12
CHUNKS = 4


def alike(p: float, q: float, noise: float = 0.0) -> bool:
    """Equal to 1e-12 or to what rounding makes of it, or not finite in the same way."""
    if math.isfinite(p) and math.isfinite(q):
        return abs(p - q) <= max(TOLERANCE * max(abs(p), abs(q)), 8.0 * noise)
    return p == q or (p != p and q != q)


def first_derivatives(graph: Graph, x: list[float]) -> tuple[list[float], list[float]]:
    """Value and partial derivatives by each engine."""
    value, partials = NativeEngine(graph).value_and_gradient(x)
    other_value, other_partials = TorchEngine(graph).value_and_gradient(x)
    return [value, *partials], [other_value, *other_partials]


def disagreements(
    graph: Graph, x: list[float], doubtful: list[Graph] | None = None
) -> list[tuple[int, float, float]]:
    """Where the engines differ: 0 for the value, i for the i-th partial derivative, and the two numbers.

    A graph that agrees only by what rounding can make of it is noted in `doubtful`.
    """
    ours, theirs = first_derivatives(graph, x)
    suspects = [i for i, (p, q) in enumerate(zip(ours, theirs, strict=True)) if not alike(p, q)]
    if not suspects:
        return []
    # Only now is it worth knowing how well conditioned the expression is at this point.
    noise = spread(gradient(graph), x)
    if doubtful is not None:
        doubtful.append(graph)
    return [(i, ours[i], theirs[i]) for i in suspects if not alike(ours[i], theirs[i], noise[i])]


def place(example: Example, graph: Graph) -> list[float]:
    return [example.point[name] for name in graph.variables]


# Where a derivative is a convention, undefined, or infinite; and where IEEE 754 decides.
KINKS = [
    ("abs(x)", (0,), 0, (0,)),
    ("abs(x)", (nan,), nan, (nan,)),
    ("abs(x)**1.5", (0,), 0, (0,)),
    ("abs(x)**y", (0, 2), 0, (0, 0)),
    ("log(abs(x))", (0,), -inf, (nan,)),
    ("sqrt(x*x)", (0,), 0, (nan,)),
    ("max(x, y)", (1, 1), 1, (0.5, 0.5)),
    ("max(x, y, z)", (1, 1, 1), 1, (0.25, 0.25, 0.5)),
    ("max(x, 2)", (2,), 2, (0.5,)),
    ("max(x, y)", (nan, 1), nan, (1, 1)),
    ("max(x, y)", (1, nan), nan, (1, 1)),
    ("min(x, y)", (2, 2), 2, (0.5, 0.5)),
    ("relu(x)", (0,), 0, (0,)),
    ("clip(x, -1, 1)", (1,), 1, (1,)),
    ("clip(x, -1, 1)", (-1,), -1, (1,)),
    ("clip(x, -1, 1)", (2,), 1, (0,)),
    ("clip(x, y, z)", (1, 1, 1), 1, (1, 0, 0)),
    ("clip(x, y, z)", (1.5, 2, 1), 1, (0, 0, 1)),
    ("clip(x, y, z)", (0, 2, 1), 1, (0, 0, 1)),
    ("sign(x)", (0,), 0, (0,)),
    ("sign(x)", (nan,), nan, (0,)),
    ("heaviside(x)", (0,), 0.5, (0,)),
    ("heaviside(x, y)", (0, 0.25), 0.25, (0, 1)),
    ("floor(x)", (2,), 2, (0,)),
    ("ceil(x)", (2,), 2, (0,)),
    ("round(x)", (0.5,), 0, (0,)),
    ("round(x)", (1.5,), 2, (0,)),
    ("round(x)", (2.5,), 2, (0,)),
    ("round(x)", (-0.5,), 0, (0,)),
    ("round(x)", (1e300,), 1e300, (0,)),
    ("ceil(acos(x))", (1,), 0, (0,)),
    ("mod(x, y)", (6, 3), 0, (1, -2)),
    ("mod(x, y)", (-7, 3), 2, (1, 3)),
    ("mod(x, y)", (7, -3), -2, (1, 3)),
    ("mod(x, y)", (1, 0.1), 0.09999999999999995, (1, -9)),
    ("mod(x, y)", (1, 0), nan, (1, nan)),
    ("1/mod(x, 0.5)", (-1000,), inf, (-inf,)),
    ("x**1", (0,), 0, (1,)),
    ("x**2", (0,), 0, (0,)),
    ("x**3", (0,), 0, (0,)),
    ("x**3", (-2,), -8, (12,)),
    ("x**0", (0,), 1, (0,)),
    ("x**0.5", (0,), 0, (inf,)),
    ("x**1.5", (0,), 0, (0,)),
    ("x**-1", (0,), inf, (-inf,)),
    ("x**(1/3)", (-8,), nan, (nan,)),
    ("x**y", (-2, 3), -8, (12, nan)),
    ("x**y", (-2, 0.5), nan, (nan, nan)),
    ("x**y", (0, 0), 1, (0, 0)),
    ("x**y", (0, 1), 0, (1, 0)),
    ("x**y", (0, 2), 0, (0, 0)),
    ("x**y", (0, -1), inf, (-inf, -inf)),
    ("x**y", (0, 0.5), 0, (inf, 0)),
    ("x**y", (2, 2000), inf, (inf, inf)),
    ("0**x", (0,), 1, (0,)),
    ("0**x", (2,), 0, (0,)),
    ("0**x", (-1,), inf, (-inf,)),
    ("sqrt(x)", (0,), 0, (inf,)),
    ("sqrt(x)", (-1,), nan, (nan,)),
    ("cbrt(x)", (0,), 0, (inf,)),
    ("cbrt(x)", (-8,), -2, (1 / 12,)),
    ("hypot(x, y)", (0, 0), 0, (0, 0)),
    ("sqrt(hypot(x, y))", (0, 0), 0, (0, 0)),
    ("hypot(x, y)", (1e200, 1e200), math.sqrt(2) * 1e200, (math.sqrt(0.5), math.sqrt(0.5))),
    ("atan2(y, x)", (0, 0), 0, (0, 0)),
    ("atan2(y, x)", (0, -1), pi, (-1, 0)),
    ("atan2(y, x)", (1e-200, 1e-200), pi / 4, (5e199, -5e199)),
    ("asinh(x)", (1e200,), 461.2101657793691, (1e-200,)),
    ("acosh(x)", (1e200,), 461.2101657793691, (1e-200,)),
    ("sinc(x)", (0,), 1, (0,)),
    ("sinc(x)", (3,), 0, (-1 / 3,)),
    ("sinc(x)", (1e-8,), 1, (-(pi**2) / 3 * 1e-8,)),
    ("sinc(x)", (inf,), nan, (nan,)),
    ("1/x", (0,), inf, (-inf,)),
    ("x/y", (0, 0), nan, (inf, nan)),
    ("log(x)", (0,), -inf, (inf,)),
    ("log(x)", (-1,), nan, (-1,)),
    ("log(x, y)", (2, 1), inf, (inf, -inf)),
    ("log1p(x)", (-1,), -inf, (inf,)),
    ("exp(x)", (1000,), inf, (inf,)),
    ("exp(x)", (-1000,), 0, (0,)),
    ("exp(x)*exp(-x)", (1000,), nan, (nan,)),
    ("expm1(x)", (-40,), -1, (math.exp(-40),)),
    ("asin(x)", (1,), pi / 2, (inf,)),
    ("asin(x)", (2,), nan, (nan,)),
    ("acos(x)", (-1,), pi, (-inf,)),
    ("acosh(x)", (1,), 0, (inf,)),
    ("atanh(x)", (1,), inf, (inf,)),
    ("atanh(x)", (-1,), -inf, (inf,)),
    ("erfinv(x)", (1,), inf, (inf,)),
    ("erfinv(x)", (2,), nan, (nan,)),
    ("tan(x)", (inf,), nan, (nan,)),
    ("sin(x)", (1e22,), -0.8522008497671888, (0.5232147853951389,)),
    ("gamma(x)", (0,), inf, (-inf,)),
    ("gamma(x)", (-1,), nan, (nan,)),
    ("gamma(x)", (200,), inf, (inf,)),
    ("gamma(x)", (5,), 24, (36.14682404236321,)),
    ("lgamma(x)", (-1,), inf, (nan,)),
    ("digamma(x)", (-1,), nan, (inf,)),
    ("polygamma(1, x)", (-1,), inf, (nan,)),
    ("polygamma(1, x)", (inf,), 0, (0,)),
    ("tanh(x)", (20,), 1, (4 * math.exp(-40),)),
    ("tanh(x)", (1000,), 1, (0,)),
    ("sech(x)", (1000,), 0, (0,)),
    ("sigmoid(x)", (-1000,), 0, (0,)),
    ("sigmoid(x)", (40,), 1, (math.exp(-40),)),
    ("softplus(x)", (1000,), 1000, (1,)),
    ("logaddexp(x, y)", (1000, 1000), 1000 + math.log(2), (0.5, 0.5)),
    ("logaddexp(x, y)", (-1000, 1000), 1000, (0, 1)),
    ("x*y", (inf, 0), nan, (0, inf)),
    ("x - y", (inf, inf), nan, (1, -1)),
    ("x*log(x) if x > 0 else 0", (0,), 0, (0,)),
    ("x*log(x) if x > 0 else 0", (-1,), 0, (0,)),
    ("where(x > 0, sqrt(x), 0)", (-1,), 0, (0,)),
    ("where(x > 0, sqrt(x), 0)", (0,), 0, (0,)),
    ("exp(x) if x < 1 else 1", (1000,), 1, (0,)),
    ("sin(x)/x if x != 0 else 1", (0,), 1, (0,)),
    ("exp(-1/x**2) if x != 0 else 0", (0,), 0, (0,)),
    ("log(x) if x > 0 else (sqrt(-x - 1) if x < -1 else x**2)", (-0.5,), 0.25, (-1,)),
    ("log(x) if x > 0 else (sqrt(-x - 1) if x < -1 else x**2)", (-5,), 2, (-0.25,)),
]


@pytest.mark.parametrize(("text", "at", "value", "slopes"), KINKS)
def test_kinks(text: str, at: tuple[float, ...], value: float, slopes: tuple[float, ...]) -> None:
    for results in first_derivatives(lower(parse(text)), [float(x) for x in at]):
        for result, expected in zip(results, (value, *slopes), strict=True):
            assert alike(result, float(expected)), (results, value, slopes)


@pytest.mark.parametrize(
    ("text", "at", "rows"),
    [
        ("x**2", (0,), ((2,),)),
        ("x**y", (0, 2), ((2, 0), (0, 0))),
        ("x**y", (-2, 3), ((-12, nan), (nan, nan))),
        ("sinc(x)", (0,), ((-(pi**2) / 3,),)),
        ("abs(x)", (0,), ((0,),)),
        ("x*abs(y)", (3, 0), ((0, 0), (0, 0))),
        ("hypot(x, y)", (0, 0), ((0, 0), (0, 0))),
        ("x**2*log(x) if x > 0 else 0", (-1,), ((0,),)),
        ("x*y*z + x**2", (1, 2, 3), ((2, 3, 2), (3, 0, 1), (2, 1, 0))),
    ],
)
def test_second_derivatives_at_kinks(
    text: str, at: tuple[float, ...], rows: tuple[tuple[float, ...], ...]
) -> None:
    graph = lower(parse(text))
    for engine in (NativeEngine(graph), TorchEngine(graph)):
        for row, expected in zip(engine.hessian([float(x) for x in at]), rows, strict=True):
            assert all(alike(p, float(q)) for p, q in zip(row, expected, strict=True)), (engine.name, row)


@pytest.mark.parametrize(
    "row", [row for row in TABLE.values() if row.torch and not row.boolean], ids=lambda row: row.name
)
def test_every_row_over_its_domain(row) -> None:  # type: ignore[no-untyped-def]
    """Value, first and second derivatives of one operation alone, internal ones too."""
    chance = random.Random(row.name)
    count = 1 if row.expands else len(row.domain)
    builder = GraphBuilder()
    whole = [low == high for low, high in row.domain]
    names = "abc"[:count]
    arguments = [
        builder.constant(row.domain[i][0]) if whole[i] else builder.variable(names[i]) for i in range(count)
    ]
    if row.name == "where":
        arguments[0] = builder.apply("lt", arguments[0], builder.constant(0.0))
    graph = lower(builder.finish(builder.apply(row.name, *arguments)))
    native, torch = NativeEngine(graph), TorchEngine(graph)
    for _ in range(10):
        x = [chance.uniform(*row.domain[i]) for i in range(count) if not whole[i]]
        assert disagreements(graph, x) == []
        ours, theirs = sum(native.hessian(x), ()), sum(torch.hessian(x), ())
        assert all(abs(p - q) <= 1e-11 * max(abs(p), 1.0) for p, q in zip(ours, theirs, strict=True)), (
            x,
            ours,
            theirs,
        )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_two_thousand_generated_expressions(chunk: int) -> None:
    failures, finite = [], 0
    doubtful: list[Graph] = []
    for example in examples(500, seed=chunk):
        graph = lower(parse(example.text))
        x = place(example, graph)
        found = disagreements(graph, x, doubtful)
        finite += math.isfinite(NativeEngine(graph).value(x))
        if found:
            failures.append((example.text, example.point, found))
    assert failures == []
    assert finite == 500  # that is, the points are in the domains
    assert len(doubtful) <= 5  # and nearly all agree to 1e-12 without more ado


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_generated_expressions_against_sympy(chunk: int) -> None:
    """Value and derivatives of each engine to 1e-10 of SymPy's at 30 digits, or to what rounding leaves."""
    failures, left_out = [], 0
    for example in examples(500, seed=chunk):
        graph = parse(example.text)
        try:
            value, slopes = numeric_derivatives(graph, example.point, digits=30)
        except SymbolsLeftOut:
            left_out += 1
            continue
        exact = [value, *slopes.values()]
        lowered = lower(graph)
        x = place(example, lowered)
        for results in first_derivatives(lowered, x):
            far = [abs(p - q) > 1e-10 * abs(q) for p, q in zip(results, exact, strict=True)]
            if any(far):
                noise = spread(gradient(lowered), x)
                far = [
                    distant and abs(p - q) > 8.0 * n
                    for distant, p, q, n in zip(far, results, exact, noise, strict=True)
                ]
            if any(far):
                failures.append((example.text, example.point, results, exact))
    assert failures == []
    assert left_out <= 5


def test_long_generated_expressions() -> None:
    for example in examples(100, seed=100, operations=40):
        graph = lower(parse(example.text))
        assert disagreements(graph, place(example, graph)) == [], (example.text, example.point)


@pytest.mark.parametrize("chunk", range(2))
def test_outside_the_domains_both_are_undefined_alike(chunk: int) -> None:
    """Values at points drawn without regard to domains, and gradients wherever the value is finite."""
    chance = random.Random(chunk)
    failures, undefined = [], 0
    for example in examples(250, seed=200 + chunk):
        graph = lower(parse(example.text))
        for _ in range(2):
            x = [
                chance.choice(
                    [0.0, 1.0, -1.0, 0.5, 1e3, -1e3, chance.uniform(-3, 3), chance.uniform(-30, 30)]
                )
                for _ in graph.variables
            ]
            found = disagreements(graph, x)
            if not math.isfinite(NativeEngine(graph).value(x)):
                undefined += 1
                found = [item for item in found if item[0] == 0]
            if found:
                failures.append((example.text, x, found))
    assert failures == []
    assert undefined > 20


def test_hessians_of_generated_expressions() -> None:
    for example in examples(150, seed=300, operations=4):
        graph = lower(parse(example.text))
        x = place(example, graph)
        n = len(x)
        ours, theirs = NativeEngine(graph).hessian(x), TorchEngine(graph).hessian(x)
        noise = iter(spread(hessian(graph), x)[1 + n :])
        for i in range(n):
            for j in range(i, n):
                assert alike(ours[i][j], theirs[i][j], next(noise)), (
                    example.text,
                    example.point,
                    ours,
                    theirs,
                )


def test_the_generator_calls_every_function() -> None:
    called = set().union(*(example.rows for example in examples(500)))
    assert called == {row.name for row in ROWS} | {"where"}
    texts = " ".join(example.text for example in examples(500))
    assert all(f" {sign} " in texts for sign in [*COMPARISONS, "and", "if", "else"]) and "not (" in texts


@pytest.mark.parametrize(
    ("name", "derivatives"),
    [
        ("sin", ("cos(a)*(1 + 1e-11)",)),
        ("div", ("1/b", "out/b")),
        ("atan2", ("b/hypot(a, b)/hypot(a, b)", "-a/hypot(a, b)/hypot(a, b)*0.999999")),
        ("erfinv", ("sqrt(pi)/2*exp(out**2) + 1e-10",)),
        ("max", ("where(a < b, 0, 1)", "where(b < a, 0, 1/2)")),
    ],
)
def test_a_wrong_rule_is_noticed(
    name: str, derivatives: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, name, replace(TABLE[name], derivatives=derivatives))
    noticed = [
        example
        for example in examples(500)
        if name in example.rows and disagreements(graph := lower(parse(example.text)), place(example, graph))
    ]
    assert noticed


@pytest.mark.parametrize("row", ["sin", "mul", "tanh", "cbrt"])
def test_a_wrong_value_is_noticed(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = lower(parse("sin(x)*tanh(x) + cbrt(x)*x"))
    assert disagreements(graph, [0.7]) == []
    monkeypatch.setitem(TABLE, row, replace(TABLE[row], torch="torch.add" if row == "mul" else "torch.atan"))
    assert disagreements(graph, [0.7]) != []
