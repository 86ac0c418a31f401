"""What a variable or a name can be given: a number, a list of them, or what a file holds."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gdcli.errors import FileError, PointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Numbers: TypeAlias = "tuple[float, ...] | NDArray[Any]"
"""The elements of a vector."""

Value: TypeAlias = "float | Numbers"

FILE = "@"
MAX_BYTES = 4 * 2**30
"""No larger file is read."""


def is_vector(value: object) -> bool:
    """Whether a value is one of a vector."""
    return not isinstance(value, float | int)


def from_file(reference: str, name: str, what: str) -> NDArray[Any]:
    """The numbers in a file: a vector or a matrix of float64.

    A ``.npy`` file is an array. Any other is a CSV (or tabs: .tsv), with a header or without: a column with the
    given name, or the one after a colon (``@data.csv:height``), or the only one, is a vector; several columns without
    a header are a matrix.

    Args:
        reference: The file's name.
        name: The column to look for.
        what: What the messages call it.

    Raises:
        FileError: The file cannot be read.
        PointError: It does not hold numbers.
    """
    if not reference:
        raise PointError(
            f"{what} names no file", hint=f"write for instance {name}=@data.npy or {name}=@data.csv"
        )
    path, column = reference, ""
    if not Path(path).exists() and ":" in reference:
        path, _, column = reference.rpartition(":")
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise FileError(f"{path} is larger than {MAX_BYTES / 2**30:g} GB, which is more than is read")
        array = (
            _array(path) if path.lower().endswith(".npy") else _columns(path, column or name, bool(column))
        )
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8: byte 0x{error.object[error.start]:02x}") from None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from None
    if array.size == 0:
        raise PointError(f"{what} is empty: {path} holds no numbers")
    import numpy as np

    wrong = ~np.isfinite(array)
    if wrong.any():
        place = ", ".join(map(str, np.argwhere(wrong)[0].tolist()))
        raise PointError(f"{what} is not finite: element {place} in {path} is {array[wrong][0]}")
    return array


def _array(path: str) -> NDArray[Any]:
    import numpy as np

    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise FileError(f"{path} is no .npy file of numbers: {error}") from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        raise FileError(f"{path} holds no array of real numbers", hint="save one with numpy.save")
    if array.ndim > 2:
        raise PointError(
            f"{path} holds an array of {array.ndim} dimensions", hint="vectors have one, matrices two"
        )
    return np.ascontiguousarray(array, dtype=np.float64)


def _columns(path: str, wanted: str, explicit: bool) -> NDArray[Any]:
    import numpy as np

    delimiter = "\t" if path.lower().endswith(".tsv") else ","
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.reader(file, delimiter=delimiter, skipinitialspace=True), [])
    header = [cell.strip() for cell in first]
    has_header = any(not _is_number(cell) for cell in header)
    if explicit and (not has_header or wanted not in header):
        names = ", ".join(header) if has_header else "it has no header"
        raise PointError(
            f"{path} has no column {wanted}", hint=f"its columns are {names}" if has_header else names
        )
    chosen = None
    if has_header and len(header) > 1:
        if wanted not in header:
            raise PointError(
                f"{path} has no column {wanted}",
                hint=f"its columns are {', '.join(header)}; choose one with @{path}:{header[0]}",
            )
        chosen = header.index(wanted)
    try:
        array = np.loadtxt(
            path,
            delimiter=delimiter,
            skiprows=int(has_header),
            usecols=chosen,
            ndmin=1,
            encoding="utf-8-sig",
            comments=None,
        )
    except ValueError as error:
        raise FileError(f"{path} cannot be read as numbers: {' '.join(str(error).split())}") from None
    found: NDArray[Any] = array
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def shown(value: Value) -> str:
    """A value for a message, a long vector shortened."""
    if not is_vector(value):
        return repr(float(value))  # type: ignore[arg-type]
    numbers: Any = value
    texts = [repr(float(number)) for number in (numbers[:3] if len(numbers) > 4 else numbers)]
    return f"[{','.join([*texts, '…'] if len(numbers) > 4 else texts)}]"


def finite(value: Value) -> bool:
    """Whether all of a value is finite."""
    return all(map(math.isfinite, value)) if is_vector(value) else math.isfinite(value)  # type: ignore[arg-type]
