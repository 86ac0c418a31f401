"""Vectors in every format: whole where programs read them, and by their measures where people do."""

from __future__ import annotations

import csv
import io
import json
import math
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.records import Derivative, Record, Step, Value, Vector
from gdcli.reporting.elements import FEW, PIECE, assigned
from gdcli.reporting.trace import ENDINGS, open_trace
from tests.reporting.samples import WHERE, write
from tests.reporting.vector_samples import (
    CHECKED_LONG,
    DIVERGED,
    GRADIENT_LONG,
    GRADIENT_SHORT,
    HESSIAN_LONG,
    HESSIAN_SHORT,
    LONG,
    LONG_MINIMA,
    RUN_LONG,
    RUN_SHORT,
    SHORT,
    check,
    vector,
    wave,
)

NUMBERS = st.lists(st.floats(allow_nan=False), min_size=1, max_size=20)
VECTORS = st.builds(vector, NUMBERS, typecode=st.sampled_from(["", "d"])) | st.builds(
    vector, st.lists(st.floats(allow_nan=False, width=32), min_size=1, max_size=20), typecode=st.just("f")
)
POINTS = st.dictionaries(
    st.sampled_from("abcx"), VECTORS | st.floats(allow_nan=False), min_size=1, max_size=3
)


def texts(value: Value) -> list[str]:
    """The numbers, each as the text that tells it from any other."""
    return list(map(repr, value.numbers if isinstance(value, Vector) else [value]))


def read_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def at(point: dict[str, Value], **more: object) -> Derivative:
    return Derivative("grad", "f", None, at=point, value=1.0, gradient=point, **WHERE, **more)


@given(POINTS)
def test_json_reads_back(point: dict[str, Value]) -> None:
    (line,) = write("json", [at(point)]).out.splitlines()
    result = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    for key in ("at", "gradient"):
        assert list(result[key]) == list(point)
        for name, value in point.items():
            found = result[key][name] if isinstance(value, Vector) else [result[key][name]]
            finite = [text if math.isfinite(float(text)) else "None" for text in texts(value)]
            assert list(map(repr, found)) == finite


@given(POINTS, st.sampled_from([("csv", ","), ("tsv", "\t")]))
def test_rows_read_back(point: dict[str, Value], format: tuple[str, str]) -> None:
    name, delimiter = format
    own = {"csv": [Step(3, 1.0, 2.0, point)], "tsv": [at(point)]}
    for records in own.values():
        header, row = read_csv(write(name, records).out, delimiter)
        found = dict(zip(header, row, strict=True))
        assert len(found) == len(header)
        for variable, value in point.items():
            names = (
                [f"{variable}[{k}]" for k in range(len(value.numbers))]
                if isinstance(value, Vector)
                else [variable]
            )
            assert [repr(float(found[name])) for name in names] == texts(value)


@given(POINTS)
def test_plain_reads_back(point: dict[str, Value]) -> None:
    lines = [line.partition("=") for line in write("plain", [at(point)]).out.splitlines()]
    found = {name: "".join(shlex.split(text)) for name, _, text in lines}
    for variable, value in point.items():
        for name in (variable, f"gradient_{variable}"):
            assert name.isidentifier()
            text = found[name]
            if isinstance(value, Vector):
                assert (text[0], text[-1]) == ("[", "]")
                text = text[1:-1]
            assert [repr(float(number)) for number in text.split(",")] == texts(value)


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 1])
@pytest.mark.parametrize("kind", ["", "d"])
def test_pieces_join(size: int, kind: str) -> None:
    numbers = [k / 7 for k in range(size)]
    point = {"x": vector(numbers, typecode=kind), "y": 1.0}
    assert json.loads(write("json", [at(point)]).out)["gradient"] == {"x": numbers, "y": 1.0}
    header, row = read_csv(write("csv", [Step(0, 1.0, 1.0, point)]).out)
    assert header == ["step", "value", "gradient_norm", *(f"x[{k}]" for k in range(size)), "y"]
    assert list(map(float, row[3:])) == [*numbers, 1.0]
    first = write("plain", [at(point)]).out.splitlines()[0]
    assert json.loads(first.removeprefix("x=").strip("'")) == numbers


def test_what_is_not_finite_is_null_in_json() -> None:
    numbers = [1e300, math.nan, math.inf, -math.inf, -0.0, 5e-324]
    expected = "[1e+300,null,null,null,-0.0,5e-324]"
    assert expected in write("json", [at({"x": vector(numbers)})]).out
    assert expected in write("jsonl", [Step(0, math.nan, math.nan, {"x": vector(numbers, typecode="d")})]).out
    assert (
        "[1e+300,null,null,null,-0.0,5e-324]" in write("json", [at({"x": vector(numbers)})], precision=3).out
    )


@pytest.mark.parametrize("format", ["json", "csv", "plain"])
def test_precision_is_that_of_elements_too(format: str) -> None:
    out = write(format, [at({"x": vector([1 / 3, 2 / 3])})], precision=3).out
    assert "0.333" in out
    assert "0.667" in out
    assert "0.3333" not in out


