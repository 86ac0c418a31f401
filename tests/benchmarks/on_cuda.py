"""What a GPU does with many starts, in absolute time: ``python -m tests.benchmarks.on_cuda``."""

from __future__ import annotations

import sys

from tests.benchmarks.many_descents import Ours

STARTS, STEPS, FEW = 1_000_000, 5_000, 500
OPERATIONS = 13
"""Additions and multiplications of a step on Rosenbrock's function, as gdcli makes it."""
LANES = {"float32": 128, "float64": 64}
"""Operations a cycle of one multiprocessor, of a chip for data centres."""


def main() -> int:
    """Print a line for each dtype; 1 where there is no GPU."""
    import torch

    if not torch.cuda.is_available():
        sys.stderr.write("there is no CUDA device here\n")
        return 1
    chip = torch.cuda.get_device_properties(0)
    for dtype, lanes in LANES.items():
        compiled = best(Ours("rosenbrock", dtype, True, STEPS, "cuda:0", STARTS))
        eager = best(Ours("rosenbrock", dtype, False, FEW, "cuda:0", STARTS))
        limit = lanes * chip.multi_processor_count * getattr(chip, "clock_rate", 1.7e6) * 1e3
        made = OPERATIONS * STARTS * STEPS / compiled
        sys.stdout.write(
            f"{chip.name}, {dtype}: {STARTS:,} starts, {STEPS:,} steps of Rosenbrock in {compiled:.3f} s, "
            f"{eager / compiled:.1f} times as fast as eager; {made / limit:.0%} of the "
            f"{limit / 1e12:.1f} T operations a second that the chip has lanes for\n"
        )
    return 0


def best(run: Ours) -> float:
    """The seconds of all the steps, the best of five times after one that does not count."""
    run()
    return min(run() for _ in range(5)) * STEPS / 1000


if __name__ == "__main__":
    sys.exit(main())
