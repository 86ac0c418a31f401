"""The torch engine: the graph as a `torch.fx.GraphModule`, its derivatives by torch's own backward.

It shares nothing with the native engine but the value graph: the derivatives are those of torch's autograd,
so that the two engines check each other. It computes on any device and in any dtype that torch has, one point
or a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx

from gdcli.engines import torch_devices
from gdcli.engines.torch_functions import resolve
from gdcli.engines.torch_namespace import TorchNamespace
from gdcli.errors import UnavailableError
from gdcli.expression.functions import TABLE
from gdcli.graph.folding import as_float
from gdcli.graph.layout import Layout
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node


class TorchEngine:
    """Values and derivatives of one graph by torch.

    Args:
        graph: A lowered graph; its first output is the value.
        device: See `gdcli.engines.torch_devices.find`.
        dtype: ``float64``, ``float32``, ``bfloat16`` or ``float16``.

    Attributes:
        name: ``torch``.
        device: The device in full (``cuda:0``).
        dtype: The dtype's name.
        graph: That graph.
        variables: Its variables; a point has a number for each, in this order.
        xp: NumPy's functions, on this engine's arrays.
        module: The compiled graph: called with the variables' tensors and then `constants`, it gives the
            value.
        constants: The graph's constants, born in the dtype on the device.

    Raises:
        UnavailableError: If the device or the dtype is not available here, or the device lacks an operation.
    """

    name = "torch"

    def __init__(self, graph: Graph, device: str = "cpu", dtype: str = "float64") -> None:
        self._device, self._dtype = torch_devices.find(device, dtype)
        self.device = str(self._device)
        self.dtype = dtype
        self.graph = graph
        self.variables = graph.variables
        if not graph.shapes:
            self.layout = Layout.of_numbers(graph.variables)
        self.xp = TorchNamespace(self._dtype, self._device)
        self.module, self.constants = self._compile(graph)
        # The module's own __call__ looks for hooks at every call, which takes longer than a small graph does.
        self._forward: Callable[..., Tensor] = self.module.forward
        self._try_out(graph)

    def value(self, x: Sequence[float]) -> float:
        """The value at the point `x`, one number a variable."""
        return float(self._forward(*self.array(x).unbind(-1), *self.constants).item())

    def value_and_gradient(self, x: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The value and the partial derivatives at the point `x`."""
        value, gradient = self.evaluate(self.array(x))
        return float(value.item()), tuple(gradient.tolist())

    def hessian(self, x: Sequence[float]) -> tuple[tuple[float, ...], ...]:
        """The rows of the symmetric matrix of second derivatives at the point `x`."""
        return tuple(tuple(row) for row in self.hessians(self.array(x)).tolist())

    def hessians(self, x: Tensor) -> Tensor:
        """The matrices of second derivatives, of shape (…, n, n), at the points `x` of shape (…, n)."""
        full = x.new_zeros((*x.shape, x.shape[-1]))
        # Each variable is a tensor of its own. As elements of one, the derivative of one partial would go
        # through all the others, times 0, and be NaN where one of those is infinite.
        leaves = [numbers.requires_grad_() for numbers in x.detach().clone().unbind(-1)]
        value = self._forward(*leaves, *self.constants)
        if not value.requires_grad:
            return full
        partials = torch.autograd.grad(value.sum(), leaves, create_graph=True, materialize_grads=True)
        for i, partial in enumerate(partials):
            if partial.requires_grad:
                # Rounding differs across the diagonal; one half stands for both.
                row = torch.autograd.grad(
                    partial.sum(), leaves[i:], retain_graph=True, materialize_grads=True
                )
                for j, second in enumerate(row, start=i):
                    full[..., i, j] = full[..., j, i] = second
        return full

    def array(self, values: Sequence[float] | Sequence[Sequence[float]]) -> Tensor:
        """A point of shape (n,), or points of shape (starts, n), as a tensor of the engine's."""
        return torch.tensor(values, dtype=self._dtype, device=self._device)

    def evaluate(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Values of shape (…) and gradients of shape (…, n) at the points `x` of shape (…, n)."""
        single = len(self.variables) == 1
        if single:
            # Taking a tensor of one column apart within the recorded graph would cost as much as the rest.
            leaf = x.detach().squeeze(-1).requires_grad_()
            value = self._forward(leaf, *self.constants)
        else:
            leaf = x.detach().requires_grad_()
            value = self._forward(*leaf.unbind(-1), *self.constants)
        if not value.requires_grad:  # a constant, or steps between constants
            return value.expand(x.shape[:-1]).clone(), torch.zeros_like(x)
        # Points do not depend on each other, so the gradient of the sum has each one's gradient in its place.
        # Giving torch a tensor of ones instead would make it import SymPy.
        (gradient,) = torch.autograd.grad(value.sum() if value.dim() else value, leaf)
        return value.detach(), gradient.unsqueeze(-1) if single else gradient

    def floats(self, x: Tensor) -> list[float]:
        """The elements of `x` in order, each as the Python float equal to it."""
        return [float(number) for number in x.detach().reshape(-1).tolist()]

    def _compile(self, graph: Graph) -> tuple[fx.GraphModule, Sequence[Tensor]]:
        """The module that computes the value, and the constants that it takes behind the variables."""
        module, numbers = _module(graph)
        return module, torch.tensor(numbers, dtype=self._dtype, device=self._device).unbind()

    def _try_out(self, graph: Graph) -> None:
        """Make sure that each operation exists in this dtype on this device, forwards and backwards."""
        if self._device.type in ("cpu", "cuda") and self._dtype in (torch.float64, torch.float32):
            return
        for op in dict.fromkeys(node.op for node in graph.nodes if node.op not in (CONSTANT, VARIABLE)):
            if op not in TABLE or TABLE[op].boolean or op == "where":
                continue  # they exist in every dtype, and do not take numbers alone
            arity = next(len(node.inputs) for node in graph.nodes if node.op == op)
            arguments = [
                torch.ones(2, dtype=self._dtype, device=self._device).requires_grad_() for _ in range(arity)
            ]
            try:
                value = resolve(TABLE[op].torch)(*arguments)
                if value.requires_grad:
                    torch.autograd.grad(value.sum(), arguments, allow_unused=True)
            except RuntimeError as error:
                raise UnavailableError(
                    f"{op} is not available in {self.dtype} on device {self.device}",
                    hint="try --dtype float64 or --device cpu",
                ) from error


def _module(graph: Graph) -> tuple[fx.GraphModule, list[float]]:
    """The graph as a module that takes the variables and then the constants, and the constants' numbers.

    The constants are arguments so that torch meets tensors only: a Python number would be made one at every
    call, in whatever dtype torch finds fit. Exponents are the exception, because torch multiplies for
    ``x**2`` only if it sees the 2.
    """
    program = fx.Graph()
    arguments = {name: program.placeholder(f"x{i}") for i, name in enumerate(graph.variables)}
    constants = [index for index, node in enumerate(graph.nodes) if node.op == CONSTANT]
    values: list[fx.Node | None] = [None] * len(graph.nodes)
    for i, index in enumerate(constants):
        values[index] = program.placeholder(f"c{i}")
    for index, node in enumerate(graph.nodes):
        if node.op == VARIABLE:
            values[index] = arguments[node.name]
        elif node.op != CONSTANT:
            values[index] = _call(program, node, [graph.nodes[i] for i in node.inputs], values)
    output = graph.outputs[0]
    result = values[output]
    if graph.nodes[output].op in (CONSTANT, VARIABLE):
        # What comes out must not share its memory with what went in.
        result = program.call_function(torch.clone, (result,))
    program.output(result)
    numbers = [as_float(graph.nodes[index].value) for index in constants]
    return fx.GraphModule(torch.nn.Module(), program), numbers


def _call(program: fx.Graph, node: Node, inputs: Sequence[Node], values: Sequence[fx.Node | None]) -> fx.Node:
    """The call that computes `node`."""
    function = resolve(TABLE[node.op].torch)
    arguments: list[Any] = [values[i] for i in node.inputs]
    if node.op == "pow" and inputs[1].op == CONSTANT:
        arguments[1] = as_float(inputs[1].value)
    return program.call_function(function, tuple(arguments))
