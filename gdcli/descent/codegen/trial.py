"""What a searching method sees of a problem while its trials become straight-line Python on plain floats."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import reduce
from itertools import combinations_with_replacement
from typing import Any, cast

from gdcli.descent.algebra import choose
from gdcli.descent.bounds import Bounds
from gdcli.descent.codegen.terms import text_of
from gdcli.descent.codegen.traced import Trace, TracedTerm, TracedVector
from gdcli.descent.codegen.traced_functions import TracedNamespace
from gdcli.descent.objective import Current, Objective, free_rows
from gdcli.descent.trust_region import convex_step
from gdcli.engines.emit import emit
from gdcli.graph.nodes import Graph

_ATOM = re.compile(r"[a-z]\w*|[0-9.]+")  # a name, or a number that is not negative


class TracedObjective:
    """A `gdcli.descent.objective.FloatObjective` whose points are names.

    Args:
        trace: Where what is computed is written.
        graph: The graph of the value and the partial derivatives.
        sign: -1.0 where the graph's value is to be maximised.
        bounds: A pair (low, high) for each variable, or nothing.
        epsilon: The distance from 1 to the next larger number.
        triangle: Gives the graph of the second derivatives on and above the diagonal.
    """

    def __init__(
        self,
        trace: Trace,
        graph: Graph,
        sign: float,
        bounds: Bounds,
        epsilon: float,
        triangle: Callable[[], Graph],
    ) -> None:
        self.xp = TracedNamespace(trace)
        self.epsilon = epsilon
        self._trace = trace
        self._graph = graph
        self._sign = sign
        self._bounds = bounds
        self._triangle = triangle

    def evaluate(self, x: TracedVector) -> Current:
        """Value and gradient at `x`."""
        self._trace.evaluations += 1
        value, *gradient = self._inline(self._graph, x, "v")
        return Current(x, value, TracedVector(gradient, self._trace))

    def hessian(self, x: TracedVector) -> tuple[TracedVector, ...]:
        """The rows of the matrix of second derivatives at `x`, with zeros for what is not finite."""
        n = len(x.elements)
        rows: list[list[Any]] = [[None] * n for _ in range(n)]
        found = self._inline(self._triangle(), x, "h")
        # Zero times a sum that is not finite is NaN.
        entries = choose(
            self.xp,
            reduce(operator.add, found) * 0.0 == 0.0,
            lambda: tuple(found),
            lambda: tuple(self.xp.where(self.xp.isfinite(entry), entry, 0.0) for entry in found),
        )
        for (i, j), entry in zip(combinations_with_replacement(range(n), 2), entries, strict=True):
            rows[i][j] = rows[j][i] = entry
        return tuple(TracedVector(row, self._trace) for row in rows)

    def _inline(self, graph: Graph, x: TracedVector, prefix: str) -> list[TracedTerm]:
        """The outputs of a graph at `x`, with the sign of what is to be minimised."""
        trace = self._trace
        code = emit(graph, [text_of(a) for a in x.elements], prefix=prefix, fast=True)
        for line in code.lines:
            trace.state(line)
        texts = [f"-({text})" if self._sign < 0.0 else text for text in code.outputs]
        return [trace.term(text) if _ATOM.fullmatch(text) else trace.pin(text) for text in texts]

    def in_ball(
        self, matrix: tuple[TracedVector, ...], slope: TracedVector, radius: TracedTerm
    ) -> TracedVector:
        """The step of at most a length with the least slope·p + p·matrix·p/2."""

        def by_eigenvectors() -> TracedVector:
            rows = "".join(f"{_tuple(row)}, " for row in matrix)
            names = [self._trace.name("p") for _ in slope.elements]
            call = f"on_floats(({rows}), {_tuple(slope)}, {text_of(radius)})"
            self._trace.state(f"{', '.join(names)}, = {call}")
            return TracedVector(map(self._trace.term, names), self._trace)

        return cast(TracedVector, convex_step(self.xp, matrix, slope, radius, by_eigenvectors))

    def free_matrix(
        self, x: TracedVector, gradient: TracedVector, matrix: tuple[TracedVector, ...]
    ) -> tuple[TracedVector, ...]:
        """`matrix`, symmetric, with zeros in the rows and columns that `free` would set to zero."""
        return free_rows(cast(Objective, self), x, gradient, matrix) if self._bounds else matrix

    def project(self, x: TracedVector) -> TracedVector:
        """The point within bounds that is nearest to `x`."""
        if not self._bounds:
            return x
        pairs = zip(x.elements, self._bounds, strict=True)
        return TracedVector([a.clip(low, high) for a, (low, high) in pairs], self._trace)

    def free(
        self, x: TracedVector, gradient: TracedVector, direction: TracedVector | None = None
    ) -> TracedVector:
        """`direction` with zeros where a bound keeps a variable from going downhill."""
        direction = gradient if direction is None else direction
        if not self._bounds:
            return direction
        each = zip(x.elements, gradient.elements, direction.elements, self._bounds, strict=True)
        return TracedVector(
            [
                self._trace.write(
                    f"0.0 if ({text_of(a)} <= {low!r} and {text_of(g)} > 0.0) or "
                    f"({text_of(a)} >= {high!r} and {text_of(g)} < 0.0) else {text_of(d)}"
                )
                for a, g, d, (low, high) in each
            ],
            self._trace,
        )

    def vanishes(self, number: TracedTerm) -> bool:
        """Not known."""
        return False

    def unless_zero(self, factor: TracedTerm, changed: TracedVector, unchanged: TracedVector) -> TracedVector:
        """`changed`, but `unchanged` where the factor of the change is zero."""
        return cast(TracedVector, self.xp.where(factor == 0.0, unchanged, changed))


def _tuple(vector: TracedVector) -> str:
    """The text of a tuple of a vector's elements."""
    return f"({''.join(f'{text_of(a)}, ' for a in vector.elements)})"
