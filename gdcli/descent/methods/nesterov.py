"""Nesterov's accelerated gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.elementwise import Elementwise


@dataclass(frozen=True)
class Nesterov(Elementwise):
    """Momentum that looks ahead: v ← μ·v + g, x ← x − lr·(g + μ·v).

    Attributes:
        momentum: μ, the part of the velocity that is kept.

    References:
        Y. Nesterov, A method for solving the convex programming problem with convergence rate O(1/k²), Soviet
        Mathematics Doklady 27 (1983), 372–376; in the form of I. Sutskever, J. Martens, G. Dahl, G. Hinton,
        On the importance of initialization and momentum in deep learning, ICML 2013 (PMLR 28, 1139–1147),
        rewritten for the point at which the gradient is taken, as in `torch.optim.SGD(momentum=μ,
        nesterov=True)`.
    """

    name: ClassVar[str] = "nesterov"
    summary: ClassVar[str] = "gradient descent with Nesterov's momentum"
    default_lr: ClassVar[float] = 0.001

    momentum: float = parameter(0.9, "part of the velocity that is kept", below=1.0)

    def initial(self) -> tuple[float, ...]:
        """At rest."""
        return (0.0,)

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """x − lr·(g + μ·v), and v."""
        (velocity,) = slots
        velocity = self.momentum * velocity + g
        return x - lr * (g + self.momentum * velocity), velocity
