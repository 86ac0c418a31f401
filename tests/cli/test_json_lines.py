"""Problems as JSON Lines on standard input, each with options of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gdcli.cli.app import COMMANDS
from tests.cli.running import Ran, gdcli


def solve(*problems: dict[str, Any] | str, command: str = "minimize", argv: tuple[str, ...] = ()) -> Ran:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in problems]
    return gdcli(command, *argv, "--format", "json", stdin="\n".join(lines))


def test_each_problem_may_vary_everything() -> None:
    ran = solve(
        {"expression": "x**2+y**2", "start": {"x": 1, "y": "pi/2"}, "lr": 0.1, "steps": 3, "tol": 0},
        "x**2",
        {"expression": " (x-1)**2 ", "start": {"x": 3}, "method": "adam", "lr": 0.5, "set": {"beta1": 0.5}},
        {"expression": "x", "start": {}, "bounds": {"x": [-2, None]}},
        {"expression": "x+y", "start": {}, "bounds": {"x": ["-pi", 1], "y": "1/2:"}},
        {"expression": "x**n", "fix": {"n": 2}, "seed": 7},
        {"expression": "x**4", "time-limit": 10, "strict": True, "steps": 1, "every": 1},
        argv=("--start", "x=5"),
    )
    assert ran.status == 4  # of the last, which is strict
    first, line, adam, half, both, fixed, last = ran.objects
    assert (first["lr"], first["steps"], first["method"]) == (0.1, 3, "gd")
    assert first["start"] == {"x": 1, "y": pytest.approx(1.5707963267948966)}
    assert line["start"] == {"x": 5}
    assert (adam["method"], adam["lr"], adam["expression"]) == ("adam", 0.5, "(x-1)**2")
    assert (half["x"], half["on_bound"]) == ({"x": -2}, ["x"])
    assert both["x"] == {"x": pytest.approx(-3.141592653589793), "y": 0.5}
    assert (fixed["x"]["n"], fixed["seed"]) == (2, 7)
    assert (last["status"], last["steps"]) == ("max_steps", 1)


def test_a_value_takes_the_place_of_the_whole_option() -> None:
    ran = solve(
        {"expression": "x+y", "start": {"y": 2}, "steps": 0},
        {"expression": "x+y", "start": {}, "steps": 0},
        {"expression": "x+y", "steps": 0},
        argv=("--start", "x=5,y=6", "--lr", "0.1"),
    )
    drawn, empty, line = (each["start"] for each in ran.objects)
    assert drawn["y"] == 2
    assert drawn["x"] == empty["x"] != 5
    assert line == {"x": 5, "y": 6}


def test_eval_and_grad_take_objects_too() -> None:
    ran = solve(
        {"expression": "x*y", "at": {"x": 2, "y": 3}}, "x*y", command="eval", argv=("--at", "x=1,y=1")
    )
    assert [each["value"] for each in ran.objects] == [6, 1]
    ran = solve(
        {"expression": "x**2*y", "at": {"x": 1, "y": 3}, "wrt": ["y"], "hessian": True},
        {"expression": "x**2", "wrt": "x"},
        {"expression": "x**2", "check": True, "hessian": True},
        {"expression": "x**2", "check": True},
        command="grad",
    )
    first, second, third, fourth = ran.objects
    assert (first["gradient"], first["hessian"]) == ({"y": 1}, {"y": {"y": 0}})
    assert second["symbolic"] == {"x": "2*x"}
    assert "exclude each other" in third["error"]["message"]
    assert "needs a point" in fourth["error"]["message"]


@pytest.mark.parametrize("command", ["eval", "grad", "minimize", "maximize"])
def test_every_option_of_one_problem_is_a_key(command: str) -> None:
    own = [each for each in COMMANDS[command].parameters if each.is_option and not each.whole_run]
    assert {"format", "precision", "quiet"}.isdisjoint(each.field for each in own)
    for each in own:
        for key in {each.field, each.field.replace("_", "-")}:
            (found,) = solve({"expression": "1", key: {"": None}}, command=command).objects
            assert found["error"]["message"].startswith(f"line 1: {key} takes "), key


@pytest.mark.parametrize(
    ("line", "message", "place"),
    [
        ('{"expression": "x", "stepz": 3}', "there is no key 'stepz'", '"stepz"'),
        ('{"expression": "x", "at": {"x": 1}}', "there is no key 'at'", '"at"'),
        ('{"expression": "x", "format": "json"}', "format is the same for all problems", '"format"'),
        ('{"expression": "x", "trace": "a.csv"}', "trace is the same for all problems", '"trace"'),
        ('{"lr": 3}', 'the object has no "expression"', "{"),
        ('{"expression": 3}', "expression takes a text, not 3", "3}"),
        ('{"expression": "x", "expression": "y"}', "expression is given twice", '"expression": "y"'),
        (
            '{"expression": "x", "time-limit": 1, "time_limit": 2}',
            "time_limit is given twice",
            '"time_limit"',
        ),
        ('{"expression": "x", "steps": "3"}', 'steps takes a number, not "3"', '"3"'),
        ('{"expression": "x", "steps": 3.5}', "steps takes a whole number from 0 up, not 3.5", "3.5"),
        ('{"expression": "x", "steps": true}', "steps takes one value, not true", "true"),
        ('{"expression": "x", "steps": null}', "steps takes one value, not null", "null"),
        ('{"expression": "x", "steps": [3]}', "steps takes one value, not [3]", "[3]"),
        ('{"expression": "x", "lr": -1}', "lr takes a number above 0, or auto, not -1", "-1"),
        ('{"expression": "x", "lr": "0.1"}', 'lr takes a number, not "0.1"', '"0.1"'),
        ('{"expression": "x", "method": 3}', "method takes one of the methods", "3}"),
        ('{"expression": "x", "method": "nestrov"}', "method takes one of the methods", '"nestrov"'),
        ('{"expression": "x", "engine": 3}', "engine takes a text, not 3", "3}"),
        ('{"expression": "x", "strict": "yes"}', 'strict takes true or false, not "yes"', '"yes"'),
        ('{"expression": "x", "start": 3}', "start takes an object such as", "3}"),
        ('{"expression": "x", "start": {"x": [[1]]}}', "start takes an object such as", "[[1]]"),
        ('{"expression": "x", "start": {"x": {"y": 1}}}', "an object is no value", '{"y"'),
        ('{"expression": "x", "start": {"y": 1}}', "the expression has no variable y", '"y"'),
        ('{"expression": "x", "start": {"x": "1+z"}}', "the value of x is not a number", "z"),
        ('{"expression": "x", "start": {"x": "1+\\u007a"}}', "the value of x is not a number", "1+"),
        ('{"expression": "x", "start": {"x": 1, "x": 2}}', "x is given twice", '"x": 2'),
        ('{"expression": "x", "bounds": {"x": [1]}}', "bounds takes an object such as", "[1]"),
        ('{"expression": "x", "bounds": {"x": [5, 0]}}', "the lower end for x is above", "[5, 0]"),
        ('{"expression": "x", "bounds": {"x": [null, null]}}', "x is given no end", "[null"),
        ('{"expression": "x", "set": {"beta": 1}}', "auto has no parameter beta", None),
        ('{"expression": "x", "lr": NaN}', "NaN is not JSON", "NaN"),
        ('{"expression": "x"', "the line cannot be read as JSON: expected ','", ""),
        ('{"expression": "x",}', "expected a key in double quotes", "}"),
        ('{"expression" "x"}', "expected ':'", '"x"'),
        ('{"expression": }', "expecting value", "}"),
        ('{"expression": "x', "unterminated string", '"x'),
        ("{expression: 1}", "expected a key in double quotes", "expression"),
        ("{", "expected a key in double quotes", ""),
        ('{"expression": "x"} x', "there is more after the object", "x"),
        ('{"expression": "x", "steps": 1' + 5000 * "0" + "}", "a value is too large", "{"),
        ('{"expression": "x", "wrong": ' + 100_000 * "[" + "}", "a value is too large", "{"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(line: str, message: str, place: str | None) -> None:
    ran = solve("x**2", line, {"expression": "x**2"})
    first, found, last = ran.objects
    assert first["status"] == last["status"] == "converged"
    assert ran.status == 2
    assert message in found["error"]["message"]
    assert found["error"]["message"].startswith("line 2: ")
    if place is not None:
        position = found["error"]["position"]
        assert line[position:].startswith(place) if place else position == len(line)


def test_the_keys_are_named_where_none_is_like_it() -> None:
    (found,) = solve({"expression": "1", "zzz": 1}, command="eval").objects
    assert found["error"]["hint"] == "the keys are expression, at, device, dtype, engine, let, shape"


def test_on_the_command_line_an_object_is_no_expression() -> None:
    assert gdcli("eval", '{"expression": "1"}').status == 2
