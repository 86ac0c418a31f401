"""Adagrad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.elementwise import Elementwise


@dataclass(frozen=True)
class Adagrad(Elementwise):
    """Steps that shrink as slopes add up: s ← s + g², x ← x − lr/(1 + (k − 1)·decay) · g/(√s + ε).

    Attributes:
        lr_decay: How fast lr itself shrinks.
        initial_accumulator: s before the first update.
        eps: ε, what keeps the denominator from zero.

    References:
        J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods for online learning and stochastic
        optimization, Journal of Machine Learning Research 12 (2011), 2121–2159. The diagonal variant, as in
        `torch.optim.Adagrad`.
    """

    name: ClassVar[str] = "adagrad"
    summary: ClassVar[str] = "steps that shrink as slopes add up (Adagrad)"
    default_lr: ClassVar[float] = 1.0

    lr_decay: float = parameter(0.0, "how fast lr shrinks: divided by 1 + (k - 1)*lr_decay")
    initial_accumulator: float = parameter(0.0, "sum of squares before the first update")
    eps: float = parameter(1e-10, "what keeps the denominator from zero")

    def initial(self) -> tuple[float, ...]:
        """The sum of squares."""
        return (self.initial_accumulator,)

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """The new x, and the sum of squares."""
        (total,) = slots
        total = total + g * g
        return x - lr / (1.0 + (k - 1) * self.lr_decay) * g / (xp.sqrt(total) + self.eps), total
