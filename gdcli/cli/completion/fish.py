"""The script for fish 3.0 and later."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.completion.common import VERSION, argument, short, variants
from gdcli.cli.declare import HELP, CommandSpec, Parameter

HEAD = """\
# fish completion for gdcli; made by: gdcli completion fish

# Whether the command is one of the arguments, or, without any, whether there is none yet.
function __gdcli_command
    set -l words (commandline -opc)
    if test (count $argv) -eq 0
        test (count $words) -eq 1
    else
        test (count $words) -gt 1; and contains -- $words[2] $argv
    end
end

complete -c gdcli -f
"""


def script(commands: Mapping[str, CommandSpec]) -> str:
    """The script for these commands."""
    lines = [HEAD]
    for name, spec in commands.items():
        lines.append(f"complete -c gdcli -n __gdcli_command -a {name} -d {_quoted(spec.summary)}\n")
    lines += [_option(option, "__gdcli_command") for option in (HELP, VERSION)]
    for name, spec in commands.items():
        place = argument(spec)
        if place is not None and place.choices:
            words = _quoted(" ".join(place.choices))
            lines.append(f"complete -c gdcli -n '__gdcli_command {name}' -a {words}\n")
    for option, having, _ in variants(commands):
        lines.append(_option(option, _quoted(f"__gdcli_command {' '.join(having)}")))
    return "".join(lines)


def _option(option: Parameter, condition: str) -> str:
    line = f"complete -c gdcli -n {condition} -l {option.name.removeprefix('--')}"
    if option.choices:
        line += f" -x -a {_quoted(' '.join(option.choices))}"
    elif option.file:
        line += " -r -F"
    elif not option.is_flag:
        line += " -x"
    return f"{line} -d {_quoted(short(option.help))}\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
