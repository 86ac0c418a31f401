"""The script for zsh: a file ``_gdcli`` in a directory of ``$fpath``, or sourced."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.completion.common import VERSION, argument, options, short
from gdcli.cli.declare import HELP, CommandSpec, Parameter

TEMPLATE = r"""#compdef gdcli
# zsh completion for gdcli; made by: gdcli completion zsh

_gdcli() {
    local curcontext="$curcontext" state line
    local -A opt_args
    local -a commands=(
@COMMANDS@
    )
    _arguments -C @GLOBAL@ '1:command:->command' '*::argument:->argument' && return
    case $state in
        command)
            _describe -t commands command commands
            ;;
        argument)
            case $words[1] in
@CASES@
            esac
            ;;
    esac
}

if [[ $funcstack[1] == _gdcli ]]; then
    _gdcli "$@"
else
    compdef _gdcli gdcli
fi
"""


def script(commands: Mapping[str, CommandSpec]) -> str:
    """The script for these commands."""
    listed = [f"        {_quoted(f'{name}:{_escaped(spec.summary)}')}" for name, spec in commands.items()]
    return (
        TEMPLATE.replace("@COMMANDS@", "\n".join(listed))
        .replace("@GLOBAL@", f"{_option(HELP)} {_option(VERSION)}")
        .replace("@CASES@", "\n".join(line for item in commands.items() for line in _case(*item)))
    )


def _case(name: str, spec: CommandSpec) -> list[str]:
    specs = [_option(option) for option in options(spec)]
    place = argument(spec)
    if place is not None:
        specs.append(_quoted(f":{place.name}:{_action(place)}"))
    lines = [f"                {name})", "                    _arguments \\"]
    lines += [f"                        {each} \\" for each in specs[:-1]]
    return [*lines, f"                        {specs[-1]}", "                    ;;"]


def _option(option: Parameter) -> str:
    again = "*" if option.repeated else ""
    if option.is_flag:
        return _quoted(f"{again}{option.name}[{_escaped(short(option.help))}]")
    metavar = _escaped(option.metavar)
    return _quoted(f"{again}{option.name}=[{_escaped(short(option.help))}]:{metavar}:{_action(option)}")


def _action(parameter: Parameter) -> str:
    if parameter.choices:
        return f"({' '.join(parameter.choices)})"
    if not parameter.is_option:
        # Shows what is expected, but leaves what begins with a minus sign to the options.
        return f'_guard "^-*" {parameter.name}'
    # A blank action shows what is expected, and completes nothing.
    return "_files" if parameter.file else " "


def _escaped(text: str) -> str:
    for character in "\\[]:":
        text = text.replace(character, "\\" + character)
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
