"""Problems of standard input as JSON Lines: each an object with an expression and options of its own.

``{"expression": "x**2+y**2", "start": {"x": 1}, "lr": 0.1}``: a key is the long name of an option, with dashes or
underscores, and its value takes the place of what the command line gives to that option.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from gdcli.cli.assignments import Assignment
from gdcli.cli.declare import Parameter, declared, suggestion
from gdcli.cli.json_members import Member, members_of
from gdcli.errors import UsageError

EXPRESSION = "expression"


class Line(NamedTuple):
    """What a line says.

    Attributes:
        expression: The expression, or the whole line where there is none.
        options: Values for fields of the command's options.
        error: What is wrong with the line, if anything is.
    """

    expression: str
    options: Mapping[str, Any]
    error: UsageError | None = None


def read(line: str, options: Any) -> Line:
    """What a line says; `options`, of the command, say which keys there are."""
    parameters = {each.field: each for each in declared(options)}
    expression = line
    try:
        members = members_of(line)
        if EXPRESSION not in members:
            raise UsageError('the object has no "expression"', text=line, position=0)
        _require(
            isinstance(members[EXPRESSION].value, str), "expression takes a text", members[EXPRESSION], line
        )
        expression = members.pop(EXPRESSION).value.strip()
        values: dict[str, Any] = {}
        for key, member in members.items():
            parameter = _parameter(key, member, line, parameters)
            if parameter.field in values:
                raise UsageError(f"{key} is given twice", text=line, position=member.position)
            values[parameter.field] = _value(key, parameter, member, line)
    except UsageError as error:
        return Line(expression, {}, error)
    return Line(expression, values)


def _parameter(key: str, member: Member, line: str, parameters: Mapping[str, Parameter]) -> Parameter:
    """The option that a key names."""
    found = parameters.get(key.replace("-", "_"))
    if found is None or not found.is_option:
        own = [each.field for each in parameters.values() if each.is_option and not each.whole_run]
        known = [EXPRESSION, *sorted(own)]
        raise UsageError(
            f"there is no key {key!r}",
            hint=suggestion(key, known) or f"the keys are {', '.join(known)}",
            text=line,
            position=member.position,
        )
    if found.whole_run:
        raise UsageError(
            f"{key} is the same for all problems",
            hint=f"give {found.name} on the command line",
            text=line,
            position=member.position,
        )
    return found


def _value(key: str, parameter: Parameter, member: Member, line: str) -> Any:
    """The value that an option has on the command line."""
    if parameter.is_flag:
        _require(isinstance(member.value, bool), f"{key} takes true or false", member, line)
        return member.value
    if parameter.metavar in _OBJECTS:
        example, text_of = _OBJECTS[parameter.metavar]
        _require(isinstance(member.value, dict), f"{key} takes an object such as {example}", member, line)
        texts = []
        for name, each in member.value.items():
            text = text_of(each.value)
            if text is None:
                _refuse(f"{key} takes an object such as {example}", each, line)
            texts.append(Assignment(name, text, line, each.position, _beginning(each)))
        if parameter.convert is str:
            return tuple(texts)
        return tuple(_converted(key, parameter, f"{each.name}={each.value}", member, line) for each in texts)
    if parameter.repeated:
        listed = member.value if isinstance(member.value, list) else [member.value]
        _require(
            all(isinstance(each, str) for each in listed),
            f"{key} takes a text or a list of texts",
            member,
            line,
        )
        return tuple(_converted(key, parameter, text, member, line) for text in listed)
    return _scalar(key, parameter, member, line)


def _scalar(key: str, parameter: Parameter, member: Member, line: str) -> Any:
    """A number for an option that takes numbers, and a text for one that takes words."""
    value = member.value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = ",".join(value)
    text = _scalar_text(value)
    _require(text is not None, f"{key} takes one value", member, line)
    converted = _converted(key, parameter, str(text), member, line)
    wants_number = isinstance(converted, float | int)
    if wants_number is isinstance(value, str):
        _require(False, f"{key} takes {'a number' if wants_number else 'a text'}", member, line)
    return converted


def _converted(key: str, parameter: Parameter, text: str, member: Member, line: str) -> Any:
    try:
        return parameter.convert(text)
    except ValueError as error:
        hint = suggestion(text, parameter.choices)
        _refuse(f"{key} takes {error}", member, line, hint)


def _scalar_text(value: Any) -> str | None:
    """The text of a number or of a text."""
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


def _value_text(value: Any) -> str | None:
    """The text of a number, of a text, or of a list of them, which a vector has."""
    if not isinstance(value, list):
        return _scalar_text(value)
    texts = [_scalar_text(each) for each in value]
    return None if None in texts else f"[{','.join(map(str, texts))}]"


def _setting_text(value: Any) -> str | None:
    """The text of a number, a text or a truth value."""
    return str(value).lower() if isinstance(value, bool) else _scalar_text(value)


def _interval_text(value: Any) -> str | None:
    """The text of an interval: of a list of two ends, of which null is none, or of what the command line takes."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or len(value) != 2:
        return None
    ends = ["" if end is None else _scalar_text(end) for end in value]
    return None if None in ends else ":".join(map(str, ends))


_OBJECTS: Mapping[str, tuple[str, Callable[[Any], str | None]]] = {
    "NAME=VALUE": ('{"x": 1, "y": "pi/2", "z": [1, 2]}', _value_text),
    "NAME=N": ('{"x": 1000}', _scalar_text),
    "NAME=LOW:HIGH": ('{"x": [0, 5], "y": [null, 1]}', _interval_text),
    "KEY=VALUE": ('{"beta1": 0.5}', _setting_text),
}
"""By the form of an option's assignments an example of the object for them, and how a value becomes a text."""


def _beginning(member: Member) -> int:
    """Where the text of a value begins: behind the quotation mark, if it has one."""
    return member.value_position + isinstance(member.value, str)


def _require(condition: bool, message: str, member: Member, line: str) -> None:
    if not condition:
        _refuse(message, member, line)


def _refuse(message: str, member: Member, line: str, hint: str = "") -> NoReturn:
    value = _plain(member.value)
    shown = json.dumps(value, ensure_ascii=False)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    raise UsageError(f"{message}, not {shown}", hint=hint, text=line, position=member.value_position)


def _plain(value: Any) -> Any:
    return {key: each.value for key, each in value.items()} if isinstance(value, dict) else value
