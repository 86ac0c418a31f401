"""A Typer command for each row of the table of commands.

Typer parses the command line into texts, and draws the help; the texts become values in `Parameter.value`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from gdcli.cli.declare import HELP, CommandSpec, Parameter, suggestion
from gdcli.errors import UsageError

OPTION_LIKE = re.compile(r"--[A-Za-z][A-Za-z0-9-]*(=.*)?", re.DOTALL)


def register(app: typer.Typer, name: str, spec: CommandSpec, *, epilog: str) -> None:
    """Add a command to the app.

    Invoking it does not run the action but returns what runs it, so that no error of the work passes
    through Typer.
    """
    declared = spec.parameters

    def invoke(context: typer.Context, **given: Any) -> Callable[[], None]:
        context.obj.command = name
        values, typed = {}, set()
        for parameter in declared:
            source = getattr(context.get_parameter_source(parameter.field), "name", "")
            origin = parameter.variable if source == "DEFAULT_MAP" else ""
            values[parameter.field] = parameter.value(given[parameter.field], origin)
            if source == "COMMANDLINE":
                typed.add(parameter.field)
        if values["version"]:
            return lambda: context.obj.show_version()
        return lambda: spec.action(context.obj, spec.options(**values, typed=frozenset(typed)))

    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    signature = inspect.Signature([first, *map(_signature, declared)])
    invoke.__signature__ = signature  # type: ignore[attr-defined]
    invoke.__annotations__ = {each.name: each.annotation for each in signature.parameters.values()}
    kind = type("Command", (Command,), {"spec": spec})
    app.command(name, help=spec.help, short_help=spec.summary, epilog=epilog, cls=kind)(invoke)


def list_only(app: typer.Typer, name: str, summary: str) -> None:
    """Add a command that is there only for the help to list it."""
    app.command(name, short_help=summary)(lambda: None)


def _signature(parameter: Parameter) -> inspect.Parameter:
    """What Typer is to know of a parameter: that it is a text, a list of texts, or a flag."""
    info: Any = (
        typer.Option(parameter.name) if parameter.is_option else typer.Argument(metavar=parameter.name)
    )
    kind: Any = list[str] if parameter.repeated else bool if parameter.is_flag else str
    default: Any = False if parameter.is_flag else None if parameter.repeated else parameter.default
    annotation: Any = Annotated[kind if default is not None else kind | None, info]
    return inspect.Parameter(
        parameter.field, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def keep_texts(command: Any, ctx: typer.Context) -> None:
    """Let Typer hand over texts as they are, which `Parameter.value` converts.

    Typer's own conversion loads pydantic, for which it takes longer than for everything else together.
    """
    for parameter in command.get_params(ctx):
        parameter.process_value = partial(_unconverted, parameter)


def _unconverted(parameter: Any, ctx: typer.Context, value: Any) -> Any:
    return value if parameter.callback is None else parameter.callback(ctx, parameter, value)


class Command(TyperCommand):
    """A command whose argument may begin with a minus sign, and whose help groups the options.

    Attributes:
        spec: Its row in the table of commands; each command is a subclass with its own.
    """

    spec: CommandSpec

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the options first and the argument behind a ``--``, where Typer takes it as it is.

        Raises:
            UsageError: There is no such option, or it lacks its value, or there are too many arguments.
        """
        keep_texts(self, ctx)
        flags = {each.name: each.is_flag for each in (*self.spec.parameters, HELP) if each.is_option}
        places = [each.name for each in self.spec.parameters if not each.is_option]
        options, arguments = split(args, flags)
        if len(arguments) > len(places):
            expected = f"one {places[0]}" if places else "no argument"
            raise UsageError(
                f"expected {expected}, but got {len(arguments)}: {' '.join(arguments)}",
                hint="put an expression in quotes" if places == ["EXPRESSION"] else "",
            )
        return super().parse_args(ctx, [*options, "--", *arguments])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, and the options under the headings of their sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for each in (*self.spec.parameters, HELP):
            heading = each.section if each.is_option else "Arguments"
            default = "" if each.default is None else f"  [default: {each.default}]"
            sections.setdefault(heading, []).append((each.usage, each.help + default))
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def split(args: Sequence[str], flags: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Options and arguments apart.

    An option is exactly one of the known ones, with or without ``=VALUE``. What else begins with a minus sign
    is an expression, except where it looks like an option: ``--nosuch`` is more likely a slip than
    ``-(-nosuch)``.

    Args:
        args: The words of the command line after the command.
        flags: For each option whether it takes no value.

    Raises:
        UsageError: There is no such option, or it lacks its value.
    """
    options: list[str] = []
    arguments: list[str] = []
    rest = iter(args)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--":
            arguments.extend(rest)
        elif name in flags:
            if flags[name] and equals:
                raise UsageError(f"{name} takes no value, but was given {value!r}")
            options.append(word)
            if not flags[name] and not equals:
                following = next(rest, "--")
                if following == "--" or following in flags:
                    raise UsageError(f"{name} needs a value")
                options.append(following)
        elif OPTION_LIKE.fullmatch(word):
            hint = suggestion(name, list(flags)) or f"write -({word[1:]}) if it is an expression"
            raise UsageError(f"no such option: {name}", hint=hint)
        else:
            arguments.append(word)
    return options, arguments
