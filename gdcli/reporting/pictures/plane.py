"""A function of two variables: filled contours, and the gradient as arrows."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure

from gdcli.reporting.pictures.function import Arrows, Sampled, View
from gdcli.reporting.pictures.scales import Scale
from gdcli.reporting.pictures.style import HEIGHTS, number_axis, shortened
from gdcli.reporting.ticks import number_text

_UNDEFINED = "#ffffff"


def frame(axes: Axes, view: View, names: tuple[str, ...]) -> None:
    """Let the axes show the view. They are square, so that directions are those of `Arrows`."""
    axes.set_box_aspect(1)
    axes.set_autoscale_on(False)
    axes.set_xlim(view.low[0], view.high[0])
    axes.set_ylim(view.low[1], view.high[1])
    axes.set_xlabel(shortened(names[0]))
    axes.set_ylabel(shortened(names[1]))
    for which in "xy":
        number_axis(axes, which)


def draw_contours(
    figure: Figure, axes: Axes, sampled: Sampled, scale: Scale, cmap: Any = HEIGHTS, *, labelled: bool = True
) -> None:
    """Draw filled contours, with a scale beside them if they are `labelled`; what is undefined is left blank."""
    axes.set_facecolor(_UNDEFINED)
    heights = np.ma.masked_invalid(scale.heights(sampled.values))
    levels = scale.levels()
    places = [level.height for level in levels if 0.0 < level.height < 1.0]
    if heights.mask.all():
        return
    edges = [0.0, *places, 1.0]
    filled = axes.contourf(sampled.x, sampled.y, heights, levels=edges, cmap=cmap, vmin=0.0, vmax=1.0)
    if places:
        axes.contour(sampled.x, sampled.y, heights, levels=places, colors="black", linewidths=0.4, alpha=0.45)
    if labelled:
        label_scale(figure.colorbar(filled, ax=axes, pad=0.02, aspect=28), scale)


def label_scale(bar: Colorbar, scale: Scale) -> None:
    """Write values beside the heights of a scale."""
    labelled = [level for level in scale.levels() if level.text]
    if not labelled:
        # A function that is the same everywhere.
        bar.set_ticks([0.5], labels=[number_text(scale.base * scale.unit, 6)])
    else:
        bar.set_ticks([level.height for level in labelled], labels=[level.text for level in labelled])
    bar.minorticks_off()
    bar.set_label(scale.label)


def draw_arrows(axes: Axes, field: Arrows) -> None:
    """Draw the directions of the gradient; the steeper the function, the longer the arrow, up to twice."""
    if not len(field.x):
        return
    slope = np.log(field.slope)
    low, high = float(slope.min()), float(slope.max())
    part = (slope - low) / (high - low) if high > low else np.ones_like(slope)
    length = 0.55 + 0.45 * part
    axes.quiver(
        field.x,
        field.y,
        field.right * length,
        field.up * length,
        angles="uv",
        pivot="middle",
        scale=19,
        width=0.004,
        color="white",
        edgecolor="black",
        linewidth=0.4,
        zorder=3,
    )
