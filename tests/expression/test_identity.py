"""What is proved to be a derivative is one; and what SymPy derives is proved."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gdcli.errors import SymbolsLeftOut
from gdcli.expression import identity, symbolic
from gdcli.expression.functions import TABLE
from gdcli.expression.identity import are_derivatives, are_second_derivatives
from gdcli.expression.parser import parse
from gdcli.expression.primes import random_prime
from gdcli.expression.symbolic.printing import to_text
from gdcli.expression.symbolic.rules import partial
from gdcli.graph.formulas import formula
from tests.engines.generated import examples

SPECIAL = ("where", "pow", "add", "sub", "mul", "div", "neg")
"""Rows of which more is known than their derivatives."""
PROVED = [
    "x**2+y**2",
    "(x-1)**2 + 100*(y-x**2)**2",
    "sin(x)*exp(-y**2)",
    "x**y + x**(y-1) + e**(x*y) + 2**x",
    "x**2.5 + x**1.5*y + x**(1/3) + (2*x)**0.5",
    "1.1*(x-0.7)**2",
    "-20*exp(-0.2*sqrt(0.5*(x**2+y**2)))-exp(0.5*(cos(2*pi*x)+cos(2*pi*y)))",
    "(x if x > 0 else y)**2 + abs(x) + max(x, y, z, 3)",
    "softplus(x) + relu(y) + sigmoid(x*y) + clip(x, 0, 1)*y",
    "erf(x)*gamma(y) + digamma(x)*lgamma(y)",
    "log(x)/log(2) + log2(x) + log(e)*y",
    "x/x + x - x",
    "7",
    "x**1000 + (x**100)**100",
    " + ".join(f"(x{i} - {i}/10)**2" for i in range(100)),
]
FORGED = [
    ("x**2", "2*x + 1"),
    ("x**2", "3*x"),
    ("x**2", "2*x + 1e-300"),
    ("x**2", "2*x + 1e-30*sin(x)"),
    ("x**2", "2*x + exp(-1e9*(x - 3)**2)"),
    ("x**2", "2*x if x < 1e9 else 0"),
    ("x**2", "2*x + abs(x) - x"),
    ("x**2", "2.0000000000000004*x"),
    ("x**2", "2*y"),
    ("x**2", "2*x + y - y"),
    ("x**2", "where(x < 2, 2*x, 2*x + 1)"),
    ("(x**2)**0.5", "1"),
    ("x", "(x**2)**0.5/x"),
    ("sin(x)", "cos(x) + 1/10**30"),
    ("sin(x)", "cos(2*x)"),
    ("max(x, y)", "heaviside(y - x)"),
    ("x**2", "2*x + 1/(x - x)"),
    ("x**2", "2*x + x**(x - x) - 1 + 0*nosuch"),
    ("x**2", "2*x + x**10**40"),
    ("x**2", "2*x + x**(2**64)**(2**64) - x"),
    ("x**2", "2*x\n"),
    ("x**2", "2*x\t"),
    ("x**2", "\x1b[2J2*x"),
    ("x**2", ""),
    ("x**2", "2*)x"),
    ("x**2", "x < 1"),
    ("x**2", "(" * 900 + "2*x" + ")" * 900 + "*"),
    ("x**2", "2*x*inf/inf"),
    ("x**2", "2*x + 0*log(x)"),
    ("x**2 + y", "2*x + 0*sqrt(y)"),
    ("x**2", "2*x + pi - pi"),
]


@pytest.mark.parametrize("text", PROVED)
def test_what_sympy_derives_is_proved(text: str) -> None:
    graph = parse(text)
    assert are_derivatives(graph, symbolic.derivatives(graph))
    if len(graph.variables) < 10:
        assert are_second_derivatives(graph, symbolic.hessian(graph))


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if row.derivatives])
def test_the_rules_are_those_of_sympy(name: str) -> None:
    row = TABLE[name]
    if row.boolean or name in SPECIAL:
        return
    field = identity._Field(random_prime(128))
    known = {letter: field.atom(("variable", letter)) for letter in "abc"}
    known["out"] = field.apply(name, [known[letter] for letter in "abc"[: len(row.derivatives)]], 0)
    for place, rule in enumerate(identity._REPLACED.get(name, row.derivatives)):
        text = to_text(partial(name, place))
        theirs = field.value(parse(text, internal=True), known, 0)
        assert field.value(formula(rule), known, 0) == theirs, text


@pytest.mark.parametrize(("text", "forged"), FORGED)
def test_what_is_no_derivative_is_not_proved(text: str, forged: str) -> None:
    graph = parse(text)
    assert not are_derivatives(graph, {"x": forged})
    others = dict.fromkeys(graph.variables[1:], "0")
    assert not are_derivatives(graph, {"x": forged, **others})


def test_each_of_several_derivatives_counts() -> None:
    graph = parse("x**2*y")
    assert are_derivatives(graph, {"x": "2*x*y", "y": "x**2"})
    assert are_derivatives(graph, {"y": "x*x"})
    assert not are_derivatives(graph, {"x": "x**2", "y": "2*x*y"})
    assert not are_derivatives(graph, {"x": "2*x*y", "y": "x**2 + 1"})
    # Only the sum of both is right.
    assert not are_derivatives(graph, {"x": "2*x*y + 1", "y": "x**2 - 1"})


def test_each_second_derivative_counts() -> None:
    graph = parse("x**2*y")
    right = {"x": {"x": "2*y", "y": "2*x"}, "y": {"x": "2*x", "y": "0"}}
    assert are_second_derivatives(graph, right)
    for row, column in (("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")):
        wrong = {name: dict(texts) for name, texts in right.items()}
        wrong[row][column] += " + 1"
        assert not are_second_derivatives(graph, wrong)
    assert not are_second_derivatives(graph, {"x": {"x": "2*y + 1", "y": "2*x - 1"}})


@given(st.integers(-(10**6), 10**6), st.integers(0, 9), st.integers(-3, 3))
def test_a_coefficient_or_an_exponent_that_is_off_is_found(factor: int, power: int, error: int) -> None:
    # Zero is zero times whatever it is multiplied by.
    assume((factor, power) != (-1, 1))
    graph = parse(f"{factor}*x**{power} + x")
    right = f"{factor * power}*x**{power - 1} + 1" if factor * power else "1"
    assert are_derivatives(graph, {"x": right})
    assert are_derivatives(graph, {"x": f"{right} + {error}"}) == (error == 0)
    assert are_derivatives(graph, {"x": f"({right})*x**{error}"}) == (error == 0)


def test_generated_expressions() -> None:
    proved = tried = 0
    for example in examples(60, 11):
        graph = parse(example.text)
        try:
            texts = symbolic.derivatives(graph)
        except SymbolsLeftOut:
            continue
        if not texts:
            continue
        tried += 1
        proved += are_derivatives(graph, texts)
        name, text = next(iter(texts.items()))
        assert not are_derivatives(graph, {**texts, name: f"({text}) + 1/10**9"}), example.text
        if text != "0":
            assert not are_derivatives(graph, {**texts, name: f"({text})*(1 + 1/10**12)"}), example.text
    # All but those whose numbers SymPy has rounded.
    assert proved > 0.9 * tried > 40


def test_a_prime_is_one_and_another_each_time() -> None:
    import sympy

    primes = {random_prime(64) for _ in range(20)}
    assert len(primes) == 20
    assert all(sympy.isprime(prime) and prime.bit_length() == 64 for prime in primes)
