"""``gdcli plot``, and ``minimize --plot``: files, errors and what is drawn without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.running import Ran, clean_environ, gdcli

MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".svg": b"<?xml", ".pdf": b"%PDF-"}
ROSENBROCK = "(x-1)**2 + 100*(y-x**2)**2"


@pytest.fixture
def matplotlib() -> None:
    pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at these pictures."""
    monkeypatch.setattr("gdcli.reporting.pictures.function.GRID_POINTS", 31)
    monkeypatch.setattr("gdcli.reporting.pictures.surface.SURFACE_POINTS", 21, raising=False)


def require_picture(path: Path) -> None:
    content = path.read_bytes()
    if path.suffix == ".svg":
        assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
    assert content.startswith(MAGIC[path.suffix.lower()])
    assert len(content) > 5_000
    if path.suffix == ".png":
        width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
        assert 1_000 <= width <= 2_000
        assert 600 <= height <= 1_200


def succeeds(*argv: str) -> Ran:
    ran = gdcli(*argv)
    assert ran.status == 0, ran.err
    return ran


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf", ".PNG"])
def test_a_run_into_a_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{ending}"
    with_picture = succeeds(
        "minimize", ROSENBROCK, "--start", "x=-1.2,y=1", "--format", "csv", "--plot", str(path)
    )
    require_picture(path)
    without = succeeds("minimize", ROSENBROCK, "--start", "x=-1.2,y=1", "--format", "csv")
    assert with_picture == without


@pytest.mark.usefixtures("matplotlib")
def test_the_same_picture_is_the_same_file(tmp_path: Path) -> None:
    for ending in MAGIC:
        paths = [tmp_path / f"{name}{ending}" for name in "ab"]
        for path in paths:
            succeeds("plot", "x**2", "--output", str(path))
        assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(
    ("argv", "status"),
    [
        (["minimize", "(x-3)**2", "--start", "x=0", "--lr", "0.1"], 0),
        (["maximize", "x*exp(-x)", "--start", "x=2"], 0),
        (["minimize", "a**2+b**2+c**2+d**2"], 0),
        (["minimize", "a*x**2+b*y**2", "--fix", "a=1,b=2", "--start", "x=1,y=2"], 0),
        (["minimize", "x**2+y**2", "--subject-to", "x+y>=1", "--start", "x=3,y=1"], 0),
        (["minimize", "x**2", "--subject-to", "x+y>=1", "--start", "x=3,y=1"], 0),
        (["minimize", "x**2+cos(3*x)", "--starts", "20", "--range", "x=-4:4"], 0),
        (
            [
                "minimize",
                "x**2+cos(3*x)+y**2",
                "--starts",
                "20",
                "--minima",
                "2",
                "--bounds",
                "x=-4:4,y=-1:1",
            ],
            0,
        ),
        (["minimize", "a**2+b**2+c**2", "--starts", "20"], 0),
        (["minimize", ROSENBROCK, "--start", "x=-1.2,y=1", "--lr", "0.01"], 3),
        (["minimize", "x**3-3*x", "--start", "x=-2"], 3),
        (["minimize", "x-log(x)", "--start", "x=4", "--bounds", "x=0:"], 0),
        (["minimize", "x**2+y**2", "--start", "x=0,y=0"], 0),
        (["minimize", "x**2", "--start", "x=1", "--steps", "0", "--strict"], 4),
    ],
)
def test_every_kind_of_run_has_a_picture(argv: list[str], status: int, tmp_path: Path) -> None:
    path = tmp_path / "run.png"
    assert gdcli(*argv, "--quiet", "--plot", str(path)).status == status
    require_picture(path)


