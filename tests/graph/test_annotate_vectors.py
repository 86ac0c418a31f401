"""The annotated graph of vectors: its numbers are those of ``gdcli grad``, and its formulas those of its numbers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gdcli.engines.tensors import TensorEngine
from gdcli.errors import ExpressionError
from gdcli.expression.parser import parse
from gdcli.graph.layout import Layout
from gdcli.graph.tensors.annotate import Annotated, annotate
from gdcli.graph.tensors.lowering import lower_tensors
from gdcli.graph.tensors.reading import LONGEST
from gdcli.records import GraphNode
from tests.vectors.generated import example
from tests.vectors.table import ARRAYS, RIGHT, VALUES, WRONG, A, X, Y

Values = Mapping[str, Any]


def annotated(text: str, values: Values = VALUES, arrays: Values = ARRAYS) -> Annotated:
    graph = parse(text)
    at = {name: np.asarray(values[name], float) for name in graph.variables if name in values}
    at = {name: value if value.ndim else float(value) for name, value in at.items()}
    own = {name: np.asarray(arrays[name], float) for name in graph.variables if name in arrays}
    return annotate(graph, {name: np.shape(value) for name, value in at.items()}, at, own, text)


def by_operation(text: str, values: Values = VALUES, arrays: Values = ARRAYS) -> dict[str, GraphNode]:
    return {node.operation: node for node in annotated(text, values, arrays).nodes}


def engine_of(text: str, values: Values, arrays: Values) -> tuple[TensorEngine, Any]:
    graph = parse(text)
    own = {name: np.asarray(arrays[name], float) for name in graph.variables if name in arrays}
    lowered = lower_tensors(graph, {name: np.shape(value) for name, value in values.items()}, own, text)
    layout = Layout(lowered.variables, tuple(np.shape(values[name]) for name in lowered.variables))
    return TensorEngine(lowered, layout, own), np.asarray(layout.row(values), float)


def assert_as_grad(text: str, values: Values, arrays: Values) -> None:
    """Value and derivatives are the engine's; the gradient of a number is the sum of what comes along its edges."""
    found = annotated(text, values, arrays)
    engine, row = engine_of(text, values, arrays)
    value, gradient = engine.value_and_gradient(row)
    assert found.nodes[-1].value == pytest.approx(value, rel=1e-13, abs=1e-13)
    nodes = {node.name: node for node in found.nodes}
    for name, shape, piece in engine.layout.pieces():
        expected = np.array(gradient[piece])
        assert np.ravel(found.partials[name]) == pytest.approx(expected, rel=1e-11, abs=1e-11), (text, name)
        node = nodes[name]
        assert node.shape == (shape or None)
        shown = node.gradient_norm if shape else abs(node.gradient or 0.0)
        assert shown == pytest.approx(np.linalg.norm(expected), rel=1e-11, abs=1e-11), (text, name)
    edges = [edge for node in found.nodes for edge in node.inputs if edge.derivative]
    of_vectors = {edge.source for edge in edges if edge.local is None}
    for node in found.nodes[:-1]:
        if node.gradient is not None and node.name not in of_vectors:
            shares = [edge.contribution or 0.0 for edge in edges if edge.source == node.name]
            assert node.gradient == pytest.approx(sum(shares), rel=1e-9, abs=1e-9), (text, node)


@pytest.mark.parametrize("text", RIGHT)
def test_the_gradient_is_that_of_grad(text: str) -> None:
    assert_as_grad(text, {name: VALUES[name] for name in parse(text).variables if name in VALUES}, ARRAYS)


@pytest.mark.parametrize("seed", range(4))
def test_generated_expressions_have_the_gradient_of_grad(seed: int) -> None:
    for each in range(40):
        case = example(random.Random(1000 * seed + each))
        assert_as_grad(case.text, case.point, case.constants)


