"""A graph as a picture, drawn by the program ``dot`` of Graphviz (https://graphviz.org)."""

from __future__ import annotations

import shutil
import subprocess

from gdcli.errors import UnavailableError
from gdcli.records import ComputationGraph
from gdcli.reporting.graph import dot

PROGRAM = "dot"
MAX_NODES = 2_000
"""Of a larger graph nobody could see anything, and the program would take minutes."""
TIME_LIMIT = 120.0
"""Seconds."""
FINE_NODES, FINE_DPI = 100, 144
"""A small picture in pixels has so many of them an inch, which is sharper than Graphviz's 96."""


def draw_svg(record: ComputationGraph, precision: int | None = None) -> bytes:
    """The picture in SVG."""
    return render(record, "svg", precision)


def draw_png(record: ComputationGraph, precision: int | None = None) -> bytes:
    """The picture in PNG."""
    return render(record, "png", precision)


def require(format: str) -> str:
    """The path of the program.

    Raises:
        UnavailableError: It is not there.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnavailableError(
            f"the format {format} needs Graphviz, whose program {PROGRAM} is not there",
            hint="install it (apt install graphviz, dnf install graphviz, brew install graphviz, winget install "
            "graphviz), or take --format dot or mermaid",
        )
    return program


def render(record: ComputationGraph, format: str, precision: int | None = None) -> bytes:
    """The picture in a format of Graphviz.

    Raises:
        UnavailableError: The program is not there, or cannot draw this.
    """
    program = require(format)
    count = len(record.nodes)
    if count > MAX_NODES:
        raise UnavailableError(
            f"the graph has {count:,} nodes; the bound for a picture is {MAX_NODES:,}",
            hint="--format dot writes it down for a program of your own",
        )
    more = [f"-Gdpi={FINE_DPI}"] if format == "png" and count <= FINE_NODES else []
    try:
        done = subprocess.run(
            [program, f"-T{format}", *more],
            input=dot.draw(record, precision),
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(
            f"Graphviz has not drawn the graph within {TIME_LIMIT:.0f} seconds",
            hint="--format dot writes it down for a program of your own",
        ) from None
    except OSError as error:
        raise UnavailableError(f"{program} cannot be run: {error.strerror or error}") from None
    said = " ".join(done.stderr.decode(errors="replace").split())
    if "too large" in said:
        # It has scaled the picture down until nobody can read it.
        raise UnavailableError(
            f"the picture would have too many pixels for {format}", hint="take --format svg, which has none"
        )
    if done.returncode or not done.stdout:
        raise UnavailableError(
            f"Graphviz could not draw the graph: {said[:300] or f'exit status {done.returncode}'}"
        )
    return done.stdout
