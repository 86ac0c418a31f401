"""Run the benchmarks and print a table of ratios: ``python -m tests.benchmarks``.

Nothing here fails because something was slow: whether a ratio is as wanted is a column of the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.measure import Benchmark, BenchmarkError, Timings, compare
from tests.benchmarks.rows import BENCHMARKS

HEADER = ("", "seconds", "baseline", "seconds", "ratio", "min – max", "wanted", "")


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; 1 if a program failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="rows whose name or baseline contains it")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="runs of each (default 7)")
    parser.add_argument(
        "--time-limit",
        type=float,
        default=240,
        metavar="SECONDS",
        help="for all rows together; each has an equal share, but runs once at least (default 240)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    options = parser.parse_args(argv)
    chosen = [row for row in BENCHMARKS if options.only in f"{row.name} {row.against}"]
    results = []
    deadline = time.perf_counter() + options.time_limit
    for done, row in enumerate(chosen):
        share = (deadline - time.perf_counter()) / (len(chosen) - done)
        sys.stderr.write(f"{row.name}, {row.against} …\n")
        try:
            results.append(as_object(compare(row, options.rounds, share)))
        except BenchmarkError as error:
            results.append({"name": row.name, "against": row.against, "error": str(error)})
    sys.stdout.write(table(results))
    if options.json:
        options.json.write_text(json.dumps({**machine(), "benchmarks": results}, indent=2) + "\n")
    return int(any("error" in result for result in results))


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
    }


def as_object(timings: Timings) -> dict[str, Any]:
    """The numbers of one row, for JSON and for the table."""
    row: Benchmark = timings.benchmark
    found: dict[str, Any] = {
        "name": row.name,
        "against": row.against,
        "seconds": list(timings.run),
        "baseline_seconds": list(timings.baseline),
        "ratio": median(timings.ratios),
        "ratio_min": min(timings.ratios),
        "ratio_max": max(timings.ratios),
        "at_most": row.at_most,
        "met": timings.met,
    }
    if row.steps:
        found["steps_per_second"] = row.steps / median(timings.run)
    return found


def table(results: Sequence[dict[str, Any]]) -> str:
    """The rows as text, in columns."""
    rows = [HEADER, *map(cells, results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(lines) + "\n"


def cells(result: dict[str, Any]) -> tuple[str, ...]:
    """One row of the table."""
    if "error" in result:
        return (result["name"], "failed", result["against"], "", "", "", "", result["error"])
    remarks = [{True: "met", False: "not met", None: ""}[result["met"]]]
    if "steps_per_second" in result:
        remarks.append(f"{result['steps_per_second']:,.0f} steps a second")
    return (
        result["name"],
        f"{median(result['seconds']):.3f}",
        result["against"],
        f"{median(result['baseline_seconds']):.3f}",
        f"{result['ratio']:.2f}",
        f"{result['ratio_min']:.2f} – {result['ratio_max']:.2f}",
        "" if result["at_most"] is None else f"≤ {result['at_most']:g}",
        ", ".join(filter(None, remarks)),
    )
