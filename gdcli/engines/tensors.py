"""The native engine on graphs of tensors: NumPy, with the reverse sweep as a graph of its own.

For vectors of thousands of elements it takes as long as torch, and saves its import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdcli.engines.tensor_arrays import Program
from gdcli.graph.layout import Layout
from gdcli.graph.nodes import Graph
from gdcli.graph.tensors.sweep import gradient, hessian_product, names

Floats = NDArray[np.float64]


class TensorEngine:
    """Values and derivatives of a graph of tensors; see `gdcli.engines.Engine`.

    A point is one row of numbers: the variables, one after the other.

    Args:
        graph: A lowered graph of tensors with one output.
        layout: Where in a point the variables are.
        arrays: What the graph's arrays are.

    Attributes:
        graph: That graph.
        layout: That layout.
        variables: The names of the variables.
        xp: NumPy.
    """

    name = "native"
    device = "cpu"
    dtype = "float64"

    def __init__(self, graph: Graph, layout: Layout, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.graph = graph
        self.layout = layout
        self.variables = layout.names
        self._arrays = {name: np.asarray(array, np.float64) for name, array in arrays.items()}

    @property
    def xp(self) -> ModuleType:
        """NumPy."""
        return np

    @cached_property
    def _value(self) -> Program:
        return Program(self.graph, self._arrays)

    @cached_property
    def _value_and_gradient(self) -> Program:
        return Program(gradient(self.graph), self._arrays)

    @cached_property
    def _hessian_product(self) -> Program:
        return Program(hessian_product(self.graph), self._arrays)

    def value(self, x: Sequence[float]) -> float:
        """The value at a point."""
        return float(self._value(*self._parts(self.array(x)))[0])

    def value_and_gradient(self, x: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The value and the gradient at a point."""
        value, gradient = self.evaluate(self.array(x))
        return float(value), tuple(gradient.tolist())

    def hessian(self, x: Sequence[float]) -> tuple[tuple[float, ...], ...]:
        """The rows of the symmetric matrix of second derivatives at a point."""
        return tuple(map(tuple, self.hessians(self.array(x)).tolist()))

    def array(self, values: Any) -> Floats:
        """A point of shape (n,), or points of shape (starts, n), as an array."""
        return np.array(values, dtype=np.float64)

    def evaluate(self, x: Floats) -> tuple[Floats, Floats]:
        """Values of shape (…) and gradients of shape (…, n) at the points `x` of shape (…, n)."""
        if x.ndim > 1:
            return stacked(self.evaluate, x)
        value, *partials = self._value_and_gradient(*self._parts(x))
        return np.asarray(value, np.float64), self._joined(partials)

    def hessians(self, x: Floats) -> Floats:
        """The matrices of second derivatives, of shape (…, n, n), at the points `x` of shape (…, n)."""
        if x.ndim > 1:
            return np.stack([self.hessians(each) for each in x])
        n = self.layout.size
        rows = np.empty((n, n))
        parts = self._parts(x)
        for i, direction in enumerate(np.eye(n)):
            rows[i] = self._joined(self._hessian_product(*parts, *self._parts(direction)))
        # Rounding differs across the diagonal; one half stands for both.
        upper = np.triu(rows)
        symmetric: Floats = upper + np.triu(rows, 1).T
        return symmetric

    def floats(self, x: Floats) -> list[float]:
        """The elements of `x` in order."""
        found: list[float] = x.reshape(-1).tolist()
        return found

    def _parts(self, x: Floats) -> list[Any]:
        return [x[piece].reshape(shape) for _, shape, piece in self.layout.pieces()]

    def _joined(self, parts: Sequence[Any]) -> Floats:
        if not parts:
            return np.zeros(0)
        # What makes no difference has a derivative that is a single zero.
        parts = [
            part if np.shape(part) == shape else np.broadcast_to(part, shape)
            for part, shape in zip(parts, self.layout.shapes, strict=True)
        ]
        if len(parts) == 1 and np.ndim(parts[0]) and parts[0].flags.writeable:
            whole: Floats = parts[0]
            return whole
        return np.concatenate([np.reshape(part, -1) for part in parts]).astype(np.float64, copy=False)


def stacked(evaluate: Callable[[Floats], tuple[Floats, Floats]], x: Floats) -> tuple[Floats, Floats]:
    """Values and gradients of points of shape (…, n), one after the other."""
    found = [evaluate(each) for each in x]
    return np.stack([value for value, _ in found]), np.stack([gradient for _, gradient in found])


__all__ = ["TensorEngine", "names", "stacked"]
