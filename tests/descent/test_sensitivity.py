"""Records with the variables that are fixed, and the derivatives by them."""

import math

import pytest

from gdcli.descent.loop import Criteria, minimize
from gdcli.descent.methods import create
from gdcli.descent.problem import Problem
from gdcli.descent.sensitivity import with_sensitivities
from gdcli.engines import select
from gdcli.expression.parser import parse
from gdcli.graph.fixing import fix
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Minimum


def whole(records, problem):
    """The records with the derivatives by all variables of the expression."""
    graph = parse(problem.expression)
    run = problem.engine
    engine = select(lower(graph), run.name, run.device, run.dtype)

    def gradient(point):
        numbers = [point[name] for name in graph.variables]
        return dict(zip(graph.variables, engine.value_and_gradient(numbers)[1], strict=True))

    return with_sensitivities(records, problem, graph.variables, gradient)


def problem_of(text, start, fixed, command="minimize", dtype="float64"):
    engine = select(lower(fix(parse(text), fixed)), dtype=dtype)
    return Problem(engine, start, text, command, fixed=fixed)


@pytest.mark.parametrize(("command", "sign"), [("minimize", 1.0), ("maximize", -1.0)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_record_has_every_variable_in_the_order_of_the_expression(command, sign, dtype):
    text = f"{sign}*(a*(x-1)**2 + b*(y+2)**2 + 3*a)"
    problem = problem_of(text, {"x": 0.0, "y": 0.0}, {"b": 2.0, "a": 5.0}, command, dtype)
    started, *steps, finished = whole(minimize(problem, create("auto")), problem)
    assert started.variables == ("a", "x", "b", "y")
    assert started.start == finished.start == {"a": 5.0, "x": 0.0, "b": 2.0, "y": 0.0}
    assert all(list(step.x) == ["a", "x", "b", "y"] for step in steps)
    assert finished.x == pytest.approx({"a": 5.0, "x": 1.0, "b": 2.0, "y": -2.0}, abs=1e-5)
    assert finished.gradient == pytest.approx({"a": sign * 3.0, "x": 0.0, "b": 0.0, "y": 0.0}, abs=1e-4)
    assert list(finished.gradient) == ["a", "x", "b", "y"]
    assert finished.gradient_norm == pytest.approx(0.0, abs=1e-4)


def test_the_derivative_by_a_fixed_variable_may_not_exist():
    problem = problem_of("x**n + 2*x", {"x": -1.5}, {"n": 2.0})
    *_, finished = whole(minimize(problem, create("gd", 0.1), Criteria(steps=3)), problem)
    assert math.isnan(finished.gradient["n"])
    assert math.isfinite(finished.gradient["x"])


def test_the_last_step_and_the_minima_have_it_too():
    problem = problem_of("x**2*c", {"x": 1.0}, {"c": 2.0})
    *_, finished = whole(minimize(problem, create("gd", 3.0), Criteria(steps=2)), problem)
    assert finished.last is not None
    assert list(finished.last.x) == ["x", "c"]
    plain = Finished(**{**vars(finished), "x": {"x": 0.0}, "start": {"x": 1.0}, "last": None})
    plain = Finished(**{**vars(plain), "minima": (Minimum({"x": 0.0}, 0.0, 3),)})
    (found,) = whole([plain], problem)
    assert found.minima == (Minimum({"x": 0.0, "c": 2.0}, 0.0, 3),)
