"""Where many starts are drawn, evenly and at random, and where more are drawn when something is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdcli.descent.bounds import Bounds
from gdcli.errors import UsageError

Floats = NDArray[np.float64]

_FREE_SCALE = 3.0  # standard deviation of a variable that has neither a range nor bounds
_LOGISTIC = math.sqrt(3.0) / math.pi  # a logistic distribution's scale, in units of its standard deviation
_TIMES = 6.0  # what is as good as all of a distribution, in standard deviations
_NEAREST, _FARTHEST = -3.5, -0.5  # decimal logarithms of the distances of a new start from a known minimum
_ONE_VARIABLE, _CROSSED, _DIFFERENCE = 0.3, 0.25, 0.2  # parts of the new starts that are made in these ways


@dataclass(frozen=True)
class Region:
    """Where starts are drawn.

    Attributes:
        low: For each variable the lower end of its interval; minus infinity where there is none.
        high: The upper end.
        centre: Where the interval has an open end: the start that the others are drawn around.
        size: How far the starts lie apart: the width of the interval, or a multiple of the standard deviation.
    """

    low: Floats
    high: Floats
    centre: Floats
    size: Floats

    def draw(self, count: int, seed: int, part: range | None = None) -> Floats:
        """Points of shape (count, n), evenly spread; each depends on its number, the count and the seed alone.

        Args:
            count: How many there are.
            seed: Any integer from 0 on.
            part: The numbers of those to be drawn, if not all.
        """
        u = halton(count, len(self.low), seed, part)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            away = np.log(u / (1.0 - u)) * (self.size * _LOGISTIC / _TIMES)
            above = self.low + np.abs(away)
            below = self.high - np.abs(away)
            within = self.low + u * (self.high - self.low)
        one_sided = np.where(
            np.isfinite(self.low), above, np.where(np.isfinite(self.high), below, self.centre + away)
        )
        return np.where(np.isfinite(self.high - self.low), within, one_sided)


def region(
    variables: Sequence[str],
    start: Sequence[float],
    bounds: Bounds,
    ranges: Mapping[str, tuple[float, float]],
) -> Region:
    """The region of the ranges, or else of the bounds, or else around the start.

    A variable without a range whose bounds leave a side open is drawn from a logistic distribution (of standard
    deviation 3, or three times its start where that is more than 1): on one side of a bound, or around the start.

    Args:
        variables: The variables' names.
        start: The start.
        bounds: A pair for each variable, or nothing.
        ranges: For some variables the interval to draw from; an end may be infinite.

    Raises:
        UsageError: A range is for no variable, is empty, or lies outside the variable's bounds.
    """
    unknown = [name for name in ranges if name not in variables]
    if unknown:
        raise UsageError(f"--range gives {', '.join(unknown)}, which the expression does not have")
    low, high = [], []
    for name, (least, most) in zip(
        variables, bounds or ((-math.inf, math.inf),) * len(variables), strict=True
    ):
        a, b = ranges.get(name, (least, most))
        if not a <= b:
            raise UsageError(f"the range {name}={a:g}:{b:g} is empty")
        if max(a, least) > min(b, most):
            raise UsageError(f"the range {name}={a:g}:{b:g} is outside the bounds {least:g}:{most:g}")
        low.append(max(a, least))
        high.append(min(b, most))
    centre = np.array(start, dtype=np.float64)
    spread = _FREE_SCALE * _TIMES * np.maximum(1.0, np.abs(centre))
    width = np.array(high) - np.array(low)
    return Region(np.array(low), np.array(high), centre, np.where(np.isfinite(width), width, spread))


def halton(count: int, n: int, seed: int, part: range | None = None) -> Floats:
    """The first points of Halton's sequence with randomly permuted digits: numbers in (0, 1), of shape (count, n).

    With `part`, those of these numbers only.

    They fill the unit cube more evenly than independent ones, so that a small basin is not missed by bad luck. The
    digits past the last one that tells two of the points apart are the same random ones for all of them.

    References:
        J. H. Halton, On the efficiency of certain quasi-random sequences of points in evaluating multi-dimensional
        integrals, Numerische Mathematik 2 (1960), 84–90, doi:10.1007/BF01386213.
        A. B. Owen, A randomized Halton algorithm in R (2017), arXiv:1706.02808: the permutations.
    """
    part = range(count) if part is None else part
    points = np.empty((len(part), n))
    for j, base in enumerate(_primes(n)):
        generator = np.random.default_rng([seed, j])
        rest = np.arange(part.start, part.stop)
        column = np.zeros(len(part))
        unit = 1.0
        while unit * count > 1.0:
            unit /= base
            column += unit * generator.permutation(base)[rest % base]
            rest //= base
        points[:, j] = column + unit * generator.uniform(0.01, 0.99)
    return points


def _primes(count: int) -> list[int]:
    """The first primes."""
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found if prime * prime <= number):
            found.append(number)
        number += 1
    return found


def offspring(minima: Floats, count: int, size: Floats, generator: np.random.Generator) -> Floats:
    """New starts around known minima: points of shape (count, n).

    Each begins at one of the minima, the better ones more often, and is moved by a random distance of any order of
    magnitude: in all variables, in one of them, or by the difference of two other minima. Some then take variables from
    another minimum, which finds the best values of variables that do not depend on each other.

    Args:
        minima: Shape (minima, n), the best first.
        count: How many.
        size: How large the region is; shape (n,).
        generator: Where random numbers come from.

    References:
        D. J. Wales, J. P. K. Doye, Global optimization by basin-hopping, The Journal of Physical Chemistry A 101
        (1997), 5111–5116, doi:10.1021/jp970984n.
        R. Storn, K. Price, Differential evolution, Journal of Global Optimization 11 (1997), 341–359,
        doi:10.1023/A:1008202821328: differences and crossing.
    """
    known, n = minima.shape
    first = (known * generator.random(count) ** 2).astype(int)
    second, third = generator.integers(known, size=(2, count))
    way = generator.random((count, 1))
    distance = 10.0 ** generator.uniform(_NEAREST, _FARTHEST, size=(count, 1))
    move = size * distance * generator.standard_normal((count, n))
    move = np.where(
        (way < _ONE_VARIABLE) & (generator.integers(n, size=(count, 1)) != np.arange(n)), 0.0, move
    )
    factor = 10.0 ** generator.uniform(_NEAREST, 0.3, size=(count, 1))
    difference = (minima[second] - minima[third]) * factor
    move = np.where(way > 1.0 - _DIFFERENCE, difference, move)
    crossed = (generator.random((count, 1)) < _CROSSED) & (generator.random((count, n)) < 0.5)
    born: Floats = np.where(crossed, minima[second], minima[first] + move)
    return born
