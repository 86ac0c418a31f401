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
from tests.benchmarks.rows import SECTIONS

HEADER = ("", "time", "baseline", "time", "ratio", "min – max", "wanted", "")


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
    parser.add_argument(
        "--markdown", action="store_true", help="print the table as Markdown, as the README has it"
    )
    options = parser.parse_args(argv)
    chosen = [
        (section, row)
        for section, rows in SECTIONS.items()
        for row in rows
        if options.only in f"{section} {row.name} {row.against}"
    ]
    results = []
    deadline = time.perf_counter() + options.time_limit
    for done, (section, row) in enumerate(chosen):
        share = (deadline - time.perf_counter()) / (len(chosen) - done)
        sys.stderr.write(f"{section}: {row.name}, {row.against} …\n")
        found = {"section": section, "name": row.name, "against": row.against}
        try:
            results.append(found | as_object(compare(row, options.rounds, share)))
        except BenchmarkError as error:
            results.append(found | {"error": str(error)})
    sys.stdout.write(markdown(results) if options.markdown else table(results))
    if options.json:
        options.json.write_text(json.dumps({**machine(), "benchmarks": results}, indent=2) + "\n")
    return int(any("error" in result for result in results))


def machine() -> dict[str, Any]:
    """What the numbers depend on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor(),
        "processors": os.cpu_count(),
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def as_object(timings: Timings) -> dict[str, Any]:
    """The numbers of one row, for JSON and for the table."""
    row: Benchmark = timings.benchmark
    found: dict[str, Any] = {
        "unit": row.unit,
        "seconds": list(timings.run),
        "baseline_seconds": list(timings.baseline),
        "ratio": median(timings.ratios),
        "ratio_min": min(timings.ratios),
        "ratio_max": max(timings.ratios),
        "at_most": row.at_most,
        "met": timings.met,
    }
    if row.steps:
        found["steps"], found["baseline_steps"] = row.steps
        found["steps_per_second"] = row.steps[0] / median(timings.run)
        found["baseline_steps_per_second"] = row.steps[1] / median(timings.baseline)
    return found


def table(results: Sequence[dict[str, Any]]) -> str:
    """The rows as text, in columns, under the names of their sections."""
    rows = [HEADER, *map(cells, results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(_sectioned(results, lines[0], lines[1:])) + "\n"


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """The same, but for what is wanted and missed by how much, as a table of Markdown."""
    lines = ["| | time | baseline | time | ratio | wanted |", "|---|---|---|---|---|---|"]
    section = ""
    for result in results:
        name, own, against, others, ratio, _, wanted, _ = cells(result)
        if result["section"] != section:
            section = result["section"]
            lines.append(f"| **{section}** | | | | | |")
        missed = f"**{ratio}**" if result.get("met") is False else ratio
        lines.append(f"| {name} | {own} | {against} | {others} | {missed} | {wanted} |")
    return "\n".join(lines) + "\n"


def _sectioned(results: Sequence[dict[str, Any]], header: str, lines: Sequence[str]) -> list[str]:
    found = [header]
    section = ""
    for result, line in zip(results, lines, strict=True):
        if result["section"] != section:
            section = result["section"]
            found += ["", section]
        found.append(line)
    return found


def cells(result: dict[str, Any]) -> tuple[str, ...]:
    """One row of the table."""
    if "error" in result:
        return (result["name"], "failed", result["against"], "", "", "", "", result["error"])
    ratio, at_most = result["ratio"], result["at_most"]
    return (
        result["name"],
        amount(median(result["seconds"]) / result.get("steps", 1), result),
        result["against"],
        amount(median(result["baseline_seconds"]) / result.get("baseline_steps", 1), result),
        f"{ratio:.3g}",
        f"{result['ratio_min']:.3g} – {result['ratio_max']:.3g}",
        "" if at_most is None else f"≤ {at_most:.3g}",
        {True: "met", False: "not met", None: ""}[result["met"]],
    )


def amount(number: float, result: dict[str, Any]) -> str:
    """Seconds or bytes in a unit that fits them."""
    return f"{number / 2**20:.0f} MiB" if result["unit"] == "B" else duration(number, "steps" in result)


def duration(seconds: float, of_a_step: bool) -> str:
    """Seconds in a unit that fits them."""
    if of_a_step:
        micros = seconds * 1e6
        return f"{micros:,.0f} µs a step" if micros >= 100 else f"{micros:.3g} µs a step"
    return f"{seconds * 1e3:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
