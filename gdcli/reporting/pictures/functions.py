"""The picture of a function itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from gdcli.reporting.pictures.figures import add_title
from gdcli.reporting.pictures.function import Function, Sampled, View, arrows, slopes
from gdcli.reporting.pictures.line import draw_curve, draw_slope
from gdcli.reporting.pictures.plane import draw_arrows, draw_contours, frame
from gdcli.reporting.pictures.scales import scale_of
from gdcli.reporting.pictures.style import new_figure
from gdcli.reporting.pictures.surface import draw_surface

CHARACTERS = 84
WIDTH, HEIGHT = 7.2, 5.8


def draw_function(
    function: Function,
    view: View,
    sampled: Sampled,
    title: Sequence[str],
    *,
    gradient: bool = False,
    surface: bool = False,
) -> Figure:
    """A curve for one variable, contours or a surface for two.

    Args:
        function: What is drawn.
        view: What of its variables is shown.
        sampled: Its values there (for a surface, on a coarser grid).
        title: The lines above the picture.
        gradient: Whether the derivative is drawn below the curve, or the gradient as arrows on the contours.
        surface: Whether two variables give a surface.
    """
    figure = new_figure(WIDTH, HEIGHT)
    if len(function.variables) == 1:
        name = function.variables[0]
        if gradient:
            above, below = figure.subplots(2, 1, sharex=True)
            draw_curve(above, view, sampled, name)
            above.set_xlabel("")
            draw_slope(below, view, sampled.x, slopes(function, sampled.x), name)
        else:
            draw_curve(figure.subplots(), view, sampled, name)
    elif surface:
        draw_surface(figure, view, sampled, scale_of(sampled.values), function.variables)
    else:
        axes = figure.subplots()
        frame(axes, view, function.variables)
        draw_contours(figure, axes, sampled, scale_of(sampled.values))
        if gradient:
            with np.errstate(all="ignore"):
                draw_arrows(axes, arrows(function, view))
    add_title(figure, title[0], title[1] if len(title) > 1 else "", CHARACTERS)
    return figure
