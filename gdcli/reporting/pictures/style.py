"""How pictures look: colours, texts and axes.

Lines have the colours of M. Okabe and K. Ito, https://jfly.uni-koeln.de/color/, which people with any kind of colour
vision tell apart, and differ in their dashes and markers too, for print. Heights have cividis (J. R. Nuñez, C. R.
Anderton, R. S. Renslow, PLoS ONE 13(7), 2018, doi:10.1371/journal.pone.0199239), whose lightness grows evenly.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, Formatter, MaxNLocator, NullLocator

from gdcli.reporting.messages import visible
from gdcli.reporting.ticks import log_texts, log_ticks, number_text, scaled_texts

BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
    "#000000",
)
COLORS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":")
MARKERS = "os^Dv*P"
HEIGHTS = "cividis"
GREYS = LinearSegmentedColormap.from_list("light greys", ["#8c8c8c", "#f5f5f5"])
"""Heights under several courses, whose colours have to be told apart."""

RC: dict[str, Any] = {
    # Nothing in a user's text is mathematics, whatever signs there are in it.
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.grid": False,
    "axes.spines.top": True,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "savefig.bbox": None,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "gdcli",
    "pdf.fonttype": 42,
    "lines.linewidth": 1.6,
    "path.simplify": True,
}
METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": "gdcli"},
    ".svg": {"Creator": "gdcli", "Date": None},
    ".pdf": {"Creator": "gdcli", "Producer": None, "CreationDate": None},
}
"""Without the time, so that the same picture is the same file."""

LABEL_CHARACTERS = 24
MOST_TICKS = 6
STEPS = [1, 2, 2.5, 5, 10]


@contextmanager
def styled() -> Iterator[None]:
    """Within it, pictures look as here, whatever the user's own settings are."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, RC))
        # What the font lacks is drawn as a box, which says as much.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, in which nothing covers anything else."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.05)
    return Figure(figsize=(width, height), layout=layout)


def shortened(text: str, most: int = LABEL_CHARACTERS) -> str:
    """A text in one line, cut behind so many characters."""
    text = " ".join(visible(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class NumberFormatter(Formatter):
    """Numbers along an axis with as many digits as tell them apart; a power of ten of all stands at its end."""

    _power = ""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The texts of all ticks."""
        shown, self._power = scaled_texts([float(each) for each in values])
        return shown

    def get_offset(self) -> str:
        """The power of ten."""
        return self._power

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of a number."""
        return number_text(float(x), 6)


class PowerFormatter(Formatter):
    """Numbers along a logarithmic axis: powers of ten, if they are many."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The texts of all ticks."""
        return log_texts([float(each) for each in values])

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of a number."""
        return number_text(float(x))


def number_axis(axes: Axes, which: str, *, whole: bool = False) -> None:
    """Let numbers along an axis (``x`` or ``y``) be written as ours."""
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(MaxNLocator(MOST_TICKS, steps=STEPS, integer=whole, min_n_ticks=1 if whole else 2))
    axis.set_major_formatter(NumberFormatter())


def log_axis(axes: Axes, which: str, limits: tuple[float, float]) -> None:
    """Let an axis be logarithmic, from one of the limits to the other."""
    # What matplotlib would choose itself may not be a number.
    getattr(axes, f"set_autoscale{which}_on")(False)
    getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(*limits)
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(FixedLocator(log_ticks(*limits, MOST_TICKS)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PowerFormatter())


def grid(axes: Axes) -> None:
    """Faint lines behind what is drawn."""
    axes.grid(True, color="#d9d9d9", linewidth=0.6)
    axes.set_axisbelow(True)
