"""The completion scripts: static texts, made from the table of commands, that never start Python.

A script completes the commands, each command's options, the choices that an option or an argument has, and
file names where a file is wanted. ``python -m gdcli.cli.completion`` writes the files in completions/ anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.completion import bash, fish, powershell, zsh
from gdcli.cli.declare import CommandSpec

MAKERS = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script, "powershell": powershell.script}
FILES = {"bash": "gdcli.bash", "zsh": "_gdcli", "fish": "gdcli.fish", "powershell": "gdcli.ps1"}
"""The name of each shell's file in completions/."""


def script(shell: str, commands: Mapping[str, CommandSpec]) -> str:
    """The completion script for a shell, a key of `FILES`."""
    return MAKERS[shell](commands)
