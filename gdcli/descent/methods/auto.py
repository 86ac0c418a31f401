"""The choice of a method for someone who has no opinion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gdcli.descent.methods.base import AUTO, Method
from gdcli.descent.objective import Current, Objective


@dataclass(frozen=True)
class Auto(Method):
    """L-BFGS, or gradient descent where a step size is given.

    L-BFGS was the best of all methods on the 35 problems of Moré, Garbow and Hillstrom and the smooth ones of
    the tests, by problems solved and by evaluations; Newton's method takes fewer steps, but a Hessian and
    NumPy as well.
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "lbfgs, which leaves saddle points; with a number for --lr, gd"

    @property
    def finds_step(self) -> bool:
        """Whether lr is not used."""
        return self.lr == AUTO

    def settle(self, objective: Objective, current: Current) -> Method:
        """The method chosen."""
        if self.lr == AUTO:
            from gdcli.descent.methods.lbfgs import Lbfgs

            return Lbfgs()
        from gdcli.descent.methods.gd import Gd

        return Gd(lr=self.lr, schedule=self.schedule)

    def init(self, objective: Objective, current: Current) -> Any:
        """Not to be called: a method is settled before it runs."""
        raise TypeError("settle the method first")

    def step(self, objective: Objective, current: Current, state: Any) -> tuple[Current, Any]:
        """Not to be called: a method is settled before it runs."""
        raise TypeError("settle the method first")
