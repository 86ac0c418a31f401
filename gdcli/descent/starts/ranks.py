"""The processes of ``torchrun``, by torch.distributed."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from gdcli.descent.starts.group import RankError


class Ranks:
    """A `gdcli.descent.starts.group.Group` of processes that talk through gloo or nccl.

    Args:
        device: Where the run computes.
        timeout: Seconds after which a process that does not answer counts as gone.

    Raises:
        RankError: The processes do not find each other.
    """

    def __init__(self, device: str, timeout: float) -> None:
        on_cuda = device.startswith("cuda")
        self._timeout = timeout
        try:
            if on_cuda:
                torch.cuda.set_device(device)
            dist.init_process_group("nccl" if on_cuda else "gloo", timeout=timedelta(seconds=timeout))
        except (RuntimeError, ValueError) as error:
            raise RankError(
                f"the processes of torchrun do not find each other: {_first_line(error)}",
                hint="look at the machines' addresses and at MASTER_ADDR and MASTER_PORT",
            ) from error
        self.rank, self.size = dist.get_rank(), dist.get_world_size()

    def gather(self, item: Any) -> list[Any]:
        """What each process has passed, in the order of their ranks."""
        found: list[Any] = [None] * self.size
        try:
            dist.all_gather_object(found, item)
        except (RuntimeError, ValueError, EOFError) as error:
            raise RankError(
                f"another of the {self.size} processes has ended, or has not answered for {self._timeout:g} s: "
                f"{_first_line(error)}",
                hint="nothing is reported, for its starts are missing; run it again",
            ) from error
        return found


def _first_line(error: BaseException) -> str:
    """The first sentence of an error, without the place in torch's source where it arose."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"^\[[^\]]*\.cc:\d+\] ", "", line).partition(". ")[0][:200]


def leave() -> None:
    """Part with the other processes, where all has gone well."""
    with contextlib.suppress(RuntimeError, ValueError):
        dist.destroy_process_group()
