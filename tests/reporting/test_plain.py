"""``plain``: lines that grep, cut and a shell can use."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Derivative, Evaluated, Record, Status
from tests.reporting.samples import (
    CHECKED,
    DIVERGED_RUN,
    FINISHED,
    GRADIENT,
    HESSIAN,
    LISTING,
    RECORDS,
    RUN,
    UNDEFINED,
    WHERE,
    write,
)


def read(record: Record, **options: object) -> dict[str, str]:
    lines = [line.partition("=") for line in write("plain", [record], **options).out.splitlines()]
    result = {name: "".join(shlex.split(text)) for name, _, text in lines}
    assert len(result) == len(lines), "no name comes twice"
    return result


def test_gradient_of_the_notes() -> None:
    lines = write("plain", [GRADIENT]).out.splitlines()
    assert lines[:5] == ["x=1.0", "y=3.0", "value=10.0", "gradient_x=2.0", "gradient_y=6.0"]
    assert lines[5:7] == ["symbolic_x='2*x'", "symbolic_y='2*y'"]


def test_result_of_a_run() -> None:
    lines = write("plain", RUN).out.splitlines()
    assert lines[:5] == [
        "x=0.01687031935884968",
        "y=0.050610958076549",
        "value=0.0028460768151",
        "gradient_norm=0.1066972223621",
        "status=max_steps",
    ]
    result = read(FINISHED)
    assert (result["lr"], result["steps"], result["gradient_x"], result["start_y"]) == (
        "0.02",
        "100",
        "0.03374063871769936",
        "3.0",
    )
    assert "last_step" not in result


def test_last_step_where_it_is_not_the_answer() -> None:
    result = read(DIVERGED_RUN[-1])
    assert (result["x"], result["last_x"], result["last_step"]) == ("-4.0", "-inf", "2")


def test_hessian_and_check() -> None:
    assert read(HESSIAN)["hessian_x_y"] == "2.0"
    result = read(CHECKED)
    assert (result["agreed"], result["central_differences_x"]) == ("true", "1.6209069176058404")


def test_results_stand_apart() -> None:
    first, second = write("plain", [GRADIENT, UNDEFINED]).out.split("\n\n")
    assert first.startswith("x=1.0\n")
    assert second.startswith("x=-1.0\n")


def test_list_is_cut_by_tabs() -> None:
    assert write("plain", [LISTING]).out.splitlines()[0] == "sin\t1\tsine"


@pytest.mark.parametrize("name", ["value", "status", "engine", "gradient_norm", "expression"])
def test_variable_named_like_a_line_gives_way(name: str) -> None:
    result = read(replace(FINISHED, x={name: 1.5}, gradient={name: 2.5}, start={name: 3.5}))
    assert (result[name + "_"], result[f"gradient_{name}"]) == ("1.5", "2.5")
    assert result["value"] == "0.0028460768151"
    assert result["status"] == Status.MAX_STEPS.value


def test_variable_named_like_a_derivative_keeps_its_name() -> None:
    at = {"x": 1.0, "gradient_x": 2.0, "norm": 3.0}
    result = read(replace(FINISHED, x=at, gradient={"x": 4.0, "gradient_x": 5.0, "norm": 6.0}, start={}))
    assert (result["gradient_x"], result["gradient_x_"], result["gradient_norm_"]) == ("2.0", "4.0", "6.0")
    record = Derivative("grad", "", {"x": "symbol"}, at, 1.0, {"x": 4.0}, **WHERE)
    result = read(record)
    assert (result["gradient_x"], result["gradient_x_"], result["symbolic_x"]) == ("2.0", "4.0", "symbol")


@pytest.mark.skipif(not shutil.which("sh"), reason="no sh")
def test_a_shell_can_read_it() -> None:
    texts = ['it\'s $HOME `id` $(id) \\ "q" *', "a\nb"]
    for name, records in RECORDS.items():
        if name in {"list", "two-problems", "minimize-many-variables"}:
            continue
        script = write("plain", records).out + 'printf %s "$expression"'
        run = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
        assert run.stdout == records[-1].expression
    script = write("plain", [replace(FINISHED, message=texts[0], expression=texts[1])]).out
    script += 'printf "%s|%s" "$message" "$expression"'
    run = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
    assert run.stdout == texts[0] + "|a\\nb"


@given(st.floats(allow_nan=False))
def test_numbers_come_back(value: float) -> None:
    result = read(Evaluated("eval", "x", {"x": value}, value, **WHERE))
    assert repr(float(result["value"])) == repr(value) == repr(float(result["x"]))


def test_precision() -> None:
    assert read(FINISHED, precision=3)["x"] == "0.0169"
