"""Which engine is chosen, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gdcli.engines import available_devices, select
from gdcli.errors import ExitStatus, UnavailableError
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

GRAPH = lower(parse("x**2 + y"))


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({}, ("native", "cpu", "float64")),
        ({"device": "cpu"}, ("native", "cpu", "float64")),
        ({"dtype": "float32"}, ("torch", "cpu", "float32")),
        ({"engine": "torch"}, ("torch", "cpu", "float64")),
        ({"engine": "torch", "device": "cpu", "dtype": "bfloat16"}, ("torch", "cpu", "bfloat16")),
    ],
)
def test_choice(asked: dict[str, object], chosen: tuple[str, str, str]) -> None:
    engine = select(GRAPH, **asked)  # type: ignore[arg-type]
    assert (engine.name, engine.device, engine.dtype) == chosen
    assert engine.variables == ("x", "y")
    assert engine.value_and_gradient([3.0, 1.0]) == (10.0, (6.0, 1.0))
    values, gradients = engine.evaluate(engine.array([[3.0, 1.0], [0.0, 2.0]]))
    assert engine.floats(values) == [10.0, 2.0]
    assert engine.floats(gradients) == [6.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"engine": "jax"}, ["jax", "native", "torch"]),
        ({"engine": "native", "dtype": "float32"}, ["native", "float32", "float64"]),
        ({"engine": "native", "device": "cuda"}, ["native", "cuda", "CPU"]),
        ({"device": "cuda:77"}, ["cuda:77", "available: cpu"]),
        ({"device": "quantum"}, ["quantum", "available: cpu"]),
        ({"dtype": "decimal"}, ["decimal", "float64", "float32", "bfloat16", "float16"]),
    ],
)
def test_refusals_say_what_there_is(asked: dict[str, str], named: list[str]) -> None:
    with pytest.raises(UnavailableError) as refusal:
        select(GRAPH, **asked)  # type: ignore[arg-type]
    assert refusal.value.exit_status == ExitStatus.UNAVAILABLE == 6
    assert all(name in refusal.value.message for name in named)
    assert refusal.value.hint


def test_devices_can_be_selected() -> None:
    for device in available_devices():
        for dtype in device.dtypes:
            engine = select(GRAPH, "torch", device.name, dtype)
            assert (engine.device, engine.dtype) == (device.name, dtype)


def in_a_fresh_process(program: str) -> tuple[int, str]:
    prelude = (
        "import sys; from gdcli.engines import available_devices, select\n"
        "from gdcli.errors import UnavailableError; from gdcli.expression.parser import parse\n"
        "from gdcli.graph.lowering import lower\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", prelude + program], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_without_torch_the_native_engine_works() -> None:
    program = """
sys.modules["torch"] = None
graph = lower(parse("x*x"))
assert select(graph).value([3.0]) == 9.0
for ask in (lambda: select(graph, "torch"), lambda: select(graph, dtype="float32"), available_devices):
    try:
        ask()
    except UnavailableError as error:
        assert "torch cannot be imported" in error.message
    else:
        raise AssertionError
"""
    assert in_a_fresh_process(program) == (0, "")


def test_choosing_the_native_engine_imports_neither_torch_nor_numpy() -> None:
    program = """
assert select(lower(parse("x*x")), device="cpu").value_and_gradient([3.0]) == (9.0, (6.0,))
assert not {"torch", "numpy", "sympy"} & set(sys.modules)
"""
    assert in_a_fresh_process(program) == (0, "")
