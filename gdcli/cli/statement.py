"""What is to be computed: an expression with its definitions, and the engine for it once shapes are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gdcli.cli.assignments import Assignment, assignments, listed
from gdcli.cli.options import Computation, Expression
from gdcli.cli.values import FILE, Value, is_vector
from gdcli.engines import Engine, select
from gdcli.errors import ExpressionError, PointError
from gdcli.expression.parser import parse
from gdcli.graph.layout import Layout
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph
from gdcli.graph.tensors.naming import (
    counting_names,
    has_vectors,
    indexed_names,
    lengths_of_products,
    vector_names,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Statement:
    """An expression that has been read.

    Attributes:
        text: The expression.
        graph: Its source graph, definitions put in.
        arrays: What the names are that stand for arrays from files.
        lengths: The lengths that ``--shape`` gives.
        constants: The names whose numbers have become part of the graph.
    """

    text: str
    graph: Graph
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    constants: Mapping[str, Value] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that are to be given a value."""
        return tuple(name for name in self.graph.variables if name not in self.arrays)

    def holding(self, values: Mapping[str, Value]) -> Statement:
        """The statement in which some variables are constants."""
        if not values:
            return self
        from gdcli.graph.fixing import fix

        numbers = {name: float(value) for name, value in values.items() if not is_vector(value)}  # type: ignore[arg-type]
        arrays = dict(self.arrays)
        for name, value in values.items():
            if is_vector(value):
                import numpy as np

                arrays[name] = np.asarray(value, np.float64)
        return replace(
            self,
            graph=fix(self.graph, numbers) if numbers else self.graph,
            arrays=arrays,
            constants={**self.constants, **values},
        )

    def counting(self) -> list[str]:
        """The variables in subscripts and limits, whose numbers have to be known before anything is computed."""
        counting = counting_names(self.graph) if has_vectors(self.graph) else frozenset()
        return [name for name in self.variables if name in counting]

    def shapes(self, given: Mapping[str, Value]) -> dict[str, tuple[int, ...]]:
        """The shape of each variable.

        Args:
            given: What is given to some of them.

        Raises:
            PointError: A length is not known, or it is given twice.
        """
        known_vectors = vector_names(self.graph) if has_vectors(self.graph) else frozenset()
        indexed = indexed_names(self.graph) if known_vectors else frozenset()
        told = lengths_of_products(self.graph, {name: array.shape for name, array in self.arrays.items()})
        shapes: dict[str, tuple[int, ...]] = {}
        for name in self.variables:
            value, length = given.get(name), self.lengths.get(name)
            if value is not None and is_vector(value):
                count = len(value)  # type: ignore[arg-type]
                if length is not None and length != count:
                    raise PointError(f"{name} has {count:,} elements, but --shape gives it {length:,}")
                shapes[name] = (count,)
            elif length is not None:
                shapes[name] = (length,)
            elif value is None and name in told:
                shapes[name] = (told[name],)
            elif value is None and name in known_vectors:
                raise PointError(
                    f"the length of {name} is not known",
                    hint=f"give it with a list, {name}=[1,2,3], or with --shape {name}=3; a single number, {name}=0, "
                    "makes it one"
                    if name not in indexed
                    else f"give it with a list, {name}=[1,2,3], or with --shape {name}=3",
                )
            elif name in indexed:
                raise PointError(
                    f"{name} is a vector, and is given a single number",
                    hint=f"give it a list, {name}=[1,2,3], or the number for all of its elements and --shape {name}=3",
                )
            else:
                shapes[name] = ()
        return shapes

    def has_vectors(self, shapes: Shapes) -> bool:
        """Whether anything in it is more than a single number."""
        return bool(self.arrays) or any(shapes.values()) or has_vectors(self.graph)

    def lowered(self, shapes: Shapes) -> tuple[Graph, Layout]:
        """The graph for the engines, and where the variables are in a point.

        Raises:
            ExpressionError: The shapes do not fit.
        """
        layout = Layout(self.variables, tuple(shapes[name] for name in self.variables))
        if not self.has_vectors(shapes):
            return lower(self.graph), layout
        from gdcli.graph.tensors.lowering import lower_tensors

        own = {name: array for name, array in self.arrays.items() if name in self.graph.variables}
        return lower_tensors(self.graph, shapes, own, self.text), layout

    def engine(self, shapes: Shapes, options: Computation) -> tuple[Engine, Layout]:
        """The engine that computes it at a few points, and where the variables are in a point.

        Args:
            shapes: The variables'.
            options: Which engine, device and dtype are asked for.
        """
        graph, layout = self.lowered(shapes)
        return self.engine_of(graph, layout, options.engine, options.device, options.dtype), layout

    def engine_of(
        self, graph: Graph, layout: Layout, engine: str, device: str, dtype: str, *, steps: int = 1
    ) -> Engine:
        """The engine for the graph that `lowered` gives.

        Args:
            graph: That graph.
            layout: Its layout.
            engine: See `gdcli.engines.select`, as for those below.
            device: Where.
            dtype: In which numbers.
            steps: About how many evaluations there will be.
        """
        if not graph.shapes:
            return select(graph, engine, device, dtype)
        from gdcli.engines import select_tensors

        return select_tensors(graph, layout, self.arrays, engine, device, dtype, steps=steps)


