"""What the makers of the scripts share."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gdcli.cli.declare import HELP, CommandSpec, Parameter

VERSION = Parameter("--version", "Show the version and exit")


def options(spec: CommandSpec) -> list[Parameter]:
    """A command's options, ``--help`` the last."""
    return [*(parameter for parameter in spec.parameters if parameter.is_option), HELP]


def argument(spec: CommandSpec) -> Parameter | None:
    """A command's argument, if it has one."""
    return next((parameter for parameter in spec.parameters if not parameter.is_option), None)


def all_options(commands: Mapping[str, CommandSpec]) -> list[Parameter]:
    """Every option of any command, once. What it takes is the same wherever it is: it is declared once."""
    return list({each.name: each for spec in commands.values() for each in options(spec)}.values())


def short(help: str) -> str:
    """The help as far as it fits beside an option: up to the first colon, semicolon or parenthesis."""
    return re.split(r"[:;(]", help)[0].strip()
