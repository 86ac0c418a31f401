"""``--save FILE``: a point as a file that NumPy and spreadsheets read, by the file's ending.

Numbers are written exactly. The file is written beside its place and then moved there, so that whatever stands there
is a whole one.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gdcli.errors import FileError, UsageError
from gdcli.records import Point, Value, Vector
from gdcli.reporting.elements import PIECE, floats

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


class Saver:
    """Writes a point to a file.

    ========  ==================================================================================================
    ``.npy``  the only variable: an array of its shape, without dimensions for a single number
    ``.npz``  an array for each variable, under its name
    ``.csv``  a column for each variable, under its name: vectors of the same length, or single numbers in one row
    ``.tsv``  the same with tabs
    ========  ==================================================================================================

    NumPy is imported when an array is written.

    Args:
        path: The file; what is in it is replaced when a point is written.

    Raises:
        UsageError: The file's ending names no kind of file.
        FileError: There can be no such file there. That is tried out, so that a run need not be for nothing.
    """

    def __init__(self, path: str | Path) -> None:
        # What a link points to is replaced, and not the link.
        self._shown = str(path)
        self._path = Path(os.path.realpath(path))
        self._ending = Path(path).suffix.lower()
        if self._ending not in WRITERS:
            raise UsageError(
                f"the ending of the file {self._shown!r} to save to names no kind of file",
                hint=f"end it with one of {', '.join(WRITERS)}",
            )
        self._beside = self._path.with_name(f".{self._path.name}.{os.getpid()}.gdcli")
        try:
            if self._path.exists() and not self._path.is_file():
                kind = "a folder" if self._path.is_dir() else "no ordinary file"
                raise FileError(f"cannot save to {self._shown!r}: it is {kind}")
            self._beside.touch()
            self._beside.unlink()
        except OSError as error:
            raise self._failure(error) from error

    def require(self, point: Mapping[str, Value]) -> None:
        """Refuse what this kind of file cannot hold: to be asked as soon as variables and lengths are known.

        Args:
            point: Any point of the same variables and lengths as the one to be written.

        Raises:
            UsageError: It cannot be written to this kind of file.
        """
        if not point:
            raise UsageError(f"there are no variables to save to {self._shown!r}")
        if self._ending == ".npy" and len(point) != 1:
            raise UsageError(
                f"{self._shown!r} holds one array, but the variables are {', '.join(point)}",
                hint=f"save to {_renamed(self._shown, '.npz')!r} or {_renamed(self._shown, '.csv')!r}",
            )
        if self._ending in DELIMITERS and len({_length(value) for value in point.values()}) > 1:
            lengths = ", ".join(f"{name} {_described(value)}" for name, value in point.items())
            raise UsageError(
                f"the columns of {self._shown!r} would differ in length: {lengths}",
                hint=f"save to {_renamed(self._shown, '.npz')!r}",
            )

    def write(self, point: Point) -> None:
        """Write a point, in place of what is in the file.

        Raises:
            UsageError: It cannot be written to this kind of file; see `require`.
            FileError: The file cannot be written; the one before is still there.
        """
        self.require(point)
        try:
            with self._beside.open("wb") as stream:
                WRITERS[self._ending](stream, point)
                stream.flush()
                os.fsync(stream.fileno())
            with contextlib.suppress(FileNotFoundError):
                # Who may read the one before may read this one.
                self._beside.chmod(self._path.stat().st_mode & 0o777)
            self._beside.replace(self._path)
        except BaseException as error:
            with contextlib.suppress(OSError):
                self._beside.unlink()
            if isinstance(error, OSError):
                raise self._failure(error) from error
            raise

    def _failure(self, error: OSError) -> FileError:
        return FileError(f"cannot save to {self._shown!r}: {error.strerror or error}")


def _array(value: Value) -> NDArray[numpy.floating[Any]]:
    """An array of a value's shape, without a copy where it is a view of memory."""
    import numpy as np

    if not isinstance(value, Vector):
        return np.asarray(value, dtype=np.float64)
    if isinstance(value.numbers, memoryview):
        return np.asarray(value.numbers).reshape(value.shape)
    return np.asarray(value.numbers, dtype=np.float64).reshape(value.shape)


def _write_array(stream: BinaryIO, point: Point) -> None:
    from numpy.lib.format import write_array

    (value,) = point.values()
    write_array(stream, _array(value), allow_pickle=False)


def _write_arrays(stream: BinaryIO, point: Point) -> None:
    from zipfile import ZipFile

    from numpy.lib.format import write_array

    # numpy.savez takes no variables that are called as its own parameters are.
    with ZipFile(stream, "w") as archive:
        for name, value in point.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                write_array(member, _array(value), allow_pickle=False)


def _write_rows(stream: BinaryIO, point: Point, delimiter: str) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(point)
    for columns in _columns(point):
        rows = zip(*[map(repr, column) for column in columns], strict=True)
        text.write("\n".join(map(delimiter.join, rows)) + "\n")
    text.detach()


def _columns(point: Point) -> Iterator[list[list[float]]]:
    """Some thousand rows at a time, column by column."""
    values = list(point.values())
    for start in range(0, _length(values[0]) or 1, PIECE):
        yield [
            floats(value, start, start + PIECE) if isinstance(value, Vector) else [float(value)]
            for value in values
        ]


DELIMITERS = {".csv": ",", ".tsv": "\t"}
WRITERS: Mapping[str, Callable[[BinaryIO, Point], None]] = {
    ".npy": _write_array,
    ".npz": _write_arrays,
    ".csv": lambda stream, point: _write_rows(stream, point, ","),
    ".tsv": lambda stream, point: _write_rows(stream, point, "\t"),
}


def _length(value: Value) -> int | None:
    return len(value.numbers) if isinstance(value, Vector) else None


def _described(value: Value) -> str:
    length = _length(value)
    return "is a single number" if length is None else f"has {length} element{'s' * (length != 1)}"


def _renamed(path: str, ending: str) -> str:
    return str(Path(path).with_suffix(ending))
