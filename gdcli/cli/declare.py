"""Options as fields of a dataclass.

A command's options are the fields of one frozen dataclass, which inherits those that it shares with other
commands: each is declared once, with its help, its environment variable and what it accepts.
"""

from __future__ import annotations

import dataclasses
import inspect
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdcli.errors import UsageError

ENVIRONMENT_PREFIX = "GDCLI_"
OTHER = "Other"
"""The heading of the options that have no other, ``--help`` among them."""


@dataclass(frozen=True)
class Parameter:
    """One option or argument of a command.

    Attributes:
        name: What the user writes (``--steps``), or for an argument what the help calls it (``EXPRESSION``).
        help: One sentence for the help, without a final period.
        convert: Text to value; it raises ValueError saying what is expected ("a whole number above 0").
        metavar: What stands for the value in the help; empty for an option that takes none.
        default: What counts where nothing is given, as text; None for no value.
        choices: What may be given, as help and completion show it.
        section: The heading under which the help lists it.
        repeated: Whether it may be given several times; its value is then a tuple.
        file: Whether completion should offer file names.
        has_variable: Whether an environment variable can stand for it.
        whole_run: Whether it is the same for all problems of a run, so that none can have its own.
    """

    name: str
    help: str
    convert: Callable[[str], Any] = str
    metavar: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    section: str = OTHER
    repeated: bool = False
    file: bool = False
    has_variable: bool = True
    whole_run: bool = False

    @property
    def is_option(self) -> bool:
        """Whether it is an option rather than an argument."""
        return self.name.startswith("--")

    @property
    def is_flag(self) -> bool:
        """Whether it is an option without a value."""
        return self.is_option and not self.metavar

    @property
    def usage(self) -> str:
        """How the help writes it: ``--steps N``."""
        return f"{self.name} {self.metavar}" if self.is_option and self.metavar else self.name

    @property
    def field(self) -> str:
        """The name of its field."""
        word = self.name.removeprefix("--").replace("-", "_").lower()
        return f"{word}_" if keyword.iskeyword(word) else word

    @property
    def variable(self) -> str:
        """The name of its environment variable."""
        return ENVIRONMENT_PREFIX + self.field.upper().rstrip("_")

    def value(self, given: Any, origin: str = "") -> Any:
        """The value for what Typer hands over: a text, texts, True, or None.

        Raises:
            UsageError: The text is not what `convert` expects. `origin` says where it came from.
        """
        if self.repeated:
            return tuple(self._one(text, origin) for text in given or ())
        if self.is_flag:
            return given if isinstance(given, bool) else self._one(given, origin)
        return None if given is None else self._one(given, origin)

    def _one(self, text: str, origin: str) -> Any:
        try:
            return self.convert(text)
        except ValueError as error:
            hint = (
                f"it comes from the environment variable {origin}"
                if origin
                else suggestion(text, self.choices)
            )
            shown = text if len(text) <= 40 else text[:37] + "..."
            raise UsageError(f"{self.name} takes {error}, not {shown!r}", hint=hint) from None


HELP = Parameter("--help", "Show this help and exit")
"""The option that Typer adds to every command."""


def option(
    name: str, help: str, metavar: str = "", convert: Callable[[str], Any] = str, **settings: Any
) -> Any:
    """A dataclass field that is an option; for the settings see `Parameter`."""
    return _field(Parameter(name, help, truth if not metavar else convert, metavar, **settings))


def argument(name: str, help: str, convert: Callable[[str], Any] = str, **settings: Any) -> Any:
    """A dataclass field that is an argument; for the settings see `Parameter`."""
    return _field(Parameter(name, help, convert, name, **settings))


def _field(parameter: Parameter) -> Any:
    default = parameter.value(
        False if parameter.is_flag else None if parameter.repeated else parameter.default
    )
    return dataclasses.field(default=default, metadata={"parameter": parameter})


def one_of(choices: Sequence[str], what: str) -> Callable[[str], str]:
    """A conversion that accepts the choices only."""

    def convert(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{what} ({', '.join(choices)})")
        return text

    return convert


def truth(text: str) -> bool:
    """The value of an environment variable for an option that takes none."""
    lowered = text.strip().lower()
    if lowered in ("1", "true", "yes", "on"):
        return True
    if lowered in ("0", "false", "no", "off"):
        return False
    raise ValueError("1 or 0")


@dataclass(frozen=True)
class CommandSpec:
    """A row of the table of commands.

    Attributes:
        action: What the command does, given the session and its options; the docstring is its help.
        options: The dataclass that declares its options.
    """

    action: Callable[[Any, Any], None]
    options: type[Any]

    @property
    def help(self) -> str:
        """The help: a first line that says what it does, and paragraphs."""
        return inspect.getdoc(self.action) or ""

    @property
    def summary(self) -> str:
        """The first line of the help, without its period."""
        return self.help.partition("\n")[0].rstrip(".")

    @property
    def parameters(self) -> list[Parameter]:
        """What the options declare: arguments first, then section by section, its own sections first."""
        found = declared(self.options)
        sections = list(dict.fromkeys(parameter.section for parameter in found))[::-1]
        return sorted(found, key=lambda each: (each.is_option, sections.index(each.section)))


def declared(options: Any) -> list[Parameter]:
    """The options and arguments that a dataclass, or an instance of one, declares."""
    fields = dataclasses.fields(options)
    return [field.metadata["parameter"] for field in fields if "parameter" in field.metadata]


def from_environment(spec: CommandSpec, environ: Mapping[str, str]) -> dict[str, Any]:
    """The values that environment variables give to a command's options, as Typer's map of defaults."""
    given = {}
    for parameter in spec.parameters:
        text = environ.get(parameter.variable)
        if parameter.is_option and parameter.has_variable and text:
            given[parameter.field] = [text] if parameter.repeated else text
    return given


def suggestion(text: str, known: Sequence[str]) -> str:
    """A hint at the known names that are like a text; empty where none is."""
    import difflib

    close = difflib.get_close_matches(text, known)
    return f"did you mean {' or '.join(close)}?" if close else ""
