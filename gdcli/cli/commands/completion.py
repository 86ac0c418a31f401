"""``gdcli completion``: the completion script of a shell."""

from __future__ import annotations

from dataclasses import dataclass

from gdcli.cli.declare import argument, one_of
from gdcli.cli.options import Common
from gdcli.cli.session import Session
from gdcli.errors import UsageError

SHELLS = ("bash", "zsh", "fish", "powershell")


@dataclass(frozen=True)
class Options(Common):
    shell: str | None = argument(
        "SHELL", f"One of {', '.join(SHELLS)}", one_of(SHELLS, "one of the shells"), choices=SHELLS
    )


def completion(session: Session, options: Options) -> None:
    """Print the completion script of a shell.

    It completes commands, options and their choices by itself, without starting gdcli. The same scripts are
    installed with the package, where shells look for them; elsewhere, load one by hand, in bash with:

    source <(gdcli completion bash)
    """
    from gdcli.cli.completion import script

    if options.shell is None:
        raise UsageError("SHELL is missing", hint=f"one of {', '.join(SHELLS)}")
    session.environment.stdout.write(script(options.shell, session.commands))
