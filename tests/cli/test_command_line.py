"""Options, arguments and their errors."""

from __future__ import annotations

import pytest

from gdcli import __version__
from gdcli.cli.app import COMMANDS
from gdcli.cli.declare import Parameter
from tests.cli.running import gdcli

OF_ITS_COMMAND = {"--range", "--output"}
"""What it is that has a range or is written to a file, each command has to say: starts, a graph, a picture."""
PARAMETERS = [(name, parameter) for name, spec in COMMANDS.items() for parameter in spec.parameters]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_describes_every_option_and_argument(name: str) -> None:
    ran = gdcli(name, "--help")
    assert ran.status == 0
    shown = " ".join(ran.out.split())
    for parameter in COMMANDS[name].parameters:
        assert len(parameter.help) > 10
        assert (
            " ".join(f"{parameter.name} {parameter.metavar if parameter.is_option else ''}".split()) in shown
        )
        assert parameter.help in shown
        if parameter.default is not None:
            assert f"[default: {parameter.default}]" in shown
    assert ran.err == ""


def test_help_of_the_program_names_every_command() -> None:
    ran = gdcli("--help")
    assert ran.status == 0
    for name, spec in COMMANDS.items():
        assert f"  {name} " in ran.out
        assert spec.summary in " ".join(ran.out.split())


@pytest.mark.parametrize("argv", [["--version"], *([name, "--version"] for name in COMMANDS)])
def test_version(argv: list[str]) -> None:
    assert gdcli(*argv).out == f"gdcli {__version__}\n"


OF_ITS_OWN = {("graph", "--format"), ("graph", "--steps")}
"""Options that are another thing in one command than in the others."""


def test_help_of_an_option_is_the_same_in_every_command_that_has_it() -> None:
    by_name: dict[str, Parameter] = {}
    for command, parameter in PARAMETERS:
        if (command, parameter.name) not in OF_ITS_OWN and parameter.name not in OF_ITS_COMMAND:
            assert by_name.setdefault(parameter.name, parameter) == parameter


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["grad", "x", "--kgb"], "no such option: --kgb", "-(-kgb)"),
        (["minimize", "x", "--step", "3"], "no such option: --step", "did you mean --steps"),
        (["minimize", "x", "--stpes=3"], "no such option: --stpes", "did you mean --steps"),
        (["minimise", "x"], "no such command: minimise", "did you mean minimize"),
        (["x**2"], "no such command: x**2", "the commands are eval, grad"),
        ([], "a command is missing", "the commands are eval, grad"),
        ([""], "a command is missing", "the commands are eval, grad"),
        (["--quiet", "grad", "x"], "no such option before a command: --quiet", "come after it"),
        (["grad", "x", "y"], "expected one EXPRESSION, but got 2: x y", "in quotes"),
        (["grad", "x", "--at"], "--at needs a value", ""),
        (["grad", "x", "--at", "--hessian"], "--at needs a value", ""),
        (["grad", "x", "--hessian=1"], "--hessian takes no value, but was given '1'", ""),
        (
            ["grad", "x", "--format", "jsn"],
            "--format takes one of the formats (table, plain,",
            "did you mean json",
        ),
        (["grad", "x", "--format="], "not ''", ""),
        (["grad", "x", "--precision", "0"], "--precision takes a whole number from 1 to 50, not '0'", ""),
        (["grad", "x", "--precision", "3.5"], "--precision takes a whole number", ""),
        (["grad", "x", "--precision", "51"], "--precision takes a whole number", ""),
        (["grad", "x", "--wrt", "x,,y"], "--wrt takes names joined by commas", ""),
        (["minimize", "x", "--lr", "nan"], "--lr takes a number above 0, or auto, not 'nan'", ""),
        (["minimize", "x", "--lr", "-1"], "--lr takes a number above 0, or auto, not '-1'", ""),
        (["minimize", "x", "--lr", "0"], "--lr takes", ""),
        (["minimize", "x", "--lr", "inf"], "--lr takes", ""),
        (["minimize", "x", "--lr", "aut"], "--lr takes", "did you mean auto"),
        (["minimize", "x", "--steps", "-1"], "--steps takes a whole number from 0 up, not '-1'", ""),
        (["minimize", "x", "--steps", "1.5"], "--steps takes", ""),
        (["minimize", "x", "--steps", "9" * 5000], "--steps takes", ""),
        (["minimize", "x", "--every", "0"], "--every takes a whole number from 1 up", ""),
        (["minimize", "x", "--seed", "x"], "--seed takes a whole number from 0 up", ""),
        (["minimize", "x", "--tol", "-1e-3"], "--tol takes a number of 0 or more, not '-1e-3'", ""),
        (["minimize", "x", "--tol", "nan"], "--tol takes a number of 0 or more", ""),
        (["minimize", "x", "--time-limit", "0"], "--time-limit takes a number above 0", ""),
        (
            ["minimize", "x", "--method", "nestrov"],
            "--method takes one of the methods (",
            "did you mean nesterov",
        ),
        (["minimize", "x", "--set", "beta"], "--set takes KEY=VALUE, not 'beta'", ""),
        (["list"], "TOPIC is missing", "functions, methods, schedules, devices, formats"),
        (["list", "function"], "TOPIC takes one of the topics", "did you mean functions"),
        (["cache"], "ACTION is missing", "info, clear"),
        (["cache", "clean"], "ACTION takes one of the actions", "did you mean clear"),
        (["completion"], "SHELL is missing", "bash, zsh, fish, powershell"),
        (["completion", "tcsh"], "SHELL takes one of the shells", ""),
    ],
)
def test_a_wrong_command_line_is_refused(argv: list[str], message: str, hint: str) -> None:
    ran = gdcli(*argv)
    assert ran.status == 2
    assert ran.out == ""
    error, *rest = ran.err.splitlines()
    assert error.startswith("error: ")
    assert message in error
    assert hint in "\n".join(rest)
    assert len(rest) <= 1


