"""Rosenbrock's function in torch: a loop with an optimizer, and one with the update written by hand."""

from __future__ import annotations

import torch


def with_optimizer(name: str, lr: float, steps: int) -> int:
    """`steps` steps of a class of `torch.optim`."""
    x = torch.tensor(-1.2, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([x, y], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = 100 * (y - x * x) ** 2 + (1 - x) ** 2
        loss.backward()
        optimizer.step()
    return steps


def by_hand(lr: float, steps: int) -> int:
    """`steps` steps of gradient descent without an optimizer."""
    x = torch.tensor(-1.2, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        loss = 100 * (y - x * x) ** 2 + (1 - x) ** 2
        gx, gy = torch.autograd.grad(loss, (x, y))
        with torch.no_grad():
            x -= lr * gx
            y -= lr * gy
    return steps
