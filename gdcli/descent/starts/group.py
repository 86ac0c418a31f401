"""The processes that share the starts of a run: this one alone, or those of ``torchrun``.

``torchrun --nproc-per-node 8 -m gdcli minimize … --starts 1000000`` starts eight processes, which know of each other by
environment variables. Each draws and descends from its own part of the starts. What is decided is decided by all of
them, on the same gathered numbers in the same order, so that the result is that of one process, bit for bit; the
first process reports it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

from gdcli.errors import ExitStatus, GdcliError, UsageError

DEFAULT_TIMEOUT = 300.0
"""Seconds after which a process that does not answer counts as gone."""


class RankError(GdcliError):
    """Another process of the run is gone."""

    kind = "rank"
    exit_status = ExitStatus.UNAVAILABLE


class Group(Protocol):
    """The processes of a run.

    Attributes:
        rank: The number of this one.
        size: How many there are.
    """

    @property
    def rank(self) -> int: ...
    @property
    def size(self) -> int: ...

    def gather(self, item: Any) -> list[Any]:
        """What each process has passed, in the order of their ranks; all of them have to call it.

        Raises:
            RankError: If a process is gone.
        """


class Alone:
    """One process."""

    rank = 0
    size = 1

    def gather(self, item: Any) -> list[Any]:
        """The item itself."""
        return [item]


ALONE = Alone()


def part(group: Group, count: int) -> range:
    """Which of `count` things are this process's: a run of neighbours, of about the same length for each."""
    return range(count * group.rank // group.size, count * (group.rank + 1) // group.size)


def rank_of(environ: Mapping[str, str]) -> tuple[int, int] | None:
    """The rank and the number of processes that ``torchrun`` has set, or None.

    Raises:
        UsageError: They make no sense.
    """
    if "RANK" not in environ or "WORLD_SIZE" not in environ:
        return None
    try:
        rank, size = int(environ["RANK"]), int(environ["WORLD_SIZE"])
    except ValueError:
        rank, size = 0, 0
    if not 0 <= rank < size:
        raise UsageError(
            f"RANK={environ['RANK']} and WORLD_SIZE={environ['WORLD_SIZE']} make no sense",
            hint="start gdcli with torchrun, which sets them, or unset them",
        )
    return rank, size


def join(environ: Mapping[str, str], device: str, timeout: float = DEFAULT_TIMEOUT) -> Group:
    """The group of this process.

    Args:
        environ: The environment variables; where torchrun has set none, nothing is imported.
        device: Where the run computes: processes with GPUs talk through nccl, others through gloo.
        timeout: Seconds after which a process that does not answer counts as gone.

    Raises:
        UsageError: The variables make no sense.
        RankError: The processes do not find each other.
    """
    found = rank_of(environ)
    if found is None or found[1] == 1:
        return ALONE
    from gdcli.engines.loading import importing_torch

    with importing_torch():
        from gdcli.descent.starts.ranks import Ranks
    return Ranks(device, timeout)


def own_device(device: str, environ: Mapping[str, str] = os.environ) -> str:
    """The device of this process: where ``cuda`` is asked for, each process of a machine has a GPU of its own."""
    local = environ.get("LOCAL_RANK", "")
    return f"cuda:{local}" if device == "cuda" and local.isdigit() and rank_of(environ) else device
