"""A function of two variables as a surface."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gdcli.reporting.pictures.function import Sampled, View
from gdcli.reporting.pictures.plane import label_scale
from gdcli.reporting.pictures.scales import Scale
from gdcli.reporting.pictures.style import HEIGHTS, MOST_TICKS, shortened
from gdcli.reporting.ticks import scaled_texts, ticks

SURFACE_POINTS = 101
_CORNER = 0.04
_LABEL = 12
_ELEVATION, _AZIMUTH = 30.0, -125.0


def draw_surface(figure: Figure, view: View, sampled: Sampled, scale: Scale, names: tuple[str, ...]) -> Any:
    """Draw the surface, coloured by height; what is undefined is left out.

    Where the scale is logarithmic, so is the height: of a valley in a mountain range one sees the valley too.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from mpl_toolkits.mplot3d.axes3d import Axes3D

    axes = figure.add_subplot(projection=Axes3D.name)
    heights = scale.heights(sampled.values)
    # Heights and places from 0 to 1: three axes of any size, and matplotlib computes in numbers that cannot overflow.
    places = np.linspace(0.0, 1.0, len(sampled.x)), np.linspace(0.0, 1.0, len(sampled.y))
    x, y = np.meshgrid(*places)
    axes.plot_surface(
        x,
        y,
        heights,
        cmap=HEIGHTS,
        vmin=0.0,
        vmax=1.0,
        rcount=len(places[1]),
        ccount=len(places[0]),
        linewidth=0,
        antialiased=False,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), zlim=(0, 1))
    for which, low, high, name in zip("xy", view.low, view.high, names, strict=True):
        axis = getattr(axes, f"{which}axis")
        # Those at the corners would stand in each other's way.
        shown = [
            each
            for each in ticks(low, high, MOST_TICKS)
            if min(each - low, high - each) > _CORNER * (high - low)
        ]
        parts = [(each / 2 - low / 2) / (high / 2 - low / 2) for each in shown]
        labels, power = scaled_texts(shown)
        axis.set_ticks(parts, labels=labels)
        getattr(axes, f"set_{which}label")(f"{shortened(name, _LABEL)} {power}".rstrip(), labelpad=12)
    axes.set_zticks([])
    axes.view_init(elev=_ELEVATION, azim=_AZIMUTH)
    axes.set_box_aspect((1, 1, 0.75), zoom=1.06)
    bar = figure.colorbar(
        ScalarMappable(Normalize(0.0, 1.0), HEIGHTS), ax=axes, pad=0.04, aspect=24, shrink=0.75
    )
    label_scale(bar, scale)
    return axes
