"""What the makers of the scripts share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from gdcli.cli.declare import HELP, CommandSpec, Parameter

VERSION = Parameter("--version", "Show the version and exit")


def options(spec: CommandSpec) -> list[Parameter]:
    """A command's options, ``--help`` the last."""
    return [*(parameter for parameter in spec.parameters if parameter.is_option), HELP]


def argument(spec: CommandSpec) -> Parameter | None:
    """A command's argument, if it has one."""
    return next((parameter for parameter in spec.parameters if not parameter.is_option), None)


def all_options(commands: Mapping[str, CommandSpec]) -> list[Parameter]:
    """Every option of any command, once. For most of them what they take is the same wherever they are."""
    return list({each.name: each for spec in commands.values() for each in options(spec)}.values())


class Variant(NamedTuple):
    """An option, and the commands in which it takes the same.

    Attributes:
        option: As the first of them declares it.
        commands: Their names.
        alone: Whether it takes the same in all commands that have it.
    """

    option: Parameter
    commands: tuple[str, ...]
    alone: bool


def variants(commands: Mapping[str, CommandSpec]) -> list[Variant]:
    """Every option of any command, once for each of the ways in which it is declared."""
    found: dict[str, dict[tuple[object, ...], list[tuple[str, Parameter]]]] = {}
    for name, spec in commands.items():
        for each in options(spec):
            way = each.choices, each.is_flag, each.file
            found.setdefault(each.name, {}).setdefault(way, []).append((name, each))
    return [
        Variant(having[0][1], tuple(name for name, _ in having), len(ways) == 1)
        for ways in found.values()
        for having in ways.values()
    ]


def short(help: str) -> str:
    """The help as far as it fits beside an option: up to the first colon, semicolon or parenthesis."""
    return re.split(r"[:;(]", help)[0].strip()
