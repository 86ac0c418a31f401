"""Gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.elementwise import Elementwise


@dataclass(frozen=True)
class Momentum(Elementwise):
    """The heavy ball: v ← μ·v + g, x ← x − lr·v.

    Attributes:
        momentum: μ, the part of the velocity that is kept.

    References:
        B. T. Polyak, Some methods of speeding up the convergence of iteration methods, USSR Computational
        Mathematics and Mathematical Physics 4 (1964), 1–17, doi:10.1016/0041-5553(64)90137-5. The variant of
        `torch.optim.SGD(momentum=μ)`: the velocity is a sum of gradients, so that a changed lr acts at once
        on all.
    """

    name: ClassVar[str] = "momentum"
    summary: ClassVar[str] = "gradient descent with momentum (Polyak's heavy ball)"
    default_lr: ClassVar[float] = 0.001

    momentum: float = parameter(0.9, "part of the velocity that is kept", below=1.0)

    def initial(self) -> tuple[float, ...]:
        """At rest."""
        return (0.0,)

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """x − lr·v, and v."""
        (velocity,) = slots
        velocity = self.momentum * velocity + g
        return x - lr * velocity, velocity
