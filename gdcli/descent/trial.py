"""A trial of a searching method as straight-line Python on plain floats.

The method is not written again for it. Once, after some trials by `gdcli.descent.vector`, it is passed names instead of
numbers; what it does with them becomes the text of a function, with the native engine's code in its place. Where the
method asks whether something holds, it is run for either answer, and the text branches. Digits are those of `Walk`,
which also makes the steps for which the text raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations_with_replacement
from typing import Any, cast

from gdcli.descent.bounds import Bounds
from gdcli.descent.objective import Current, Objective, free_rows
from gdcli.descent.terms import inlined, names_in, text_of
from gdcli.descent.traced import Trace, TracedNamespace, TracedTerm, TracedVector, UndecidedError
from gdcli.descent.trust_region import newton_step, on_floats
from gdcli.descent.vector import Vector
from gdcli.engines import scalar
from gdcli.engines.emit import emit
from gdcli.graph.nodes import Graph


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
        entries = self._inline(self._triangle(), x, "h")
        for (i, j), entry in zip(combinations_with_replacement(range(n), 2), entries, strict=True):
            rows[i][j] = rows[j][i] = self.xp.where(self.xp.isfinite(entry), entry, 0.0)
        return tuple(TracedVector(row, self._trace) for row in rows)

    def _inline(self, graph: Graph, x: TracedVector, prefix: str) -> list[TracedTerm]:
        """The outputs of a graph at `x`, with the sign of what is to be minimised."""
        trace = self._trace
        code = emit(graph, [text_of(a) for a in x.elements], prefix=prefix, fast=True)
        for line in code.lines:
            trace.lines[f"!{line}"] = ""
        return [trace.write(f"-({text})" if self._sign < 0.0 else text) for text in code.outputs]

    def in_ball(
        self, matrix: tuple[TracedVector, ...], slope: TracedVector, radius: TracedTerm
    ) -> TracedVector:
        """The step of at most a length with the least slope·p + p·matrix·p/2."""
        p, fits = newton_step(self.xp, matrix, slope, radius)
        if bool(fits):
            return cast(TracedVector, p)
        rows = "".join(f"{_tuple(row)}, " for row in matrix)
        names = [f"p{i}" for i in range(len(slope.elements))]
        call = f"on_floats(({rows}), {_tuple(slope)}, {text_of(radius)})"
        self._trace.lines[f"!{', '.join(names)}, = {call}"] = ""
        return TracedVector(map(self._trace.term, names), self._trace)

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


def flatten(tree: Any) -> list[Any]:
    """The numbers of nested tuples and vectors, in a row."""
    if isinstance(tree, Vector | TracedVector):
        return list(tree.elements)
    return [item for part in tree for item in flatten(part)] if isinstance(tree, tuple) else [tree]


def unflatten(template: Any, numbers: Iterable[Any], vector: Callable[[list[Any]], Any] = Vector) -> Any:
    """Numbers in the structure of `template`, from which `flatten` has taken as many."""
    rest = iter(numbers)

    def filled(tree: Any) -> Any:
        if isinstance(tree, Vector):
            return vector([next(rest) for _ in tree.elements])
        if isinstance(tree, tuple):
            parts = [filled(part) for part in tree]
            return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
        return next(rest)

    return filled(template)


Trial = Callable[[Any, Any, Any], tuple[Any, Any, Any]]
"""From an objective, where a method is and its state to those after one trial, and whether the step is over."""


def compiled(
    trial: Trial, template: tuple[Current, Any], objective: Callable[[Trace], Any]
) -> Callable[..., Any]:
    """A trial as a function of numbers in a row.

    It returns whether the step is over, how often value and gradient were computed, and the numbers after it.

    Args:
        trial: The method's.
        template: Where the method is and its state, for their structure.
        objective: Makes the objective for a trace.
    """
    names = [f"a{i}" for i in range(len(flatten(template)))]

    def follow(answers: Sequence[bool], given: int) -> list[str]:
        """The statements after the first `given` lines, which are there already."""
        trace = Trace(answers)
        current, state = unflatten(template, map(trace.term, names), lambda items: TracedVector(items, trace))
        try:
            result = trial(objective(trace), current, state)
        except UndecidedError:
            condition, end = trace.questions[-1]
            branches = []
            for answer in (True, False):
                branches.append("if ANSWER:" if answer else "else:")
                branches += [f" {line}" for line in follow([*answers, answer], end)]
            # What the branches use is to have its name; twice, so that it counts as used more than once.
            later = [f"{name} {name}" for name in names_in("\n".join(branches))]
            statements, texts = inlined(dict(list(trace.lines.items())[given:end]), [condition, *later])
            return [*statements, f"if {texts[0]}:", *branches[1:]]
        current, state, over = result
        wanted = [text_of(item) for item in (over, *flatten((current, state)))]
        statements, texts = inlined(dict(list(trace.lines.items())[given:]), wanted)
        return [*statements, f"return {texts[0]}, {trace.evaluations}, ({', '.join(texts[1:])},)"]

    body = follow([], 0)
    source = f"def trial({', '.join(names)}):\n" + "\n".join(f" {line}" for line in body)
    namespace = scalar.FAST | {"sqrt_of": scalar.SAFE["sqrt"], "div": scalar.SAFE["div"]}
    namespace |= {"fabs": math.fabs, "on_floats": on_floats}
    exec(compile(source, "<gdcli>", "exec"), namespace)
    return cast(Callable[..., Any], namespace["trial"])
