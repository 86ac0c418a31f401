"""Graphs of tensors: what they are worth, that no length makes them larger, and what is refused, with its place."""

import time

import numpy as np
import pytest

from gdcli.engines.tensor_arrays import Program
from gdcli.errors import ExpressionError
from gdcli.expression.parser import parse
from gdcli.graph.tensors.lowering import lower_tensors
from tests.vectors.table import ARRAYS, RIGHT, VALUES, WRONG


def lowered(text, values=VALUES, arrays=ARRAYS):
    graph = parse(text)
    shapes = {name: np.shape(values[name]) for name in graph.variables if name in values}
    own = {name: array for name, array in arrays.items() if name in graph.variables}
    return lower_tensors(graph, shapes, own, text), own


@pytest.mark.parametrize("text", RIGHT)
def test_values(text):
    graph, arrays = lowered(text)
    (value,) = Program(graph, arrays)(*[VALUES[name] for name in graph.variables])
    assert value == pytest.approx(RIGHT[text], rel=1e-13)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_refused_at_its_place(text):
    message, place = WRONG[text]
    with pytest.raises(ExpressionError) as caught:
        lowered(text)
    assert message in caught.value.message
    assert caught.value.position == text.index(place)


LENGTHY = (
    "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))",
    "sum(100*(x[1:]-x[:-1]**2)**2 + (1-x[:-1])**2)",
    "mean(x) + prod(x) + max(x) + std(x) + logsumexp(x) + norm(x)",
    "Sum((x[mod(i+1, len(x))]-x[i])**2, (i, 0, len(x)-1))",
    "sum(x[::-2]) + x[-1]",
)


@pytest.mark.parametrize("text", LENGTHY)
def test_a_longer_vector_makes_no_larger_graph(text):
    short, _ = lowered(text, {"x": np.empty(10)})
    long, _ = lowered(text, {"x": np.empty(100_000)})
    assert len(short.nodes) == len(long.nodes)
    assert [node.op for node in short.nodes] == [node.op for node in long.nodes]


def test_ten_million_elements_are_lowered_without_looking_at_them():
    before = time.perf_counter()
    lower_tensors(parse(LENGTHY[0]), {"x": (10_000_000,)}, {}, LENGTHY[0])
    # Ten million steps of Python would take half a second, were there only one for each.
    assert time.perf_counter() - before < 0.25


def test_an_inner_sum_is_a_rectangle_under_a_mask():
    graph, _ = lowered("Sum(Sum(x[i]*x[j], (j, i+1, 4)), (i, 0, 3))")
    assert (4, 4) in graph.shapes
    assert max(len(shape) for shape in graph.shapes) == 2


def test_what_does_not_count_touches_neither_value_nor_gradient():
    from gdcli.engines.tensors import TensorEngine
    from gdcli.graph.layout import Layout

    # 1/(j-i) is infinite where j = i, which the limits leave out.
    text = "Sum(Sum(x[i]*x[j]/(j-i), (j, i+1, 4)), (i, 0, 3))"
    graph, _ = lowered(text)
    x = VALUES["x"]
    value, gradient = TensorEngine(graph, Layout(("x",), ((5,),)), {}).value_and_gradient(x)
    assert value == pytest.approx(sum(x[i] * x[j] / (j - i) for i in range(4) for j in range(i + 1, 5)))
    expected = [sum(x[j] / abs(j - i) for j in range(5) if j != i) for i in range(5)]
    assert gradient == pytest.approx(expected)


def test_deep_texts_do_not_exhaust_the_stack():
    text = "sum(" + "x + " * 4000 + "x)"
    graph, _ = lowered(text)
    (value,) = Program(graph, {})(VALUES["x"])
    assert value == pytest.approx(4001 * VALUES["x"].sum())