PAIRS = [(i, j) for i in range(5) for j in range(i + 1, 5)]
NODES: list[tuple[str, str, tuple[int, ...], float, float | None]] = [
    # A vector that is several things of the text: each has its own gradient.
    ("sum(x*1) + 2*sum(x)", "x*1", (5,), np.linalg.norm(X), 5**0.5),
    ("Sum(x[i]**2, (i, 0, len(x)-1)) + 3*sum(x)", "x[i]", (5,), np.linalg.norm(X), 2 * np.linalg.norm(X)),
    ("sum((x[0:])**3) + sum(x)", "x[0:]", (5,), np.linalg.norm(X), 3 * np.linalg.norm(X**2)),
    ("sum(transpose(transpose(A)) @ x)", "transpose(a)", (4, 5), np.linalg.norm(A), None),
    ("sum(A @ x)", "A @ x", (4,), np.linalg.norm(A @ X), 2.0),
    ("a*sum(x)", "x", (5,), np.linalg.norm(X), 1.3 * 5**0.5),
    ("sum(x*y)", "x*y", (5,), np.linalg.norm(X * Y), 5**0.5),
    (
        "sum([a, 2, x[0]]**2)",
        "[a, 2, b]",
        (3,),
        np.linalg.norm([1.3, 2, X[0]]),
        2 * np.linalg.norm([1.3, 2, X[0]]),
    ),
    # Within sums: an axis for each index on which it depends.
    (
        "Sum(Sum(x[i]*y[j], (j, 0, 2)), (i, 0, 3))",
        "a*b",
        (4, 3),
        np.linalg.norm(np.outer(X[:4], Y[:3])),
        12**0.5,
    ),
    (
        "Sum(Sum(x[i]*y[j], (j, 0, 2)), (i, 0, 3))",
        "Sum(c, (j, 0, 2))",
        (4,),
        np.linalg.norm(X[:4] * Y[:3].sum()),
        2.0,
    ),
    ("Sum(norm(A[i]*x), (i, 0, 3))", "a*x", (4, 5), np.linalg.norm(A * X), 2.0),
    # What does not count is no part of the norms: where j > i does not hold, 1/(j-i) is infinite.
    (
        "Sum(Sum(x[i]*x[j]/(j-i), (j, i+1, 4)), (i, 0, 3))",
        "c/(j - i)",
        (4, 4),
        np.sqrt(sum((X[i] * X[j] / (j - i)) ** 2 for i, j in PAIRS)),
        len(PAIRS) ** 0.5,
    ),
    (
        "sum(where(x > y, sqrt(x-y), 0))",
        "sqrt(b)",
        (5,),
        np.sqrt(np.sum((X - Y)[X > Y])),
        np.sqrt(np.count_nonzero(X > Y)),
    ),
]


@pytest.mark.parametrize(("text", "operation", "shape", "norm", "gradient_norm"), NODES)
def test_a_vector_has_its_shape_and_norms(
    text: str, operation: str, shape: tuple[int, ...], norm: float, gradient_norm: float | None
) -> None:
    node = by_operation(text)[operation]
    assert node.shape == shape
    assert (node.value, node.gradient) == (None, None)
    assert node.norm == pytest.approx(norm)
    assert node.gradient_norm == (None if gradient_norm is None else pytest.approx(gradient_norm))


def test_a_sub_expression_in_a_branch_and_outside_is_one_node_with_all_its_gradient() -> None:
    found = by_operation("sum(where(x > 1, 2*sqrt(x), 0)) + sum(sqrt(x))")
    assert found["sqrt(x)"].gradient_norm == pytest.approx(np.linalg.norm(np.where(X > 1, 3.0, 1.0)))
    assert found["sqrt(x)"].norm == pytest.approx(np.linalg.norm(np.sqrt(X)))


FORMULAS: list[tuple[str, str]] = [
    ("sum(x)", "1"),
    ("mean(x)", "1/5"),
    ("prod(x)", "a/x"),
    ("norm(x)", "x/a"),
    ("norm1(x)", "sign(x)"),
    ("logsumexp(x)", "exp(x - a)"),
    ("var(x)", "2*(x - mean(x))/4"),
    ("std(x)", "(x - mean(x))/(4*a)"),
    ("max(x)", "1 if x == a else 0"),
    ("min(x)", "1 if x == a else 0"),
    ("dot(x, y)", "y"),
    ("x @ y", "y"),
]


