"""Values given to variables: ``NAME=VALUE``, several joined by commas, with the place of each for the messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from gdcli.errors import PointError

NAME = re.compile(r"\w+")
OPENING, CLOSING = "([{", ")]}"


class Assignment(NamedTuple):
    """A value given to a variable.

    Attributes:
        name: The variable.
        value: The text of the value.
        text: What both are part of, shown where something is wrong.
        position: Where the name is in `text`.
        value_position: Where the value begins there.
    """

    name: str
    value: str
    text: str
    position: int
    value_position: int


Given: TypeAlias = Sequence[str | Assignment]
"""What an option was given: texts of the command line, each with one assignment or several, or assignments."""


def assignments(
    given: Given, variables: Sequence[str] | None, option: str, value: str = "VALUE"
) -> Iterator[Assignment]:
    """The assignments one by one, as far as they are to variables and each to another.

    Args:
        given: The assignments.
        variables: The names that there are; None where any name will do.
        option: The option they were given with, for the hints.
        value: What the hints call a value: ``VALUE``, ``N`` or ``LOW:HIGH``.

    Raises:
        PointError: What is given is no assignment, or its name is unknown or given twice.
    """
    seen: set[str] = set()
    for item in given:
        for found in (item,) if isinstance(item, Assignment) else _read(item, variables, option, value):
            if variables is not None and found.name not in variables:
                raise unknown_name(found.name, variables, found.text, found.position)
            if found.name in seen:
                raise PointError(f"{found.name} is given twice", text=found.text, position=found.position)
            seen.add(found.name)
            yield found


def _read(text: str, variables: Sequence[str] | None, option: str, value: str) -> Iterator[Assignment]:
    for start, piece in pieces(text):
        name, equals, rest = piece.partition("=")
        position = start + len(piece) - len(piece.lstrip())
        name = name.strip()
        if not equals or not NAME.fullmatch(name):
            example = {"VALUE": "1", "N": "10"}.get(value, "0:5")
            raise PointError(
                f"{piece.strip()!r} is not NAME={value}",
                hint=f"write for instance {option} {variables[0] if variables else 'x'}={example}",
                text=text,
                position=position,
            )
        yield Assignment(name, rest, text, position, start + piece.index("=") + 1)


def pieces(text: str, separator: str = ",") -> Iterable[tuple[int, str]]:
    """The parts between the separators that are in no parentheses, each with its offset."""
    depth = start = 0
    for index, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if character == separator and depth <= 0:
            yield start, text[start:index]
            start = index + 1
    yield start, text[start:]


def unknown_name(
    name: str, variables: Sequence[str], text: str = "", position: int | None = None, place: str = ""
) -> PointError:
    """The error of a name that is none of the variables; for `text` and `position` see `PointError`."""
    if not variables:
        hint = "it has no variables"
    else:
        hint = f"its variable{'s are' if len(variables) > 1 else ' is'} {listed(variables)}"
    return PointError(
        f"{place}the expression has no variable {name}", hint=hint, text=text, position=position
    )


def listed(names: Sequence[str]) -> str:
    """``x, y and z``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
