"""A function of one variable: its curve, and the steps of a run on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from gdcli.reporting.pictures.curves import broken, height_limits
from gdcli.reporting.pictures.function import Floats, Sampled, View
from gdcli.reporting.pictures.style import BLACK, BLUE, grid, number_axis, shortened


def draw_curve(
    axes: Axes, view: View, sampled: Sampled | None, name: str, marked: Sequence[tuple[Floats, Floats]] = ()
) -> tuple[float, float]:
    """Draw the curve, and see to it that what will be marked on it has room.

    Args:
        axes: Where.
        view: What of the variable is shown.
        sampled: The function, if it is known.
        name: The variable.
        marked: Places and values that are to be marked.

    Returns:
        The least and the greatest value that are shown.
    """
    curve = sampled.values if sampled is not None else np.zeros(0)
    heights = [values[view.holds(x[:, None])] for x, values in marked]
    limits = height_limits(curve, np.concatenate([np.zeros(0), *heights])) or (0.0, 1.0)
    axes.set_autoscale_on(False)
    if sampled is not None:
        axes.plot(
            sampled.x, broken(curve, limits), color=BLACK if len(marked) else BLUE, linewidth=1.4, zorder=2
        )
    axes.set_xlim(view.low[0], view.high[0])
    axes.set_ylim(*limits)
    axes.set_xlabel(shortened(name))
    axes.set_ylabel("value")
    for which in "xy":
        number_axis(axes, which)
    grid(axes)
    return limits


def draw_slope(axes: Axes, view: View, x: Floats, slope: Floats, name: str) -> None:
    """Draw the derivative."""
    limits = height_limits(slope, np.zeros(0)) or (0.0, 1.0)
    axes.axhline(0.0, color="#999999", linewidth=0.8)
    axes.plot(x, broken(slope, limits), color="#D55E00", linestyle="--", linewidth=1.4)
    axes.set_xlim(view.low[0], view.high[0])
    axes.set_ylim(*limits)
    axes.set_xlabel(shortened(name))
    axes.set_ylabel("derivative")
    for which in "xy":
        number_axis(axes, which)
    grid(axes)