@pytest.mark.parametrize(("text", "formula"), FORMULAS)
def test_formulas_of_reductions_are_those_of_their_numbers(text: str, formula: str) -> None:
    found = annotated(text)
    assert found.nodes[-1].inputs[0].derivative == formula
    spelled = formula.replace("a/", f"({text})/").replace("*a)", f"*{text})").replace("/a", f"/({text})")
    spelled = spelled.replace("- a", f"- {text}").replace("== a", f"== {text}")
    for i in range(len(X)):
        engine, row = engine_of(f"(0*x + ({spelled}))[{i}] + 0*sum(y)", {"x": X, "y": Y}, {})
        assert found.partials["x"][i] == pytest.approx(engine.value(row))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(x**2)", [("x**2", "x", "2*x"), ("sum(a)", "a", "1")]),
        ("mean(x)", [("mean(x)", "x", "1/len(x)")]),
        ("var(x)", [("var(x)", "x", "2*(x - mean(x))/(len(x) - 1)")]),
        ("sum(A@x)", [("A @ x", "A", "x"), ("A @ x", "x", "A"), ("sum(a)", "a", "1")]),
        ("x[1:][0]", [("x[1:]", "x", "1"), ("a[0]", "a", "1")]),
        ("x[-2] + 1", [("x[-2]", "x", "1"), ("a + 1", "a", "1")]),
        ("x[::2][n]", [("x[::2]", "x", "1"), ("a[n]", "a", "1")]),
        ("Sum(x[i]*i, (i, 0, 8))", [("x[i]", "x", "1"), ("a*i", "a", "i"), ("Sum(b, (i, 0, 8))", "b", "1")]),
        ("Product(x[i], (i, 1, n-1))", [("x[i]", "x", "1"), ("Product(a, (i, 1, n - 1))", "a", "b/a")]),
        ("Sum(y, (i, 1, len(x)))", [("Sum(y, (i, 1, len(x)))", "y", "len(x)")]),
        ("Product(y, (i, 0, n))", [("Product(y, (i, 0, n))", "y", "(n + 1)*y**(n + 1 - 1)")]),
        ("[x[0], 1] @ [1, 2]", [("x[0]", "x", "1"), ("[a, 1]", "a", "1"), ("b @ [1, 2]", "b", "[1, 2]")]),
        ("len(x)*y", [("len(x)*y", "y", "len(x)")]),
        ("sum(max(x, 1))", [("max(x, 1)", "x", "0 if x < 1 else 1/2 if x == 1 else 1"), ("sum(a)", "a", "1")]),
    ],
)  # fmt: skip
def test_formulas_without_a_point(text: str, expected: list[tuple[str, str, str]]) -> None:
    nodes = annotate(parse(text)).nodes
    assert [
        (node.operation, edge.source, edge.derivative) for node in nodes for edge in node.inputs
    ] == expected
    assert all(node.shape is None and node.value is None and node.gradient is None for node in nodes)


@pytest.mark.parametrize("text", RIGHT)
def test_lengths_make_no_other_graph(text: str) -> None:
    graph = parse(text)
    shapes = {name: np.shape(VALUES[name]) for name in graph.variables if name in VALUES}
    arrays = {name: array for name, array in ARRAYS.items() if name in graph.variables}
    bare = annotate(graph, arrays=arrays).nodes
    shaped = annotate(graph, shapes, arrays=arrays).nodes
    full = annotated(text).nodes
    assert (
        [node.operation for node in bare]
        == [node.operation for node in shaped]
        == [node.operation for node in full]
    )
    assert [node.shape for node in shaped] == [node.shape for node in full]
    assert all(node.norm is None and node.gradient_norm is None for node in shaped)


