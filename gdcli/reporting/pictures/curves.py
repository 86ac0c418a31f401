"""What a picture of a function of one variable shows of its values."""

from __future__ import annotations

import numpy as np

from gdcli.reporting.pictures.function import LARGEST, Floats

_MARGIN = 0.07
_FAR = 3.0  # values farther away, in units of what nearly all lie within, are not shown
_LEAST, _MOST = 0.06, 0.94  # of the values those that count as nearly all

_JUMP = 0.25  # of the height of the picture: what a step from place to place may be a pole's


def height_limits(curve: Floats, marked: Floats) -> tuple[float, float] | None:
    """The least and the greatest value to be shown, or None where there is no value at all.

    What is marked is always shown. Of a curve that shoots up, at a pole or at the side of a steep valley, as much is
    shown as leaves the rest of it readable.

    Args:
        curve: The values along the curve.
        marked: The values of the steps on it.
    """
    curve, marked = curve[np.isfinite(curve)], marked[np.isfinite(marked)]
    both = np.concatenate([curve, marked])
    if not len(both):
        return None
    low, high = float(both.min()), float(both.max())
    if len(curve):
        core = np.concatenate([np.quantile(curve, [_LEAST, _MOST]), marked])
        least, most = float(core.min()), float(core.max())
        room = _FAR * (most / 2 - least / 2)
        if room > 0.0:
            low, high = max(low, least - room), min(high, most + room)
    span = high / 2 - low / 2
    if span <= 1e-13 * max(abs(low), abs(high)):
        span = max(abs(low), abs(high)) / 4 or 1.0
    margin = 2 * _MARGIN * span
    return max(low - margin, -LARGEST), min(high + margin, LARGEST)


def broken(curve: Floats, limits: tuple[float, float]) -> Floats:
    """The curve with a gap where it jumps at a pole.

    That is from below all that is shown to above it, or back, or else by much, and against the way it goes before and
    after.

    Args:
        curve: The values at evenly spaced places.
        limits: What is shown of them.
    """
    low, high = limits
    # What is far away is as good as just outside, and differences cannot overflow.
    room = high / 2 - low / 2
    shown = np.clip(curve / 2, low / 2 - room, high / 2 + room)
    change = np.diff(shown)
    before, after = np.concatenate([[0.0], change[:-1]]), np.concatenate([change[1:], [0.0]])
    size, most = np.abs(change), np.maximum(np.abs(before), np.abs(after))
    way = np.sign(change)
    with np.errstate(invalid="ignore"):
        against = (way * np.sign(before) <= 0.0) & (way * np.sign(after) <= 0.0) & (most > 0.0)
        jumps = (size > _JUMP * room) & against & (size > most)
        jumps |= (np.minimum(curve[:-1], curve[1:]) < low) & (np.maximum(curve[:-1], curve[1:]) > high)
    result: Floats = curve.copy()
    result[1:][jumps] = np.nan
    return result
