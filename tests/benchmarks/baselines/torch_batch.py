"""Gradient descent from many starts in eager torch.

Three ways: with autograd; with gradients derived by hand, as one writes them down; and with as few passes over memory
as a practised person gets by with.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, pi

import torch
from torch import Tensor

from tests.benchmarks.baselines.mixture import TERMS


def rosenbrock(x: Tensor, y: Tensor) -> Tensor:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def ackley(x: Tensor, y: Tensor) -> Tensor:
    far = -20 * torch.exp(-0.2 * torch.sqrt((x**2 + y**2) / 2))
    return far - torch.exp((torch.cos(2 * pi * x) + torch.cos(2 * pi * y)) / 2) + 20 + exp(1)


def mixture(x: Tensor, y: Tensor) -> Tensor:
    return -sum(w * torch.exp(-((x - a) ** 2 + (y - b) ** 2) / s) for w, a, b, s in TERMS)


def with_autograd(name: str, x: Tensor, y: Tensor, lr: float, steps: int) -> None:
    """Make steps in place, with torch's own gradient."""
    function = {"rosenbrock": rosenbrock, "ackley": ackley, "mixture": mixture}[name]
    x.requires_grad_(), y.requires_grad_()
    for _ in range(steps):
        p, q = torch.autograd.grad(function(x, y).sum(), (x, y))
        with torch.no_grad():
            x.sub_(p, alpha=lr)
            y.sub_(q, alpha=lr)
    x.requires_grad_(False), y.requires_grad_(False)


def plainly(name: str, x: Tensor, y: Tensor, lr: float, steps: int) -> None:
    """Make steps, with the gradient as one writes it down."""
    for _ in range(steps):
        if name == "rosenbrock":
            t = y - x * x
            p, q = -400 * x * t - 2 * (1 - x), 200 * t
        elif name == "ackley":
            r = torch.sqrt((x * x + y * y) / 2)
            f = 2 * torch.exp(-0.2 * r) / r
            g = pi * torch.exp((torch.cos(2 * pi * x) + torch.cos(2 * pi * y)) / 2)
            p, q = f * x + g * torch.sin(2 * pi * x), f * y + g * torch.sin(2 * pi * y)
        else:
            p, q = torch.zeros_like(x), torch.zeros_like(y)
            for w, a, b, s in TERMS:
                dx, dy = x - a, y - b
                e = (2 * w / s) * torch.exp(-(dx * dx + dy * dy) / s)
                p, q = p + e * dx, q + e * dy
        x.sub_(p, alpha=lr)
        y.sub_(q, alpha=lr)


ALONE = {"ackley": ("exp", "exp", "sin", "sin", "cos", "cos"), "mixture": ("exp",) * len(TERMS)}
"""What a step cannot do without."""


def alone(name: str, x: Tensor, y: Tensor, lr: float, steps: int) -> None:
    """Compute the exponentials, sines and cosines of so many steps, and nothing else."""
    spare = torch.empty_like(x)
    functions = [getattr(torch, each) for each in ALONE[name]]
    for _ in range(steps):
        for function in functions:
            function(x, out=spare)


def in_place(name: str, x: Tensor, y: Tensor, lr: float, steps: int) -> None:
    """Make steps, with as few passes over the memory as torch has operations for."""
    step: Callable[..., None] = {"rosenbrock": _rosenbrock, "ackley": _ackley, "mixture": _mixture}[name]
    spare = [torch.empty_like(x) for _ in range(6)]
    for _ in range(steps):
        step(x, y, lr, *spare)


def _rosenbrock(x: Tensor, y: Tensor, lr: float, t: Tensor, u: Tensor, *spare: Tensor) -> None:
    torch.addcmul(y, x, x, value=-1, out=t)
    torch.mul(x, t, out=u).mul_(-400).add_(x, alpha=2).sub_(2)
    x.sub_(u, alpha=lr)
    y.sub_(t, alpha=200 * lr)


def _ackley(
    x: Tensor, y: Tensor, lr: float, r: Tensor, f: Tensor, u: Tensor, v: Tensor, g: Tensor, h: Tensor
) -> None:
    torch.mul(x, x, out=r).addcmul_(y, y).mul_(0.5).sqrt_()
    torch.mul(r, -0.2, out=f).exp_().div_(r)
    torch.mul(x, 2 * pi, out=u)
    torch.mul(y, 2 * pi, out=v)
    torch.cos(u, out=g).add_(torch.cos(v, out=h)).mul_(0.5).exp_().mul_(pi)
    u.sin_().mul_(g).addcmul_(f, x, value=2)
    v.sin_().mul_(g).addcmul_(f, y, value=2)
    x.sub_(u, alpha=lr)
    y.sub_(v, alpha=lr)


def _mixture(
    x: Tensor, y: Tensor, lr: float, p: Tensor, q: Tensor, dx: Tensor, dy: Tensor, e: Tensor, *spare: Tensor
) -> None:
    p.zero_(), q.zero_()
    for w, a, b, s in TERMS:
        torch.sub(x, a, out=dx)
        torch.sub(y, b, out=dy)
        torch.mul(dx, dx, out=e).addcmul_(dy, dy).mul_(-1 / s).exp_()
        p.addcmul_(e, dx, value=2 * w / s)
        q.addcmul_(e, dy, value=2 * w / s)
    x.sub_(p, alpha=lr)
    y.sub_(q, alpha=lr)
