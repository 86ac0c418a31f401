"""Every example in README.md is run, and prints what the README says.

A block marked ``console`` holds commands after ``$ `` (continued while a line ends in a backslash) and what they
print, standard error included. In the expected text ``…`` stands for anything within a line (times), and a line that is
only ``…`` for any number of lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import clean_environ

README = Path(__file__).parent.parent / "README.md"
TOOLS = ("jq",)


def examples() -> list[tuple[int, str, str]]:
    """The line number, the command and the expected output of each example."""
    found: list[tuple[int, str, str]] = []
    inside = False
    for number, line in enumerate(README.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            found.append((number, line[2:], ""))
        elif inside and found:
            start, command, expected = found[-1]
            if command.endswith("\\") and not expected:
                found[-1] = (start, command + "\n" + line, expected)
            else:
                found[-1] = (start, command, expected + line.rstrip() + "\n")
    return found


def pattern(expected: str) -> str:
    parts = []
    for line in expected.splitlines():
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("…")) + r"\s*?\n")
    return "".join(parts)


def test_the_readme_has_examples() -> None:
    assert len(examples()) > 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples, so that one may read what another wrote."""
    return tmp_path_factory.mktemp("readme")


@pytest.mark.xdist_group("readme")
def test_examples_print_what_the_readme_says(folder: Path) -> None:
    environment = {
        **clean_environ(),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONIOENCODING": "utf-8",
    }
    wrong = []
    for number, command, expected in examples():
        if any(re.search(rf"\b{tool}\b", command) and not shutil.which(tool) for tool in TOOLS):
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        printed = "\n".join(line.rstrip() for line in done.stdout.decode().splitlines()) + "\n"
        if not re.fullmatch(pattern(expected), printed if expected else printed.strip()):
            wrong.append(f"README.md:{number}: $ {command}\nexpected:\n{expected}\nprinted:\n{printed}")
    assert not wrong, "\n\n".join(wrong)
