"""Functions of tensors with derivatives of our own, where torch's lose digits or are NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

Operation = Callable[..., Tensor]


def unary(forward: Operation, derivative: Operation) -> Operation:
    """A function of one argument; its backward multiplies by `derivative` of the argument."""

    class Unary(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            return gradient * derivative(x)

    return cast(Operation, Unary.apply)


def binary(forward: Operation, first: Operation, second: Operation) -> Operation:
    """A function of two arguments with a backward of our own.

    Args:
        forward: The value of a and b.
        first: What is passed on to a, of the gradient, a and b.
        second: The same for b.
    """

    class Binary(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
            ctx.save_for_backward(a, b)
            return forward(a, b)

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
            a, b = ctx.saved_tensors
            needs_a, needs_b = ctx.needs_input_grad
            # Beside a batch an argument may be a single number: its gradient is the sum over the batch.
            return (
                first(gradient, a, b).sum_to_size(a.shape) if needs_a else None,
                second(gradient, a, b).sum_to_size(b.shape) if needs_b else None,
            )

    return cast(Operation, Binary.apply)