def test_second_derivatives_are_nested_lists() -> None:
    result = json.loads(write("json", [HESSIAN_SHORT]).out)["hessian"]
    assert result == {"x": {"x": [[6.0, 2.0], [2.0, 0.0]], "y": [1.0, 0.0]}, "y": {"x": [1.0, 0.0], "y": 0.0}}
    header, row = read_csv(write("csv", [HESSIAN_SHORT]).out)
    found = dict(zip(header, row, strict=True))
    assert (found["hessian_x_x[0][1]"], found["hessian_x_y[0]"], found["hessian_y_y"]) == (
        "2.0",
        "1.0",
        "0.0",
    )
    assert "hessian_x_x='[[6.0,2.0],[2.0,0.0]]'\n" in write("plain", [HESSIAN_SHORT]).out


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (1, 6), (6, 1)])
def test_matrix_has_its_rows(shape: tuple[int, int]) -> None:
    rows, columns = shape
    numbers = [float(k) for k in range(6)]
    hessian = {"x": {"y": vector(numbers, *shape)}}
    point = {"x": vector([0.0] * rows), "y": vector([0.0] * columns)}
    record = at(point, hessian=hessian)
    nested = [numbers[i * columns : (i + 1) * columns] for i in range(rows)]
    assert json.loads(write("json", [record]).out)["hessian"]["x"]["y"] == nested
    *_, last = write("table", [record]).out.split("\n\n")
    header, _, *body = (line.split() for line in last.splitlines())
    assert header == ["hessian", *(f"y[{j}]" for j in range(columns))]
    assert body == [[f"x[{i}]", *(f"{number:g}" for number in nested[i])] for i in range(rows)]


@pytest.mark.skipif(not shutil.which("sh"), reason="no sh")
def test_a_shell_keeps_lists() -> None:
    for record in (GRADIENT_SHORT, HESSIAN_SHORT, RUN_SHORT[-1], RUN_LONG[-1]):
        script = write("plain", [record]).out + 'printf %s "$x"'
        run = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
        point = record.at if isinstance(record, Derivative) else record.x
        assert json.loads(run.stdout) == list(point["x"].numbers)