def stated(options: Expression, text: str) -> Statement:
    """The statement of an expression and of the options that say what its names are.

    Raises:
        ExpressionError: The expression cannot be read, or a definition.
        PointError: A definition is wrong, or a length.
        FileError: A file cannot be read.
    """
    graph = parse(text)
    arrays: dict[str, NDArray[Any]] = {}
    if options.let:
        graph, arrays = _defined(options, graph)
    lengths = _lengths(options, [name for name in graph.variables if name not in arrays])
    return Statement(text, graph, arrays, lengths)


def _defined(options: Expression, graph: Graph) -> tuple[Graph, dict[str, NDArray[Any]]]:
    from gdcli.expression.names import why_not_a_variable
    from gdcli.graph.definitions import substituted

    definitions: dict[str, Graph] = {}
    arrays: dict[str, NDArray[Any]] = {}
    seen: dict[str, Assignment] = {}
    for found in assignments(options.let, None, "--let"):
        if reason := why_not_a_variable(found.name):
            raise PointError(
                f"{found.name} {reason}, and cannot be given a meaning",
                text=found.text,
                position=found.position,
            )
        seen[found.name] = found
    used = _used(graph, seen)
    for name, found in seen.items():
        if name not in used:
            # Of many problems some may well leave out a name that is defined for all.
            if options.expression in (None, "-"):
                continue
            raise PointError(
                f"--let gives {name} a meaning, but the expression does not use it",
                hint=f"its names are {listed(graph.variables)}" if graph.variables else "",
            )
        stripped = found.value.strip()
        if stripped.startswith(FILE):
            from gdcli.cli.values import from_file

            array = from_file(stripped[1:], name, f"the value of {name}")
            if array.ndim:
                arrays[name] = array
                continue
            stripped = repr(float(array))
        try:
            definitions[name] = parse(stripped)
        except ExpressionError as error:
            raise ExpressionError(
                f"the definition of {name} cannot be read: {error.message}",
                hint=error.hint,
                text=error.text,
                position=error.position,
            ) from None
    return substituted(graph, definitions) if definitions else graph, arrays


def _used(graph: Graph, seen: Mapping[str, Assignment]) -> set[str]:
    """The defined names that the expression uses, or a definition that it uses."""
    used: set[str] = set()
    names = list(graph.variables)
    while names:
        name = names.pop()
        if name in seen and name not in used:
            used.add(name)
            value = seen[name].value.strip()
            if not value.startswith(FILE):
                try:
                    names += parse(value).variables
                except ExpressionError:
                    # It is read once more where it counts.
                    continue
    return used


def _lengths(options: Expression, variables: Sequence[str]) -> dict[str, int]:
    lengths = {}
    for found in assignments(options.shape, variables, "--shape", "N"):
        text = found.value.strip()
        if not text.isdecimal() or not text.isascii() or not 0 < int(text[:12]) <= 10**9:
            raise PointError(
                f"the length of {found.name} is a whole number from 1 to 1,000,000,000, not {text!r}",
                text=found.text,
                position=found.value_position,
            )
        lengths[found.name] = int(text)
    return lengths
