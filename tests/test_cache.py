"""The cache: whatever is wrong with it, there is no entry rather than an error."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gdcli import cache
from gdcli.cache import Cache, default_folder
from tests.cli.running import clean_environ

KEY = {"expression": "x**2", "order": 1, "by": ["x"]}
DAMAGED = {
    "empty": b"",
    "half": b'{"data": ["2*x"], "key": {"by": ["x"]',
    "no text": b"\xff\xfe\x00\x01" * 100,
    "deep": b"[" * 200_000,
    "a list": b"[1, 2]",
    "a number": b"1" * 100_000,
    "another key": b'{"data": ["2*x"], "key": {"expression": "x**3", "order": 1, "by": ["x"]}}',
    "a key of other types": b'{"data": ["2*x"], "key": {"expression": "x**2", "order": true, "by": ["x"]}}',
    "a deep key": b'{"data": 1, "key": ' + b"[" * 900 + b"]" * 900 + b"}",
    "too much": b'{"data": 1, "more": 2, "key": {"expression": "x**2", "order": 1, "by": ["x"]}}',
    "large": b" " * (cache.MAX_ENTRY_BYTES + 1),
}


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """A cache with one entry."""
    found = Cache(tmp_path / "some" / "where")
    found.write(KEY, ["2*x"])
    return found


def path_of(kept: Cache) -> Path:
    (found,) = kept.entries()
    return found.path


def test_what_was_written_is_read(kept: Cache) -> None:
    assert kept.read(KEY) == ["2*x"]
    assert kept.read({**KEY, "order": 2}) is None
    assert Cache(kept.folder).read(dict(reversed(KEY.items()))) == ["2*x"]
    kept.write(KEY, "other")
    assert kept.read(KEY) == "other"
    assert len(kept.entries()) == 1
    odd = {"expression": '\udc80\x00"é\n', "order": 1}
    kept.write(odd, [])
    assert kept.read(odd) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_only_the_user_may_look_at_it(kept: Cache) -> None:
    assert kept.folder.stat().st_mode & 0o077 == 0
    assert path_of(kept).stat().st_mode & 0o177 == 0


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_no_entry_and_is_replaced(kept: Cache, content: bytes) -> None:
    path_of(kept).write_bytes(content)
    assert kept.read(KEY) is None
    kept.write(KEY, ["2*x"])
    assert kept.read(KEY) == ["2*x"]


def test_something_else_in_the_place_of_an_entry(kept: Cache, tmp_path: Path) -> None:
    path = path_of(kept)
    content = path.read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(content)
    path.unlink()
    path.symlink_to(elsewhere)
    assert kept.read(KEY) is None
    kept.write(KEY, "new")
    assert kept.read(KEY) == "new"
    assert elsewhere.read_bytes() == content
    path.unlink()
    os.mkfifo(path)
    assert kept.read(KEY) is None
    path.unlink()
    path.mkdir()
    assert kept.read(KEY) is None
    kept.write(KEY, "new")
    assert kept.read(KEY) is None
    assert kept.entries() == []
    assert list(kept.folder.iterdir()) == [path]


@pytest.mark.parametrize(
    "place", ["a file", "below a file", "a link to nowhere", "/dev/null/x", "/proc/nowhere"]
)
def test_where_no_folder_can_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a link to nowhere").symlink_to(tmp_path / "nowhere" / "at all")
    folder = {"below a file": tmp_path / "a file" / "below"}.get(place, tmp_path / place)
    found = Cache(folder)
    found.write(KEY, 1)
    assert found.read(KEY) is None


@pytest.mark.parametrize("call", ["mkdir", "_create", "replace", "scandir"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_what_cannot_be_written_is_left(
    kept: Cache, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def refuse(*arguments: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    place = {"mkdir": Path, "replace": Path, "_create": cache, "scandir": cache.os}[call]
    with monkeypatch.context() as patch:
        patch.setattr(place, call, refuse)
        kept.write({"other": 1}, 1)
    assert kept.read(KEY) == ["2*x"]
    assert not [path for path in kept.folder.iterdir() if path.suffix == ".tmp"]


def test_a_disk_that_is_full_halfway_leaves_nothing(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, content: bytes) -> None:
        path.write_bytes(content[:10])
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(cache, "_create", half)
    kept.write({"other": 1}, 1)
    assert kept.read({"other": 1}) is None
    assert [path.suffix for path in kept.folder.iterdir()] == [".json"]


def test_what_is_too_large_is_not_kept(kept: Cache) -> None:
    kept.write({"other": 1}, "x" * cache.MAX_ENTRY_BYTES)
    assert len(kept.entries()) == 1


@pytest.mark.parametrize(("bound", "value"), [("MAX_ENTRIES", 20), ("MAX_BYTES", 20 * 80)])
def test_the_oldest_go_first(kept: Cache, monkeypatch: pytest.MonkeyPatch, bound: str, value: int) -> None:
    monkeypatch.setattr(cache, bound, value)
    now = time.time()
    os.utime(path_of(kept), (now - 5000, now - 5000))
    for number in range(30):
        key = {"number": number}
        kept.write(key, "x" * 40)
        os.utime(kept._path(key), (now - 4000 + number, now - 4000 + number))
    assert kept.read(KEY) is None
    left = [number for number in range(30) if kept.read({"number": number}) is not None]
    assert 10 <= len(left) <= 20
    assert left == list(range(30 - len(left), 30))
    assert sum(found.size for found in kept.entries()) <= cache.MAX_BYTES


def test_what_a_killed_writer_has_left_is_removed_in_the_end(kept: Cache) -> None:
    young, old = (kept.folder / f"{'0' * 40}.{letter * 16}.tmp" for letter in "ab")
    for path in (young, old):
        path.touch()
    os.utime(old, (0, 0))
    kept.write({"other": 1}, 1)
    assert young.exists()
    assert not old.exists()


def test_to_clear_removes_what_is_its_own(kept: Cache) -> None:
    for name in ("notes.json", "a.tmp", f"{'0' * 40}.json.bak"):
        (kept.folder / name).touch()
    (kept.folder / f"{'1' * 40}.json").mkdir()
    assert kept.clear() == 1
    assert kept.clear() == 0
    assert len(list(kept.folder.iterdir())) == 4
    assert Cache(kept.folder / "none").clear() == 0


WRITER = """
import sys
from pathlib import Path
from gdcli import cache
cache.MAX_ENTRIES = 30
kept = cache.Cache(Path(sys.argv[1]))
for number in range(200):
    key = {"number": number % 50}
    found = kept.read(key)
    assert found is None or found == ["x" * 2000] * (number % 50 % 3 + 1), found
    kept.write(key, ["x" * 2000] * (number % 50 % 3 + 1))
"""


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], env=clean_environ()) for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    assert not list(folder.glob("*.tmp"))
    for path in folder.iterdir():
        assert json.loads(path.read_bytes())["data"]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"GDCLI_CACHE_DIR": "/a/b", "XDG_CACHE_HOME": "/c", "HOME": "/d"}, "/a/b"),
        ({"GDCLI_CACHE_DIR": "", "XDG_CACHE_HOME": "/c", "HOME": "/d"}, "/c/gdcli"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/d"}, "/d/.cache/gdcli"),
        ({"HOME": "/d"}, "/d/.cache/gdcli"),
        ({"HOME": "d"}, None),
        ({}, None),
    ],
)
def test_where_it_is(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], folder: str | None) -> None:
    monkeypatch.setattr(cache.sys, "platform", "linux")
    assert default_folder(environ) == (None if folder is None else Path(folder))


def test_where_it_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.sys, "platform", "darwin")
    assert default_folder({"HOME": "/d"}) == Path("/d/Library/Caches/gdcli")
    monkeypatch.setattr(cache.sys, "platform", "win32")
    assert default_folder({"LOCALAPPDATA": "/d", "HOME": "/e"}) == Path("/d/gdcli")
