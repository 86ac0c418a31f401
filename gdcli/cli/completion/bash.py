"""The script for bash 3.2 and later; it needs no other package."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.completion.common import Variant, argument, options, variants
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
    case $command:$previous in
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
    taking = [each for each in variants(commands) if not each.option.is_flag]
    lines = []
    for each in taking:
        if each.option.choices:
            words = " ".join(each.option.choices)
            lines += [
                f"        {_pattern(each)})",
                f'            COMPREPLY=($(compgen -W "{words}" -- "$current"))',
                "            return",
                "            ;;",
            ]
    files = [_pattern(each) for each in taking if each.option.file]
    lines += [f"        {' | '.join(files)})", FILE_NAMES]
    free = [_pattern(each) for each in taking if not each.option.file and not each.option.choices]
    return [*lines, f"        {' | '.join(free)})", "            return", "            ;;"]


def _pattern(variant: Variant) -> str:
    """What the command and the word before the cursor are matched with."""
    name = variant.option.name
    return f"*:{name}" if variant.alone else " | ".join(f"{command}:{name}" for command in variant.commands)


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
