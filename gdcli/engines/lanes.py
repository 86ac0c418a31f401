"""Lengths of batches at which the digits of a start do not depend on where in the batch it stands.

What a processor computes several at a time, and what is left over one by one, may differ in the last digit: torch takes
one function for the former and another for the latter. A batch of rows is therefore filled up to a length of which no
thread has anything left over.
"""

from __future__ import annotations

from gdcli.engines import Engine

LANES = 768
"""The rows that torch's batches on a CPU are multiples of: 64 for each of up to four threads that share them."""

MOST_THREADS = 4


def lanes(engine: Engine) -> int:
    """What the number of rows of a batch on an engine's arrays is to be a multiple of."""
    if engine.name != "torch" or engine.device != "cpu":
        return 1
    import torch

    if torch.get_num_threads() > MOST_THREADS:
        torch.set_num_threads(MOST_THREADS)
    return LANES
