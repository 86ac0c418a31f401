"""Programs on columns: the derivatives that the native engine has, in as few passes as one would write by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gdcli.engines.columns import SCALAR, Builder, Program
from gdcli.engines.columns_code import in_place
from gdcli.engines.columns_numpy import NumPyColumns
from gdcli.engines.columns_torch import TorchColumns
from gdcli.engines.native import NativeEngine
from gdcli.engines.scalar import evaluate
from gdcli.engines.tracing import look_program, step_program
from gdcli.engines.unrolling import unrolled
from gdcli.expression.parser import parse
from gdcli.graph.differentiate import gradient
from gdcli.graph.folding import as_float
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from tests.engines.generated import Example, examples

TORCH = TorchColumns(torch.float64, torch.device("cpu"))
LIBRARIES: dict[str, Any] = {"numpy": NumPyColumns(), "torch": TORCH}
LENGTH = 768
NUMBERS = [-3.0, -2.0, -1.0, -0.25, 0.1, 0.5, 1.0, 2.0, 7.0, 400.0]


def run(program: Program, library: Any, point: Sequence[float]) -> list[float]:
    """What comes out at a point, all along the columns."""
    step = in_place(program, library)
    with library.quiet():
        columns = [library.empty(LENGTH) for _ in point]
        for column, value in zip(columns, point, strict=True):
            column[:] = value
        found, _ = step.call(columns, [], [library.empty(LENGTH) for _ in range(step.spare)])
        hosts = [library.host(column) for column in found]
    for host in hosts:
        assert np.all((host == host[0]) | np.isnan(host))
    return [float(host[0]) for host in hosts]


def slopes(xp: Any, k: Any, x: Any, g: Any) -> Sequence[Any]:
    """An update that puts the derivative where the variable was."""
    return (g,)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("seed", range(10))
def test_the_derivatives_are_those_of_the_native_engine(library: str, seed: int) -> None:
    compared = [example.text for example in examples(80, seed=seed) if agrees(example, LIBRARIES[library])]
    assert len(compared) >= 60


def agrees(example: Example, library: Any) -> bool:
    """Compare the derivatives at the point; whether there were any that are finite."""
    graph = lower(parse(example.text))
    point = tuple(example.point[name] for name in graph.variables)
    value, wanted = NativeEngine(graph).value_and_gradient(point)
    if not point or not all(map(math.isfinite, (value, *wanted))):
        return False
    program = step_program(gradient(graph), slopes, 0, 1.0, slope=True)
    *found, steepest = run(program, library, point)
    size = max(1.0, *map(abs, wanted))
    assert found == pytest.approx(list(wanted), rel=1e-9, abs=1e-9 * size), example.text
    assert steepest == max(map(abs, found)), example.text
    seen = run(look_program(gradient(graph), 1.0), library, point)
    assert seen == pytest.approx([value, steepest], rel=1e-9, abs=1e-9 * size), example.text
    return True


def graphs(table: Sequence[str]) -> st.SearchStrategy[Graph]:
    """Graphs of operations on two variables and numbers, the last node the output."""

    def built(choices: list[tuple[int, int, int]]) -> Graph:
        nodes = [Node(VARIABLE, name="x"), Node(VARIABLE, name="y")]
        nodes = [Node(CONSTANT, value=number) for number in NUMBERS] + nodes
        for op, a, b in choices:
            name = table[op % len(table)]
            # Mostly of what was there last, so that operations are nested.
            first, second = max(0, len(nodes) - 1 - a % 3), b % len(nodes)
            inputs = (first,) if name == "neg" else (first, second) if a % 2 else (second, first)
            nodes.append(Node(name, inputs))
        return Graph(tuple(nodes), (len(nodes) - 1,), ("x", "y"))

    some = st.integers(0, 10_000)
    return st.lists(st.tuples(some, some, some), min_size=1, max_size=12).map(built)


def directly(graph: Graph, point: Sequence[float]) -> float:
    values: list[float] = []
    for node in graph.nodes:
        if node.op == VARIABLE:
            values.append(point[graph.variables.index(node.name)])
        elif node.op == CONSTANT:
            values.append(as_float(node.value))
        else:
            values.append(evaluate(node.op, [values[i] for i in node.inputs]))
    return values[-1]


def program_of(graph: Graph, builder: Builder) -> Program:
    (output,) = builder.graft(graph, [builder.column(name) for name in graph.variables])
    return builder.finish(graph.variables, [output])


def value_of(program: Program, point: Sequence[float]) -> float:
    values: list[float] = []
    for node in program.nodes:
        if node.op == VARIABLE:
            values.append(point[program.inputs.index(node.name)])
        elif node.op == CONSTANT:
            values.append(float(node.value or 0.0))
        else:
            values.append(evaluate(node.op, [values[i] for i in node.inputs]))
    return values[program.outputs[0]]


COORDINATES = st.floats(-100.0, 100.0).filter(lambda value: value == 0.0 or abs(value) > 1e-3)


@given(graphs(["add", "sub", "mul", "div", "neg"]), COORDINATES, COORDINATES)
def test_what_is_exact_rounds_as_it_stands(graph: Graph, x: float, y: float) -> None:
    wanted = directly(graph, (x, y))
    if not 1e-200 < abs(wanted) < 1e200:
        return
    assert value_of(program_of(graph, Builder(exact=True)), (x, y)) == wanted


@given(graphs(["mul", "div", "neg"]), COORDINATES, COORDINATES)
def test_numbers_that_are_made_one_change_the_last_digits_alone(graph: Graph, x: float, y: float) -> None:
    wanted = directly(graph, (x, y))
    if not 1e-200 < abs(wanted) < 1e200:
        return
    program = program_of(graph, Builder(exact=False))
    assert value_of(program, (x, y)) == pytest.approx(wanted, rel=1e-13)


class Counting(NumPyColumns):
    """NumPy with the operations that torch has, and a list of those that were called."""

    fuses = True

    def __init__(self) -> None:
        self.called: list[str] = []

    def function(self, op: str) -> Callable[..., Any]:
        own = getattr(self, f"_{op}", None) or super().function(op)

        def counted(*operands: Any, **named: Any) -> Any:
            self.called.append(op)
            return own(*operands, **named)

        return counted

    def _add(self, a: Any, b: Any, *, out: Any, alpha: float = 1.0) -> None:
        out[:] = a + alpha * b

    def _sub(self, a: Any, b: Any, *, out: Any, alpha: float = 1.0) -> None:
        out[:] = a - alpha * b

    def _addcmul(self, a: Any, b: Any, c: Any, *, out: Any, value: float) -> None:
        out[:] = a + value * (b * c)


def gaussians(count: int) -> str:
    return " + ".join(f"-1.{k}*exp(-((x-0.{k})**2 + (y+0.{k})**2)/0.{k}7)" for k in range(1, count + 1))


def descend(xp: Any, k: Any, x: Any, g: Any) -> Sequence[Any]:
    return (x - 1e-3 * g,)


@pytest.mark.parametrize(
    ("expression", "passes", "spare"),
    [
        ("x**2 + y**2", 2 + 2, 2),
        ("(1-x)**2 + 100*(y-x**2)**2", 6, 2),
        # Two differences, a square and another, their number, exp and two more sums for each; two steps at the end.
        # The first of a sum has nothing to be added to.
        (gaussians(1), 8 + 2 + 2, 3),
        (gaussians(9), 9 * 8 + 2 + 4, 6),
        ("-20*exp(-0.2*sqrt((x**2+y**2)/2)) - exp((cos(2*pi*x)+cos(2*pi*y))/2)", 22, 5),
    ],
)
def test_no_more_passes_and_columns_than_by_hand(expression: str, passes: int, spare: int) -> None:
    graph, library = lower(parse(expression)), Counting()
    program = step_program(gradient(graph), descend, 0, 1.0, slope=False)
    point = (0.3, -0.4)
    found = run(program, library, point)
    assert len(library.called) <= passes
    assert in_place(program, library).spare <= spare
    _, partials = NativeEngine(graph).value_and_gradient(point)
    assert found == pytest.approx([x - 1e-3 * g for x, g in zip(point, partials, strict=True)], rel=1e-12)


def test_at_a_jump_nothing_is_made_one() -> None:
    """x/49 is 1 at 49, and 49 times 1/49 is not."""
    graph = lower(parse("x*floor(x/49)"))
    program = step_program(gradient(graph), slopes, 0, 1.0, slope=False)
    assert run(program, LIBRARIES["numpy"], (49.0,)) == [1.0]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("expression", "bounds", "wanted"),
    [
        # A difference whose second number is too small, or too large, for its sign to be turned.
        ("x*y - 1e-200*x", (), [-0.4, 0.3]),
        ("x*y - 1e200*x", (), [-1e200, 0.3]),
        # A slope that is a number is held back at a bound by a condition that is one as well.
        ("x + y**2", ((0.0, 5.0), (-5.0, 5.0)), [1.0, -0.8]),
        ("y**2 - x", ((0.0, 5.0), (-5.0, 5.0)), [-1.0, -0.8]),
    ],
)
def test_numbers_that_cannot_be_made_one_stay(
    library: str, expression: str, bounds: Sequence[tuple[float, float]], wanted: list[float]
) -> None:
    graph = gradient(lower(parse(expression)))
    order = [{"x": 0, "y": 1}[name] for name in graph.variables]
    point = [(0.3, -0.4)[i] for i in order]
    program = step_program(graph, slopes, 0, 1.0, slope=True)
    assert run(program, LIBRARIES[library], point)[:2] == pytest.approx([wanted[i] for i in order])
    _, steepest = run(
        look_program(graph, 1.0, [bounds[i] for i in order] if bounds else ()), LIBRARIES[library], point
    )
    assert steepest == pytest.approx(max(map(abs, wanted)))


@pytest.mark.parametrize(("x", "low_is_held"), [(0.0, True), (1.0, False)])
def test_a_constant_slope_is_held_back_at_its_bound(x: float, low_is_held: bool) -> None:
    graph = gradient(lower(parse("3*x")))
    for library in LIBRARIES.values():
        _, steepest = run(look_program(graph, 1.0, [(0.0, 5.0)]), library, (x,))
        assert steepest == (0.0 if low_is_held else 3.0)
        _, steepest = run(look_program(graph, -1.0, [(-5.0, x)]), library, (x,))
        assert steepest == 0.0


def test_a_number_times_one_of_the_step_is_a_number() -> None:
    def update(xp: Any, k: Any, x: Any, g: Any) -> Sequence[Any]:
        return (x - (1.0 / (k + 1.0)) * g,)

    program = step_program(gradient(lower(parse("3*x*y"))), update, 0, 1.0, slope=False)
    numbers = {i for i, node in enumerate(program.nodes) if node.op in (CONSTANT, SCALAR)}
    assert not any(node.inputs and numbers.issuperset(node.inputs) for node in program.nodes)


def test_factors_that_go_along_stay_within_the_range_of_floats() -> None:
    builder = Builder()
    x, y, z = (builder.column(name) for name in "xyz")
    huge = builder.literal(1e200)
    product = builder.apply("mul", builder.apply("mul", huge, x), builder.apply("mul", huge, y))
    program = builder.finish("xyz", [builder.apply("add", z, product)])
    assert run(program, LIBRARIES["torch"], (1e-200, 1e-200, 1.0)) == [2.0]
    builder = Builder()
    x, y, z = (builder.column(name) for name in "xyz")
    product = builder.apply("mul", builder.literal(1e200), builder.apply("mul", x, y))
    program = builder.finish("xyz", [builder.apply("add", z, product)])
    assert run(program, LIBRARIES["torch"], (1e150, 1e-150, 1.0)) == pytest.approx([1e200])


@pytest.mark.parametrize("expression", ["x*y + 1e200*x*y", "1e200*x + y", "y*x**2 + 1e39*x**2*y**2"])
def test_numbers_beyond_the_dtype_are_infinite(expression: str) -> None:
    graph = gradient(lower(parse(expression)))
    library = TorchColumns(torch.float32, torch.device("cpu"))
    found = run(step_program(graph, slopes, 0, 1.0, slope=False), library, (2.0, 3.0))
    assert math.inf in found


@pytest.mark.parametrize("number", [1e5, 1e200, -1e200, math.inf])
def test_a_number_to_be_compiled_may_be_beyond_the_dtype(number: float) -> None:
    builder = Builder()
    x = builder.column("x")
    larger = builder.apply("max", x, builder.literal(number))
    program = builder.finish("x", [builder.apply("add", larger, x), x])
    text, operations = unrolled(program, 1, slopes=True)
    namespace: dict[str, Any] = {name: TORCH.function(op) for name, op in operations.items()}
    exec(text, namespace | {"inf": math.inf}, namespace)
    column = torch.ones(3, dtype=torch.float32)
    namespace["advance"]([column], [])
    assert column[0] == torch.tensor(max(1.0, number), dtype=torch.float32) + 1


@pytest.mark.parametrize("library", LIBRARIES)
def test_equal_outputs_are_columns_of_their_own(library: str) -> None:
    builder = Builder()
    x = builder.column("x")
    larger = builder.apply("add", x, builder.literal(1.0))
    step = in_place(builder.finish("x", [larger, larger, x]), LIBRARIES[library])
    column = LIBRARIES[library].empty(LENGTH)
    column[:] = 2.0
    found, _ = step.call([column], [], [LIBRARIES[library].empty(LENGTH) for _ in range(step.spare)])
    assert [float(each[0]) for each in found] == [3.0, 3.0, 2.0]
    found[0][:] = 7.0
    assert [float(each[0]) for each in found] == [7.0, 3.0, 2.0]
