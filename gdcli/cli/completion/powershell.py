"""The script for PowerShell 5 and later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gdcli.cli.completion.common import VERSION, Variant, all_options, argument, options, short, variants
from gdcli.cli.declare import CommandSpec

TEMPLATE = r"""# PowerShell completion for gdcli; made by: gdcli completion powershell

Register-ArgumentCompleter -Native -CommandName gdcli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = [ordered]@{
@COMMANDS@
    }
    $help = @{
@HELP@
    }
    $options = @{
@OPTIONS@
    }
    $arguments = @{
@ARGUMENTS@
    }
    $choices = @{
@CHOICES@
    }
    $files = @(@FILES@)
    $free = @(@FREE@)

    # The words before the one that is being completed.
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $previous = if ($words.Count -gt 1) { $words[-1] } else { '' }
    $command = if ($words.Count -gt 1) { $words[1] } else { '' }
    # Where commands differ in what an option takes, it is listed with its command.
    $own = "$command $previous"

    if ($words.Count -le 1) {
        $candidates = @($commands.Keys) + @('--help', '--version')
    } elseif ($choices.ContainsKey($own)) {
        $candidates = $choices[$own]
    } elseif ($choices.ContainsKey($previous)) {
        $candidates = $choices[$previous]
    } elseif ($files -contains $previous -or $files -contains $own) {
        # Nothing from here: PowerShell then completes file names.
        return
    } elseif ($free -contains $previous -or $free -contains $own -or -not $options.ContainsKey($command)) {
        $candidates = @()
    } elseif ($words.Count -eq 2 -and $arguments.ContainsKey($command) -and $wordToComplete -notlike '-*') {
        $candidates = $arguments[$command]
    } else {
        $candidates = $options[$command]
    }
    foreach ($candidate in $candidates) {
        if ($candidate -like "$wordToComplete*") {
            $tip = if ($commands.Contains($candidate)) { $commands[$candidate] }
                elseif ($help.ContainsKey($candidate)) { $help[$candidate] }
                else { $candidate }
            $kind = 'ParameterValue'
            [System.Management.Automation.CompletionResult]::new($candidate, $candidate, $kind, $tip)
        }
    }
}
"""


def script(commands: Mapping[str, CommandSpec]) -> str:
    """The script for these commands."""
    known = {each.name: each for each in [VERSION, *all_options(commands)]}.values()
    taking = [
        (key, each.option) for each in variants(commands) if not each.option.is_flag for key in _keys(each)
    ]
    places = {name: argument(spec) for name, spec in commands.items()}
    parts = {
        "COMMANDS": _entries((name, _quoted(spec.summary)) for name, spec in commands.items()),
        "HELP": _entries((each.name, _quoted(short(each.help))) for each in known),
        "OPTIONS": _entries(
            (name, _array(each.name for each in options(spec))) for name, spec in commands.items()
        ),
        "ARGUMENTS": _entries(
            (name, _array(place.choices))
            for name, place in places.items()
            if place is not None and place.choices
        ),
        "CHOICES": _entries((key, _array(each.choices)) for key, each in taking if each.choices),
        "FILES": _list(key for key, each in taking if each.file),
        "FREE": _list(key for key, each in taking if not each.file and not each.choices),
    }
    text = TEMPLATE
    for key, part in parts.items():
        text = text.replace(f"@{key}@", part)
    return text


def _keys(variant: Variant) -> list[str]:
    """Under what an option is listed: its name, or with each of its commands."""
    name = variant.option.name
    return [name] if variant.alone else [f"{command} {name}" for command in variant.commands]


def _entries(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"        {_quoted(key)} = {value}" for key, value in pairs)


def _array(words: Iterable[str]) -> str:
    return f"@({_list(words)})"


def _list(words: Iterable[str]) -> str:
    return ", ".join(_quoted(word) for word in words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