@pytest.mark.usefixtures("matplotlib")
def test_a_run_that_goes_on(tmp_path: Path) -> None:
    checkpoint, path = tmp_path / "run.json", tmp_path / "run.svg"
    argv = ["--lr", "1e-3", "--tol", "0", "--checkpoint", str(checkpoint), "--fix", "a=2"]
    succeeds("minimize", "a*x**2+y**2", "--start", "x=1,y=2", "--steps", "50", *argv)
    succeeds("minimize", "--resume", str(checkpoint), "--steps", "90", "--plot", str(path))
    require_picture(path)


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize(
    "argv",
    [
        ["sin(x)/x", "--range", "x=-20:20"],
        ["sin(x)/x", "--gradient"],
        ["log(x)*y"],
        ["x**2+3*y**2", "--range", "x=-2:2,y=-2:pi", "--gradient"],
        ["x**2+3*y**2", "--surface"],
        ["x**2+3*y**2+z", "--fix", "z=1"],
        ["$x_1$".replace("$", "") + "**2 + y_2", "--gradient"],
    ],
)
def test_a_function_into_a_file(argv: list[str], tmp_path: Path) -> None:
    path = tmp_path / "f.png"
    ran = succeeds("plot", *argv, "--output", str(path))
    assert ran.out == ran.err == ""
    require_picture(path)


@pytest.mark.usefixtures("matplotlib")
def test_traces_side_by_side(tmp_path: Path) -> None:
    traces = []
    for place, (lr, ending) in enumerate({"0.001": ".csv", "0.0005": ".jsonl", "0.0001": ".tsv"}.items()):
        traces += ["--from", str(tmp_path / f"{place}{ending}")]
        argv = ["--start", "x=-1.2,y=1", "--lr", lr, "--steps", "50", "--trace", traces[-1]]
        succeeds("minimize", ROSENBROCK, *argv)
    for expression in ([], [ROSENBROCK], [f"{ROSENBROCK}+0*x"]):
        path = tmp_path / f"{len(expression)}.png"
        ran = succeeds("plot", *expression, *traces, "--output", str(path))
        assert ran.out == ran.err == ""
        require_picture(path)
    ran = succeeds("plot", *traces, "--fix", "y=0", "--range", "x=-2:2", "--output", str(path))
    ran = succeeds("plot", *traces)
    lines = ran.out.splitlines()
    assert [line for line in lines if "." in line and " " not in line] == ["0.csv", "1.jsonl", "2.tsv"]
    assert sum(line.startswith("gradient norm  ") for line in lines) == 3


def test_without_a_file_it_is_drawn_in_characters() -> None:
    ran = succeeds("plot", "sin(x)/x", "--range", "x=-20:20")
    lines = ran.out.splitlines()
    assert lines[:3] == ["plot sin(x)/x", "", "value"]
    assert max(map(len, lines)) <= 80
    assert "⣰⠋⢧" in ran.out
    assert ran.err == ""
    assert gdcli("plot", "sin(x)/x", "--range", "x=-20:20", "--output", "-") == ran


@pytest.mark.parametrize("argv", [["x*y"], ["x*y", "--gradient"], ["x", "--gradient"]])
def test_on_a_terminal(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "20")
    colored = gdcli("plot", *argv, terminal=True).out
    plain = gdcli("plot", *argv, "--no-color", terminal=True).out
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) < 60
    assert ("\x1b[" in colored) == ("x*y" in argv)
    assert gdcli("plot", *argv, terminal=True, environ={"NO_COLOR": "1"}).out == plain


def test_several_expressions() -> None:
    stdin = '# two\nx**2\n{"expression": "x*y", "range": {"x": [0, 1]}, "gradient": true}\nlog(-1-x**2)\n'
    ran = gdcli("plot", stdin=stdin)
    assert [line for line in ran.out.splitlines() if line.startswith("plot")] == ["plot x**2", "plot x*y"]
    assert ran.status == 3
    assert ran.err.startswith("error: line 4: the function is finite nowhere in what is shown\n")


