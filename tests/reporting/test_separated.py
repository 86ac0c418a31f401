"""``csv`` and ``tsv``: rows that spreadsheets and programs read."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Record, Status, Step
from tests.reporting.samples import (
    CHECKED,
    DIVERGED_RUN,
    EVALUATED,
    FAILED,
    FINISHED,
    GRADIENT,
    HESSIAN,
    LISTING,
    RUN,
    STEPS,
    SYMBOLS,
    UNDEFINED,
    write,
)

DELIMITERS = {"csv": ",", "tsv": "\t"}


def read(format: str, records: list[Record], **options: object) -> list[list[str]]:
    return list(csv.reader(write(format, records, **options).out.splitlines(), delimiter=DELIMITERS[format]))


@pytest.mark.parametrize("format", DELIMITERS)
def test_rows_of_a_run(format: str) -> None:
    header, *rows = read(format, RUN)
    assert header == ["step", "value", "gradient_norm", "x", "y"]
    assert [int(row[0]) for row in rows] == [0, 50, 100]
    assert [float(row[3]) for row in rows] == [step.x["x"] for step in STEPS]


def test_rows_of_points() -> None:
    assert write("csv", [GRADIENT, GRADIENT]).out == (
        "x,y,value,gradient_x,gradient_y\n1.0,3.0,10.0,2.0,6.0\n1.0,3.0,10.0,2.0,6.0\n"
    )
    assert read("csv", [EVALUATED])[0] == ["x", "y", "value"]
    assert read("csv", [HESSIAN])[0][5:] == ["hessian_x_x", "hessian_x_y", "hessian_y_x", "hessian_y_y"]
    assert read("tsv", [SYMBOLS]) == [["symbolic_x", "symbolic_y"], ["2*x", "2*y"]]


def test_text_with_the_delimiter_is_quoted() -> None:
    record = replace(SYMBOLS, symbolic={"x": "atan2(x, y)", "y": 'a\t"b"'})
    for format in DELIMITERS:
        assert read(format, [record])[1] == ["atan2(x, y)", 'a\t"b"']
        assert read(format, [LISTING])[2] == list(LISTING.rows[1])


def test_check_has_a_row_for_each_way() -> None:
    header, *rows = read("csv", [CHECKED])
    assert header[2:4] == ["value", "source"]
    assert [row[3] for row in rows] == list(CHECKED.sources)


def test_other_columns_come_after_a_blank_line() -> None:
    out = write("csv", [GRADIENT, FAILED, GRADIENT, UNDEFINED, GRADIENT]).out
    assert [part.count("\n") + 1 for part in out.strip().split("\n\n")] == [3, 2, 2]
    run, other = write("csv", [*RUN, *RUN, Step(0, 1.0, 1.0, {"z": 1.0})]).out.split("\n\n")
    assert run.count("step,") == 1
    assert run.count("\n") == 6
    assert other == "step,value,gradient_norm,z\n0,1.0,1.0,1.0\n"


def test_no_header_has_a_name_twice() -> None:
    (header, _) = read("csv", [Step(0, 1.0, 2.0, {"step": 3.0, "value": 4.0, "value_": 5.0})])
    assert header == ["step", "value", "gradient_norm", "step_", "value_", "value__"]
    (header, _) = read("csv", [replace(GRADIENT, at={"value": 1.0}, gradient={"value": 2.0})])
    assert header == ["value_", "value", "gradient_value"]


def test_ending_out_of_the_ordinary_is_told() -> None:
    assert "best: value -64.0 at x=-4.0" in write("csv", DIVERGED_RUN, quiet=True).err
    assert write("csv", RUN, quiet=True).err == ""
    interrupted = replace(FINISHED, status=Status.INTERRUPTED, message="interrupted after 100 steps")
    err = write("csv", [interrupted], quiet=True).err
    assert "best: value 0.0028460768151 at x=0.01687031935884968, y=0.050610958076549\n" in err


@pytest.mark.parametrize("format", DELIMITERS)
@given(value=st.floats(allow_nan=False))
def test_numbers_come_back(format: str, value: float) -> None:
    _, row = read(format, [Step(0, value, value, {"x": value})])
    assert [repr(float(text)) for text in row[1:]] == [repr(value)] * 3
    _, row = read(format, [replace(GRADIENT, value=value)])
    assert repr(float(row[2])) == repr(value)


def test_precision() -> None:
    assert read("csv", RUN, precision=3)[2] == ["50", "0.169", "0.821", "0.13", "0.39"]
    assert read("csv", [UNDEFINED], precision=3)[1] == ["-1", "nan", "-inf"]
