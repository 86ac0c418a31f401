"""The torch engine on graphs of tensors: whole-tensor operations, and torch's own backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, fx

from gdcli.engines.torch import TorchEngine
from gdcli.engines.torch_functions import resolve
from gdcli.expression.functions import TABLE
from gdcli.graph.folding import as_float
from gdcli.graph.layout import Layout
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.tensors.operations import DATA, STRUCTURAL

Operation = Callable[..., Tensor]


class TorchTensorEngine(TorchEngine):
    """Values and derivatives of a graph of tensors by torch; see `gdcli.engines.Engine`.

    A point is one row of numbers: the variables, one after the other. What depends on no variable is computed once.

    Args:
        graph: A lowered graph of tensors; its first output is the value.
        layout: Where in a point the variables are.
        arrays: NumPy's arrays that the graph's data nodes stand for.
        device: As of `TorchEngine`.
        dtype: As of `TorchEngine`.

    Attributes:
        layout: That layout.

    Raises:
        UnavailableError: If the device or the dtype is not available here, or the device lacks an operation.
    """

    def __init__(
        self,
        graph: Graph,
        layout: Layout,
        arrays: Mapping[str, Any],
        device: str = "cpu",
        dtype: str = "float64",
    ) -> None:
        self._arrays = arrays
        self.layout = layout
        super().__init__(graph, device, dtype)

    def value(self, x: Sequence[float]) -> float:
        """The value at a point."""
        with torch.no_grad():
            return float(self._forward(*self._parts(self.array(x)), *self.constants).item())

    def array(self, values: Any) -> Tensor:
        """A point of shape (n,), or points of shape (starts, n), as a tensor of the engine's."""
        return torch.as_tensor(values, dtype=self._dtype, device=self._device).detach().clone()

    def evaluate(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Values of shape (…) and gradients of shape (…, n) at the points `x` of shape (…, n)."""
        if x.dim() > 1:
            found = [self.evaluate(each) for each in x]
            return torch.stack([value for value, _ in found]), torch.stack(
                [gradient for _, gradient in found]
            )
        # Each variable is a leaf of its own: the gradients of slices of one leaf would each be as long as all of it.
        leaves = [part.requires_grad_() for part in self._parts(x.detach())]
        value = self._forward(*leaves, *self.constants)
        if not value.requires_grad:
            return value.detach().clone(), torch.zeros_like(x)
        partials = torch.autograd.grad(value, leaves, materialize_grads=True)
        return value.detach(), partials[0] if _is_whole(partials, x) else torch.cat(
            [p.reshape(-1) for p in partials]
        )

    def hessians(self, x: Tensor) -> Tensor:
        """The matrices of second derivatives, of shape (…, n, n), at the points `x` of shape (…, n)."""
        if x.dim() > 1:
            return torch.stack([self.hessians(each) for each in x])
        leaves = [part.clone().requires_grad_() for part in self._parts(x.detach())]
        rows = x.new_zeros((len(x), len(x)))
        value = self._forward(*leaves, *self.constants)
        if not value.requires_grad:
            return rows
        partials = torch.autograd.grad(value, leaves, create_graph=True, materialize_grads=True)
        gradient = torch.cat([partial.reshape(-1) for partial in partials])
        if gradient.requires_grad:
            for i in range(len(x)):
                row = torch.autograd.grad(gradient[i], leaves, retain_graph=True, materialize_grads=True)
                rows[i] = torch.cat([part.reshape(-1) for part in row])
        # Rounding differs across the diagonal; one half stands for both.
        upper = rows.triu()
        return upper + rows.triu(1).T

    def _parts(self, x: Tensor) -> list[Tensor]:
        return [x[piece].view(shape) for _, shape, piece in self.layout.pieces()]

    def _compile(self, graph: Graph) -> tuple[fx.GraphModule, Sequence[Tensor]]:
        """The module that computes the value, and the constants that it takes behind the variables."""
        varying: list[bool] = []
        for node in graph.nodes:
            varying.append(node.op == VARIABLE or any([varying[i] for i in node.inputs]))  # noqa: C419 (quicker)
        wanted = {
            i
            for index, node in enumerate(graph.nodes)
            if varying[index]
            for i in node.inputs
            if not varying[i]
        }
        wanted |= {output for output in graph.outputs if not varying[output]}
        program = fx.Graph()
        arguments = {name: program.placeholder(f"x{i}") for i, name in enumerate(graph.variables)}
        values: list[Any] = [None] * len(graph.nodes)
        constants: list[Tensor] = []
        fixed: dict[int, Tensor] = {}
        with torch.no_grad():
            for index, node in enumerate(graph.nodes):
                if not varying[index]:
                    fixed[index] = self._fixed(node, [fixed[i] for i in node.inputs], graph)
        for index in sorted(wanted):
            values[index] = program.placeholder(f"c{index}")
            constants.append(fixed[index])
        for index, node in enumerate(graph.nodes):
            if node.op == VARIABLE:
                values[index] = arguments[node.name]
            elif varying[index]:
                values[index] = program.call_function(
                    *_called(node, [values[i] for i in node.inputs], [graph.nodes[i] for i in node.inputs])
                )
        output = graph.outputs[0]
        result = values[output]
        if not varying[output] or graph.nodes[output].op == VARIABLE:
            # What comes out must not share its memory with what went in.
            result = program.call_function(torch.clone, (result,))
        program.output(result)
        return fx.GraphModule(torch.nn.Module(), program), constants

    def _fixed(self, node: Node, inputs: Sequence[Tensor], graph: Graph) -> Tensor:
        """The value of a node that depends on no variable."""
        if node.op == CONSTANT:
            return torch.tensor(as_float(node.value), dtype=self._dtype, device=self._device)
        if node.op == DATA:
            return torch.as_tensor(self._arrays[node.name], dtype=self._dtype, device=self._device)
        if node.op == "iota":
            first, count = node.attributes
            # Whole numbers are exact in float64 and int64 alike; in float32 only small ones are.
            return torch.arange(first, first + count, dtype=torch.float64, device=self._device).to(
                self._dtype
            )
        function, arguments = _called(node, list(inputs), [graph.nodes[i] for i in node.inputs])
        return function(*arguments)


def _is_whole(partials: Sequence[Tensor], x: Tensor) -> bool:
    return len(partials) == 1 and partials[0].shape == x.shape


def _called(node: Node, inputs: list[Any], nodes: Sequence[Node]) -> tuple[Operation, tuple[Any, ...]]:
    """The function that computes a node, and its arguments."""
    if node.op in STRUCTURAL:
        return _FUNCTIONS[node.op], (*inputs, node.attributes)
    if node.op == "pow" and nodes[1].op == CONSTANT:
        inputs[1] = as_float(nodes[1].value)
    return resolve(TABLE[node.op].torch), tuple(inputs)


def _slice(x: Tensor, attributes: Sequence[int]) -> Tensor:
    axis, start, step, count = attributes
    if step < 0:
        # torch has no slices with negative steps.
        x, start, step = x.flip(axis), x.shape[axis] - 1 - start, -step
    if step == 1:
        return x.narrow(axis, start, count)
    places = (*(slice(None),) * axis, slice(start, start + (count - 1) * step + 1, step))
    return x[places]


def _norm(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The Euclidean norm; torch's own overflows, and vanishes, where the squares do."""
    plain: Tensor = torch.linalg.vector_norm(x, dim=axes)
    least = torch.finfo(x.dtype).tiny ** 0.5 / torch.finfo(x.dtype).eps
    if bool((torch.isfinite(plain) & (plain > least)).all()):
        return plain
    largest = x.detach().abs().amax(dim=axes, keepdim=True)
    unit = torch.where((largest > 0.0) & torch.isfinite(largest), largest, 1.0)
    scaled: Tensor = torch.linalg.vector_norm(x / unit, dim=axes) * unit.reshape(plain.shape)
    return scaled


def _prod(x: Tensor, axes: Sequence[int]) -> Tensor:
    for axis in reversed(axes):
        x = torch.prod(x, dim=axis)
    return x


_FUNCTIONS: dict[str, Operation] = {
    "expand": lambda x, shape: x.expand(shape),
    "reduce_to": lambda x, shape: x.sum_to_size(shape),
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, _: x.t(),
    "slice": _slice,
    "gather": lambda x, index, _: x[index.long()],
    "stack": lambda *arguments: torch.stack(arguments[:-1], dim=-1),
    "sum": lambda x, axes: torch.sum(x, dim=axes),
    "prod": _prod,
    "largest": lambda x, axes: torch.amax(x, dim=axes),
    "smallest": lambda x, axes: torch.amin(x, dim=axes),
    "norm": _norm,
    "logsumexp": lambda x, axes: torch.logsumexp(x, dim=axes),
    "dot": lambda a, b, _: torch.dot(a, b),
    "matmul": lambda a, b, _: torch.matmul(a, b),
}