@pytest.mark.parametrize(
    ("argv", "status", "message"),
    [
        (["minimize", "x**2", "--plot", "run.gif"], 2, "the ending of 'run.gif' is not that of a picture"),
        (["minimize", "--plot", "run.png"], 2, "--plot FILE is for one run"),
        (["minimize", "-", "--plot", "run.png"], 2, "--plot FILE is for one run"),
        (
            ["minimize", "x**2", "--plot", "nosuch/run.png"],
            7,
            "cannot write the picture 'nosuch/run.png': No such",
        ),
        (["plot", "x", "--output", "nosuch/run.png"], 7, "cannot write the picture"),
        (["plot", "x", "--output", "run"], 2, "the ending of 'run'"),
        (["plot", "--output", "run.png"], 2, "--output FILE is for one picture"),
        (["plot", "x+y", "--surface"], 2, "--surface draws into a file"),
        (
            ["plot", "x+y", "--surface", "--gradient", "--output", "a.png"],
            2,
            "--surface and --gradient exclude",
        ),
        (["plot", "x", "--surface", "--output", "a.png"], 2, "--surface is for functions of two variables"),
        (["plot", "3"], 2, "there is no variable in the expression"),
        (["plot", "x+y+z"], 2, "a picture shows two variables at most, and these are 3: x, y and z"),
        (["plot", "x+y", "--fix", "x=1,y=2"], 2, "every variable is fixed"),
        (["plot", "x+y", "--fix", "z=1"], 2, "the expression has no variable z"),
        (["plot", "x+y", "--fix", "x=1", "--range", "x=0:1"], 2, "x is fixed, and has no --range"),
        (["plot", "x", "--range", "x=1:"], 2, "the range of x is open"),
        (["plot", "x", "--range", "x=1:1"], 2, "the range of x is too narrow"),
        (["plot", "x", "--range", "x=1:1+2e-16"], 2, "the range of x is too narrow"),
        (["plot", "x", "--range", "x=-1e308:1e308"], 2, "the range of x is too wide"),
        (["plot", "x", "--range", "y=0:1"], 2, "the expression has no variable y"),
        (["plot", "log(-1-x**2)"], 3, "the function is finite nowhere in what is shown"),
        (["plot", "log(-1-x**2-y**2)", "--gradient"], 3, "the function is finite nowhere in what is shown"),
        (["plot", "--from", "nosuch.csv"], 7, "nosuch.csv cannot be read: No such file"),
        (["plot", "--from", "nosuch.txt"], 2, "the ending of 'nosuch.txt' names no format"),
        (["plot", "--from", "a.csv", "--surface", "--output", "a.png"], 2, "--from and --surface exclude"),
        (["plot", "--from", "a.csv", "--gradient"], 2, "--from and --gradient exclude"),
        (["plot", "-", "--from", "a.csv"], 2, "with --from, EXPRESSION is not read from standard input"),
        (["plot", "sin("], 2, ""),
    ],
)
def test_errors(
    argv: list[str], status: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "nosuch/run.png" in argv:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    ran = gdcli(*argv)
    assert ran.status == status
    assert f"error: {message}" in ran.err
    # Nothing was computed, and nothing is left behind.
    assert ran.out == ""
    assert not list(tmp_path.iterdir())


def test_the_variables_of_a_trace_are_those_of_the_expression(tmp_path: Path) -> None:
    trace = str(tmp_path / "a.csv")
    succeeds("minimize", "x**2+y**2", "--start", "x=1,y=2", "--trace", trace)
    ran = gdcli("plot", "x**2+z", "--from", trace)
    assert (ran.status, ran.err) == (
        2,
        "error: the trace has no variable z, which the expression has\nhint: its variables are x, y\n",
    )
    assert "has no variable z" in gdcli("plot", "--from", trace, "--range", "z=0:1").err
    assert "the range of x is open" in gdcli("plot", "--from", trace, "--range", "x=0:").err
    assert "every variable is fixed" in gdcli("plot", "--from", trace, "--fix", "x=1,y=1").err
    with open(trace, "a") as file:  # noqa: PTH123
        file.write("7,8\n")
    ran = gdcli("plot", "--from", trace)
    assert ran.status == 7
    assert ", line " in ran.err
    assert "expected 5 values (step, value, gradient_norm, x, y), but found 2\n  7,8\n" in ran.err


@pytest.mark.parametrize(
    "argv",
    [["minimize", "x**2", "--plot", "{}"], ["plot", "x**2", "--output", "{}"]],
)
def test_without_matplotlib_it_says_how_to_get_it_before_anything_is_computed(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    path = tmp_path / "run.png"
    ran = gdcli(*(each.format(path) for each in argv))
    assert (ran.status, ran.out) == (6, "")
    assert ran.err == (
        "error: pictures need matplotlib, which is not installed\nhint: install it: pip install 'gdcli[plot]'\n"
    )
    assert not path.exists()
    # In characters it needs none.
    assert gdcli("plot", "x**2").status == 0
    assert gdcli("minimize", "x**2", "--plot", "-").status == 0


@pytest.mark.usefixtures("matplotlib")
def test_a_users_own_settings_of_matplotlib_change_nothing(tmp_path: Path) -> None:
    settings = (
        "text.usetex: True\nxtick.labelsize: 40\nlines.linewidth: 9\nsavefig.format: ps\nfont.size: 30\n"
    )
    (tmp_path / "matplotlibrc").write_text(settings)
    paths = [str(tmp_path / name) for name in ("a.png", "b.png")]
    succeeds("plot", "x*y", "--output", paths[0])
    others = {"MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": "nosuch"}
    program = "import gdcli.reporting.pictures.function as f; f.GRID_POINTS = 31; from gdcli.cli.app import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program, "plot", "x*y", "--output", paths[1]],
        env=clean_environ() | others,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == done.stderr == b""
    assert Path(paths[0]).read_bytes() == Path(paths[1]).read_bytes()


@pytest.mark.usefixtures("matplotlib")
def test_what_is_there_is_kept_until_there_is_something_better(tmp_path: Path) -> None:
    path = tmp_path / "run.png"
    path.write_text("precious")
    assert gdcli("minimize", "log(x)", "--start", "x=-1", "--plot", str(path)).status == 3
    assert path.read_text() == "precious"
    succeeds("minimize", "x**2", "--plot", str(path))
    require_picture(path)
    other = tmp_path / "other.png"
    assert gdcli("minimize", "log(x)", "--start", "x=-1", "--plot", str(other)).status == 3
    assert not other.exists()


@pytest.mark.usefixtures("matplotlib")
def test_a_folder_is_no_file(tmp_path: Path) -> None:
    ran = gdcli("minimize", "x**2", "--plot", str(tmp_path / "a.png" / ".."))
    assert ran.status == 2
    (tmp_path / "a.png").mkdir()
    ran = gdcli("minimize", "x**2", "--plot", str(tmp_path / "a.png"))
    assert (ran.status, ran.out) == (7, "")
    assert "Is a directory" in ran.err


def test_the_sparklines_of_a_run() -> None:
    for argv in (["--live"], ["--plot", "-"], ["--live", "--quiet"]):
        ran = succeeds("minimize", "x**2+y**2", "--start", "x=1,y=1", "--lr", "0.1", "--format", "csv", *argv)
        assert (
            ran.out
            == succeeds("minimize", "x**2+y**2", "--start", "x=1,y=1", "--lr", "0.1", "--format", "csv").out
        )
        blank, value, norm = ran.err.splitlines()
        assert blank == ""
        assert value.startswith("value          █")
        assert value.endswith("▁  2 → 3.65e-21  log")
        assert norm.startswith("gradient norm  █")


def test_an_environment_variable_of_a_keyword(tmp_path: Path) -> None:
    trace = str(tmp_path / "a.csv")
    succeeds("minimize", "x**2", "--start", "x=1", "--trace", trace)
    assert gdcli("plot", environ={"GDCLI_FROM": trace}).out == gdcli("plot", "--from", trace).out
