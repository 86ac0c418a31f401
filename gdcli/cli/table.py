"""The table of commands, of which only the rows that are looked at are loaded."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gdcli.cli.declare import CommandSpec


class Row(NamedTuple):
    """Where a command is, and what the program's help says of it.

    Attributes:
        module: The module in `gdcli.cli.commands`.
        action: The function there that does it.
        options: The dataclass there that declares its options.
        summary: The first line of the function's docstring, without its period; so that the help of the
            program loads no command.
    """

    module: str
    action: str
    options: str
    summary: str


class CommandTable(Mapping[str, CommandSpec]):
    """Commands by name; each is imported when it is asked for.

    Args:
        rows: A row a command.
    """

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows
        self._loaded: dict[str, CommandSpec] = {}

    def __getitem__(self, name: str) -> CommandSpec:
        if name not in self._loaded:
            row = self.rows[name]
            module = importlib.import_module(f"gdcli.cli.commands.{row.module}")
            self._loaded[name] = CommandSpec(getattr(module, row.action), getattr(module, row.options))
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
