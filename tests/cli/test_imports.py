"""What a command does not need, it does not load; seen in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gdcli.cli.options import DTYPES
from gdcli.engines.torch_devices import DTYPES as TORCH_DTYPES
from tests.cli.running import clean_environ

HEAVY = ("torch", "sympy", "numpy", "rich", "pydantic", "matplotlib")
NOTHING: tuple[str, ...] = ()

PROGRAM = """
import sys
from gdcli.cli.app import run
status = run(sys.argv[1:])
print(status, *sorted({name.partition(".")[0] for name in sys.modules} & set(%r)), file=sys.stderr)
"""


def loaded(*argv: str) -> tuple[int, tuple[str, ...]]:
    """The exit status, and which of the heavy packages were loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % (HEAVY,), *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean_environ(),
        timeout=60,
        check=True,
    )
    status, *names = done.stderr.splitlines()[-1].split()
    return int(status), tuple(names)


@pytest.mark.parametrize(
    ("argv", "status", "names"),
    [
        (["--help"], 0, NOTHING),
        (["--version"], 0, NOTHING),
        (["minimize", "--help"], 0, NOTHING),
        (["grad", "--version"], 0, NOTHING),
        (["completion", "bash"], 0, NOTHING),
        (["grad", "x", "--nosuch"], 2, NOTHING),
        (["nosuch"], 2, NOTHING),
        (["grad", "sin("], 2, NOTHING),
        (["minimize", "x", "--steps", "-1"], 2, NOTHING),
        (["minimize", "x**2", "--start", "y=1"], 2, NOTHING),
        (["list", "formats", "--format", "csv"], 0, NOTHING),
        (["list", "functions", "--format", "json"], 0, NOTHING),
        (["list", "methods", "--format", "plain"], 0, NOTHING),
        (["list", "schedules", "--format", "plain"], 0, NOTHING),
        (["eval", "x**2", "--at", "x=pi/2", "--format", "json"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "jsonl"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "csv", "--method", "adam", "--lr", "0.1"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "csv", "--lr", "0.1", "--schedule", "cosine"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "json", "--bounds", "x=0:5", "--fix", "y=2"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "csv", "--starts", "9"], 0, ("numpy",)),
        (["minimize", "x**2+y**2", "--format", "csv", "--starts", "9", "--lr", "0.1"], 0, ("numpy",)),
        (["minimize", "x**2+y**2", "--format", "csv", "--subject-to", "x+y>=1"], 0, ("numpy",)),
        (["minimize", "x**2+y**2"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--format", "csv", "--live"], 0, NOTHING),
        (["minimize", "x**2+y**2", "--plot", "run.gif"], 2, NOTHING),
        (["plot", "--help"], 0, NOTHING),
        (["plot", "x", "--surface"], 2, NOTHING),
        (["plot", "x**2"], 0, ("numpy",)),
        (["plot", "--from", "nosuch.csv"], 7, NOTHING),
        (["grad", "+".join(["x"] * 3000), "--at", "x=1", "--format", "csv"], 0, NOTHING),
        (["graph", "x**2+sec(y)", "--at", "x=1,y=2", "--format", "json"], 0, NOTHING),
        (["graph", "x**2+sec(y)", "--at", "x=1,y=2", "--format", "plain", "--steps"], 0, NOTHING),
        (["graph", "x**2+sec(y)", "--format", "dot"], 0, NOTHING),
        (["graph", "x**2+sec(y)", "--format", "mermaid"], 0, NOTHING),
        (["graph", "x**2+sec(y)"], 0, NOTHING),
        (["graph", "r*x", "--let", "r=x+y", "--at", "x=1,y=2", "--format", "json"], 0, NOTHING),
        (["graph", "sum(x**2)", "--format", "csv"], 0, NOTHING),
        (["graph", "sum(x**2)", "--at", "x=[1,2]", "--format", "csv"], 0, ("numpy",)),
        (["graph", "x", "--output", "graph.jpg"], 2, NOTHING),
        (["grad", "x**2", "--format", "csv", "--no-cache"], 0, ("sympy",)),
        (["grad", "x**2", "--at", "x=1", "--format", "json", "--no-cache"], 0, ("sympy",)),
        (["cache", "info", "--format", "csv"], 0, NOTHING),
    ],
)
def test_what_is_loaded(argv: list[str], status: int, names: tuple[str, ...]) -> None:
    assert loaded(*argv) == (status, names)


def test_what_is_loaded_for_an_expression_that_is_known() -> None:
    for argv in (
        ["grad", "x**3 + y"],
        ["grad", "x**3 + y", "--at", "x=1,y=2"],
        ["grad", "x**3 + y", "--hessian"],
    ):
        loaded(*argv)
        assert loaded(*argv) == (0, NOTHING)


def test_the_dtypes_that_are_offered_are_those_of_torch() -> None:
    assert tuple(TORCH_DTYPES) == DTYPES
