"""Gradient descent on Rosenbrock's function in plain Python, derived and written by hand."""

from __future__ import annotations


def descend(x: float, y: float, lr: float, steps: int) -> tuple[float, float]:
    """The point after `steps` steps of size `lr`."""
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        x, y = x + lr * (400.0 * across * x + 2.0 * along), y - lr * 200.0 * across
    return x, y
