"""The files of checkpoints: one JSON object of numbers and texts, under a checksum.

A file is written beside its place and then moved there, so that whatever happens there is a whole one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from gdcli import __version__
from gdcli.descent.plain import PlainError, count, entries, text
from gdcli.errors import FileError

FORMAT = 1
"""The version of the files' structure."""

_MARK = "gdcli_checkpoint"
_BEGINNING = f'{{"{_MARK}"'
_MOST_BYTES = 2**28
_LONGEST_INTEGER = 20


def save(path: Path, run: Any, state: Any) -> None:
    """Replace a file.

    Args:
        path: The file, which is no link.
        run: Plain data: which run it is.
        state: Plain data: where it stands.

    Raises:
        FileError: It cannot be written; the one before is still there.
    """
    content = {_MARK: FORMAT, "gdcli": __version__, "run": run, "state": state}
    beside = path.with_name(f".{path.name}.gdcli")
    try:
        with beside.open("w", encoding="ascii") as stream:
            stream.write(json.dumps({**content, "checksum": _checksum(content)}, allow_nan=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileNotFoundError):
            # Who may read the one before may read this one.
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
        if os.name == "posix":
            # The move too is to outlive a power failure.
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise FileError(f"cannot write the checkpoint {str(path)!r}: {error.strerror or error}") from error


def load(path: Path) -> tuple[Any, Any]:
    """The plain data of a file: which run it is, and where it stands.

    Raises:
        FileError: The file cannot be read, or is none, or was written by a newer gdcli, cut off or changed.
    """
    content = _content(path)
    if not isinstance(content, dict) or _MARK not in content:
        raise FileError(f"the file {str(path)!r} is no checkpoint of gdcli")
    try:
        if count(content[_MARK], _MARK) > FORMAT:
            raise FileError(
                f"the checkpoint {str(path)!r} was written by a newer gdcli, {content.get('gdcli')}",
                hint=f"this is gdcli {__version__}: install the newer one",
            )
        entries(content, "it", (_MARK, "gdcli", "run", "state", "checksum"))
        text(content["gdcli"], "gdcli")
        if content.pop("checksum") != _checksum(content):
            raise PlainError("it was changed, since its checksum is another")
    except PlainError as error:
        raise damaged(path, error) from None
    return content["run"], content["state"]


def is_free(path: Path) -> bool:
    """Whether a checkpoint may be put in a place: nothing is there, or an empty file, or a checkpoint.

    Raises:
        FileError: What is there cannot be read.
    """
    try:
        if not path.exists():
            return True
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            beginning = stream.read(len(_BEGINNING))
    except OSError as error:
        raise FileError(f"cannot read the file {str(path)!r}: {error.strerror or error}") from error
    return not beginning or beginning == _BEGINNING.encode()


def damaged(path: Path, error: Exception) -> FileError:
    """The error to be shown for a checkpoint that makes no sense."""
    return FileError(
        f"the checkpoint {str(path)!r} is damaged: {error}",
        hint="start anew, or take an older copy of the file",
    )


def _content(path: Path) -> Any:
    """What is in a file of JSON."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"cannot read the checkpoint {str(path)!r}: {error.strerror or error}") from error
    if len(raw) > _MOST_BYTES:
        raise FileError(f"the file {str(path)!r} is too large to be a checkpoint of gdcli")
    try:
        return json.loads(
            raw.decode("ascii"), parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        if raw.startswith(_BEGINNING.encode()):
            raise damaged(path, ValueError("it is cut off, or was changed")) from error
        raise FileError(f"the file {str(path)!r} is no checkpoint of gdcli") from error


def _integer(digits: str) -> int:
    # Reading a long one takes the square of its length in time.
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("a number is too long")
    return int(digits)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _checksum(content: dict[str, Any]) -> str:
    """A digest of everything else in the file, however it is laid out."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
