"""The completion scripts: the files are what the app generates now, and real shells complete with them."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gdcli.cli.app import COMMANDS
from gdcli.cli.completion import FILES, script
from gdcli.descent.methods import METHODS
from tests.cli.running import clean_environ, gdcli

pty = pytest.importorskip("pty")  # not on Windows
FOLDER = Path(__file__).parent.parent.parent / "completions"


@pytest.mark.parametrize("shell", FILES)
def test_the_file_is_what_the_app_generates_now(shell: str) -> None:
    text = script(shell, COMMANDS)
    assert (FOLDER / FILES[shell]).read_text(encoding="utf-8") == text, "run: python -m gdcli.cli.completion"
    ran = gdcli("completion", shell)
    assert (ran.status, ran.out) == (0, text)


@pytest.mark.parametrize("shell", FILES)
def test_the_script_knows_every_command_option_and_choice(shell: str) -> None:
    text = script(shell, COMMANDS)
    for name, spec in COMMANDS.items():
        assert name in text
        for parameter in spec.parameters:
            known = parameter.name.removeprefix("--") if shell == "fish" else parameter.name
            assert not parameter.is_option or known in text
            assert all(choice in text for choice in parameter.choices)


def bash(words: list[str], folder: Path) -> set[str]:
    """What bash offers for the last word; as at the prompt, ``=`` is a word of its own."""
    listed = " ".join(f"'{word}'" for word in words)
    program = f"""
        source '{FOLDER / "gdcli.bash"}'
        COMP_WORDS=({listed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _gdcli
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return offered(["bash", "--norc", "-c", program], folder)


def fish(words: list[str], folder: Path) -> set[str]:
    """What fish offers, without the descriptions."""
    line = " ".join(words).replace(" = ", "=")
    program = f"source '{FOLDER / 'gdcli.fish'}'; complete -C '{line}'"
    # Of an option's value fish repeats the whole word.
    found = {line.partition("\t")[0] for line in offered(["fish", "--no-config", "-c", program], folder)}
    return {word.partition("=")[2] if "=" in words and "=" in word else word for word in found}


def offered(command: list[str], folder: Path) -> set[str]:
    # An empty PATH would do: completing starts no other program.
    done = subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]],
        cwd=folder,
        env={"PATH": "", "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    return set(done.stdout.split("\n")) - {""}


def having(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


CASES = [
    (["gdcli", "mi"], {"minimize"}),
    (["gdcli", ""], set(COMMANDS)),
    (["gdcli", "grad", "--he"], {"--hessian", "--help"}),
    (["gdcli", "grad", "x**2", "--wr"], {"--wrt"}),
    (["gdcli", "minimize", "--tr"], {"--trace"}),
    (["gdcli", "eval", "--tr"], set()),
    (["gdcli", "minimize", "x", "--method", "a"], {name for name in METHODS if name[0] == "a"}),
    (["gdcli", "minimize", "x", "--method", "=", "nes"], {"nesterov"}),
    (["gdcli", "maximize", "x", "--format", "js"], {"json", "jsonl"}),
    (["gdcli", "grad", "x", "--device", "c"], {"cpu", "cuda"}),
    (["gdcli", "grad", "x", "--dtype", "f"], {"float64", "float32", "float16"}),
    (["gdcli", "grad", "x", "--engine", ""], {"auto", "native", "torch"}),
    (["gdcli", "list", ""], {"functions", "methods", "schedules", "devices", "formats"}),
    (["gdcli", "completion", "po"], {"powershell"}),
    (["gdcli", "eval", "x", "--points", "poi"], {"points.csv", "points of mine.csv"}),
    (["gdcli", "minimize", "x", "--steps", ""], set()),
    (["gdcli", "graph", "x", "--steps", "--q"], {"--quiet"}),
    (["gdcli", "graph", "x", "--format", "p"], {"plain", "png"}),
    (["gdcli", "graph", "x", "--format", "=", "s"], {"svg"}),
    (["gdcli", "grad", "x", "--format", "p"], {"plain"}),
    (["gdcli", "graph", "x", "--output", "poi"], {"points.csv", "points of mine.csv"}),
]


@pytest.mark.parametrize(("words", "expected"), CASES)
@pytest.mark.parametrize(
    "complete", [pytest.param(bash, marks=having("bash")), pytest.param(fish, marks=having("fish"))]
)
def test_a_shell_offers(
    complete: Callable[[list[str], Path], set[str]], words: list[str], expected: set[str], tmp_path: Path
) -> None:
    for name in ("points.csv", "points of mine.csv", "other.csv"):
        (tmp_path / name).touch()
    found = {word.replace("\\ ", " ") for word in complete(words, tmp_path)}
    if words == ["gdcli", ""]:
        found -= {"--help", "--version"}
    assert found == expected


class Terminal:
    """An interactive zsh on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.master, slave = pty.openpty()
        environ = clean_environ() | {
            "HOME": str(folder),
            "ZDOTDIR": str(folder),
            "TERM": "dumb",
            "PS1": "",
            "LC_ALL": "C",
        }
        self.shell = subprocess.Popen(
            ["zsh", "-f", "-i"],
            cwd=folder,
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def type(self, keys: str, until: str) -> str:
        """What the terminal shows after the keys, up to a line that begins with `until`."""
        os.write(self.master, keys.encode())
        shown = b""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                shown += os.read(self.master, 65536)
            found = shown.decode(errors="replace").replace("\r", "\n").split("\n" + until)
            if len(found) > 1 and "\n" in found[-1]:
                return found[-1].split("\n")[0]
        raise AssertionError(f"{until!r} was not shown, but {shown!r}")

    def close(self) -> None:
        self.shell.kill()
        self.shell.wait()
        os.close(self.master)


@having("zsh")
@pytest.mark.parametrize("sourced", [False, True])
def test_zsh_completes(tmp_path: Path, sourced: bool) -> None:
    (tmp_path / "points.csv").touch()
    terminal = Terminal(tmp_path)
    load = f"source {FOLDER}/_gdcli" if sourced else ""
    fpath = "" if sourced else f"fpath=({FOLDER} $fpath);"
    # The command shows what it was called with; what was completed is what was not typed.
    show = 'function gdcli { print -r -- "got:$*" }'
    setup = f"{fpath} autoload -U compinit; compinit -u -D; {load}; {show}; print ready\n"
    try:
        terminal.type(setup, "ready")
        for keys, expected in [
            ("gdcli mini\t\n", "minimize"),
            ("gdcli grad x --hes\t\n", "grad x --hessian"),
            ("gdcli maximize --meth\tnest\t\n", "maximize --method=nesterov"),
            ("gdcli minimize x --method mom\t\n", "minimize x --method momentum"),
            ("gdcli eval x --format pl\t\n", "eval x --format plain"),
            ("gdcli list fun\t\n", "list functions"),
            ("gdcli completion pow\t\n", "completion powershell"),
            ("gdcli eval x --points poi\t\n", "eval x --points points.csv"),
        ]:
            assert terminal.type(keys, "got:").strip() == expected
    finally:
        terminal.close()
