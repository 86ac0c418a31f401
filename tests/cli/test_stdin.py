"""Problems on standard input, and what becomes of streams that fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from tests.cli.running import clean_environ, gdcli, process


def test_one_record_a_line_in_order() -> None:
    ran = gdcli("eval", "--at", "x=3", "--format", "jsonl", stdin="x\n\n  # a comment\n\tx**2 \r\n-x\n#x")
    assert ran.status == 0
    assert [(each["expression"], each["value"]) for each in ran.objects] == [
        ("x", 3),
        ("x**2", 9),
        ("-x", -3),
    ]


def test_a_wrong_line_spoils_only_itself_and_the_first_status_counts() -> None:
    ran = gdcli("eval", "--at", "x=0", "--format", "json", stdin="x\n1/x\nx+\nx+1\n")
    assert ran.status == 3
    assert [each.get("value", each.get("status")) for each in ran.objects] == [0, None, "error", 1]
    assert ran.objects[2]["expression"] == "x+"
    assert ran.objects[2]["error"]["message"].startswith("line 3: ")
    assert ran.objects[2]["error"]["position"] == 2
    assert "error: line 2: the value is not finite at x=0.0: inf\n" in ran.err
    assert "error: line 3: " in ran.err
    assert gdcli("eval", "--at", "x=0", stdin="x\nx+\n1/x\n").status == 2


def test_very_many_problems() -> None:
    lines = [f"(x-{i % 13})**2 + {i % 7 + 1}*(y-x**2)**2" if i % 50 else f"{i}*)" for i in range(300)]
    gdcli("minimize", "x**2", "--format", "json")
    began = time.process_time()
    ran = gdcli("minimize", "--start", "x=0,y=0", "--format", "json", stdin="\n".join(lines))
    # They take 3 ms each; this is to see that no problem begins anything anew that all of them need.
    assert time.process_time() - began < 300 * 0.03
    assert [each["expression"] for each in ran.objects] == lines
    assert [each["status"] for each in ran.objects] == [
        "converged" if i % 50 else "error" for i in range(300)
    ]
    assert ran.objects[77]["x"] == {"x": pytest.approx(12), "y": pytest.approx(144)}


@pytest.mark.parametrize("argv", [[], ["-"], ["--", "-"]])
def test_a_dash_is_standard_input(argv: list[str]) -> None:
    assert "value=3.0" in gdcli("eval", "--format=plain", *argv, stdin="1+2").out


def test_with_an_expression_standard_input_is_not_read() -> None:
    # The stream of the test is closed: to read it would be an error.
    assert gdcli("eval", "1").status == 0


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n"])
def test_no_expression_at_all(content: str) -> None:
    ran = gdcli("eval", stdin=content)
    assert ran.status == 2
    assert "there is no EXPRESSION, and standard input holds none" in ran.err
    assert (gdcli("eval", "-", stdin=content)) == gdcli("eval", "-", stdin="")
    assert gdcli("eval", "-", stdin=content).status == 0


def test_a_terminal_is_not_waited_for() -> None:
    ran = gdcli("eval", terminal=True)
    assert ran.status == 2
    assert "EXPRESSION is missing" in ran.err


def test_bytes_that_are_not_utf8() -> None:
    ran = gdcli("eval", "--format=json", stdin=b"1\n2+\xff\n3\n")
    assert ran.status == 7
    assert [each.get("value") for each in ran.objects] == [1, None, 3]
    assert ran.objects[1]["error"]["message"] == "line 2: byte 3 of the line (0xff) is not UTF-8"


def test_a_byte_order_mark_is_no_part_of_the_expression() -> None:
    assert gdcli("eval", "--format=json", stdin="\ufeff1+1").json["expression"] == "1+1"


def test_a_line_that_is_too_long_is_refused_and_passed_over() -> None:
    ran = gdcli("eval", "--format=json", stdin="1+" * 1_000_000 + "1\n7\n")
    assert ran.status == 2
    assert [each.get("value") for each in ran.objects] == [None, 7]
    assert ran.objects[0]["error"]["message"] == (
        "line 1: the line is longer than 200,000 characters, which is more than is read"
    )


def test_an_answer_is_there_before_the_next_question() -> None:
    command = [sys.executable, "-m", "gdcli", "eval", "--format", "jsonl"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environ(), bufsize=0
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for question, answer in ((b"1+1\n", 2), (b"2*3\n", 6)):
            running.stdin.write(question)
            assert json.loads(running.stdout.readline())["value"] == answer
        running.stdin.close()
        assert running.wait(timeout=30) == 0


POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
GDCLI = f"{sys.executable} -m gdcli"


def shell(command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command.replace("gdcli", GDCLI, 1)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean_environ() | environ,
        timeout=60,
        check=False,
    )


@POSIX
def test_a_closed_pipe_ends_quietly() -> None:
    ran = shell(
        "{ gdcli minimize 'x**2' --start x=1 --lr 1e-9 --steps 200000 --every 1 --tol 0 --format csv;"
        " echo status $? >&2; } | head -n 3"
    )
    assert ran.stdout.splitlines()[:2] == ["step,value,gradient_norm,x", "0,1.0,2.0,1.0"]
    assert len(ran.stdout.splitlines()) == 3
    assert ran.stderr == "status 0\n"


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
@pytest.mark.parametrize(
    "arguments", ["eval 1", "eval 1 --format json", "--help", "--version", "list formats"]
)
def test_a_full_disk_is_an_error(arguments: str) -> None:
    ran = shell(f"gdcli {arguments} > /dev/full")
    assert ran.returncode == 7
    assert ran.stderr == "error: standard output cannot be written: No space left on device\n"


@POSIX
def test_closed_streams() -> None:
    ran = shell("gdcli eval 1 >&-")
    assert (ran.returncode, ran.stderr) == (7, "error: standard output cannot be written: it is closed\n")
    assert shell("gdcli eval 1 2>&- --format plain").stdout.startswith("value=1.0\n")
    ran = shell("gdcli eval <&-")
    assert ran.returncode == 2
    assert "no standard input to read one from" in ran.stderr


@pytest.mark.parametrize(
    ("argv", "encoding", "status"),
    [
        (["eval", "x*ж", "--at", "x=1"], "ascii", 2),
        (["list", "functions"], "ascii", 0),
        (["minimize", "x**2"], "latin-1", 0),
    ],
)
def test_what_an_encoding_lacks_is_escaped(argv: list[str], encoding: str, status: int) -> None:
    ran = process(*argv, environ={"PYTHONIOENCODING": encoding, "LC_ALL": "C"})
    assert ran.status == status
    assert ran.err.startswith("error: ") == bool(status)
    assert "Traceback" not in ran.err


@POSIX
def test_an_argument_that_is_not_utf8() -> None:
    ran = shell("gdcli eval \"$(printf 'x+\\377')\" --at x=1 --format json")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["kind"] == "expression"
    assert "Traceback" not in ran.stderr
