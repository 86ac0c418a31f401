"""Texts that are meant to hang a reader or to fill the memory: read or refused by name, at once."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.errors import ExpressionError
from gdcli.expression.bounds import MAX_INTEGER_BITS, bits, size_of, size_of_result
from gdcli.expression.parser import parse
from gdcli.graph.nodes import Graph

# The text, and a piece of the message.
REFUSED = {
    "9**9**9": "bits; the bound is 4,096",
    "((9**9)**9999)**9999": "bits; the bound is 4,096",
    "10**(10**7)": "bits; the bound is 4,096",
    "2**30**5": "bits; the bound is 4,096",
    "x + 2**2**2**2**2**2": "bits; the bound is 4,096",
    "(-9)**9**9": "bits; the bound is 4,096",
    "9**(9 if x>0 else 8)**9": "bits; the bound is 4,096",
    "9**where(x>0, 9, 8)**9": "bits; the bound is 4,096",
    "*".join(["9**999"] * 1000): "bits; the bound is 4,096",
    "(" * 10_000 + "x" + ")" * 10_000: "nested more than 1,000 deep",
    "sin(" * 10_000 + "x" + ")" * 10_000: "nested more than 1,000 deep",
    "x" + "**x" * 10_000: "nested more than 1,000 deep",
    "9" + "**9" * 10_000: "nested more than 1,000 deep",
    "-" * 10_000 + "x": "nested more than 1,000 deep",
    "1 if x<1 else " * 10_000 + "2": "nested more than 1,000 deep",
    "x" * 200_001: "200,001 characters; the bound is 200,000",
    "+".join(["xy"[i % 2] for i in range(60_001)]) + "+z": "more than 50,000 numbers, names and operations",
    "max(" + ",".join(["x"] * 1_001) + ")": "max has more than 1,000 arguments",
    "sin(" + ",".join(["x"] * 90_000) + ")": "sin has more than 1,000 arguments",
    "1" * 1_001: "a number of 1,001 characters; the bound is 1,000",
    "0." + "1" * 1_000: "a number of 1,002 characters; the bound is 1,000",
}


def without_hanging(text: str) -> Graph | ExpressionError:
    """What `parse` gives. It takes less than a second; that nothing hangs is to be seen on a busy machine too."""
    begun = time.process_time()
    result: Graph | ExpressionError
    try:
        result = parse(text)
    except ExpressionError as error:
        result = error
    assert time.process_time() - begun < 5.0
    return result


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_refused_by_name(text: str) -> None:
    error = without_hanging(text)
    assert isinstance(error, ExpressionError)
    assert REFUSED[text] in error.message
    assert len(error.message) < 200


# The text, and how many nodes it has.
READ = {
    "2**100": 3,
    "2**4000": 3,
    "10**1000": 3,
    "2**(5000 - 4999)": 5,
    "2**-5000": 4,
    "1**10**100": 5,
    "(-1)**10**100": 6,
    "2.0**10**100": 5,
    "x + y*max(" + ",".join("1" * 1_000) + ")": 1_004,
    "10**10**1.5": 4,
    "x**9**9": 4,
    "(9**9/1)**9999": 6,
    "9**999 + 9**999*x": 6,
    "2**4000" + "+1" * 20_000: 20_004,
    "+".join(f"x{i}" for i in range(20_000)): 39_999,
    "+".join(["x**2"] * 20_000): 20_002,
    "(" * 999 + "x" + ")" * 999: 1,
    "sin(" * 999 + "x" + ")" * 999: 1000,
    "x" + "**x" * 999: 1000,
    "max(" + ",".join(f"x{i}" for i in range(1_000)) + ")": 1999,
    "x" * 100_000: 1,
    "1" * 1_000: 1,
}


@pytest.mark.parametrize("text", READ, ids=lambda text: text[:30])
def test_read(text: str) -> None:
    graph = without_hanging(text)
    assert isinstance(graph, Graph)
    assert len(graph.nodes) == READ[text]


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the largest size of a process is read from /proc"
)
def test_memory() -> None:
    # In a process of its own, whose largest size is then that of the worst of the texts. (What getrusage says of it
    # would include the process that started it, in which torch may be loaded.)
    code = """if True:
        import re
        from gdcli.errors import ExpressionError
        from gdcli.expression.parser import parse
        worst = ["9**9**9", "(" * 99_999 + "x", "+".join("xy"[i % 2] for i in range(60_001)), "x " * 99_999,
                 "2**4000" + "*1" * 90_000, "+".join(f"x{i}" for i in range(20_000)), "-" * 199_999 + "x"]
        for text in worst:
            try:
                parse(text)
            except ExpressionError:
                pass
        print(re.search("VmHWM:\\s*([0-9]+) kB", open("/proc/self/status").read())[1])
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300_000


whole = st.integers(-(10**25), 10**25) | st.integers(-20, 20)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["add", "sub", "mul"]), whole, whole)
def test_the_estimate_of_a_result_is_an_upper_one_and_close(op: str, a: int, b: int) -> None:
    result = {"add": a + b, "sub": a - b, "mul": a * b}[op]
    size = size_of_result(op, size_of(a), size_of(b))
    assert size is not None
    if isinstance(size, int):
        assert size == result
    else:
        assert math.log2(abs(result) or 1) <= size + 1e-9
        assert size <= bits(size_of(a)) + bits(size_of(b)) + 1.0


@settings(deadline=None, max_examples=300)
@given(whole, st.integers(0, 60))
def test_the_estimate_of_a_power(a: int, b: int) -> None:
    size = size_of_result("pow", size_of(a), b)
    assert size is not None
    assert math.isclose(bits(size), math.log2(abs(a**b) or 1), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("b", [-1, -(10**30)])
def test_a_negative_power_is_no_whole_number(b: int) -> None:
    size = size_of_result("pow", 3, size_of(b))
    # A very large exponent is known by its absolute value alone, and is refused.
    assert size is None or bits(size) > MAX_INTEGER_BITS
