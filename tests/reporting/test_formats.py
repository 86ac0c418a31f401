"""What holds for every format, by being in the registry."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import pytest

from gdcli.errors import UsageError
from gdcli.reporting import FORMATS, open_reporter
from gdcli.reporting.reporter import Reporter
from tests.reporting.samples import DIVERGED_RUN, FAILED, RECORDS, RUN, UNDEFINED, Terminal, write

every_format = pytest.mark.parametrize("format", FORMATS)


@every_format
def test_has_a_summary_and_a_class(format: str) -> None:
    assert FORMATS[format].summary
    assert issubclass(FORMATS[format].load(), Reporter)


@every_format
@pytest.mark.parametrize("name", [name for name in RECORDS if name != "minimize-many-variables"])
def test_shows_every_result(format: str, name: str) -> None:
    assert write(format, RECORDS[name]).out.endswith("\n")


@every_format
def test_each_record_is_out_when_write_returns(format: str) -> None:
    """Runs are watched through pipes, too: nothing waits in a buffer."""
    raw = io.BytesIO()
    stdout = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
    reporter = open_reporter(format, stdout, io.StringIO())
    sizes = [0]
    for record in RUN:
        reporter.write(record)
        sizes.append(len(raw.getvalue()))
    stepwise = {"table", "jsonl", "csv", "tsv"}
    if format in stepwise:
        start, *steps = sizes[1:-1]
        assert [start, *steps] == sorted({start, *steps}), "every step adds something"
    before = len(raw.getvalue())
    reporter.close()
    assert len(raw.getvalue()) == before > 0
    assert not stdout.closed


@every_format
def test_no_escapes_in_a_pipe_nor_under_no_color(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in write(format, RUN).out
    assert "\x1b" not in write(format, RUN, terminal=True, color=False).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in write(format, RUN, terminal=True).out


@every_format
def test_hints_and_notes_go_to_stderr(format: str) -> None:
    written = write(format, [*RUN, UNDEFINED])
    for text in (*RUN[-1].hints, UNDEFINED.note):
        assert text in written.err
        assert text not in written.out


@every_format
def test_quiet_silences_stderr_and_not_stdout(format: str) -> None:
    records = [*RUN, UNDEFINED]
    quiet = write(format, records, quiet=True)
    assert quiet.err == ""
    assert quiet.out == write(format, records).out


@every_format
def test_best_point_is_shown_even_in_quiet(format: str) -> None:
    written = write(format, DIVERGED_RUN, quiet=True)
    assert "-64" in written.out + written.err
    assert "diverged" in written.out + written.err
    assert "best" in written.err or format not in {"csv", "tsv"}


@every_format
def test_failure_is_on_stdout_in_the_json_formats_only(format: str) -> None:
    assert bool(write(format, [FAILED]).out) == format.startswith("json")


@every_format
@pytest.mark.parametrize("open_stream", [io.StringIO, Terminal])
def test_closed_pipe_is_the_callers(format: str, open_stream: Callable[[], io.StringIO]) -> None:
    stream = open_stream()

    def broken(text: str) -> int:
        raise BrokenPipeError

    stream.write = broken  # type: ignore[method-assign]
    reporter = open_reporter(format, stream, io.StringIO())
    with pytest.raises(BrokenPipeError):
        for record in RUN:
            reporter.write(record)


@every_format
def test_ascii_stream_gets_ascii(format: str) -> None:
    raw = io.BytesIO()
    reporter = open_reporter(format, io.TextIOWrapper(raw, encoding="ascii", newline="\n"), io.StringIO())
    for records in RECORDS.values():
        for record in records:
            reporter.write(record)
    assert raw.getvalue().isascii()


def test_unknown_format_names_the_known() -> None:
    with pytest.raises(UsageError, match="unknown format 'xml'") as caught:
        open_reporter("xml", io.StringIO(), io.StringIO())
    assert all(name in caught.value.hint for name in FORMATS)


@pytest.mark.parametrize("precision", [0, -1, 51])
def test_precision_out_of_bounds(precision: int) -> None:
    with pytest.raises(UsageError, match=str(precision)):
        open_reporter("plain", io.StringIO(), io.StringIO(), precision=precision)


def _loaded(code: str) -> set[str]:
    code = f"import sys\n{code}\nprint(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_package_loads_no_format() -> None:
    loaded = _loaded("import gdcli.reporting, gdcli.reporting.messages, gdcli.reporting.progress")
    assert not loaded & {"rich", "json", "csv", "numpy", "torch", "sympy", "typer"}
    assert not loaded & {format.module for format in FORMATS.values()}


def test_only_table_loads_rich() -> None:
    others = "\n".join(f"gdcli.reporting.FORMATS[{name!r}].load()" for name in FORMATS if name != "table")
    loaded = _loaded(f"import gdcli.reporting, gdcli.reporting.trace\n{others}")
    assert not loaded & {"rich", "numpy", "torch", "sympy"}
    loaded = _loaded("import gdcli.reporting\ngdcli.reporting.FORMATS['table'].load()")
    assert not loaded & {"rich.live", "rich.progress", "rich.markdown", "pygments", "numpy", "torch", "sympy"}
