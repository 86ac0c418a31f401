"""Functions of a vector by hand in PyTorch, as a practised person writes them: slices, backward(), two loops."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]


def rosenbrock(x: Tensor) -> Tensor:
    """Rosenbrock's function of n variables."""
    head, tail = x[:-1], x[1:]
    return (100.0 * (tail - head**2) ** 2 + (1.0 - head) ** 2).sum()


def least_squares(a: Tensor, b: Tensor) -> Function:
    """The sum of squares of a·x − b."""

    def function(x: Tensor) -> Tensor:
        return ((a @ x - b) ** 2).sum()

    return function


def value_and_gradient(function: Function, x: Tensor) -> tuple[float, Tensor]:
    """One forward and one backward pass."""
    x = x.detach().requires_grad_()
    value = function(x)
    value.backward()
    assert x.grad is not None
    return value.item(), x.grad


def gd(function: Function, x: Tensor, lr: float, steps: int) -> Tensor:
    """Gradient descent that stops where the gradient is small, as a loop to be trusted does."""
    for _ in range(steps):
        _, gradient = value_and_gradient(function, x)
        if gradient.abs().max() < 1e-10:
            break
        x = x - lr * gradient
    return x


def lbfgs(function: Function, x: Tensor, steps: int, memory: int = 10) -> Tensor:
    """L-BFGS with the two-loop recursion and a backtracking search, in place where that is safe."""
    pairs: list[tuple[Tensor, Tensor, float]] = []
    value, gradient = value_and_gradient(function, x)
    for _ in range(steps):
        if gradient.abs().max() < 1e-10:
            break
        q = gradient.clone()
        weights = []
        for s, y, rho in reversed(pairs):
            weight = rho * torch.dot(s, q).item()
            weights.append(weight)
            q.add_(y, alpha=-weight)
        if pairs:
            s, y, rho = pairs[-1]
            q.mul_(1.0 / (rho * torch.dot(y, y).item()))
        else:
            q.mul_(1.0 / gradient.abs().max().item() * 1e-2)
        for (s, y, rho), weight in zip(pairs, reversed(weights), strict=True):
            q.add_(s, alpha=weight - rho * torch.dot(y, q).item())
        step, slope = 1.0, -torch.dot(q, gradient).item()
        while True:
            new = x - step * q
            new_value, new_gradient = value_and_gradient(function, new)
            if new_value <= value + 1e-4 * step * slope or step < 1e-10:
                break
            step *= 0.5
        s, y = new - x, new_gradient - gradient
        sy = torch.dot(s, y).item()
        if sy > 1e-10 * torch.dot(y, y).item() ** 0.5 * torch.dot(s, s).item() ** 0.5:
            pairs = [*pairs[1 - memory :], (s, y, 1.0 / sy)] if len(pairs) >= memory else [*pairs, (s, y, 1.0 / sy)]
        x, value, gradient = new, new_value, new_gradient
    return x
