"""Gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.methods.elementwise import Elementwise
from gdcli.descent.objective import Current, Objective


@dataclass(frozen=True)
class Gd(Elementwise):
    """Gradient descent with a constant step, x ← x − lr·g.

    With ``lr="auto"`` the step adapts itself instead; see `gdcli.descent.methods.spectral`.

    References:
        A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, Comptes rendus 25
        (1847), 536–538. The same as `torch.optim.SGD` without momentum.
    """

    name: ClassVar[str] = "gd"
    summary: ClassVar[str] = "gradient descent; with --lr auto the step adapts itself"

    @property
    def finds_step(self) -> bool:
        """Whether lr is not used."""
        return self.lr == AUTO

    def settle(self, objective: Objective, current: Current) -> Method:
        """This method, or the one with an adapting step."""
        if self.lr != AUTO:
            return self
        from gdcli.descent.methods.spectral import Spectral

        return Spectral()

    def update(self, xp: Any, lr: Any, k: Any, x: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """x − lr·g."""
        return (x - lr * g,)
