"""RMSprop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.elementwise import Elementwise


@dataclass(frozen=True)
class RmsProp(Elementwise):
    """Gradient descent with each variable's slope divided by its recent size: v ← α·v + (1 − α)·g², x ← x −
    lr·g/(√v + ε).

    Attributes:
        alpha: α, the part of the mean square that is kept.
        eps: ε, what keeps the denominator from zero.

    References:
        T. Tieleman, G. Hinton, Lecture 6.5: rmsprop, COURSERA: Neural Networks for Machine Learning, 2012
        (never published otherwise). ε outside the root, as in `torch.optim.RMSprop`, without its momentum and
        centring.
    """

    name: ClassVar[str] = "rmsprop"
    summary: ClassVar[str] = "slopes divided by their recent size (RMSprop)"
    default_lr: ClassVar[float] = 0.01

    alpha: float = parameter(0.99, "part of the mean square of the gradient that is kept", below=1.0)
    eps: float = parameter(1e-8, "what keeps the denominator from zero")

    def initial(self) -> tuple[float, ...]:
        """The mean square is zero."""
        return (0.0,)

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """The new x, and the mean square."""
        (square,) = slots
        square = self.alpha * square + (1.0 - self.alpha) * (g * g)
        return x - lr * g / (xp.sqrt(square) + self.eps), square
