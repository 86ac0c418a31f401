"""``--save``: files that read back as the same numbers, or are not there at all."""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.errors import ExitStatus, FileError, UsageError
from gdcli.records import Point, Vector
from gdcli.reporting import saving
from gdcli.reporting.elements import PIECE
from gdcli.reporting.saving import WRITERS, Saver
from tests.reporting.vector_samples import LONG, SHORT, vector

AWKWARD = vector([0.1, -0.0, 5e-324, -1.7976931348623157e308, float("inf"), float("nan")], typecode="d")


def save(path: Path, point: Point) -> None:
    saver = Saver(str(path))
    saver.require(point)
    assert not path.exists(), "nothing is there before there is something to save"
    saver.write(point)
    assert list(path.parent.iterdir()) == [path]


def columns(path: Path) -> dict[str, list[float]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    header, *rows = csv.reader(path.read_text().splitlines(), delimiter=delimiter)
    return {name: [float(row[i]) for row in rows] for i, name in enumerate(header)}


@pytest.mark.parametrize(
    ("value", "shape", "dtype"),
    [
        (SHORT, (3,), "float64"),
        (LONG, (1000,), "float64"),
        (AWKWARD, (6,), "float64"),
        (vector([0.1, 1 / 3], typecode="f"), (2,), "float32"),
        (vector([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3), (2, 3), "float64"),
        (0.1, (), "float64"),
    ],
)
def test_an_array(tmp_path: Path, value: float | Vector, shape: tuple[int, ...], dtype: str) -> None:
    save(tmp_path / "x.npy", {"x": value})
    array = np.load(tmp_path / "x.npy", allow_pickle=False)
    assert (array.shape, array.dtype) == (shape, dtype)
    numbers = list(value.numbers) if isinstance(value, Vector) else [value]
    assert list(map(repr, array.ravel().tolist())) == list(map(repr, numbers))


def test_an_array_for_each_variable(tmp_path: Path) -> None:
    # The names of numpy.savez's own parameters among them.
    point = {"x": SHORT, "file": LONG, "allow_pickle": 2.0}
    save(tmp_path / "all.NPZ", point)
    with np.load(tmp_path / "all.NPZ", allow_pickle=False) as arrays:
        assert list(arrays) == list(point)
        assert arrays["x"].tolist() == list(SHORT.numbers)
        assert arrays["file"].tolist() == list(LONG.numbers)
        assert arrays["allow_pickle"].shape == ()


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".CSV"])
def test_a_column_for_each_variable(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    save(path, {"x": SHORT, "y": vector([1 / 3, 5e-324, float("-inf")], typecode="d")})
    assert columns(path) == {"x": [1.0, -3.0, 0.1], "y": [1 / 3, 5e-324, float("-inf")]}


def test_single_numbers_are_one_row(tmp_path: Path) -> None:
    save(tmp_path / "x.csv", {"x": 1 / 3, "y": 2.0})
    assert (tmp_path / "x.csv").read_text() == "x,y\n0.3333333333333333,2.0\n"


def test_more_rows_than_are_written_at_once(tmp_path: Path) -> None:
    numbers = [k / 7 for k in range(2 * PIECE + 1)]
    save(tmp_path / "x.csv", {"x": vector(numbers, typecode="d"), "y": vector(reversed(numbers))})
    assert columns(tmp_path / "x.csv") == {"x": numbers, "y": numbers[::-1]}


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_every_kind_holds_the_same_numbers(numbers: list[float]) -> None:
    point = {"x": vector(numbers, typecode="d")}
    texts = list(map(repr, numbers))
    with tempfile.TemporaryDirectory() as name:
        for ending in WRITERS:
            Saver(Path(name, f"x{ending}")).write(point)
        assert list(map(repr, np.load(Path(name, "x.npy")).tolist())) == texts
        with np.load(Path(name, "x.npz")) as arrays:
            assert list(map(repr, arrays["x"].tolist())) == texts
        for ending in (".csv", ".tsv"):
            assert list(map(repr, columns(Path(name, f"x{ending}"))["x"])) == texts


REFUSED = {
    "two variables in .npy": ("x.npy", {"x": SHORT, "y": 1.0}, r"x\.npy.*x, y", ("'x.npz'", "'x.csv'")),
    "other lengths": ("x.csv", {"x": SHORT, "y": LONG}, "x has 3 elements, y has 1000", ("'x.npz'",)),
    "a number and a vector": ("x.tsv", {"x": SHORT, "y": 1.0}, "y is a single number", ("'x.npz'",)),
    "nothing": ("x.csv", {}, "no variables", ("",)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_kind_cannot_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file, point, message, hints = REFUSED[name]
    saver = Saver(file)
    for ask in (saver.require, saver.write):
        with pytest.raises(UsageError, match=message) as caught:
            ask(point)
        assert all(hint in caught.value.hint for hint in hints)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["x", "x.txt", "x.npy.gz", ".npy"])
def test_other_endings_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        Saver(tmp_path / name)
    assert all(ending in caught.value.hint for ending in WRITERS)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no-folder.*No such file") as caught:
        Saver(tmp_path / "no-folder" / "x.npy")
    assert caught.value.exit_status == ExitStatus.FILE


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be written to")
def test_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileError, match="Permission denied"):
            Saver(tmp_path / "x.npy")
    finally:
        tmp_path.chmod(0o700)


def test_what_is_no_file_stays(tmp_path: Path) -> None:
    (tmp_path / "x.npy").mkdir()
    with pytest.raises(FileError, match="it is a folder"):
        Saver(tmp_path / "x.npy")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.npy")
        with pytest.raises(FileError, match="no ordinary file"):
            Saver(tmp_path / "pipe.npy")


def test_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot save to"):
        Saver(tmp_path / ("x" * 300 + ".npy"))


def test_replaces_what_a_link_points_to_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    real = tmp_path / "real.npy"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "link.npy"
    link.symlink_to(real)
    Saver(link).write({"x": SHORT})
    assert link.is_symlink()
    assert np.load(real).tolist() == list(SHORT.numbers)
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_written_leaves_the_file_before(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def fail(stream: io.BufferedWriter, point: Point) -> None:
        stream.write(b"half")
        raise error

    writers: dict[str, Callable[..., None]] = {**WRITERS, ".csv": fail}
    monkeypatch.setattr(saving, "WRITERS", writers)
    saver = Saver(path)
    with pytest.raises((FileError, KeyboardInterrupt)) as caught:
        saver.write({"x": SHORT})
    assert isinstance(caught.value, KeyboardInterrupt) or "No space left" in caught.value.message
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_numpy_is_imported_for_arrays_only(tmp_path: Path) -> None:
    import subprocess

    code = """
import sys
from gdcli.reporting.saving import Saver
Saver(sys.argv[1]).write({"x": 1.0})
print("numpy" in sys.modules)
"""
    for name, expected in (("x.csv", "False"), ("x.npy", "True")):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected
