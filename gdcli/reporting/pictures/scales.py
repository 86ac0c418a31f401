"""How values become heights from 0 to 1, and at which of them there are contours.

Drawing heights instead of values lets values span any number of decades, or reach the largest float there is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdcli.reporting.pictures.function import Floats
from gdcli.reporting.ticks import number_text, texts, ticks

_SKEWED = 0.1  # the middle value, in units of all, below which the scale is logarithmic
_LOWEST = 0.01  # the part of the values that lies below the lowest contour
_ROUNDING = 1e-13
_NEARLY, _FAR = (
    0.02,
    1.0,
)  # nearly all values lie between these parts of them, and few farther away than so many spans
_LINEAR_LEVELS, _LOG_LEVELS, _LABELS = 14, 15, 8
_MULTIPLES = ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))


class Level(NamedTuple):
    """A contour: its height, and its text on the scale."""

    height: float
    text: str


@dataclass(frozen=True)
class Scale:
    """A scale of values.

    Attributes:
        base: Where it begins: the lowest value, or where it is `inverted` the highest.
        low: On a logarithmic scale the least distance from the base that is told apart; else 0.
        high: The greatest distance from the base.
        logarithmic: Whether heights are logarithms of distances from the base.
        inverted: Whether distances are downwards.
        unit: What values are divided by before anything is done with them; base, low and high are in it.
    """

    base: float
    low: float
    high: float
    logarithmic: bool
    inverted: bool
    unit: float

    def heights(self, values: Floats) -> Floats:
        """Heights for values; NaN for NaN."""
        with np.errstate(all="ignore"):
            distance = np.asarray(values, np.float64) / self.unit - self.base
            distance = -distance if self.inverted else distance
            if self.logarithmic:
                part = np.log(np.maximum(distance, self.low) / self.low) / math.log(self.high / self.low)
            else:
                part = distance / self.high if self.high > 0.0 else distance * 0.0 + 0.5
        heights: Floats = np.where(np.isnan(values), np.nan, np.clip(part, 0.0, 1.0))
        return 1.0 - heights if self.inverted else heights

    @property
    def label(self) -> str:
        """What the numbers on it are."""
        return self.label_text()

    def label_text(self, *, plain: bool = False) -> str:
        """The same; for `plain` see `gdcli.reporting.ticks.texts`."""
        if not self.from_base:
            return "value"
        base = number_text(self.base * self.unit, 4, plain=plain)
        return f"value below {base}" if self.inverted else f"value above {base}"

    def number_at(self, height: float) -> float:
        """The number at a height: a value, or a distance from the base where those are what is written."""
        if not self.logarithmic:
            return (self.base + height * self.high) * self.unit
        part = 1.0 - height if self.inverted else height
        return math.exp(math.log(self.low) + part * math.log(self.high / self.low)) * self.unit

    @property
    def from_base(self) -> bool:
        """Whether the numbers on it are distances from the base rather than values."""
        return self.logarithmic and (self.inverted or abs(self.base) > 0.01 * self.low)

    def levels(self) -> list[Level]:
        """The contours from the lowest to the highest; the texts of some are empty, so that there is room for them."""
        if self.high <= 0.0:
            return []
        found = self._logarithmic() if self.logarithmic else self._linear()
        found.sort()
        every = math.ceil(len(found) / _LABELS)
        return [Level(height, text if i % every == 0 else "") for i, (height, text) in enumerate(found)]

    def _linear(self) -> list[tuple[float, str]]:
        low, high = self.base * self.unit, (self.base + self.high) * self.unit
        values = [each for each in ticks(low, high, _LINEAR_LEVELS) if low < each < high]
        return list(zip(self.heights(np.array(values)).tolist(), texts(values), strict=True))

    def _logarithmic(self) -> list[tuple[float, str]]:
        low, high = (math.log10(each) + math.log10(self.unit) for each in (self.low, self.high))
        for multiples in _MULTIPLES:
            count = len(multiples) * (high - low)
            if count <= _LOG_LEVELS:
                break
        every = max(1, math.ceil((high - low) / _LOG_LEVELS))
        found = []
        for power in range(math.floor(low) // every * every, math.ceil(high) + 1, every):
            for multiple in multiples:
                place = power + math.log10(multiple)
                if low < place < high:
                    part = (place - low) / (high - low)
                    text = number_text(float(f"{multiple:g}e{power}"))
                    found.append((1.0 - part if self.inverted else part, text))
        return found


def scale_of(values: Floats, *, maximised: bool | None = None) -> Scale:
    """The scale for values: logarithmic where most of them crowd at one end of their range.

    Args:
        values: Of any shape; those that are not finite do not count.
        maximised: At which end they may crowd: at the lower where it is false, at the upper where it is true, and at
            either where it is None.
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Scale(0.0, 0.0, 0.0, False, False, 1.0)
    unit = float(np.abs(finite).max()) or 1.0
    scaled = finite / unit
    least, most, middle = float(scaled.min()), float(scaled.max()), float(np.median(scaled))
    span = most - least
    if span <= _ROUNDING:
        return Scale(least, 0.0, 0.0, False, False, unit)
    for inverted in (False, True) if maximised is None else (maximised,):
        base = most if inverted else least
        if abs(middle - base) < _SKEWED * span:
            distances = np.abs(scaled - base)
            distances = distances[distances > _ROUNDING * abs(base)]
            low = float(np.quantile(distances, _LOWEST)) if len(distances) else span
            if 0.0 < low < span / 10.0:
                return Scale(base, low, span, True, inverted, unit)
    # At a pole values are large on either side: what lies far out has the colours of the ends.
    low, high = (float(each) for each in np.quantile(scaled, (_NEARLY, 1.0 - _NEARLY)))
    if high > low:
        least, most = max(least, low - _FAR * (high - low)), min(most, high + _FAR * (high - low))
    return Scale(least, 0.0, most - least, False, False, unit)