def test_no_two_names_are_the_same() -> None:
    point = {"x": SHORT, "gradient_x": vector([4.0, 5.0]), "value": vector([1.0]), "x_0": 2.0}
    record = replace(at(point), symbolic={"x[0]": "a", "x_0": "b", "value[k]": "c"})
    (header, _) = read_csv(write("csv", [record]).out)
    assert len(set(header)) == len(header)
    assert {"gradient_x[0]", "gradient_x_[2]", "value", "value_[0]"} <= set(header)
    names = [line.partition("=")[0] for line in write("plain", [record]).out.splitlines()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert {"symbolic_x_0", "symbolic_x_0_", "symbolic_value_k"} <= set(names)


def test_header_comes_again_with_another_length_only() -> None:
    steps = [Step(k, 1.0, 1.0, {"x": wave(size)}) for k, size in enumerate((2, 2, 3, 3, 2))]
    out = write("csv", steps).out
    assert [part.count("\n") for part in out.split("\n\n")] == [2, 2, 2]
    out = write("csv", [at(step.x) for step in steps]).out
    assert out.count("gradient_x[0]") == 3


# Tables


def rows_of(record: Record, **options: object) -> dict[str, list[str]]:
    """The rows of the table with a row for each variable."""
    parts = write("table", [record], **options).out.split("\n\n")
    (found,) = (part for part in parts if part.startswith("variable"))
    return {line.split()[0]: line.split()[1:] for line in found.splitlines()[2:]}


@pytest.mark.parametrize("size", [1, 2, FEW, FEW + 1, 1000])
def test_short_is_shown_whole_and_long_by_its_ends(size: int) -> None:
    rows = rows_of(at({"x": wave(size), "y": 2.0}))
    ends = [*range(3), *range(size - 3, size)]
    if size <= FEW:
        assert list(rows) == [*(f"x[{k}]" for k in range(size)), "y"]
    else:
        names = [f"x[{k}]" for k in ends]
        assert list(rows) == [*names[:3], "…", *names[3:], "norm(x)", "min(x)", "max(x)", "y"]


def test_measures_of_a_long_vector() -> None:
    rows = rows_of(at({"x": LONG}))
    assert rows["norm(x)"] == [f"{LONG.norm:.10g}"] * 2
    assert rows["min(x)"] == [f"[{LONG.least_at}]", f"{LONG.least:.10g}"] * 2
    assert rows["max(x)"] == [f"[{LONG.most_at}]", f"{LONG.most:.10g}"] * 2


def test_symbols_stand_with_their_element_and_the_general_one_once() -> None:
    rows = rows_of(GRADIENT_LONG)
    assert rows["x[k]"] == ["2*x[k]"]
    assert rows["x[500]"][2:] == ["2*x[500]", "+", "a"]
    assert float(rows["x[500]"][0]) == pytest.approx(LONG.numbers[500])
    out = write("table", [GRADIENT_LONG]).out
    assert out.count("2*x[k]") == 1
    assert out.count("…") == 2
    short = rows_of(GRADIENT_SHORT)
    assert list(short) == ["x[k]", "x[0]", "x[1]", "x[2]", "a", "y[0]", "y[1]"]
    assert short["y[0]"] == ["0.5", "2", "a"]


def test_columns_in_which_a_vector_is_missing() -> None:
    record = replace(GRADIENT_LONG, gradient={"a": 1.0}, symbolic={"a": "x[500]"})
    rows = rows_of(record)
    assert len(rows["x[0]"]) == len(rows["norm(x)"]) == 1
    assert len(rows["max(x)"]) == 2
    assert rows["a"] == ["2", "1", "x[500]"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("records", [RUN_SHORT[:-1], RUN_LONG[:-1], DIVERGED[:-1]])
def test_rows_of_steps_fit_the_terminal(width: int, records: tuple[Record, ...]) -> None:
    out = write("table", records, terminal=True, width=width, color=False).out
    assert max(map(len, out.splitlines())) <= width


def test_rows_of_steps_show_extremes() -> None:
    header, _, first, *_ = write("table", RUN_LONG[1:-1]).out.splitlines()
    assert header.replace("gradient norm", "").split() == ["step", "value", "min(x)", "max(x)", "a"]
    assert first.split()[3:] == [f"{LONG.least:.10g}", f"{LONG.most:.10g}", "2"]


def test_points_show_measures() -> None:
    header, _, row = write("table", [GRADIENT_LONG], points=True).out.splitlines()
    assert header.split()[:5] == ["norm(x)", "min(x)", "max(x)", "a", "value"]
    assert header.split()[5:8] == ["norm(gradient_x)", "min(gradient_x)", "max(gradient_x)"]
    assert len(row.split()) == 9


def test_second_derivatives_of_long_vectors_are_shown_by_blocks() -> None:
    *_, block = write("table", [HESSIAN_LONG]).out.split("\n\n")
    lines = [line.split() for line in block.splitlines()]
    assert lines[0] == ["hessian", "entries", "norm", "min", "max"]
    assert [line[:2] for line in lines[2:]] == [["x", "x"], ["x", "y"], ["y", "y"]]
    assert lines[2][2:5] == ["12", "by", "12"]
    assert lines[4][2:] == ["1", "2", "2", "2"]


def test_check_shows_the_worst_element() -> None:
    out = write("table", [CHECKED_LONG]).out
    assert "norm(x)" in out
    assert "x[17]" in out.split("\n\n")[2].splitlines()[0]
    assert "8.77e-13 at x[17]" in out
    matrix = check(SHORT, SHORT, SHORT, "x[2]")
    assert write("table", [matrix]).out.split("\n\n")[2].split()[:5] == [
        "gradient",
        "x[0]",
        "x[1]",
        "x[2]",
        "a",
    ]


def test_many_on_a_bound_are_counted() -> None:
    assert "x[9], ... (990 in all)\n" in write("table", [LONG_MINIMA]).out
    assert len(json.loads(write("json", [LONG_MINIMA]).out)["on_bound"]) == 990


def test_best_point_in_a_message() -> None:
    assert assigned({"x": SHORT, "a": 2.0}) == "x=[1.0,-3.0,0.1], a=2.0"
    (best,) = (line for line in write("csv", DIVERGED).err.splitlines() if line.startswith("best:"))
    assert len(best) < 300
    assert "(1000 elements), a=-0.1" in best


# Traces


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("size", [3, 2000])
def test_a_trace_goes_on_under_its_header(tmp_path: Path, ending: str, size: int) -> None:
    path = tmp_path / f"run{ending}"
    steps = [Step(k, 1.0, 2.0, {"x": wave(size, float(k)), "a": 1.5}) for k in range(4)]
    for after, part in ((None, steps[:3]), (1, steps[2:])):
        with open_trace(path, after) as trace:
            for step in part:
                trace.write(step)
    lines = path.read_text().splitlines()
    if ending in (".csv", ".tsv"):
        header, *rows = read_csv(path.read_text(), "\t" if ending == ".tsv" else ",")
        assert header[3:5] == ["x[0]", "x[1]"]
        found = [(int(row[0]), list(map(float, row[3:-1]))) for row in rows]
    else:
        objects = [json.loads(line) for line in lines]
        found = [(each["step"], each["x"]["x"]) for each in objects]
    assert found == [(step.step, list(step.x["x"].numbers)) for step in steps]


def test_a_trace_of_another_length_has_a_header_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    for after, size in ((None, 2), (0, 3)):
        with open_trace(path, after) as trace:
            trace.write(Step(after or 0, 1.0, 2.0, {"x": wave(size)}))
    assert path.read_text().count("step,") == 2
