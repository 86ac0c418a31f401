"""Newton's method on the conditions of optimality, and what tells a minimum from a saddle point and from a kink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import nnls

from gdcli.descent.bounds import Bounds
from gdcli.descent.constraints.kink import multipliers_at_kink, nonnegative_least_squares
from gdcli.descent.constraints.lagrangian import Functions, Measured
from gdcli.descent.constraints.optimality import Conditions, conditions
from gdcli.descent.constraints.polish import newton, ways_down
from gdcli.engines import select
from gdcli.expression.constraints import parse_constraint
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

BOX = ((0.0, 1.0), (0.0, 1.0))


def problem(
    expression: str, constraints: list[str], at: tuple[float, ...], bounds: Bounds = ()
) -> tuple[Conditions, Measured]:
    """The conditions for a problem in x and y, unscaled at its start, and what is known at that."""
    read = [constraint for text in constraints for constraint in parse_constraint(text)]
    graphs = [
        lower(replace(each, variables=("x", "y"))) for each in (parse(expression), *(c.graph for c in read))
    ]
    equalities = [constraint.equality for constraint in read]
    functions = Functions(select(graphs[0]), 1.0, graphs[1:], equalities)
    here = functions.measure(at)
    return conditions(functions, here, bounds), here


@pytest.mark.parametrize(
    ("expression", "constraints", "at", "bounds", "expected"),
    [
        ("x^2 + y^2", ["x + y == 2"], (5.0, -4.0), (), (1.0, 1.0)),
        ("x^4 + y^2", ["x*y == 1"], (0.7, 1.3), (), (2**-0.16666666666666666, 2**0.16666666666666666)),
        ("x + y", ["x^2 + y^2 <= 2"], (-1.2, -0.9), (), (-1.0, -1.0)),
        ("x^2 + y^2", ["x + y <= 2"], (0.3, 0.2), (), (0.0, 0.0)),
        ("(x - 2)^2 + (y - 0.5)^2", ["x + y >= 0"], (0.9, 0.4), BOX, (1.0, 0.5)),
        # Dependent constraints.
        ("x^2 + y^2", ["x + y == 2", "2*x + 2*y == 4"], (5.0, -4.0), (), (1.0, 1.0)),
    ],
)
def test_newton_comes_to_the_last_digits(
    expression: str,
    constraints: list[str],
    at: tuple[float, ...],
    bounds: Bounds,
    expected: tuple[float, ...],
) -> None:
    given, here = problem(expression, constraints, at, bounds)
    multipliers = np.full(len(given.scales), 0.1)
    polished = newton(given, here, multipliers, 10.0)
    assert polished.here.x == pytest.approx(expected, rel=1e-13, abs=1e-13)
    assert polished.distance.worst <= 1e-13
    assert polished.distance == given.distance(polished.here, polished.multipliers)
    assert 0 < polished.steps <= 12


def test_newton_stays_where_it_gets_no_nearer() -> None:
    given, here = problem("x", ["exp(x) + y^2 == -1"], (3.0, 1.0))
    polished = newton(given, here, np.zeros(1), 10.0)
    assert polished.distance.worst <= given.distance(here, np.zeros(1)).worst
    assert newton(given, here, np.zeros(1), 10.0, most=0).here is here


SADDLES = [
    ("x^2 - y^2", [], (0.0, 0.0), (), [0.0]),
    ("-x^2 - y^2", ["x + y == 2"], (1.0, 1.0), (), [2.0]),
    # A bound, and a constraint, that nothing presses against.
    ("x^2 - y^2 + x*y", [], (0.0, 0.0), ((-1.0, 1.0), (0.0, 1.0)), [0.0]),
    ("x^2 - y^2", ["y >= 0*x"], (0.0, 0.0), (), [0.0]),
    # Nothing is known to second order.
    ("-x^3 + y^2", [], (0.0, 0.0), (), [0.0]),
]
MINIMA = [
    ("x^2 + y^2", [], (0.0, 0.0), (), [0.0]),
    ("x^2 - y^2", ["y == 0*x"], (0.0, 0.0), (), [0.0]),
    ("x^2 + y^2", ["x + y == 2"], (1.0, 1.0), (), [-2.0]),
    ("x^2 - y^2", [], (0.0, 1.0), BOX, [0.0]),
    ("x + y", [], (0.0, 0.0), BOX, [0.0]),
    ("x^2 - y", ["y <= 1 + 0*x"], (0.0, 1.0), (), [1.0]),
]


@pytest.mark.parametrize(("expression", "constraints", "at", "bounds", "multipliers"), [*SADDLES, *MINIMA])
def test_ways_down_are_there_at_saddle_points_only(
    expression: str,
    constraints: list[str],
    at: tuple[float, ...],
    bounds: Bounds,
    multipliers: list[float],
) -> None:
    given, here = problem(expression, constraints, at, bounds)
    scaled = given.weight * np.array(multipliers[: len(given.scales)]) / given.scales
    assert given.distance(here, scaled).worst == pytest.approx(0.0, abs=1e-15)
    ways = list(ways_down(given, here, scaled))
    assert bool(ways) == ((expression, constraints, at, bounds, multipliers) in SADDLES)
    lower = []
    for way in ways:
        there = given.functions.measure(tuple((np.array(at) + 1e-3 * way).tolist()))
        lower.append(there.value < here.value and given.violation(there) <= 1e-9)
    assert any(lower) == bool(ways)


@pytest.mark.parametrize(
    ("expression", "constraints", "at", "expected"),
    [
        ("x + 2*y", ["abs(x) + abs(y) <= 1"], (0.0, -1.0), [2.0]),
        ("x + 2*y", ["abs(x) + abs(y) <= 1"], (1e-13, -1.0), [2.0]),
        ("x + 2*y", ["abs(x) + abs(y) <= 1"], (-1.0, 0.0), None),
        ("max(x, y)", ["x + y == 1", "x <= 9 + 0*y"], (0.5, 0.5), [-0.5, 0.0]),
        ("max(x, y)", ["x + y >= 1"], (3.0, 3.0), None),
        ("abs(x) + y", ["y >= floor(x)"], (0.0, 0.0), None),
        ("x^2 + y", ["y >= x"], (-0.5, -0.5), [1.0]),
        ("x^2 + y", ["y >= x"], (1.0, 1.0), None),
    ],
)
def test_a_minimum_at_a_kink_has_multipliers(
    expression: str, constraints: list[str], at: tuple[float, ...], expected: list[float] | None
) -> None:
    given, here = problem(expression, constraints, at)
    start = given.functions.measure((at[0] + 1.0, at[1] - 1.0))
    found = multipliers_at_kink(given, here, start)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert given.own_multipliers(found) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_least_squares_with_no_negative_weights(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, columns = random.integers(1, 9, size=2)
    matrix, goal = random.normal(size=(rows, columns)), random.normal(size=rows)
    if seed % 3 == 0:
        matrix[:, -1] = matrix[:, 0]
    weights = nonnegative_least_squares(matrix, goal)
    _, distance = nnls(matrix, goal)
    assert (weights >= 0.0).all()
    assert np.linalg.norm(matrix @ weights - goal) == pytest.approx(distance, abs=1e-12)


@pytest.mark.parametrize(
    ("expression", "constraint", "weight", "scale"),
    [
        ("1e3*x + y", "1e4*x + y <= 1", 1e-3, 1e-4),
        ("1e-3*x", "1e-4*x + 1e-5*y <= 0", 1e3, 1e4),
        ("x", "x*y == 2", 1.0, 1.0),
        ("1e-9*x", "1e-12*x*y == 0", 1e6, 1e8),
        ("0*x", "x*y == 1e-3", 1.0, 1e3),
    ],
)
def test_scales_are_those_of_the_start(expression: str, constraint: str, weight: float, scale: float) -> None:
    at = (
        (0.0, 1e-12)
        if constraint.startswith("x*y == 1e-3")
        else (0.0, 1.0)
        if "1e-12" in constraint
        else (0.0, 0.0)
    )
    given, _ = problem(expression, [constraint], at)
    assert given.weight == pytest.approx(weight)
    assert given.scales.tolist() == pytest.approx([scale])


def test_the_distance_counts_slope_violation_and_slack() -> None:
    given, here = problem("x^2/2 + y", ["x + y <= 1"], (1.0, 2.0), ((-5.0, 5.0), (2.0, 5.0)))
    # The Lagrangian's gradient is (1 + λ, 1 + λ), the second of which the bound holds back.
    assert given.distance(here, np.array([0.5])) == (1.5, 2.0, 0.0)
    inside, here = problem("x^2/2 + y", ["x + y <= 9"], (1.0, 2.0), ((-5.0, 5.0), (2.0, 5.0)))
    assert inside.distance(here, np.array([0.5])) == (1.5, 0.0, 0.5)
    assert inside.distance(here, np.array([-0.5])).slack == 0.5
    assert inside.distance(here, np.array([np.nan])).worst == np.inf
