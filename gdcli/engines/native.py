"""The native engine: graphs as straight-line Python on plain floats.

For one point at a time nothing in Python is quicker: value and gradient of Rosenbrock's function take a
quarter of a microsecond, where one call of NumPy takes more and one of torch several. Each function is
written twice, once with Python's own arithmetic and once so that it cannot raise; the second is compiled only
when the first has raised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from gdcli.engines import scalar
from gdcli.engines.emit import emit
from gdcli.graph.differentiate import gradient, hessian
from gdcli.graph.layout import Layout
from gdcli.graph.nodes import Graph

if TYPE_CHECKING:
    from types import ModuleType

    from numpy import float64
    from numpy.typing import NDArray

Result = TypeVar("Result")


class Compiled(Generic[Result]):
    """A graph's outputs as a function of its variables that never raises.

    Args:
        graph: A lowered graph, or one of derivatives.
        result: The result's Python expression, with ``{0}``, ``{1}`` … for the outputs.
    """

    def __init__(self, graph: Graph, result: str) -> None:
        self._graph = graph
        self._result = result

    def __call__(self, numbers: Sequence[float]) -> Result:
        try:
            return self.fast(*numbers)
        except scalar.RAISES:
            return self.safe(*numbers)

    @cached_property
    def fast(self) -> Callable[..., Result]:
        """The function that raises where Python's arithmetic does."""
        return self._compile(fast=True)

    @cached_property
    def safe(self) -> Callable[..., Result]:
        """The function that never raises."""
        return self._compile(fast=False)

    def _compile(self, *, fast: bool) -> Callable[..., Result]:
        arguments = [f"x{i}" for i in range(len(self._graph.variables))]
        lines, outputs = emit(self._graph, arguments, fast=fast)
        for place, times in Counter(re.findall(r"\{(\d+)\}", self._result)).items():
            if times > 1:
                lines.append(f"r{place} = {outputs[int(place)]}")
                outputs[int(place)] = f"r{place}"
        body = [*lines, f"return {self._result.format(*outputs)}"]
        source = f"def compiled({', '.join(arguments)}):\n " + "\n ".join(body)
        namespace = dict(scalar.FAST if fast else scalar.SAFE)
        exec(compile(source, "<gdcli>", "exec"), namespace)
        return cast("Callable[..., Result]", namespace["compiled"])


class NativeEngine:
    """Values and derivatives of a graph in Python floats; see `gdcli.engines.Engine`.

    Args:
        graph: A lowered graph with one output.

    Attributes:
        graph: That graph.
        variables: Its variables; a point has a number for each, in this order.
    """

    name = "native"
    device = "cpu"
    dtype = "float64"

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.variables = graph.variables
        self.layout = Layout.of_numbers(graph.variables)

    @property
    def xp(self) -> ModuleType:
        """NumPy."""
        import numpy

        return numpy

    @cached_property
    def gradient_graph(self) -> Graph:
        """The graph of the value and the partial derivatives, for code that has it inlined."""
        return gradient(self.graph)

    @cached_property
    def _value(self) -> Compiled[float]:
        return Compiled(self.graph, "{0}")

    @cached_property
    def _value_and_gradient(self) -> Compiled[tuple[float, tuple[float, ...]]]:
        return Compiled(self.gradient_graph, f"{{0}}, ({_fields(1, 1 + len(self.variables))})")

    @cached_property
    def _arrays(self) -> Callable[[NDArray[float64]], list[NDArray[float64]]]:
        """The value and the partial derivatives at points of shape (…, n), each of shape (…)."""
        from gdcli.engines.arrays import compiled

        return compiled(self.gradient_graph)

    @cached_property
    def triangle(self) -> Graph:
        """The graph of the second derivatives on and above the diagonal, row by row, for code that has it inlined."""
        graph = hessian(self.graph)
        return Graph(graph.nodes, graph.outputs[1 + len(self.variables) :], graph.variables)

    @cached_property
    def _rows(self) -> Compiled[tuple[tuple[float, ...], ...]]:
        """The rows of the matrix of second derivatives."""
        n = len(self.variables)
        places = {pair: place for place, pair in enumerate(combinations_with_replacement(range(n), 2))}
        rows = ["".join(f"{{{places[min(i, j), max(i, j)]}}}, " for j in range(n)) for i in range(n)]
        return Compiled(self.triangle, f"({''.join(f'({row}), ' for row in rows)})")

    @cached_property
    def _array_triangle(self) -> Callable[[NDArray[float64]], list[NDArray[float64]]]:
        from gdcli.engines.arrays import compiled

        return compiled(self.triangle)

    def value(self, x: Sequence[float]) -> float:
        """The value at the point `x`, one number a variable."""
        return self._value(tuple(map(float, x)))

    def value_and_gradient(self, x: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The value and the partial derivatives at the point `x`."""
        return self._value_and_gradient(tuple(map(float, x)))

    def hessian(self, x: Sequence[float]) -> tuple[tuple[float, ...], ...]:
        """The rows of the symmetric matrix of second derivatives at the point `x`."""
        return self._rows(tuple(map(float, x)))

    def array(self, values: float | Sequence[float] | Sequence[Sequence[float]]) -> NDArray[float64]:
        """A number, a point of shape (n,), or points of shape (starts, n), as an array."""
        return cast("NDArray[float64]", self.xp.array(values, dtype="float64"))

    def evaluate(self, x: NDArray[float64]) -> tuple[NDArray[float64], NDArray[float64]]:
        """Values of shape (…) and gradients of shape (…, n) at the points `x` of shape (…, n)."""
        if x.ndim == 1:
            number, partials = self._value_and_gradient(x.tolist())
            return self.array(number), self.array(partials)
        value, *gradient = self._arrays(x)
        return value, self.xp.stack(gradient, axis=-1) if gradient else x + 0.0

    def hessians(self, x: NDArray[float64]) -> NDArray[float64]:
        """The matrices of second derivatives, of shape (…, n, n), at the points `x` of shape (…, n)."""
        n = len(self.variables)
        if x.ndim == 1:
            return self.array(self.hessian(x.tolist())).reshape(n, n)
        triangle = self._array_triangle(x)
        full: NDArray[float64] = self.xp.empty((*x.shape, n))
        for (i, j), entry in zip(combinations_with_replacement(range(n), 2), triangle, strict=True):
            full[..., i, j] = full[..., j, i] = entry
        return full

    def floats(self, x: NDArray[float64]) -> list[float]:
        """The elements of `x` in order."""
        return cast("list[float]", x.reshape(-1).tolist())


def _fields(first: int, end: int) -> str:
    """The inside of a tuple of outputs."""
    return "".join(f"{{{i}}}, " for i in range(first, end))
