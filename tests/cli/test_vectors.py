"""Vectors through the command line: lists, files, --shape, --let, --save, --points, and what is wrong with them."""

import json

import numpy as np
import pytest

from tests.cli.running import gdcli

ROSENBROCK = "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with a matrix, a vector as CSV, a table with a header, and a long vector."""
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    (tmp_path / "b.csv").write_text("b\n1\n2\n3\n")
    (tmp_path / "table.csv").write_text("height,width\n1,10\n2,20\n4,40\n")
    (tmp_path / "matrix.csv").write_text("1,2\n3,4\n5,6\n")
    np.save("long.npy", np.linspace(0.0, 1.0, 1000))
    (tmp_path / "words.csv").write_text("x\n1\ntwo\n")
    np.save("empty.npy", np.zeros(0))
    np.save("infinite.npy", np.array([1.0, np.inf]))
    np.save("words.npy", np.array(["a", "b"]))
    (tmp_path / "pickled.npy").write_bytes(b"\x80\x04K\x01.")
    return tmp_path


def found(*arguments, **others):
    done = gdcli(*arguments, "--format", "json", **others)
    assert done.status == 0, done.err
    return done.json


def test_the_notes_autograd2():
    record = found("grad", "x[0]**2+x[1]**2", "--at", "x=[1,3]")
    assert (record["value"], record["gradient"]) == (10.0, {"x": [2.0, 6.0]})
    assert record["symbolic"] == {"x[0]": "2*x[0]", "x[1]": "2*x[1]"}
    assert record["at"] == {"x": [1.0, 3.0]}


def test_the_notes_torch_gd3():
    record = found("minimize", "sum(x**2)", "--start", "x=[1,2]", "--tol", "1e-6")
    assert record["x"]["x"] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert record["start"] == {"x": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (("--at", "x=[1, pi/2, -1e-3]"), 1 + np.pi / 2 - 1e-3),
        (("--at", "x=@b.csv"), 6.0),
        (("--at", "x=@table.csv:width"), 70.0),
        (("--at", "x=@long.npy"), 500.0),
        (("--at", "x=2", "--shape", "x=5"), 10.0),
    ],
)
def test_what_a_vector_can_be_given(files, given, value):
    assert found("eval", "sum(x)", *given)["value"] == pytest.approx(value)


def test_matrices_and_vectors_from_files(files):
    for matrix in ("a.npy", "matrix.csv"):
        record = found("minimize", "sum((A@x-b)**2)", "--let", f"A=@{matrix}", "--let", "b=@b.csv")
        assert record["x"]["x"] == pytest.approx([0.0, 0.5], abs=1e-9)


def test_named_subexpressions_and_numbers():
    record = found("grad", "r**2 + n*x", "--let", "r=sqrt(x**2+y**2)", "--let", "n=3", "--at", "x=3,y=4")
    assert (record["value"], record["gradient"]) == (34.0, {"x": 9.0, "y": 8.0})
    pairs = "Sum(Sum(1/hypot(x[i]-x[j], y[i]-y[j]), (j, i+1, n-1)), (i, 0, n-1))"
    at = ("--at", "x=[0,3,0]", "--at", "y=[0,0,4]")
    expected = 1 / 3 + 1 / 4 + 1 / 5
    for how in (("--let", "n=3"), ("--let", "n=len(x)")):
        assert found("eval", pairs, *at, *how)["value"] == pytest.approx(expected)
    # A name that counts is a constant where it is given with the point.
    record = found("grad", pairs, *at, "--at", "n=3")
    assert record["value"] == pytest.approx(expected)
    assert list(record["gradient"]) == ["x", "y"]
    assert record["at"]["n"] == 3.0


def test_hessians_have_blocks():
    record = found("grad", "a*sum(x**2)", "--at", "x=[1,2],a=3", "--hessian")
    assert record["hessian"] == {
        "a": {"a": 0.0, "x": [2.0, 4.0]},
        "x": {"a": [2.0, 4.0], "x": [[6.0, 0.0], [0.0, 6.0]]},
    }


def test_points_name_elements(files):
    (files / "points.csv").write_text("x[0],x[1],y\n1,2,3\n4,5,6\n")
    done = gdcli("grad", "sum(x**2)*y", "--points", "points.csv", "--format", "csv")
    assert done.out.splitlines() == [
        "x[0],x[1],y,value,gradient_x[0],gradient_x[1],gradient_y",
        "1.0,2.0,3.0,15.0,6.0,12.0,5.0",
        "4.0,5.0,6.0,246.0,48.0,60.0,41.0",
    ]
    (files / "points.csv").write_text("x[1],x[0]\n1,2\n")
    assert "is to name x[0] here" in gdcli("eval", "sum(x)", "--points", "points.csv").err


def test_every_way_to_differentiate_agrees():
    record = found("grad", ROSENBROCK, "--at", "x=[-1.2,1,0.5]", "--check")
    assert set(record["sources"]) == {"native", "torch", "scalars", "symbolic", "central differences"}
    assert record["agreed"] is True
    assert list(record["gradient"]) == ["x"]


