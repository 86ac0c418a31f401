"""The augmented Lagrangian as an engine: its derivatives are those of its value, whichever engine computes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gdcli.descent.constraints.lagrangian import AugmentedLagrangian, Functions
from gdcli.descent.objective import ArrayObjective, FloatObjective
from gdcli.engines import select
from gdcli.expression.constraints import parse_constraint
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

CONSTRAINTS = ("x*y == 1", "x^2 + y <= 2", "x + y >= -20", "x <= 9 + 0*y")
POINT = (1.3, 0.9)


def lagrangian_of(engine: str, sign: float = 1.0) -> AugmentedLagrangian:
    read = [parse_constraint(text)[0] for text in CONSTRAINTS]
    graphs = [lower(replace(constraint.graph, variables=("x", "y"))) for constraint in read]
    equalities = [constraint.equality for constraint in read]
    functions = Functions(select(lower(parse("exp(x)*y")), engine=engine), sign, graphs, equalities)
    lagrangian = AugmentedLagrangian(functions)
    lagrangian.set_parameters(0.5, (-0.7, 1.1, 0.2, 3.0), (4.0, 5.0, 6.0, 0.5))
    return lagrangian


def differences(function, x: tuple[float, ...], step: float = 1e-5) -> np.ndarray:  # type: ignore[no-untyped-def]
    sides = []
    for shift in step * np.eye(len(x)):
        above, below = np.array(x) + shift, np.array(x) - shift
        sides.append((np.array(function(above.tolist())) - np.array(function(below.tolist()))) / (2.0 * step))
    return np.array(sides)


@pytest.mark.parametrize("engine", ["native", "torch"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_gradient_and_hessian_are_those_of_the_value(engine: str, sign: float) -> None:
    lagrangian = lagrangian_of(engine, sign)
    value, slope = lagrangian.value_and_gradient(POINT)
    assert value == pytest.approx(lagrangian.value(POINT), rel=1e-14)
    assert slope == pytest.approx(differences(lagrangian.value, POINT), rel=1e-8)
    hessian = lagrangian.hessian(POINT)
    assert np.array(hessian) == pytest.approx(
        differences(lambda x: lagrangian.value_and_gradient(x)[1], POINT), rel=1e-8
    )
    arrays = ArrayObjective(lagrangian, 1.0)
    current = arrays.evaluate(arrays.point(POINT))
    assert arrays.sample(current) == (POINT, pytest.approx(value), pytest.approx(slope))
    assert np.array(lagrangian.hessians(arrays.point(POINT)).tolist()) == pytest.approx(np.array(hessian))


def test_both_engines_agree() -> None:
    native, other = lagrangian_of("native"), lagrangian_of("torch")
    assert native.value_and_gradient(POINT)[0] == pytest.approx(other.value_and_gradient(POINT)[0], rel=1e-14)
    assert native.value_and_gradient(POINT)[1] == pytest.approx(other.value_and_gradient(POINT)[1], rel=1e-14)


@pytest.mark.parametrize("kind", [FloatObjective, ArrayObjective])
def test_the_first_value_that_is_too_low_is_noticed(kind: type[FloatObjective | ArrayObjective]) -> None:
    lagrangian = lagrangian_of("native")
    target = kind(lagrangian, 1.0)
    low, high = sorted([(2.0, -3.0), (0.0, 0.0)], key=lagrangian.value)
    lagrangian.watch((lagrangian.value(low) + lagrangian.value(high)) / 2.0)
    target.evaluate(target.point(high))
    assert lagrangian.abyss is None
    target.evaluate(target.point(low))
    target.evaluate(target.point([a + 1e-3 for a in low]))
    assert lagrangian.abyss == low
    lagrangian.watch(-np.inf)
    assert lagrangian.abyss is None
