"""The step within a ball is the best there is, on floats as on arrays; Newton goes alike with either."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.descent import objective as objectives
from gdcli.descent.curvature import eigen
from gdcli.descent.objective import ArrayObjective, FloatObjective
from gdcli.descent.trust_region import convex_step, on_arrays, on_floats
from gdcli.descent.vector import Vector, VectorNamespace
from tests.descent.support import ROSENBROCK, engine_of, run

NUMBERS = st.sampled_from([-3.0, -1.0, 0.0, 1.0, 2.0, 1e3]) | st.floats(-10.0, 10.0).map(
    lambda a: round(a, 6)
)
RADII = st.sampled_from([1e-3, 0.1, 1.0, 30.0])


@st.composite
def models(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A symmetric matrix of one to four rows, and a slope."""
    n = draw(st.integers(1, 4))
    half = np.array(draw(st.lists(NUMBERS, min_size=n * n, max_size=n * n))).reshape(n, n)
    return half + half.T, np.array(draw(st.lists(NUMBERS, min_size=n, max_size=n)))


def change(matrix: np.ndarray, slope: np.ndarray, step: np.ndarray) -> float:
    return float(slope @ step + 0.5 * step @ matrix @ step)


@given(models(), RADII)
@settings(deadline=None)
def test_floats_promise_as_much_as_arrays(model: tuple[np.ndarray, np.ndarray], radius: float) -> None:
    matrix, slope = model
    arrays = on_arrays(np, matrix, slope, np.array([radius]))
    floats = np.array(on_floats(matrix.tolist(), slope.tolist(), radius))
    assert np.linalg.norm(floats) <= 1.1001 * radius
    # Each is as long as the radius but for a tenth, which is what the promise then lacks, or is more, at most.
    best = change(matrix, slope, arrays)
    assert change(matrix, slope, floats) <= best + 0.45 * abs(best) + 1e-9


@given(models(), RADII)
@settings(deadline=None)
def test_elimination_finds_the_step_or_says_so(model: tuple[np.ndarray, np.ndarray], radius: float) -> None:
    matrix, slope = model
    least, most = np.linalg.eigvalsh(matrix)[[0, -1]]
    rows = tuple(Vector(row) for row in matrix.tolist())
    step = convex_step(VectorNamespace, rows, Vector(slope.tolist()), radius, lambda: None)
    if step is not None:
        p = np.array(step.elements)
        length = float(np.linalg.norm(p))
        assert least > -1e-12 * most
        assert length <= 1.1001 * radius
        # On the rim it is Newton's of another matrix, H + λI with λ ≥ 0.
        left = -float(p @ (matrix @ p + slope)) / max(length**2, 1e-300)
        shift = max(left, 0.0) if length >= 0.8999 * radius else 0.0
        assert matrix @ p + shift * p == pytest.approx(-slope, abs=1e-8 * (1.0 + (most + shift) * radius))
    elif least > 1e-10 * most:
        assert np.linalg.norm(np.linalg.solve(matrix, slope)) > (1.0 - 1e-4) * radius


def test_a_step_on_the_rim_mostly_needs_no_eigenvectors() -> None:
    rows = (Vector((1200.0, -400.0)), Vector((-400.0, 200.0)))
    step = convex_step(VectorNamespace, rows, Vector((30.0, -8.0)), 0.03, lambda: None)
    assert step is not None
    assert math.hypot(*step.elements) == pytest.approx(0.03, rel=0.1)


@pytest.mark.parametrize(
    ("matrix", "slope", "radius"),
    [
        ([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], 1.0),
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], 0.0),
        ([[1e308, 1e308], [1e308, -1e308]], [1e300, -1e300], 1e-5),
        ([[1e-320, 0.0], [0.0, 1e-320]], [1.0, 0.0], 1e-300),
        ([[5.0]], [1e200], 1e-200),
    ],
)
def test_nothing_raises_on_floats(matrix: list[list[float]], slope: list[float], radius: float) -> None:
    step = on_floats(matrix, slope, radius)
    assert all(math.isfinite(p) for p in step)
    assert math.hypot(*step) <= 1.2 * radius
    convex_step(VectorNamespace, tuple(map(Vector, matrix)), Vector(slope), radius, lambda: None)


def test_a_saddle_without_a_slope_is_left_along_the_lowest_curvature() -> None:
    step = on_floats([[2.0, 0.0], [0.0, -1.0]], [0.0, 0.0], 0.5)
    assert [abs(p) for p in step] == pytest.approx([0.0, 0.5])


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_rotation_of_two_rows_gives_eigenvectors(a: float, b: float, d: float) -> None:
    matrix = np.array([[a, b], [b, d]])
    values, vectors = eigen(matrix.tolist())
    assert values == pytest.approx(np.linalg.eigvalsh(matrix), abs=1e-11 * (1.0 + np.abs(matrix).max()))
    assert np.array(vectors) @ np.transpose(vectors) == pytest.approx(np.eye(2), abs=1e-14)
    assert matrix @ np.transpose(vectors) == pytest.approx(
        np.transpose(vectors) * values, abs=1e-11 * (1.0 + np.abs(matrix).max())
    )


@pytest.mark.parametrize(
    ("text", "start", "bounds"),
    [
        (ROSENBROCK, {"x": -1.2, "y": 1.0}, ()),
        (ROSENBROCK, {"x": -1.2, "y": 1.0}, ((-2.0, 0.5), (-1.0, 3.0))),
        ("x**4 - 2*x**2 + y**2*z**2 + z**2 + y**2", {"x": 0.0, "y": 1.0, "z": 1.0}, ()),
    ],
)
def test_newton_takes_as_many_steps_on_floats_as_on_arrays(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    start: dict[str, float],
    bounds: tuple[tuple[float, float], ...],
) -> None:
    floats = run(text, start, "newton", bounds=bounds).finished
    monkeypatch.setattr(objectives, "MOST_VARIABLES", 0)
    arrays = run(text, start, "newton", bounds=bounds).finished
    assert floats.status == arrays.status
    assert floats.value == pytest.approx(arrays.value, abs=1e-12)
    assert abs(floats.steps - arrays.steps) <= 2


def test_many_variables_go_on_arrays() -> None:
    def kind(n: int) -> type:
        engine = engine_of(" + ".join(f"x{i}**2" for i in range(n)))
        return type(objectives.objective(engine, 1.0, arrays=True))

    assert (kind(12), kind(13)) == (FloatObjective, ArrayObjective)
    assert run(
        " + ".join(f"x{i}**2" for i in range(13)), {f"x{i}": 1.0 for i in range(13)}, "newton"
    ).finished.steps


@pytest.mark.parametrize("radius", [0.5, 0.1, 0.01, 1e-3])
@pytest.mark.parametrize("slope", [(1.0, 10.0), (1.0, 100.0), (10.0, 100.0), (3.0, 1000.0)])
def test_a_step_that_is_not_on_the_rim_is_found_in_another_way(
    slope: tuple[float, float], radius: float
) -> None:
    """With curvatures of 1 and 1000 one step of Newton's method for the shift often leads not far enough."""
    rows = (Vector((1.0, 0.0)), Vector((0.0, 1000.0)))
    step = convex_step(VectorNamespace, rows, Vector(slope), radius, lambda: None)
    assert step is None or math.hypot(*step.elements) <= 1.1001 * radius
