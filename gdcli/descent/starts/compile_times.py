"""How long compiling has taken here, kept from run to run: plain data in gdcli's cache directory."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from gdcli.cache import COMPILE_TIMES

_MOST = 200  # programs that are remembered
_MOST_BYTES = 100_000


class Times(NamedTuple):
    """The seconds that compiling a program took: for the first time, and from torch's cache (None where unknown)."""

    first: float
    again: float | None


def read(cache: Path | None) -> dict[str, Times]:
    """What is known, by the programs' keys; nothing where the file is not there or makes no sense."""
    if cache is None:
        return {}
    try:
        with _file(cache).open("rb") as stream:
            data = json.loads(stream.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    known = {key: _times(entry) for key, entry in data.items()}
    return {key: times for key, times in known.items() if times is not None}


def remember(cache: Path | None, key: str, seconds: float) -> None:
    """Write down how long compiling took. Where that cannot be written, nothing is."""
    if cache is None:
        return
    known = read(cache)
    before = known.pop(key, None)
    known[key] = Times(seconds, None) if before is None else Times(max(before.first, seconds), seconds)
    kept = dict(list(known.items())[-_MOST:])
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache, prefix="compile-times-")
        try:
            with os.fdopen(handle, "w") as stream:
                json.dump(kept, stream)
            Path(name).replace(_file(cache))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _file(cache: Path) -> Path:
    return cache / COMPILE_TIMES


def _times(entry: object) -> Times | None:
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    first, again = entry
    if not _is_duration(first) or not (again is None or _is_duration(again)):
        return None
    return Times(first, again)


def _is_duration(value: object) -> bool:
    return (
        isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    )
