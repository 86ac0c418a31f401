"""The script for bash 3.2 and later; it needs no other package."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.completion.common import all_options, argument, options
from gdcli.cli.declare import CommandSpec

TEMPLATE = r"""# bash completion for gdcli; made by: gdcli completion bash

_gdcli() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local command="${COMP_WORDS[1]}" options="" choices="" file
    # bash takes --format=csv for three words.
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $previous == "=" ]] && ((COMP_CWORD > 2)); then
        previous="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "@COMMANDS@ --help --version" -- "$current"))
        return
    fi
    case $previous in
@VALUES@
    esac
    case $command in
@OPTIONS@
    esac
    if [[ $current == -* || -z $choices ]]; then
        choices=$options
    fi
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
}

complete -F _gdcli gdcli
"""

FILE_NAMES = """\
            compopt -o filenames 2>/dev/null
            while IFS= read -r file; do
                COMPREPLY+=("$file")
            done < <(compgen -f -- "$current")
            return
            ;;"""


def script(commands: Mapping[str, CommandSpec]) -> str:
    """The script for these commands."""
    return (
        TEMPLATE.replace("@COMMANDS@", " ".join(commands))
        .replace("@VALUES@", "\n".join(_values(commands)))
        .replace("@OPTIONS@", "\n".join(_options(commands)))
    )


def _values(commands: Mapping[str, CommandSpec]) -> list[str]:
    """What follows an option: one of its choices, a file, or what only the user knows."""
    taking = [option for option in all_options(commands) if not option.is_flag]
    lines = []
    for option in taking:
        if option.choices:
            words = " ".join(option.choices)
            lines += [
                f"        {option.name})",
                f'            COMPREPLY=($(compgen -W "{words}" -- "$current"))',
                "            return",
                "            ;;",
            ]
    files = [option.name for option in taking if option.file]
    lines += [f"        {' | '.join(files)})", FILE_NAMES]
    free = [option.name for option in taking if not option.file and not option.choices]
    return [*lines, f"        {' | '.join(free)})", "            return", "            ;;"]


def _options(commands: Mapping[str, CommandSpec]) -> list[str]:
    """Each command's options, and the choices of its argument."""
    lines = []
    for name, spec in commands.items():
        words = " ".join(option.name for option in options(spec))
        lines += [f"        {name})", f'            options="{words}"']
        place = argument(spec)
        if place is not None and place.choices:
            lines.append(f'            ((COMP_CWORD == 2)) && choices="{" ".join(place.choices)}"')
        lines.append("            ;;")
    return lines
