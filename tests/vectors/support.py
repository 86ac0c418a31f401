"""Problems with vectors by several ways: spelled out by the writer or by the program, by an engine, by symbols."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import assume

from gdcli.engines import select_tensors
from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.layout import Layout
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from gdcli.graph.tensors.lowering import lower_tensors
from gdcli.graph.unrolled import elements, unroll
from tests.vectors.generated import Example, example

Point = Mapping[str, float | Sequence[float]]


def shapes(point: Point) -> dict[str, tuple[int, ...]]:
    """The shape of each variable."""
    return {name: (len(at),) if isinstance(at, Sequence) else () for name, at in point.items()}


def by_element(point: Point) -> dict[str, float]:
    """A number for each element, ``x[0]`` and so on."""
    return {
        each: number
        for name, at in point.items()
        for each, number in zip(
            elements(name, (len(at),) if isinstance(at, Sequence) else ()),
            at if isinstance(at, Sequence) else [at],
            strict=True,
        )
    }


def derivatives(graph: Graph, at: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """The value of a graph of single numbers, and its gradient by the native engine for scalars."""
    value, gradient = NativeEngine(lower(graph)).value_and_gradient([at[name] for name in graph.variables])
    return value, dict(zip(graph.variables, gradient, strict=True))


def by_writer(case: Example) -> tuple[float, dict[str, float]]:
    """Value and gradient of an example's own scalars; elements are called as the program calls them."""
    graph = parse(case.scalars)
    value, gradient = derivatives(graph, {name: case.number(name) for name in graph.variables})
    return value, {element(name): partial for name, partial in gradient.items()}


def finite_example(chance: random.Random) -> Example:
    """An example whose value is a number: at a pole, as of 1/(1 - len(x)), nothing is said of the gradient."""
    case = example(chance)
    assume(np.isfinite(by_writer(case)[0]))
    return case


def element(name: str) -> str:
    """``x[0]`` of ``x_0``."""
    vector, _, place = name.partition("_")
    return f"{vector}[{place}]" if place else vector


def unrolled(
    text: str, point: Point, constants: Mapping[str, Any] | None = None
) -> tuple[float, dict[str, float]]:
    """Value and gradient of a text, spelled out by the program."""
    graph = unroll(parse(text), shapes(point), constants, text=text)
    return derivatives(graph, by_element(point))


def engine(text: str, point: Point, constants: Mapping[str, Any] | None = None, name: str = "native") -> Any:
    """The engine for a text with vectors; its layout says where in a point the variables are."""
    graph = parse(text)
    arrays = {key: np.array(value) for key, value in (constants or {}).items()}
    names = tuple(each for each in graph.variables if each not in arrays)
    known = shapes(point)
    layout = Layout(names, tuple(known[each] for each in names))
    return select_tensors(lower_tensors(graph, known, arrays, text), layout, arrays, name)


def by_engine(
    text: str, point: Point, constants: Mapping[str, Any] | None = None, name: str = "native"
) -> tuple[float, dict[str, float]]:
    """Value and gradient of a text by an engine for tensors."""
    compiled = engine(text, point, constants, name)
    value, gradient = compiled.value_and_gradient(compiled.layout.row(point))
    return value, dict(zip(compiled.layout.elements(), gradient, strict=True))
