"""Derivatives in symbols by the elements of vectors: what is written, and that it is right for every length."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.engines.native import NativeEngine
from gdcli.errors import SymbolsLeftOut
from gdcli.expression.parser import parse
from gdcli.expression.symbolic.indexed import indexed_derivatives
from gdcli.graph.definitions import substituted
from gdcli.graph.fixing import fix
from gdcli.graph.lowering import lower
from gdcli.graph.unrolled import unroll
from tests.vectors.generated import example
from tests.vectors.support import Point, by_element, finite_example, shapes, unrolled

VECTORS, MATRICES = frozenset("xybw"), frozenset("A")


def symbols(text: str) -> dict[str, str]:
    return indexed_derivatives(parse(text), vectors=VECTORS, matrices=MATRICES)


WRITTEN: list[tuple[str, dict[str, str]]] = [
    ("sum(x**2)", {"x[k]": "2*x[k]"}),
    ("mean(x)", {"x[k]": "1/len(x)"}),
    ("norm(x)", {"x[k]": "x[k]/norm(x)"}),
    ("norm1(x)", {"x[k]": "sign(x[k])"}),
    ("logsumexp(x)", {"x[k]": "exp(x[k] - logsumexp(x))"}),
    ("log(sum(exp(x)))", {"x[k]": "exp(x[k])/sum(exp(x))"}),
    ("var(x)", {"x[k]": "(2*x[k] - 2*mean(x))/(len(x) - 1)"}),
    ("std(x)", {"x[k]": "(x[k] - mean(x))/((len(x) - 1)*std(x))"}),
    ("prod(x)", {"x[k]": "Product(where(i != k, x[i], 1), (i, 0, len(x) - 1))"}),
    ("max(x)", {"x[k]": "where(x[k] == max(x), 1, 0)/sum(where(x == max(x), 1, 0))"}),
    ("dot(x, y)", {"x[k]": "y[k]", "y[k]": "x[k]"}),
    ("x @ y", {"x[k]": "y[k]", "y[k]": "x[k]"}),
    ("a*sum(x**2)", {"a": "sum(x**2)", "x[k]": "2*a*x[k]"}),
    ("sum(a*x)**2", {"a": "2*sum(x)*sum(a*x)", "x[k]": "2*a*sum(a*x)"}),
    # Single elements, and elements whose places depend on the length.
    ("x[0]**2 + x[1]**2", {"x[0]": "2*x[0]", "x[1]": "2*x[1]"}),
    ("x[-1]*x[-2]", {"x[-2]": "x[-1]", "x[-1]": "x[-2]"}),
    ("x[0]*x[-1]", {"x[k]": "where(k == 0, x[-1], 0) + where(k == len(x) - 1, x[0], 0)"}),
    ("x[0]*sum(x)", {"x[k]": "x[0] + where(k == 0, sum(x), 0)"}),
    ("x[n]**2", {"x[k]": "where(k == mod(n, len(x)), 2*x[mod(n, len(x))], 0)"}),
    # Slices.
    ("sum(x[::-1]*x)", {"x[k]": "2*x[-k + len(x) - 1]"}),
    ("sum(x[2:]**2)", {"x[k]": "where(k >= 2, 2*x[k], 0)"}),
    ("sum(x[:5])", {"x[k]": "where(k <= 4, 1, 0)"}),
    ("sum(x[::2]**2)", {"x[k]": "where(mod(k, 2) == 0, 2*x[k], 0)"}),
    (
        "sum((x[1:] - x[:-1])**2)",
        {"x[k]": "where(k >= 1, 2*x[k] - 2*x[k - 1], 0) + where(k <= len(x) - 2, 2*x[k] - 2*x[k + 1], 0)"},
    ),
    # Sums over an index.
    (
        "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))",
        {
            "x[k]": "where(k >= 1, 200*x[k] - 200*x[k - 1]**2, 0) + "
            "where(k <= len(x) - 2, -400*(-x[k]**2 + x[k + 1])*x[k] + 2*x[k] - 2, 0)"
        },
    ),
    ("Sum(x[i]*y[i], (i, 0, n))", {"x[k]": "where(k <= n, y[k], 0)", "y[k]": "where(k <= n, x[k], 0)"}),
    (
        "Sum(x[i]*x[mod(i+1, len(x))], (i, 0, len(x)-1))",
        {"x[k]": "x[mod(k - 1, len(x))] + x[mod(k + 1, len(x))]"},
    ),
    (
        "Sum(Sum((x[i]-x[j])**2, (j, i+1, len(x)-1)), (i, 0, len(x)-1))",
        {"x[k]": "Sum(-2*x[i] + 2*x[k], (i, 0, k - 1)) + Sum(-2*x[i] + 2*x[k], (i, k + 1, len(x) - 1))"},
    ),
    (
        "Sum(Sum(x[j], (j, 0, i))**2, (i, 0, len(x)-1))",
        {"x[k]": "2*Sum(Sum(x[j], (j, 0, i)), (i, k, len(x) - 1))"},
    ),
    ("Sum(x[i]**2 if i >= 1 else 0, (i, 0, len(x)-1))", {"x[k]": "where(k >= 1, 2*x[k], 0)"}),
    ("Sum(x[i-1]**2 if i >= 1 else 0, (i, 0, len(x)-1))", {"x[k]": "where(k <= len(x) - 2, 2*x[k], 0)"}),
    ("Sum(a, (i, 0, len(x)-1))", {"a": "len(x)", "x[k]": "0"}),
    # Matrices.
    (
        "sum((A@x-b)**2)",
        {
            "x[k]": "Sum((-2*b[i] + 2*(A @ x)[i])*A[i, k], (i, 0, len(b) - 1))",
            "b[k]": "2*b[k] - 2*(A @ x)[k]",
        },
    ),
    ("x @ A @ x", {"x[k]": "(x @ A)[k] + Sum(x[i]*A[k, i], (i, 0, len(x) - 1))"}),
    ("sum(A[0]*x) + A[1,2]*x[0]", {"x[k]": "A[0, k] + where(k == 0, A[1, 2], 0)"}),
    # Names: k may be taken, and so may the names of indices.
    ("k*sum(x)", {"k": "sum(x)", "x[i]": "k"}),
    ("Sum(x[k]**2, (k, 0, len(x)-1))", {"x[k]": "2*x[k]"}),
    ("i*prod(x)", {"i": "prod(x)", "x[k]": "i*Product(where(j != k, x[j], 1), (j, 0, len(x) - 1))"}),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN, ids=[text for text, _ in WRITTEN])
def test_what_is_written(text: str, expected: dict[str, str]) -> None:
    found = symbols(text)
    found.pop("n", None)
    assert found == expected
    for derivative in found.values():
        parse(derivative)


LEFT_OUT = [
    ("x[2*n] + Sum(x[i*i], (i, 0, n))", "a subscript in it is no multiple of one index and a constant"),
    ("Sum(x[mod(i, 3)], (i, 0, 8))", "a subscript in it is no multiple of one index and a constant"),
    ("sum(x[:n])", "the end of a slice counts from behind if it is negative, which is not known"),
    ("sum(x - x)", "sum is taken of what no vector is left in"),
    ("norm(A) + sum(x)", "norm is taken of a matrix"),
    ("sum(x + [a, b, 1])", "a matrix is written in it"),
    ("max(x*y*w)", "max is taken of a sum or a product, whose rounding may depend on the order of its terms"),
    ("x**2", "the expression is no single number"),
    ("sum(x)/0", "the expression divides by zero, whatever its variables are"),
    ("sum(x[1:] if len(x) > 1 else x)", "the branches of a condition are vectors whose lengths may differ"),
    ("sum(exp(A)) + sum(x)", "a matrix takes part element by element"),
    ("sum(A[1:,0]) + sum(x)", "a part of a matrix is taken"),
]


@pytest.mark.parametrize(("text", "why"), LEFT_OUT)
def test_what_cannot_be_written_is_left_out(text: str, why: str) -> None:
    vectors = VECTORS if "[a, b" not in text else VECTORS | {"a"}
    with pytest.raises(SymbolsLeftOut) as error:
        indexed_derivatives(parse(text), vectors=vectors, matrices=MATRICES)
    assert error.value.message == why


@pytest.mark.parametrize(("text", "name"), [("Sum(x[i], (i, 0, n))", "n"), ("x[n]", "n"), ("sum(A@x)", "A")])
def test_what_cannot_vary_has_no_derivative(text: str, name: str) -> None:
    assert name not in symbols(text)
    with pytest.raises(SymbolsLeftOut, match=f"^{name} is a "):
        indexed_derivatives(parse(text), [name], VECTORS, MATRICES)


LARGE = [
    ("sum(" + "sin(" * 450 + "x" + ")" * 451, "the expression or a derivative is nested more than 100 deep"),
    ("*".join(f"(x[{i}] + y[{i}])" for i in range(200)), "the derivatives take more than 50,000 terms"),
    ("+".join(f"x[{i}]" for i in range(1000)), "the expression has 3,000 numbers, names and operations"),
]


@pytest.mark.parametrize(("text", "why"), LARGE, ids=["deep", "factors", "nodes"])
def test_what_would_be_too_large_is_left_out(text: str, why: str) -> None:
    with pytest.raises(SymbolsLeftOut, match=f"^{why}"):
        symbols(text)


def test_definitions_within_definitions_do_not_grow_without_end() -> None:
    definitions = {f"r{i}": parse(f"r{i - 1}*sin(r{i - 1})") for i in range(1, 40)} | {"r0": parse("x**2")}
    with pytest.raises(SymbolsLeftOut, match="more than 50,000 symbols"):
        indexed_derivatives(substituted(parse("sum(r39)"), definitions), vectors=VECTORS)


def test_many_slices_in_one_sum() -> None:
    text = "sum(" + " + ".join(f"x[{i}:{i + 3}]*y[{i}:{i + 3}]" for i in range(60)) + ")"
    assert "where(k >= 59 and k <= 61, y[k], 0)" in symbols(text)["x[k]"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(x[:n]**2)", "where(k <= 1, 2*x[k], 0)"),
        (
            "Sum(x[i]*x[j], (j, 0, i), (i, 0, n))",
            "Sum(x[i], (i, k, 2)) + where(k <= 2, Sum(x[i], (i, 0, k)), 0)",
        ),
        ("x[n-3]*y[0]", "y[0]"),
    ],
)
def test_a_name_held_at_a_number_counts(text: str, expected: str) -> None:
    (found,) = indexed_derivatives(fix(parse(text), {"n": 2.0}), ["x"], VECTORS).values()
    assert found == expected


def test_only_what_is_asked_for() -> None:
    assert indexed_derivatives(parse("dot(x, y) + a"), ["y", "a"], VECTORS) == {"y[k]": "x[k]", "a": "1"}


# Right: at every element, for every length.

RIGHT = [
    *[text for text, _ in WRITTEN if not {"n", "A"} & set(parse(text).variables)],
    "Sum(x[i]*y[len(x)-1-i]**2, (i, 0, len(x)-1))",
    "Sum(sin(x[2*i])*i, (i, 0, floor((len(x)-1)/2)))",
    "Sum(Sum(x[i]*y[j]/(1+i+j), (j, 0, i)), (i, 0, len(x)-1))",
    "Sum(x[i+j]*y[j], (j, 0, len(x)-1-i), (i, 0, len(x)-1))",
    "Product(1 + x[i]**2, (i, 0, len(x)-1))*sum(y)",
    "Sum(Product(x[j], (j, 0, i)), (i, 0, len(x)-1))",
    "sum(x[::3]**3) + sum(tanh(x[::-2])) + norm(y[-2:]) + sum(x[-3:] if len(x) > 1 else x[-3:]**2)",
    "x[len(x)-2] + y[len(y) - 1]**3",
    "sum(where(x > y, x*y, y**2)) + norm(x - 2*y) + norm1(x*y)",
    "logsumexp(x*y)**2 + std(exp(x) + 3*y) + var(x - y) + min(x**2)",
    "sum(log(sum(x**2) + y**2))/mean(x**2)",
    "(x - mean(x)) @ (y - mean(y))",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_for_every_length(text: str) -> None:
    found = symbols(text)
    chance = random.Random(text)
    checked = 0
    for n in range(1, 7):
        if n == 1 and any(part in text for part in ("[1]", "[-2]", "var", "std", "[:-1]")):
            continue
        if n <= 2 and "[2:]" in text:
            continue
        point: dict[str, float | list[float]] = {}
        for name in parse(text).variables:
            numbers = [chance.uniform(0.2, 2.0) * chance.choice([-1, 1]) for _ in range(n)]
            point[name] = numbers if name in VECTORS else numbers[0]
        _, gradient = unrolled(text, point)
        assert by_symbols(found, point) == pytest.approx(gradient, rel=1e-9, abs=1e-9)
        checked += 1
    assert checked >= 4


def by_symbols(
    found: Mapping[str, str], point: Point, constants: Mapping[str, Any] | None = None
) -> dict[str, float]:
    """The numbers of derivatives in index notation, by element."""
    numbers: dict[str, float] = dict.fromkeys(by_element(point), 0.0)
    for key, text in found.items():
        name, _, subscript = key.rstrip("]").partition("[")
        value = point[name]
        if not isinstance(value, list):
            numbers[name] = number(text, point, constants)
        elif subscript.isidentifier():
            for k in range(len(value)):
                numbers[f"{name}[{k}]"] = number(text, point, {**(constants or {}), subscript: k})
        else:
            numbers[f"{name}[{int(subscript) % len(value)}]"] = number(text, point, constants)
    return numbers


def number(text: str, point: Point, constants: Mapping[str, Any] | None) -> float:
    graph = unroll(parse(text), shapes(point), constants, text=text)
    at = by_element(point)
    return NativeEngine(lower(graph)).value([at[name] for name in graph.variables])


@settings(max_examples=50)
@given(st.randoms(use_true_random=False))
def test_right_on_generated_expressions(chance: random.Random) -> None:
    case = finite_example(chance)
    try:
        found = symbols(case.text)
    except SymbolsLeftOut:
        return
    _, gradient = unrolled(case.text, case.point, case.constants)
    for name, partial in by_symbols(
        {key: found[key] for key in found if key[0] != "b"}, case.point, case.constants
    ).items():
        # At 0 the norm has a derivative by agreement only.
        at_zero = math.isnan(partial) and ("norm(" in case.text or "std(" in case.text)
        assert at_zero or partial == pytest.approx(gradient[name], rel=1e-7, abs=1e-7), case


def test_most_generated_expressions_can_be_written() -> None:
    count = 0
    for seed in range(60):
        try:
            symbols(example(random.Random(seed)).text)
        except SymbolsLeftOut:
            continue
        count += 1
    assert count >= 45
