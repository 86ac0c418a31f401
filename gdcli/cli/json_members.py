"""JSON objects with the place of each key and value, which Python's own reader does not tell."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn

from gdcli.errors import UsageError

SPACE = re.compile(r"[ \t\r\n]*")


class Member(NamedTuple):
    """A value of an object, where it begins, and where its key does. Objects are dictionaries of members."""

    value: Any
    value_position: int
    position: int


def members_of(text: str) -> dict[str, Member]:
    """The members of the object that a text is.

    Their values may be objects too, whose values are none.

    Raises:
        UsageError: It is no such object, or a key is there twice.
    """
    return _Reader(text).whole()


class _Reader:
    """Reads one object."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._decoder = json.JSONDecoder(parse_constant=self._no_number)

    def whole(self) -> dict[str, Member]:
        """The object that the text is."""
        try:
            members, end = self._object(0)
        except json.JSONDecodeError as error:
            expected = error.msg[:1].lower() + error.msg[1:]
            raise self._error(f"the line cannot be read as JSON: {expected}", error.pos) from None
        except (ValueError, RecursionError):
            raise self._error("the line cannot be read as JSON: a value is too large", 0) from None
        end = self._skip(end)
        if end < len(self._text):
            raise self._error("there is more after the object", end)
        return members

    def _object(self, start: int, *, inner: bool = False) -> tuple[dict[str, Member], int]:
        """The members of the object that begins at `start`, and where it ends."""
        members: dict[str, Member] = {}
        at = self._skip(start + 1)
        if self._text[at : at + 1] == "}":
            return members, at + 1
        while True:
            if self._text[at : at + 1] != '"':
                raise self._error("the line cannot be read as JSON: expected a key in double quotes", at)
            key, end = self._decoder.raw_decode(self._text, at)
            colon = self._expect(":", end)
            value, end = self._value(colon, inner=inner)
            if key in members:
                raise self._error(f"{key} is given twice", at)
            members[key] = Member(value, colon, at)
            end = self._skip(end)
            if self._text[end : end + 1] == "}":
                return members, end + 1
            at = self._expect(",", end)

    def _value(self, at: int, *, inner: bool) -> tuple[Any, int]:
        self._at = at
        if self._text[at : at + 1] != "{":
            return self._decoder.raw_decode(self._text, at)
        if inner:
            raise self._error("an object is no value", at)
        return self._object(at, inner=True)

    def _expect(self, sign: str, at: int) -> int:
        """Where the next thing begins after a sign."""
        at = self._skip(at)
        if self._text[at : at + 1] != sign:
            raise self._error(f"the line cannot be read as JSON: expected {sign!r}", at)
        return self._skip(at + 1)

    def _skip(self, at: int) -> int:
        found = SPACE.match(self._text, at)
        return found.end() if found else at

    def _no_number(self, name: str) -> NoReturn:
        raise self._error(f"{name} is not JSON", self._at)

    def _error(self, message: str, position: int) -> UsageError:
        return UsageError(message, text=self._text, position=position)
