"""What is read from a checkpoint: what is wrong with a file, and what belongs to another run."""

import json
import math
from dataclasses import replace

import pytest

from gdcli.descent.checkpoint import read
from gdcli.descent.checkpoint_file import _checksum
from gdcli.descent.loop import minimize
from gdcli.descent.methods import create
from gdcli.errors import ExitStatus, FileError, UsageError
from tests.descent.interrupting import NATIVE, interrupted, resumed, timeless
from tests.descent.support import ROSENBROCK, engine_of


@pytest.fixture
def path(tmp_path):
    method = create("adam", 1e-2, {}, "plateau")
    interrupted(tmp_path / "run", NATIVE, method, 7, steps=30, every=1)
    return tmp_path / "run"


def test_a_file_that_is_cut_off_is_refused_by_name(path):
    content = path.read_bytes()
    for size in [0, 1, 10, 30, *range(40, len(content) - 1, 97), len(content) - 2]:
        path.write_bytes(content[:size])
        with pytest.raises(FileError, match=f"{path}.* (is damaged|is no checkpoint)") as caught:
            read(path)
        assert caught.value.exit_status == ExitStatus.FILE
    path.write_bytes(content[:-1])  # nothing but the end of the line is gone
    read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"3", b"null", b"{}", b"x,y\n1,2\n", b"\x80\x04K\x01.", b"\xff\xfe", b"{" * 100_000,
        b"[" * 100_000, b'{"a": NaN}', b'{"gdcli": 1}', b'{"a": ' + b"9" * 100_000 + b"}",
    ],
    ids=lambda content: content[:12],
)  # fmt: skip
def test_a_foreign_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(FileError, match=f"{path}.* is no checkpoint of gdcli"):
        read(path)


def test_a_file_that_is_not_there_or_no_file_is_refused_by_name(tmp_path):
    with pytest.raises(FileError, match=r"nowhere.*No such file"):
        read(tmp_path / "nowhere")
    with pytest.raises(FileError, match="directory"):
        read(tmp_path)


def change(path, where, value, checksum=True):
    """Change a place in a checkpoint; with its checksum, if asked for."""
    content = json.loads(path.read_text())
    *way, last = where
    inner = content
    for key in way:
        inner = inner[key]
    inner[last] = value
    if checksum:
        del content["checksum"]
        content["checksum"] = _checksum(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("run", "start", "x"), -1.3),
        (("run", "expression"), "x"),
        (("state", "walk", "step"), 8),
        (("state", "seconds"), 0.0),
        (("gdcli",), "0.0"),
        (("more",), 1),
        (("checksum",), "0"),
        (("checksum",), None),
    ],
)
def test_an_edited_file_is_refused(path, where, value):
    change(path, where, value, checksum=False)
    with pytest.raises(FileError, match=f"{path}.* is damaged: it"):
        read(path)


def test_the_layout_of_a_file_does_not_matter(path):
    expected = timeless(resumed(path))
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2))
    assert timeless(resumed(path)) == expected