@pytest.mark.parametrize("format", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("argv", "environ"),
    [
        (["grad", "x", "--nosuch", "--format", "FORMAT"], {}),
        (["grad", "x", "--format=FORMAT", "--precision", "0"], {}),
        (["grad", "x", "--nosuch"], {"GDCLI_FORMAT": "FORMAT"}),
    ],
)
def test_in_a_json_format_a_wrong_command_line_is_an_object(
    argv: list[str], environ: dict[str, str], format: str
) -> None:
    ran = gdcli(
        *(word.replace("FORMAT", format) for word in argv),
        environ={name: text.replace("FORMAT", format) for name, text in environ.items()},
    )
    assert ran.status == 2
    assert list(ran.json) == ["schema", "command", "expression", "status", "error"]
    assert ran.json["command"] == "grad"
    assert ran.json["status"] == "error"
    assert list(ran.json["error"]) == ["kind", "message", "hint", "position"]
    assert ran.json["error"]["kind"] == "usage"
    assert ran.json["error"]["message"] in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ["eval", "-x**2", "--at", "x=3"],
        ["eval", "--at", "x=3", "-x**2"],
        ["eval", "--at=x=3", "-x**2", "--format", "json"],
        ["eval", "--at", "x=3", "--", "-x**2"],
        ["eval", "-h*x", "--at", "h=3,x=3"],
        ["eval", "-q*3", "--at", "q=3"],
        ["eval", "--3*-x", "--at", "x=3"],
        ["eval", "-x-6", "--at", "x=3"],
        ["eval", "---9"],
        ["eval", "-9"],
    ],
)
def test_an_expression_may_begin_with_a_minus_sign(argv: list[str]) -> None:
    ran = gdcli(*argv, environ={"GDCLI_FORMAT": "json"})
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["value"] == -9


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--at", "x=-1"], ""),
        (["--at", "-1"], "'-1' is not NAME=VALUE"),
        (["--at", "-x=1"], "'-x=1' is not NAME=VALUE"),
        (["--precision", "-1"], "--precision takes a whole number from 1 to 50, not '-1'"),
    ],
)
def test_the_value_of_an_option_may_begin_with_a_minus_sign(argv: list[str], message: str) -> None:
    ran = gdcli("eval", "x", *argv)
    assert ran.status == (2 if message else 0)
    assert message in ran.err


def test_an_option_on_the_command_line_wins_over_its_variable() -> None:
    environ = {"GDCLI_FORMAT": "json", "GDCLI_AT": "x=7"}
    assert gdcli("eval", "x", environ=environ).json["value"] == 7
    assert gdcli("eval", "x", "--format", "plain", "--at", "x=8", environ=environ).out.startswith(
        "x=8.0\nvalue=8.0\n"
    )


def test_a_variable_that_is_empty_counts_as_not_set() -> None:
    assert gdcli("eval", "1", environ={"GDCLI_FORMAT": "", "GDCLI_QUIET": ""}).status == 0


@pytest.mark.parametrize("name", [name for name, spec in COMMANDS.items() if name != "completion"])
def test_every_option_has_a_variable_and_says_so_where_it_is_wrong(name: str) -> None:
    for parameter in COMMANDS[name].parameters:
        if not (parameter.is_option and parameter.has_variable) or parameter.convert is str:
            continue
        assert parameter.variable == "GDCLI_" + parameter.name[2:].upper().replace("-", "_")
        argument = {"list": "functions", "cache": "info"}.get(name, "x")
        ran = gdcli(name, argument, environ={parameter.variable: "?,?,"})
        assert ran.status == 2, parameter
        assert f"error: {parameter.name} takes " in ran.err
        assert f"it comes from the environment variable {parameter.variable}" in ran.err


@pytest.mark.parametrize(
    ("text", "quiet"), [("1", True), ("true", True), ("Yes", True), ("0", False), ("off", False)]
)
def test_a_flag_has_a_variable_too(text: str, quiet: bool) -> None:
    argv = ("minimize", "x**2", "--start", "x=1", "--lr", "1e-9", "--steps", "3", "--format", "json")
    assert (gdcli(*argv, environ={"GDCLI_QUIET": text}).err == "") == quiet


def test_the_version_has_no_variable() -> None:
    assert gdcli("eval", "1", environ={"GDCLI_VERSION": "0.1.0"}).status == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_the_first_line_of_each_help(name: str) -> None:
    assert COMMANDS.rows[name].summary == COMMANDS[name].summary