def test_of_long_vectors_the_engines_are_checked(files):
    record = found("grad", "sum(x**2*exp(-x))", "--at", "x=@long.npy", "--check")
    assert set(record["sources"]) == {"native", "torch"}
    assert record["agreed"] is True


def test_a_wrong_rule_is_noticed(files, monkeypatch):
    from gdcli.graph.tensors.sweep import TensorSweep

    # The derivative of a dot product by its second factor, one half too large.
    right = TensorSweep._of_dot

    def wrong(self, index, place, adjoint):
        share = right(self, index, place, adjoint)
        return self.apply("mul", share, self.constant(1.5)) if place else share

    monkeypatch.setattr(TensorSweep, "_of_dot", wrong)
    for at in ("x=[1,2],y=[3,4]", "x=@long.npy,y=@long.npy"):
        assert gdcli("grad", "dot(x, y)", "--at", at, "--check").status == 5


def test_long_runs_go_the_same_way_as_short_ones():
    # Two hundred elements are plain numbers, one more are arrays.
    for method, lr in (("gd", "0.001"), ("adam", "0.01"), ("lbfgs", "auto"), ("gd", "auto"), ("cg", "auto")):
        ends = []
        for length in (200, 201):
            text = f"sum((x[:{length - 1}]-1)**2) + (x[{length - 1}]-2)**2"
            how = (
                "--shape",
                f"x={length}",
                "--start",
                "x=0",
                "--method",
                method,
                "--lr",
                lr,
                "--steps",
                "50",
            )
            ends.append(found("minimize", text, *how))
        assert ends[0]["x"]["x"][0] == pytest.approx(ends[1]["x"]["x"][0], rel=1e-9)
        assert ends[0]["status"] == ends[1]["status"]
        assert ends[0]["steps"] == ends[1]["steps"]


def test_long_runs_know_how_they_end():
    def run(text, *how):
        done = gdcli("minimize", text, "--shape", "x=300", *how, "--format", "json", "--quiet")
        return done.status, done.json

    status, record = run("sum(x**2)", "--start", "x=1", "--lr", "2", "--steps", "3000")
    assert (status, record["status"]) == (3, "diverged")
    status, record = run("sum(x)", "--start", "x=1")
    assert (status, record["status"]) == (3, "diverged")
    assert run("sum(x**2)", "--start", "x=1", "--lr", "1e-6", "--steps", "7")[1]["status"] == "max_steps"
    assert run("sum((x-1)**2)", "--bounds", "x=2:")[1]["x"]["x"] == [2.0] * 300
    # A saddle point is left.
    record = run("sum(x**2) - 3*x[0]**2 + x[0]**4", "--start", "x=0")[1]
    assert record["value"] == pytest.approx(-1.0)
    assert run("-sum((x-1)**2)", "--start", "x=0")[0] == 3
    assert found("maximize", "-sum((x-1)**2)", "--shape", "x=300", "--start", "x=0")[
        "value"
    ] == pytest.approx(0.0)


def test_random_starts_depend_on_the_seed_and_the_name_alone():
    def start(*how):
        return found("minimize", "sum(x**2)", "--shape", "x=5", "--steps", "0", *how)["start"]["x"]

    assert start() == start("--seed", "0") != start("--seed", "1")
    assert all(1.0 <= number <= 2.0 for number in start("--range", "x=1:2"))


def test_constraints_and_many_starts():
    record = found("minimize", "sum((x-1)**2)", "--start", "x=[0,0,0]", "--subject-to", "sum(x)<=1")
    assert record["x"]["x"] == pytest.approx([1 / 3] * 3)
    assert record["constraints"][0]["multiplier"] == pytest.approx(4 / 3)
    record = found(
        "minimize",
        "sum(x**4-x**2+0.1*x)",
        "--shape",
        "x=2",
        "--starts",
        "100",
        "--range",
        "x=-2:2",
        "--minima",
        "2",
    )
    assert [len(each["x"]["x"]) for each in record["minima"]] == [2, 2]
    assert record["x"]["x"] == pytest.approx([-0.7308931] * 2, abs=1e-6)


def test_fixed_vectors_are_in_every_point():
    record = found("minimize", "sum((x-y)**2)", "--start", "x=[0,0]", "--fix", "y=[3,4]")
    assert record["x"] == {"x": pytest.approx([3.0, 4.0]), "y": [3.0, 4.0]}
    assert record["gradient"]["y"] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_results_are_saved(files):
    found("minimize", "sum((x-3)**2)", "--shape", "x=4", "--save", "x.npy")
    assert np.load("x.npy") == pytest.approx([3.0] * 4)
    found("grad", "sum(x**2)+y**2", "--at", "x=[1,2],y=3", "--save", "g.npz")
    with np.load("g.npz") as saved:
        assert {name: saved[name].tolist() for name in saved} == {"x": [2.0, 4.0], "y": 6.0}
    done = gdcli("grad", "sum(x**2)+y", "--at", "x=[1,2],y=3", "--save", "g.npy")
    assert (done.status, done.out) == (2, "")
    assert gdcli("minimize", "sum(x**2)", "--shape", "x=3", "--save", "nowhere/x.npy").status == 7
    assert gdcli("minimize", "--save", "x.npy", stdin="x**2").status == 2
    assert gdcli("grad", "x**2", "--save", "x.npy").status == 2


