"""First-order methods on Rosenbrock's function in plain Python, derived and written by hand for two variables.

Each returns the number of steps, as what it is compared with does. A value that is not a number ends them.
"""

from __future__ import annotations

from math import sqrt

X, Y = -1.2, 1.0


def gd(lr: float, steps: int) -> int:
    """Gradient descent."""
    x, y = X, Y
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        x, y = x + lr * (400.0 * across * x + 2.0 * along), y - lr * 200.0 * across
    return steps


def momentum(lr: float, steps: int, beta: float = 0.9) -> int:
    """Heavy ball."""
    x, y, vx, vy = X, Y, 0.0, 0.0
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        vx = beta * vx - 400.0 * across * x - 2.0 * along
        vy = beta * vy + 200.0 * across
        x -= lr * vx
        y -= lr * vy
    return steps


def nesterov(lr: float, steps: int, beta: float = 0.9) -> int:
    """Nesterov's momentum, as torch has it."""
    x, y, vx, vy = X, Y, 0.0, 0.0
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        gx, gy = -400.0 * across * x - 2.0 * along, 200.0 * across
        vx, vy = beta * vx + gx, beta * vy + gy
        x -= lr * (gx + beta * vx)
        y -= lr * (gy + beta * vy)
    return steps


def rmsprop(lr: float, steps: int, alpha: float = 0.99, eps: float = 1e-8) -> int:
    """RMSprop."""
    x, y, sx, sy = X, Y, 0.0, 0.0
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        gx, gy = -400.0 * across * x - 2.0 * along, 200.0 * across
        sx, sy = alpha * sx + (1.0 - alpha) * gx * gx, alpha * sy + (1.0 - alpha) * gy * gy
        x -= lr * gx / (sqrt(sx) + eps)
        y -= lr * gy / (sqrt(sy) + eps)
    return steps


def adagrad(lr: float, steps: int, eps: float = 1e-10) -> int:
    """Adagrad."""
    x, y, sx, sy = X, Y, 0.0, 0.0
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        gx, gy = -400.0 * across * x - 2.0 * along, 200.0 * across
        sx += gx * gx
        sy += gy * gy
        x -= lr * gx / (sqrt(sx) + eps)
        y -= lr * gy / (sqrt(sy) + eps)
    return steps


def adam(lr: float, steps: int, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> int:
    """Adam."""
    return adamw(lr, steps, 0.0, beta1, beta2, eps)


def adamw(
    lr: float, steps: int, decay: float = 0.01, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
) -> int:
    """Adam with decoupled weight decay; the powers of both betas are carried along."""
    x, y, mx, my, sx, sy, power1, power2 = X, Y, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0
    keep = 1.0 - lr * decay
    for _ in range(steps):
        across, along = y - x * x, 1.0 - x
        value = 100.0 * across * across + along * along
        if value != value:
            break
        gx, gy = -400.0 * across * x - 2.0 * along, 200.0 * across
        mx, my = beta1 * mx + (1.0 - beta1) * gx, beta1 * my + (1.0 - beta1) * gy
        sx, sy = beta2 * sx + (1.0 - beta2) * gx * gx, beta2 * sy + (1.0 - beta2) * gy * gy
        power1 *= beta1
        power2 *= beta2
        rate, scale = lr / (1.0 - power1), sqrt(1.0 - power2)
        x = x * keep - rate * mx / (sqrt(sx) / scale + eps)
        y = y * keep - rate * my / (sqrt(sy) / scale + eps)
    return steps
