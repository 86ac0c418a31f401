"""The native engine on generated expressions, at points inside and outside their domains."""

from __future__ import annotations

import math
from typing import Any

import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.engines import scalar
from gdcli.engines.native import NativeEngine
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from tests.engines.generated import examples
from tests.expression.references import DIGITS, evaluate

INF, NAN = math.inf, math.nan


def engine(text: str) -> NativeEngine:
    return NativeEngine(lower(parse(text)))


numbers = st.one_of(
    st.floats(width=64), st.sampled_from([0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 1e308, 5e-324, 0.5, 2.0])
)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), point=st.tuples(numbers, numbers, numbers))
def test_no_exception_at_any_numbers(seed: int, point: tuple[float, float, float]) -> None:
    for example in examples(2, seed):
        native = engine(example.text)
        point_here = point[: len(native.variables)]
        value, gradient = native.value_and_gradient(point_here)
        assert repr(value) == repr(native.value(point_here))
        assert all(type(number) is float for number in (value, *gradient))
        native.hessian(point_here)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), point=st.tuples(numbers, numbers, numbers))
def test_both_texts_give_the_same_digits(seed: int, point: tuple[float, float, float]) -> None:
    for example in examples(2, seed):
        both = engine(example.text)._value_and_gradient
        point_here = point[: len(both._graph.variables)]
        try:
            fast = both.fast(*point_here)
        except scalar.RAISES:
            continue
        assert repr(fast) == repr(both.safe(*point_here))


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_generated_expressions_against_forty_digits(seed: int) -> None:
    for example in examples(2, seed):
        source = parse(example.text)
        native = NativeEngine(lower(source))
        point = [example.point[name] for name in native.variables]
        value, partials = native.value_and_gradient(point)
        with mpmath.workdps(DIGITS):
            scale = 1.0 + _largest(source, native.variables, point)

            def exact(*numbers: Any) -> Any:
                return evaluate(source, dict(zip(native.variables, numbers, strict=True)))  # noqa: B023

            assert abs(value - exact(*point)) <= 1e-13 * scale**2
            if not _smooth(example.rows):
                continue
            for i, partial in enumerate(partials):
                order = tuple(int(i == j) for j in range(len(point)))
                expected = mpmath.diff(exact, tuple(point), order)
                assert abs(partial - expected) <= 1e-12 * scale**2 * (1 + abs(expected)), example


def _smooth(rows: frozenset[str]) -> bool:
    """Whether a difference quotient may be trusted: no row has a kink or a jump that a point may hit."""
    return not rows & {
        "where",
        "floor",
        "ceil",
        "round",
        "sign",
        "mod",
        "heaviside",
        "abs",
        "max",
        "min",
        "clip",
    }


def _largest(source: Any, variables: tuple[str, ...], point: list[float]) -> float:
    """The largest absolute value and slope of any node: what rounding errors may be magnified by."""
    graph = lower(source)
    largest = 0.0
    for index in range(len(graph.nodes)):
        op = graph.nodes[index].op
        if op in TABLE and TABLE[op].boolean:
            continue
        value, slopes = NativeEngine(type(graph)(graph.nodes, (index,), graph.variables)).value_and_gradient(
            point
        )
        largest = max([largest, abs(value), *map(abs, slopes)])
    return largest