def test_json_lines_have_lists():
    line = '{"expression": "sum((x-n)**2)", "start": {"x": [1, 2, "pi"]}, "let": {"n": 2}}'
    record = json.loads(gdcli("minimize", "--format", "json", stdin=line).out)
    assert record["x"]["x"] == pytest.approx([2.0] * 3)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("minimize", "sum(x**2)"), "the length of x is not known", "--shape x=3"),
        (("eval", "x[0]", "--at", "x=1"), "x is a vector, and is given a single number", "x=[1,2,3]"),
        (("eval", "sum(x)", "--at", "x=1"), "sum takes a vector, and x is a single number", "--shape x=10"),
        (("eval", "x**2", "--at", "x=[1,2]"), "the expression is a vector of 2 elements", "sum(…)"),
        (
            ("eval", "sum(x*y)", "--at", "x=[1,2],y=[1,2,3]"),
            "x has 2 elements, and y has 3 elements",
            "same length",
        ),
        (
            ("eval", "sum(x)", "--at", "x=[1,2]", "--shape", "x=3"),
            "x has 2 elements, but --shape gives it 3",
            "",
        ),
        (
            ("eval", "sum(x)", "--at", "x=1", "--shape", "x=0"),
            "the length of x is a whole number from 1 to 1,000,000,000",
            "",
        ),
        (("eval", "sum(x)", "--at", "x=1", "--shape", "y=2"), "the expression has no variable y", "x"),
        (("eval", "sum(x)", "--at", "x=@words.csv"), "words.csv cannot be read as numbers", ""),
        (("eval", "sum(x)", "--at", "x=@empty.npy"), "empty.npy holds no numbers", ""),
        (("eval", "sum(x)", "--at", "x=@infinite.npy"), "element 1 in infinite.npy is inf", ""),
        (
            ("eval", "sum(x)", "--at", "x=@words.npy"),
            "words.npy holds no array of real numbers",
            "numpy.save",
        ),
        (("eval", "sum(x)", "--at", "x=@pickled.npy"), "pickled.npy is no .npy file of numbers", ""),
        (("eval", "sum(x)", "--at", "x=@a.npy"), "the value of x is a matrix of 3 by 2", "--let"),
        (("eval", "sum(x)", "--at", "x=@table.csv"), "table.csv has no column x", "height, width"),
        (("eval", "sum(x)", "--at", "x=@table.csv:depth"), "table.csv has no column depth", "height, width"),
        (("eval", "sum(x)", "--at", "x=@nowhere.npy"), "nowhere.npy cannot be read", ""),
        (("eval", "x", "--at", "x=1", "--let", "y=2"), "the expression does not use it", "its names are x"),
        (("eval", "x+y", "--at", "x=1", "--let", "y=y+1"), "the definition of y uses itself: y → y", ""),
        (
            ("eval", "x+y", "--at", "x=1", "--let", "y=2+"),
            "the definition of y cannot be read",
            "wanted here",
        ),
        (
            ("eval", "x+y", "--at", "x=1", "--let", "pi=3"),
            "pi is a constant, and cannot be given a meaning",
            "",
        ),
        (("minimize", "Sum(x[i], (i, 0, n))", "--shape", "x=5"), "n counts elements", "--fix n=10"),
        (("minimize", "sum(x**2)", "--shape", "x=501", "--starts", "9"), "the bound is 500", ""),
        (
            ("minimize", "sum(x**2)", "--shape", "x=5", "--checkpoint", "c"),
            "--checkpoint is not there for vectors",
            "",
        ),
        (("grad", "sum(x**2)", "--hessian"), "second derivatives by the elements of vectors", "--at"),
        (("grad", "sum(x**2)", "--at", "x=1", "--shape", "x=1001", "--hessian"), "1,001 variables", ""),
        (("grad", "sum(x)", "--at", "x=[1,2]", "--wrt", "y"), "has no variable y", "x"),
    ],
)
def test_what_is_wrong_is_said_once(files, arguments, message, hint):
    done = gdcli(*arguments)
    assert done.status in (2, 7)
    assert done.err.startswith("error: ")
    assert message in done.err
    assert hint in done.err
    assert "Traceback" not in done.err


def test_vectors_load_torch_only_where_it_is_asked_for():
    import subprocess
    import sys

    code = (
        "import sys; from gdcli.cli.app import run;"
        "run(['minimize', 'sum((x-1)**2)', '--shape', 'x=50']); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
