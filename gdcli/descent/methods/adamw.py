"""Adam with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.adam import Adam
from gdcli.descent.methods.base import parameter


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam, with x drawn towards zero before each update: x ← x − lr·λ·x.

    What it finds is therefore not quite the minimum of the function itself, unless `weight_decay` is 0.

    Attributes:
        weight_decay: λ, the strength of the pull.

    References:
        I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019,
        doi:10.48550/arXiv.1711.05101, in the form of `torch.optim.AdamW`, where the pull is scaled with lr.
    """

    name: ClassVar[str] = "adamw"
    summary: ClassVar[str] = "Adam with a pull towards zero (weight decay)"

    weight_decay: float = parameter(0.01, "strength of the pull towards zero")

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """The new x, and both means."""
        return super().update(xp, lr, k, x * (1.0 - lr * self.weight_decay), g, *slots)