def test_numbers_are_between_single_numbers_only() -> None:
    found = annotated("a*sum(a*x) + norm(x)**2")
    for node in found.nodes:
        for edge in node.inputs:
            shapes = {each.name: each.shape for each in found.nodes}
            assert (edge.local is None) == (node.shape is not None or shapes[edge.source] is not None)


def test_an_empty_sum_passes_nothing_on() -> None:
    found = by_operation("a*Sum(a, (i, 3, 2)) + Sum(x[i], (i, 3, 2))*a")
    empty = found["Sum(a, (i, 3, 2))"]
    assert (empty.value, empty.gradient, empty.inputs[0].local) == (0.0, 1.3, 0.0)
    assert found["Sum(d, (i, 3, 2))"].gradient == 1.3
    assert found["a"].gradient == 0.0
    assert found["x"].gradient_norm == 0.0


def test_what_never_differs_has_a_gradient_also_where_a_condition_depends_on_it() -> None:
    found = by_operation("where(x[0]**0 > 0, a*x[0]**0, x[3])")
    assert found["b**0"].gradient == 1.3
    # That the branch with the subscript outside is not taken is only known as long as nothing is added to the power.
    found = by_operation("where(x[0]**0 > 0, a*x[0]**0, x[7])")
    assert (found["a*c"].gradient, found["a"].gradient) == (1.0, 1.0)


def test_a_branch_that_is_not_taken_passes_nothing_on() -> None:
    found = by_operation("where(a < 0, sum(sqrt(x-9)), x[0])")
    assert np.isnan(found["sqrt(c)"].norm or 0.0)
    assert (found["sum(d)"].gradient, found["sqrt(c)"].gradient_norm) == (0.0, 0.0)
    assert found["x"].gradient_norm == 1.0


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_refused_as_by_grad(text: str) -> None:
    message, place = WRONG[text]
    with pytest.raises(ExpressionError) as caught:
        annotated(text)
    assert message in caught.value.message
    assert caught.value.position == text.index(place)


def test_names_of_nodes_are_nobody_elses() -> None:
    found = annotated("Sum(sin(x[b])*cos(x[b]) + a, (b, 0, 3)) + Sum(x[c], (c, 0, 1))").nodes
    names = [node.name for node in found]
    assert len(set(names)) == len(names)
    assert not {"b", "c"} & set(names)


def test_a_constant_that_comes_from_a_file_is_a_node_without_a_gradient() -> None:
    node = by_operation("sum((A@x-b)**2)")["A"]
    assert (node.kind, node.shape, node.gradient_norm) == ("constant", (4, 5), None)
    assert node.norm == pytest.approx(np.linalg.norm(A))


def test_without_variables_every_operation_is_a_node_with_a_value() -> None:
    found = by_operation("Sum(1/i**2, (i, 1, 3)) + sum([1, 2])", {})
    assert found["1/a"].norm == pytest.approx(np.sqrt(1 + 1 / 16 + 1 / 81))
    assert found["[1, 2]"].norm == pytest.approx(5**0.5)
    assert found["c + f"].value == pytest.approx(1 + 1 / 4 + 1 / 9 + 3)


def test_long_texts() -> None:
    deep = annotated("sum(" + "x + " * 3000 + "x)")
    assert len(deep.nodes) == 3002
    assert deep.partials["x"] == pytest.approx(np.full(5, 3001.0))
    subscript = "+".join(["1"] * LONGEST)
    (node,) = [each for each in annotate(parse(f"x[{subscript}-{LONGEST}]")).nodes if each.op == "index"]
    assert node.operation == "x[…]"


def test_a_long_vector_makes_no_larger_graph() -> None:
    text = "Sum((x[i+1]-x[i]**2)**2, (i, 0, len(x)-2)) + norm(x)"
    found = annotated(text, {"x": np.full(100_000, 2.0)})
    assert len(found.nodes) == len(annotated(text).nodes)
    assert found.partials["x"].shape == (100_000,)
