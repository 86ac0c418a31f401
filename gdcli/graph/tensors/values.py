"""What lowering knows of a value: its node, the sums along which it varies, its own shape, whether it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gdcli.graph.tensors.operations import Shape


class Affine(NamedTuple):
    """A whole number c + Σ aᵢ·i in the indices of sums, which are known by their levels.

    Attributes:
        constant: c.
        factors: For some levels aᵢ, none of which is 0.
    """

    constant: int
    factors: Mapping[int, int] = {}  # nobody writes to it

    def plus(self, other: Affine, times: int = 1) -> Affine:
        """The sum of this and a multiple of the other."""
        factors = dict(self.factors)
        for level, factor in other.factors.items():
            factors[level] = factors.get(level, 0) + times * factor
        return Affine(
            self.constant + times * other.constant, {key: factor for key, factor in factors.items() if factor}
        )

    def times(self, factor: int) -> Affine:
        """A multiple."""
        return Affine(0).plus(self, factor)

    def ends(self, ranges: Mapping[int, range]) -> tuple[int, int]:
        """The least and the largest number that it is, its indices within their ranges."""
        low = high = self.constant
        for level, factor in self.factors.items():
            ends = factor * ranges[level][0], factor * ranges[level][-1]
            low, high = low + min(ends), high + max(ends)
        return low, high


class Value(NamedTuple):
    """A lowered value.

    Its tensor has an axis for each level from the lowest to the highest of `levels` (of length 1 where it does not
    vary along it), and behind them those of `own`.

    Attributes:
        node: The index of its node.
        levels: The levels of the sums along whose indices it varies, ascending; the outermost sum has level 0.
        own: Its own shape.
        affine: What whole number it is, if it is known to be one.
    """

    node: int
    levels: tuple[int, ...] = ()
    own: Shape = ()
    affine: Affine | None = None


@dataclass(frozen=True, eq=False)
class Context:
    """Where a sub-expression counts.

    Attributes:
        condition: The condition under which it does.
        outer: The context around it.
        mask: Whether the condition is that of a sum's limits, and not that of a branch.
    """

    condition: Value
    outer: Context | None
    mask: bool = False


def outside(context: Context | None) -> Context | None:
    """The nearest context whose condition is one for whole vectors: within a reduction no element's own counts."""
    while context is not None and context.condition.own:
        context = context.outer
    return context
