"""What is kept between runs: small pieces of plain data in files of the user's cache directory.

A file holds one entry, an object of JSON with the key and the data that belong to it, and is called by a hash of the
key. It is written beside its place and then moved there, so that no reader ever sees half of one. Whatever goes wrong
with the folder or a file, there is then no entry, and never an error: the folder cannot be made or written, the disk is
full, something else is in a file's place. The folder is bounded; what is oldest goes first.

Nothing that is read here is to be trusted: a file may have been damaged, or written by anybody. Whoever uses it has to
check it as strictly as what a user types.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

MAX_BYTES = 8 * 2**20
"""Of all entries together."""
MAX_ENTRIES = 2_000
MAX_ENTRY_BYTES = 2**18
COMPILED = "gdcli-inductor"
"""The folder within it where torch keeps what it has compiled."""
COMPILE_TIMES = "gdcli-compile-times.json"
_KEPT = 0.75  # part of the bounds that is left when they have been exceeded
_ABANDONED = 3600.0  # seconds after which a file that was never moved to its place is nobody's
_ENTRY = re.compile(r"[0-9a-f]{40}\.json")
_UNFINISHED = re.compile(r"[0-9a-f]{40}\.[0-9a-f]{16}\.tmp")


class Found(NamedTuple):
    """A file of the cache, its size in bytes, and when it was written (seconds since the epoch)."""

    path: Path
    size: int
    written: float


class Cache:
    """The entries in a folder.

    Args:
        folder: The folder, which need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, key: Mapping[str, Any]) -> Any:
        """The data of a key, which may be anything that JSON can express; None where there is none."""
        try:
            entry = json.loads(_content(self._path(key)))
            if not isinstance(entry, dict) or entry.keys() != {"key", "data"}:
                return None
            # Compared as texts, since JSON's true is not 1.
            return entry["data"] if _text(entry["key"]) == _text(key) else None
        except (OSError, ValueError, RecursionError):
            return None

    def write(self, key: Mapping[str, Any], data: Any) -> None:
        """Keep the data of a key, if that is possible, and throw away what is too much.

        Args:
            key: Texts, whole numbers, and lists of them, by name.
            data: What JSON can express.
        """
        content = _text({"key": key, "data": data}).encode("ascii")
        if len(content) > MAX_ENTRY_BYTES:
            return
        path = self._path(key)
        beside = path.with_name(f"{path.stem}.{os.urandom(8).hex()}.tmp")
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _create(beside, content)
                beside.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    beside.unlink()
                raise
            self._shrink()

    def entries(self) -> list[Found]:
        """The files of the cache.

        Raises:
            OSError: The folder is there, but cannot be read.
        """
        return list(self._files(_ENTRY))

    def clear(self) -> int:
        """Remove the files of the cache, and nothing else that may be in its folder; how many entries there were.

        What torch has compiled goes too.

        Raises:
            OSError: One of them cannot be removed.
        """
        entries = self.entries()
        for found in (*entries, *self._files(_UNFINISHED)):
            found.path.unlink(missing_ok=True)
        (self.folder / COMPILE_TIMES).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.folder / COMPILED)
        return len(entries)

    def compiled(self) -> int:
        """The bytes of what torch has compiled."""
        found = 0
        for folder, _, names in os.walk(self.folder / COMPILED):
            for name in names:
                with contextlib.suppress(OSError):
                    found += Path(folder, name).lstat().st_size
        return found

    def _path(self, key: Mapping[str, Any]) -> Path:
        return self.folder / (hashlib.sha256(_text(key).encode("ascii")).hexdigest()[:40] + ".json")

    def _files(self, name: re.Pattern[str]) -> Iterator[Found]:
        """The files of such names; a folder that is not there has none."""
        try:
            listed = os.scandir(self.folder)
        except FileNotFoundError:
            return
        with listed:
            for entry in listed:
                if name.fullmatch(entry.name) and not entry.is_dir(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        yield Found(Path(entry.path), status.st_size, status.st_mtime)

    def _shrink(self) -> None:
        """Remove the oldest entries where there are too many, and what other writers have left behind."""
        entries = self.entries()
        count, size = len(entries), sum(found.size for found in entries)
        if count > MAX_ENTRIES or size > MAX_BYTES:
            for found in sorted(entries, key=lambda found: found.written):
                if count <= _KEPT * MAX_ENTRIES and size <= _KEPT * MAX_BYTES:
                    break
                found.path.unlink(missing_ok=True)
                count, size = count - 1, size - found.size
        for found in self._files(_UNFINISHED):
            if found.written < time.time() - _ABANDONED:
                found.path.unlink(missing_ok=True)


def default_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the cache is: ``GDCLI_CACHE_DIR``, or a folder of the user's cache directory; None without one.

    That is ``XDG_CACHE_HOME``, which by the XDG base directory specification is to be ignored unless it is absolute;
    else what is usual on the platform.
    """
    if given := environ.get("GDCLI_CACHE_DIR"):
        with contextlib.suppress(OSError):  # relative to a folder that is gone
            return Path(given).absolute()
        return None
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        if sys.platform == "win32":
            base = Path(environ.get("LOCALAPPDATA", ""))
        else:
            folder = ("Library", "Caches") if sys.platform == "darwin" else (".cache",)
            base = Path(environ.get("HOME", ""), *folder)
    return base / "gdcli" if base.is_absolute() else None


def _content(path: Path) -> bytes:
    """The content of a file; of one that is none, or is too large, an OSError."""
    # A link is not followed, and what waits for a writer is not waited for.
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ENTRY_BYTES:
            raise OSError("no entry")
        return file.read(MAX_ENTRY_BYTES + 1)


def _create(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, for the user's eyes only."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True)
