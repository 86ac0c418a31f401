"""Which steps of a run are shown, and which a picture of it wants."""

from __future__ import annotations

from functools import lru_cache

_DENSITY = 500  # how many steps of a picture there are while a run becomes e times as long


def next_drawn(step: int) -> int:
    """The first step after `step` that a picture of the run wants.

    Those are all steps up to the thousandth, and from there on so many that no gap is wider than a five-hundredth of
    the steps before it: some 7,000 in a run of a hundred million, however it goes on.

    Example:
        >>> next_drawn(0), next_drawn(999), next_drawn(1_000), next_drawn(1_000_000)
        (1, 1000, 1002, 1002000)
    """
    return step + max(1, step // _DENSITY)


@lru_cache(maxsize=64)
def _round_number(least: int) -> int:
    """The first of 1, 2, 5, 10, 20, 50, … that is not below `least`."""
    ten = int("1".ljust(len(str(max(least, 1))), "0"))
    return next(digit * ten for digit in (1, 2, 5, 10) if digit * ten >= least)


def next_shown(step: int, steps: int, every: int | None = None) -> int:
    """The first step after `step` that is shown, in a run of at most `steps`.

    With `every` those are its multiples. Without, they are 1, 2, 5, 10, 20, 50, … up to about a tenth of
    `steps`, and from there on every such part: about 20 in all, and enough of them where a run ends long
    before its last step. The first and the last step of a run are shown in any case.

    Args:
        step: A step.
        steps: The most steps that the run may take.
        every: The distance of shown steps, if one was asked for.

    Example:
        >>> shown = [0]
        >>> while shown[-1] < 5000:
        ...     shown.append(next_shown(shown[-1], 5000))
        >>> shown
        [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000]
    """
    gap = every or _round_number(-(-steps // 10))
    if every or step >= gap:
        return min((step // gap + 1) * gap, steps)
    return min(_round_number(step + 1), steps)