def test_a_file_of_a_newer_version_is_refused_by_name(path):
    change(path, ("gdcli",), "7.1")
    change(path, ("gdcli_checkpoint",), 2)
    with pytest.raises(FileError, match=f"{path}.* was written by a newer gdcli, 7.1") as caught:
        read(path)
    assert "install" in caught.value.hint


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("gdcli_checkpoint",), "1", "gdcli_checkpoint is to be a whole number"),
        (("gdcli_checkpoint",), True, "gdcli_checkpoint is to be a whole number"),
        (("gdcli",), 1, "gdcli is to be a text"),
        (("run",), [], "run is to be an object"),
        (("run", "more"), 1, "run has 'more'"),
        (("run", "command"), "system", "run.command is to be minimize or maximize"),
        (("run", "start"), {"x": "one"}, "run.start.x is to be a floating-point number"),
        (("run", "start", "x"), "inf", "run.start.x is to be finite"),
        (("run", "start"), {"x": 1.0}, "the expression has other variables"),
        (("run", "start"), {"y": 1.0, "x": 1.0}, "the expression has other variables"),
        (("run", "bounds"), {"x": [0.0, 1.0]}, "run.bounds is to have the variables"),
        (("run", "bounds"), {"x": [2.0, 1.0]}, "run.bounds.x is empty"),
        (("run", "bounds"), {"x": [2.0]}, "run.bounds.x is to be a list of 2"),
        (("run", "bounds"), {"x": [0.0, 1.0], "y": [0.0, 1.0]}, "outside its bounds"),
        (("run", "fixed"), {"z": 1.0}, "no variable z"),
        (("run", "expression"), "x + ", "end"),
        (("run", "expression"), 3, "run.expression is to be a text"),
        (("run", "seed"), 0.5, "run.seed is to be a whole number"),
        (("run", "steps"), -1, "run.steps is to be a whole number"),
        (("run", "tol"), -1.0, "run.tol is to be 0 or more"),
        (("run", "tol"), "nan", "run.tol is to be finite"),
        (("run", "every"), 0, "run.every is to be a whole number from 1 up"),
        (("run", "method", "name"), "os", "run.method.name is to be one of"),
        (("run", "method", "name"), ["gd"], "run.method.name is to be a text"),
        (("run", "command"), ["minimize"], "run.command is to be a text"),
        (("run", "method", "name"), "lbfgs", "run.method.parameters has no memory"),
        (("run", "method", "lr"), -1.0, "lr is to be a positive number"),
        (("run", "method", "lr"), "fast", "run.method.lr is to be a floating-point number"),
        (("run", "method", "parameters", "beta1"), 2.0, "beta1 is to be at least 0"),
        (("run", "method", "parameters", "beta1"), 1, "beta1 is to be a floating-point number"),
        (("run", "method", "schedule", "name"), "os", "schedule.name is to be one of"),
        (("run", "method", "schedule", "parameters"), {}, "parameters has no factor"),
        (("run", "method", "schedule", "parameters", "patience"), 1.5, "patience is to be a whole number"),
        (("state",), None, "state is to be an object"),
        (("state", "shown"), 8, "state.shown is beyond the step"),
        (("state", "ending"), "MAX", "state.ending is 'MAX'"),
        (("state", "seconds"), -1.0, "state.seconds is to be 0 or more"),
        (("state", "seconds"), "nan", "state.seconds is to be 0 or more"),
        (("state", "escapes"), -1, "state.escapes is to be a whole number"),
        (("state", "walk", "step"), -1, "state.walk.step is to be a whole number"),
        (("state", "walk", "here", "x"), [1.0], "state.walk.here.x is to be a list of 2"),
        (("state", "walk", "mark"), [1.0, None], r"state.walk.mark\[1\] is to be a floating"),
        (("state", "walk", "state", "updates"), -1, "state.walk.state.updates is to be a whole number"),
        (("state", "walk", "state", "slots"), [[0.0, 0.0]], "state.walk.state.slots is to be a list of 2"),
        (("state", "walk", "state", "plan"), [], "state.walk.state.plan is to be a list of 3"),
    ],
)
def test_what_makes_no_sense_is_refused_whatever_its_checksum(path, where, value, says):
    change(path, where, value)
    with pytest.raises(FileError, match=f"{path}.*{says}"):
        resumed(path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"start": {"x": 1.0, "y": 1.0}}, "another start: x=-1.2,y=1, not x=1,y=1"),
        ({"command": "maximize"}, "another command: minimize, not maximize"),
        ({"bounds": ((-2.0, 2.0), (-2.0, 2.0))}, "another bounds: none, not x=-2:2,y=-2:2"),
        ({"seed": 4}, "another seed: 3, not 4"),
        ({"engine": engine_of(ROSENBROCK, "torch")}, "another engine: native, not torch"),
        ({"expression": "x**2"}, "another expression"),
    ],
)
def test_another_problem_does_not_go_on(path, changes, says):
    kept = read(path)
    with pytest.raises(UsageError, match=f"{path}.*{says}"):
        next(minimize(replace(kept.problem(), **changes), kept.plan.method, kept.plan.criteria(), kept))


@pytest.mark.parametrize("method", [create("gd", 0.01), create("adam", 0.01), create("lbfgs")])
def test_another_method_does_not_go_on(path, method):
    kept = read(path)
    with pytest.raises(UsageError, match=f"{path}.*another method: adam, not"):
        next(minimize(kept.problem(), method, kept.plan.criteria(), kept))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, ""),
        ({"expression": "(1 - x)**2+100 * (y-x**2)**2"}, ""),
        ({"expression": "(1-x)**2"}, r"another expression: .*, not \(1-x\)\*\*2"),
        ({"command": "minimize", "seed": 3, "method": "adam", "lr": 0.01, "schedule": "plateau"}, ""),
        ({"engine": "auto", "device": "auto", "dtype": "float64"}, ""),
        ({"engine": "native", "device": "cpu", "dtype": None}, ""),
        ({"command": "maximize"}, "another command: minimize, not maximize"),
        ({"method": "gd"}, "another method: adam, not gd"),
        ({"lr": 0.1}, "another lr: 0.01, not 0.1"),
        ({"schedule": "constant"}, "another schedule: plateau, not constant"),
        ({"dtype": "float32"}, "another dtype: float64, not float32"),
        ({"device": "cuda"}, "another device: cpu, not cuda"),
        ({"engine": "torch"}, "another engine: native, not torch"),
        ({"points": {"start": {"y": 1.0}, "bounds": {}, "fixed": {}}}, ""),
        ({"points": {"start": {"y": 2.0}}}, "another start of y: 1, not 2"),
        ({"points": {"start": {"z": 2.0}}}, "another start of z: none, not 2"),
        ({"points": {"bounds": {"x": (0.0, math.inf)}}}, "another bounds of x: none, not 0:inf"),
        ({"points": {"fixed": {"x": 1.0}}}, "another fixed of x: none, not 1"),
        ({"settings": {"beta1": "9e-1", "schedule_patience": "100"}}, ""),
        ({"settings": {"beta1": "0.8"}}, "another beta1: 0.9, not 0.8"),
        ({"settings": {"schedule_patience": "5"}}, "another schedule_patience: 100, not 5"),
        ({"settings": {"memory": "5"}}, "adam has no parameter memory"),
    ],
)
def test_what_is_given_beside_a_checkpoint_has_to_agree(path, given, says):
    kept = read(path)
    if not says:
        kept.agree(**given)
        return
    with pytest.raises(UsageError, match=says):
        kept.agree(**given)
