"""The augmented Lagrangian as a graph has the value and the gradient of its formula."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lagrangian import augmented_lagrangian
from gdcli.graph.lowering import lower

OBJECTIVE = "x^2 + 3*y"
EQUALITY, INEQUALITY = "x*y - 1", "x + sin(y) - 2"


ENGINE = NativeEngine(
    augmented_lagrangian(
        lower(parse(OBJECTIVE)), [(lower(parse(EQUALITY)), True), (lower(parse(INEQUALITY)), False)]
    )
)
NUMBER = st.floats(-3.0, 3.0)
PENALTY = st.floats(0.01, 100.0)


def test_its_variables_are_those_of_the_objective_and_then_the_parameters() -> None:
    assert ENGINE.variables[:2] == ("x", "y")
    assert len(ENGINE.variables) == 2 + 1 + 2 + 2
    assert not any(name.isidentifier() for name in ENGINE.variables[2:])


@settings(max_examples=50)
@given(NUMBER, NUMBER, NUMBER, NUMBER, st.floats(0.0, 3.0), PENALTY, PENALTY)
def test_value_and_gradient_are_those_of_the_formula(
    x: float, y: float, weight: float, multiplier: float, pressure: float, rho: float, sigma: float
) -> None:
    def parts(text: str) -> tuple[float, tuple[float, ...]]:
        return NativeEngine(lower(parse(text))).value_and_gradient([x, y])

    f, df = parts(OBJECTIVE)
    c, dc = parts(EQUALITY)
    g, dg = parts(INEQUALITY)
    push = max(0.0, pressure + sigma * g)
    value = weight * f + multiplier * c + rho * c * c / 2 + (push**2 - pressure**2) / (2 * sigma)
    slope = [weight * a + (multiplier + rho * c) * b + push * d for a, b, d in zip(df, dc, dg, strict=True)]
    found = ENGINE.value_and_gradient([x, y, weight, multiplier, pressure, rho, sigma])
    size = 1e-12 * (
        1 + abs(weight * f) + abs(multiplier * c) + rho * c * c + sigma * (abs(g) + pressure / sigma) ** 2
    )
    assert found[0] == pytest.approx(value, abs=size)
    assert found[1][:2] == pytest.approx(slope, rel=1e-12, abs=10 * size)
