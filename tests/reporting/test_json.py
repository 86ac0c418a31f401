"""``json`` and ``jsonl``: the contract's keys, null for what is not finite, and numbers that come back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Evaluated
from tests.reporting.samples import (
    CHECKED,
    CONSTRAINED,
    DIVERGED_RUN,
    EVALUATED,
    FAILED,
    FINISHED,
    GRADIENT,
    HESSIAN,
    LISTING,
    MANY_STARTS,
    RECORDS,
    RUN,
    SYMBOLS,
    UNDEFINED,
    WHERE,
    write,
)

GRAD_KEYS = "schema command expression symbolic at value gradient hessian engine device dtype"
MINIMIZE_KEYS = (
    "schema command expression status message x value gradient gradient_norm start steps evaluations "
    "seconds method lr engine device dtype seed"
)
KEYS = {
    "eval": (EVALUATED, "schema command expression at value engine device dtype"),
    "grad": (GRADIENT, GRAD_KEYS),
    "grad in symbols": (SYMBOLS, GRAD_KEYS),
    "grad with a Hessian": (HESSIAN, GRAD_KEYS),
    "grad undefined": (UNDEFINED, GRAD_KEYS),
    "check": (CHECKED, GRAD_KEYS + " sources disagreement worst agreed"),
    "minimize": (FINISHED, MINIMIZE_KEYS),
    "minimize, answer before the last step": (DIVERGED_RUN[-1], MINIMIZE_KEYS + " last"),
    "minimize, many starts": (MANY_STARTS, MINIMIZE_KEYS + " on_bound starts reached minima"),
    "minimize, constraints": (CONSTRAINED, MINIMIZE_KEYS + " on_bound constraints"),
    "failure": (FAILED, "schema command expression status error"),
    "list": (LISTING, "schema command topic rows"),
}


def read(format: str, records: object, **options: object) -> list[dict[str, object]]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return [
        json.loads(line, parse_constant=refuse) for line in write(format, records, **options).out.splitlines()
    ]


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str) -> None:
    record, keys = KEYS[name]
    (result,) = read("json", [record])
    assert " ".join(result) == keys
    assert result["schema"] == 1


def test_failure() -> None:
    (result,) = read("json", [FAILED])
    assert result["status"] == "error"
    assert result["error"] == {
        "kind": "expression",
        "message": "unknown function 'sinn'",
        "hint": "did you mean sin or sinh?",
        "position": 0,
    }


def test_json_is_the_result_only() -> None:
    (result,) = read("json", RUN)
    assert (result["status"], result["x"], result["lr"]) == ("max_steps", FINISHED.x, 0.02)


def test_not_finite_is_null() -> None:
    (undefined,) = read("json", [UNDEFINED])
    assert (undefined["value"], undefined["gradient"]) == (None, {"x": None})
    *_, step, finished = read("jsonl", DIVERGED_RUN)
    assert step == {"event": "step", "step": 2, "value": None, "gradient_norm": None, "x": {"x": None}}
    assert finished["last"] == {"step": 2, "value": None, "gradient_norm": None, "x": {"x": None}}


def test_what_not_every_run_has() -> None:
    (found,) = read("json", [MANY_STARTS])
    assert (found["on_bound"], found["starts"], found["reached"]) == ([], 1000, 812)
    assert found["minima"][1] == {
        "x": {"x": 1.0000000000000002, "value": -1e-17},
        "value": 1.9e-31,
        "starts": 400,
    }
    (found,) = read("json", [CONSTRAINED])
    assert found["on_bound"] == ["y"]
    assert found["constraints"][0] == {
        "text": "x + y >= 1",
        "violation": 0,
        "multiplier": -1.0000000000000002,
    }


def test_events_of_a_run() -> None:
    lines = write("jsonl", RUN).out.splitlines()
    assert [line.split(",")[0] for line in lines] == ['{"event":"step"'] * 3 + ['{"event":"finished"']
    *steps, finished = read("jsonl", RUN)
    assert [step["step"] for step in steps] == [0, 50, 100]
    assert list(finished) == ["event", *MINIMIZE_KEYS.split()]


def test_list_is_an_object_a_line_in_json_lines() -> None:
    assert [row["name"] for row in read("jsonl", [LISTING])] == ["sin", "clip"]


@pytest.mark.parametrize("format", ["json", "jsonl"])
@pytest.mark.parametrize("name", RECORDS)
def test_is_ascii_lines_of_objects(format: str, name: str) -> None:
    read(format, RECORDS[name])
    strange = replace(EVALUATED, expression="é\ud800\n\x1b")
    (result,) = read(format, [strange])
    assert result["expression"] == strange.expression


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    record = Evaluated("eval", "x", {"x": value}, value, **WHERE)
    (result,) = read("json", [record])
    assert repr(result["value"]) == repr(value) == repr(result["at"]["x"])


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_precision(value: float, precision: int) -> None:
    (result,) = read("json", [replace(EVALUATED, value=value)], precision=precision)
    rounded = float(f"{value:.{precision}g}")
    # What would be rounded up to infinity stays as it is.
    assert result["value"] == (rounded if abs(rounded) != float("inf") else value)
