"""The Typer app, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gdcli.cli.command import keep_texts, list_only, register
from gdcli.cli.declare import from_environment, suggestion
from gdcli.cli.environment import Environment
from gdcli.cli.session import Session
from gdcli.cli.table import CommandTable, Row
from gdcli.errors import ExitStatus, FileError, GdcliError, UsageError

COMMANDS = CommandTable(
    {
        "eval": Row("evaluate", "evaluate", "Options", "Compute the value of an expression at a point"),
        "grad": Row(
            "grad", "grad", "Options", "Differentiate an expression: in symbols, and by backward at a point"
        ),
        "minimize": Row("minimize", "minimize", "Descent", "Walk downhill to a minimum of an expression"),
        "maximize": Row("minimize", "maximize", "Descent", "Walk uphill to a maximum of an expression"),
        "graph": Row(
            "graph", "graph", "Options", "Show the computation graph of an expression, node by node"
        ),
        "plot": Row(
            "plot", "plot", "Options", "Draw a function of one variable or two, or runs that were traced"
        ),
        "list": Row(
            "listing",
            "listing",
            "Options",
            "List the functions, methods, schedules, devices or formats, with one line on each",
        ),
        "cache": Row(
            "caching", "caching", "Options", "Show what is kept between runs, and where, or remove it"
        ),
        "completion": Row("completion", "completion", "Options", "Print the completion script of a shell"),
    }
)
"""What there is. A command is a module of `gdcli.cli.commands`, and a row here."""

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""The base of Typer's usage errors, which has no public name of its own."""

ABOUT_VARIABLES = (
    "Each option has an environment variable, GDCLI_ and its name: GDCLI_FORMAT=json, GDCLI_NO_COLOR=1. "
    "An option on the command line wins."
)


class Commands(TyperGroup):
    """The group of all commands; what is none is refused with a suggestion."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what comes before a command's own arguments.

        Raises:
            UsageError: There is no command, or none of that name.
        """
        keep_texts(self, ctx)
        known = f"the commands are {', '.join(COMMANDS)}; gdcli --help describes them"
        first = args[0] if args else ""
        if first in ("--help", "--version"):
            return super().parse_args(ctx, [first])
        if first in COMMANDS:
            return super().parse_args(ctx, args)
        if not first:
            raise UsageError("a command is missing", hint=known)
        if first.startswith("--"):
            raise UsageError(
                f"no such option before a command: {first}",
                hint="options come after it: gdcli COMMAND EXPRESSION [OPTIONS]",
            )
        raise UsageError(f"no such command: {first}", hint=suggestion(first, list(COMMANDS)) or known)


def typer_app(first: str) -> typer.Typer:
    """The Typer app for a command line whose first word is `first`.

    Only the command of that name is there with its options; where there is none, all are as the help lists them.
    To declare them all would take as long as to load Typer.
    """
    app = typer.Typer(
        name="gdcli",
        cls=Commands,
        add_completion=False,
        # Typer's help in Rich would take 0.1 s longer, and it cuts names where columns are narrow.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"max_content_width": 100},
        epilog=f"gdcli COMMAND --help describes the options of a command. {ABOUT_VARIABLES}",
    )
    app.callback(invoke_without_command=True)(root)
    if first in COMMANDS:
        register(app, first, COMMANDS[first], epilog=ABOUT_VARIABLES)
    else:
        for name, row in COMMANDS.rows.items():
            list_only(app, name, row.summary)
    return app


def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit")] = False,
) -> Callable[[], None] | None:
    """Differentiate a mathematical expression by backpropagation, and walk downhill.

    \b
    gdcli grad "x**2+y**2" --at x=1,y=3
    gdcli minimize "x**2+y**2" --start x=1,y=3
    """
    return (lambda: context.obj.show_version()) if version else None


def run(argv: Sequence[str] | None = None, environment: Environment | None = None) -> int:
    """Run the command line and return the exit status. No exception leaves it.

    Args:
        argv: The arguments; by default this process's.
        environment: The streams and variables; by default this process's.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    environment = environment or Environment.of_process()
    session = Session(environment, COMMANDS, *_first_guess(arguments, environment))
    try:
        try:
            _parse(arguments, session)()
        except GdcliError as error:
            session.fail(error)
        except OSError:
            raise
        except Exception as error:
            session.fail_by_bug(error)
        session.close()
    except BrokenPipeError:
        # Whoever reads has seen enough.
        _abandon_output(environment)
    except KeyboardInterrupt:
        session.note(ExitStatus.INTERRUPTED)
        with contextlib.suppress(OSError):
            session.object_to(GdcliError("interrupted"))
    except OSError as error:
        with contextlib.suppress(OSError):
            session.object_to(FileError(_described(error)))
        _abandon_output(environment)
    return int(session.status)


def _parse(arguments: list[str], session: Session) -> Callable[[], None]:
    """What the command line asks for, ready to be run.

    Raises:
        UsageError: The command line is wrong.
    """
    environment = session.environment
    first = arguments[0] if arguments else ""
    defaults = {first: from_environment(COMMANDS[first], environment.environ)} if first in COMMANDS else {}
    command: Any = typer.main.get_command(typer_app(first))
    try:
        with contextlib.redirect_stdout(environment.stdout):
            work = command.main(arguments, "gdcli", standalone_mode=False, obj=session, default_map=defaults)
    except USAGE_ERROR as error:
        raise UsageError(str(error).rstrip("."), hint="gdcli --help shows what there is") from None
    # Without a command there is a status instead: the help has been shown.
    return work if callable(work) else lambda: None


def _first_guess(arguments: list[str], environment: Environment) -> tuple[str, str]:
    """The command and the format asked for, as far as they can be told before the line is understood."""
    command = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    format = environment.environ.get("GDCLI_FORMAT", "")
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        name, equals, value = argument.partition("=")
        if name == "--format":
            format = value if equals else following
    return command, format


def _described(error: OSError) -> str:
    if error.errno is None:
        return str(error)
    # What is read or written by name has errors of its own; what is left is a stream.
    return f"{error.filename or 'standard output cannot be written'}: {error.strerror}"


def _abandon_output(environment: Environment) -> None:
    """Let nobody try to write what is left in the buffers: Python does at exit, and complains."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, environment.stdout.fileno())
        os.close(nowhere)
