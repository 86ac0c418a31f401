"""Adam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import parameter
from gdcli.descent.methods.elementwise import Elementwise


@dataclass(frozen=True)
class Adam(Elementwise):
    """Steps of about lr in each variable, from running means of the gradient and of its square.

        m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²
        x ← x − lr/(1 − β₁ᵏ) · m / (√v/√(1 − β₂ᵏ) + ε)

    Attributes:
        beta1: β₁, the part of the mean gradient that is kept.
        beta2: β₂, the part of the mean square that is kept.
        eps: ε, what keeps the denominator from zero.

    References:
        D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015,
        doi:10.48550/arXiv.1412.6980. Algorithm 1, with ε outside the corrected root, as in
        `torch.optim.Adam`.
    """

    name: ClassVar[str] = "adam"
    summary: ClassVar[str] = "steps of about lr in each variable, whatever the slope (Adam)"
    default_lr: ClassVar[float] = 0.1

    beta1: float = parameter(0.9, "part of the mean gradient that is kept", below=1.0)
    beta2: float = parameter(0.999, "part of the mean square of the gradient that is kept", below=1.0)
    eps: float = parameter(1e-8, "what keeps the denominator from zero")

    def initial(self) -> tuple[float, ...]:
        """Both means are zero."""
        return 0.0, 0.0

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """The new x, and both means."""
        mean, square = slots
        mean = mean + (1.0 - self.beta1) * (g - mean)
        square = self.beta2 * square + (1.0 - self.beta2) * (g * g)
        rate = lr / (1.0 - self.beta1**k)
        scale = (1.0 - self.beta2**k) ** 0.5
        return x - rate * mean / (xp.sqrt(square) / scale + self.eps), mean, square
