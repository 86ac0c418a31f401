"""A problem with constraints in numbers: its functions one by one, and its augmented Lagrangian as one to descend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gdcli.engines import Engine, select
from gdcli.graph.differentiate import gradient
from gdcli.graph.lagrangian import augmented_lagrangian
from gdcli.graph.nodes import Graph

Row: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Measured:
    """What is known at a point.

    Attributes:
        x: The point.
        value: The value to be minimised.
        gradient: Its gradient.
        residuals: Those of the constraints, in their own units.
        jacobian: Their gradients, a row a constraint.
    """

    x: Row
    value: float
    gradient: Row
    residuals: Row
    jacobian: tuple[Row, ...]

    @property
    def finite(self) -> bool:
        """Whether all of it is."""
        rows = (self.x, (self.value,), self.gradient, self.residuals, *self.jacobian)
        return all(math.isfinite(number) for row in rows for number in row)


class Functions:
    """An objective to be minimised and the residuals of its constraints, each with its derivatives.

    Args:
        engine: Computes the objective.
        sign: 1.0 to minimise it, -1.0 to maximise it.
        graphs: For each constraint the lowered graph of its residual, in the engine's variables.
        equalities: For each constraint whether it is an equality.

    Attributes:
        evaluations: How often `measure` was called.
        nodes: How many nodes all the graphs have.
    """

    def __init__(
        self, engine: Engine, sign: float, graphs: Sequence[Graph], equalities: Sequence[bool]
    ) -> None:
        self.engine = engine
        self.sign = sign
        self.graphs = tuple(graphs)
        self.equalities = tuple(equalities)
        self.evaluations = 0
        self.nodes = sum(len(graph.nodes) for graph in (engine.graph, *graphs))
        self._residuals = [select(graph, engine.name, engine.device, engine.dtype) for graph in graphs]

    def measure(self, x: Sequence[float]) -> Measured:
        """Everything but second derivatives at the point `x`."""
        self.evaluations += 1
        value, slope = self.engine.value_and_gradient(x)
        rows = [residual.value_and_gradient(x) for residual in self._residuals]
        if self.sign < 0.0:
            value, slope = -value, tuple([-g for g in slope])
        return Measured(
            tuple(x),
            value,
            tuple(slope),
            tuple([row[0] for row in rows]),
            tuple([tuple(row[1]) for row in rows]),
        )

    def hessian(self, x: Sequence[float], weight: float, multipliers: Sequence[float]) -> Matrix:
        """The matrix of second derivatives of weight·f + Σ λᵢ·cᵢ, for f to be minimised."""
        total = [[weight * self.sign * h for h in row] for row in self.engine.hessian(x)]
        for residual, multiplier in zip(self._residuals, multipliers, strict=True):
            if multiplier != 0.0:
                for row, other in zip(total, residual.hessian(x), strict=True):
                    for j, h in enumerate(other):
                        row[j] += multiplier * h
        return total


class AugmentedLagrangian:
    """The augmented Lagrangian as an engine, whose variables are the problem's and whose parameters can be set.

    Args:
        functions: What it is made of.

    Attributes:
        graph: Its graph, in which the parameters are variables too (`gdcli.graph.lagrangian`).
        abyss: The first point met, since `watch`, at which the value was too low.
    """

    def __init__(self, functions: Functions) -> None:
        engine = functions.engine
        self._functions = functions
        self.graph = augmented_lagrangian(
            engine.graph, list(zip(functions.graphs, functions.equalities, strict=True))
        )
        self._engine = select(self.graph, engine.name, engine.device, engine.dtype)
        self.name, self.device, self.dtype, self.variables = (
            engine.name,
            engine.device,
            engine.dtype,
            engine.variables,
        )
        self.layout = engine.layout
        self._evaluate = self._own_gradient() if self.name == "native" else self._part_of_gradient
        self.watch(-math.inf)
        self.set_parameters(1.0, (0.0,) * len(functions.graphs), (1.0,) * len(functions.graphs))

    @property
    def xp(self) -> Any:
        """The array functions of the engine."""
        return self._engine.xp

    def set_parameters(self, weight: float, multipliers: Sequence[float], penalties: Sequence[float]) -> None:
        """Set w, for an objective that is to be minimised, λ and ρ."""
        self._weight, self._multipliers, self._penalties = weight, tuple(multipliers), tuple(penalties)
        self._parameters = (weight * self._functions.sign, *multipliers, *penalties)

    def watch(self, floor: float) -> None:
        """Look out for values below `floor`: a line search that falls for ever goes on far beyond."""
        self._floor = floor
        self.abyss: Row | None = None

    def value(self, x: Sequence[float]) -> float:
        """The value at the point `x`."""
        return self._engine.value((*x, *self._parameters))

    def value_and_gradient(self, x: Sequence[float]) -> tuple[float, Row]:
        """The value and the partial derivatives by the problem's variables at the point `x`."""
        value, slope = self._evaluate((*x, *self._parameters))
        self._look(x, value)
        return value, slope

    def hessian(self, x: Sequence[float]) -> tuple[Row, ...]:
        """The matrix of second derivatives by the problem's variables at the point `x`."""
        here = self._functions.measure(x)
        slopes, active = [], []
        state = zip(
            here.residuals, self._multipliers, self._penalties, self._functions.equalities, strict=True
        )
        for residual, multiplier, penalty, equality in state:
            slope = multiplier + penalty * residual
            active.append(equality or slope > 0.0)
            slopes.append(slope if active[-1] else 0.0)
        total = [list(row) for row in self._functions.hessian(x, self._weight, slopes)]
        for row, penalty, bends in zip(here.jacobian, self._penalties, active, strict=True):
            if bends:
                for i, a in enumerate(row):
                    for j, b in enumerate(row):
                        total[i][j] += penalty * a * b
        return tuple(tuple(row) for row in total)

    def array(self, values: Sequence[float] | Sequence[Sequence[float]]) -> Any:
        """A point as an array of shape (n,)."""
        return self._engine.array(values)

    def evaluate(self, x: Any) -> tuple[Any, Any]:
        """The value, of shape (), and the gradient, of shape (n,), at the point `x`."""
        array, floats = self._engine.array, self._engine.floats
        if self.name == "native":
            value, slope = self.value_and_gradient(floats(x))
            return array([value])[0], array(slope)
        value, slope = self._engine.evaluate(self.xp.concatenate([x, array(self._parameters)]))
        self._look(floats(x), float(value))
        return value, slope[: len(self.variables)]

    def hessians(self, x: Any) -> Any:
        """The matrix of second derivatives, of shape (n, n), at the point `x`."""
        return self._engine.array(self.hessian(self._engine.floats(x)))

    def floats(self, x: Any) -> list[float]:
        """The elements of `x` in order."""
        return self._engine.floats(x)

    def _look(self, x: Sequence[float], value: float) -> None:
        if value < self._floor and self.abyss is None:
            self.abyss = tuple(x)

    def _own_gradient(self) -> Callable[[Sequence[float]], tuple[float, Row]]:
        """Generated code that leaves out the derivatives by the parameters."""
        from gdcli.engines.native import Compiled

        fields = "".join(f"{{{1 + i}}}, " for i in range(len(self.variables)))
        return Compiled(gradient(self.graph, self.variables), f"{{0}}, ({fields})")

    def _part_of_gradient(self, numbers: Sequence[float]) -> tuple[float, Row]:
        value, slope = self._engine.value_and_gradient(numbers)
        return value, slope[: len(self.variables)]
