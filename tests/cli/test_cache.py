"""What ``grad`` keeps between runs, and that nothing in the cache can make an answer wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gdcli.expression import symbolic
from tests.cli.running import Ran, gdcli

FORGED: dict[str, Any] = {
    "another": ["3*x", "0"],
    "in part": ["2*x", "1"],
    "beyond": ["2*x + exp(-1e9*(x-3)**2)", "3*y**2"],
    "too few": ["2*x"],
    "too many": ["2*x", "3*y**2", "0"],
    "swapped": ["3*y**2", "2*x"],
    "a text": "2*x",
    "numbers": [2, 3],
    "nothing": None,
    "an object": {"x": "2*x", "y": "3*y**2"},
    "no expression": ["2*", "3*y**2"],
    "code": ["__import__('os').system('touch forged')", "3*y**2"],
    "escapes": ["\x1b[2J2*x", "3*y**2"],
    "long": ["2*x" + " + 0" * 60_000, "3*y**2"],
}
TEXT = "x**2 + y**3"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"GDCLI_CACHE_DIR": str(tmp_path / "cache")}


def files(environ: dict[str, str]) -> list[Path]:
    folder = Path(environ["GDCLI_CACHE_DIR"])
    return sorted(folder.iterdir()) if folder.exists() else []


def grad(environ: dict[str, str], *argv: str, text: str = TEXT) -> Ran:
    ran = gdcli("grad", text, *argv, "--format", "json", environ=environ)
    assert ran.status == 0
    assert ran.err == ""
    return ran


@pytest.fixture
def no_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    """SymPy is not asked."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("derived again")

    monkeypatch.setattr(symbolic, "derivatives", refuse)
    monkeypatch.setattr(symbolic, "hessian", refuse)


def test_the_second_time_is_as_the_first(environ: dict[str, str], request: pytest.FixtureRequest) -> None:
    first = grad(environ, "--at", "x=1,y=2")
    symbols = grad(environ, "--hessian")
    some = grad(environ, "--wrt", "y")
    assert len(files(environ)) == 3
    request.getfixturevalue("no_sympy")
    assert grad(environ, "--at", "x=1,y=2") == first
    assert grad(environ, "--at", "x=3,y=2").json["symbolic"] == {"x": "2*x", "y": "3*y**2"}
    assert grad(environ, "--hessian") == symbols
    assert grad(environ, "--wrt", "y") == some
    assert some.json["symbolic"] == {"y": "3*y**2"}
    assert len(files(environ)) == 3


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_what_is_forged_is_never_shown(environ: dict[str, str], data: Any) -> None:
    right = grad(environ, "--at", "x=1,y=2")
    (path,) = files(environ)
    entry = json.loads(path.read_text())
    path.write_text(json.dumps({**entry, "data": data}))
    assert grad(environ, "--at", "x=1,y=2") == right
    assert json.loads(path.read_text()) == entry
    assert not Path("forged").exists()


@pytest.mark.parametrize("data", [[["2", "0"], ["0", "6"]], [["2", "0"]], [["2"], ["0"]], ["2", "6*y"], 7])
def test_forged_second_derivatives_are_not_shown(environ: dict[str, str], data: Any) -> None:
    right = grad(environ, "--hessian")
    (path,) = [path for path in files(environ) if json.loads(path.read_text())["key"]["order"] == 2]
    entry = json.loads(path.read_text())
    path.write_text(json.dumps({**entry, "data": data}))
    assert grad(environ, "--hessian") == right
    assert json.loads(path.read_text()) == entry


def test_an_entry_of_another_expression_is_not_taken(environ: dict[str, str]) -> None:
    grad(environ, text="x**2 + y**4")
    (other,) = files(environ)
    right = grad(environ)
    (path,) = set(files(environ)) - {other}
    path.write_bytes(other.read_bytes())
    assert grad(environ) == right


def test_another_version_has_entries_of_its_own(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grad(environ)
    for name, value in (("__version__", "0.0.0"), ("_table_version", lambda: "other")):
        monkeypatch.setattr(f"gdcli.expression.symbols.{name}", value)
        grad(environ)
    assert len(files(environ)) == 3


def test_what_cannot_be_proved_is_not_kept(environ: dict[str, str]) -> None:
    assert grad(environ, text="0.3*x**3").json["symbolic"] == {"x": "0.8999999999999999*x**2"}
    assert files(environ) == []


@pytest.mark.parametrize(("argv", "more"), [(["--no-cache"], {}), ([], {"GDCLI_NO_CACHE": "1"})])
def test_it_can_be_turned_off(environ: dict[str, str], argv: list[str], more: dict[str, str]) -> None:
    right = grad(environ)
    (path,) = files(environ)
    content = path.read_bytes()
    os.utime(path, (1, 1))
    assert grad(environ | more, *argv) == right
    assert grad(environ | more, *argv, "--at", "x=1,y=2").json["symbolic"] == right.json["symbolic"]
    assert path.read_bytes() == content
    assert path.stat().st_mtime == 1
    assert gdcli("minimize", "x**2", "--no-cache", "--format", "json", environ=environ).status == 0
    assert files(environ) == [path]


def test_a_cache_that_cannot_be_written_is_nothing_to_speak_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        environ = {"GDCLI_CACHE_DIR": str(folder)}
        assert grad(environ).json["symbolic"] == {"x": "2*x", "y": "3*y**2"}
    assert (tmp_path / "file").read_text() == "mine"


def test_it_is_shown_and_cleared(environ: dict[str, str]) -> None:
    grad(environ)
    folder = Path(environ["GDCLI_CACHE_DIR"])
    (folder / "mine.txt").touch()
    (folder / "gdcli-compile-times.json").touch()
    (folder / "gdcli-inductor" / "2-threads").mkdir(parents=True)
    (folder / "gdcli-inductor" / "2-threads" / "loop.so").write_text("by hand")
    size = files(environ)[0].stat().st_size
    shown = gdcli("cache", "info", "--format", "csv", environ=environ)
    assert shown.out.splitlines()[1:] == [
        f"folder,{folder}",
        "entries,1 of at most 2000",
        f"bytes,{size} of at most 8388608",
        "compiled,7 bytes",
    ]
    assert "removed,1" in gdcli("cache", "clear", "--format", "csv", environ=environ).out
    assert files(environ) == [folder / "mine.txt"]


@pytest.mark.parametrize("action", ["info", "clear"])
def test_a_cache_that_is_none_is_said_to_be_none(tmp_path: Path, action: str) -> None:
    (tmp_path / "file").touch()
    ran = gdcli("cache", action, environ={"GDCLI_CACHE_DIR": str(tmp_path / "file")})
    assert ran.status == 7
    assert ran.err == f"error: the cache in {tmp_path / 'file'} cannot be used: Not a directory\n"
    ran = gdcli("cache", action, environ={})
    assert ran.status == 7
    assert "GDCLI_CACHE_DIR" in ran.err
