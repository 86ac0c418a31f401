"""``--check``: what counts as agreement, and what is noticed; central differences and rounding by themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gdcli.check import DIFFERENCES, SYMBOLIC, check
from gdcli.engines import ieee
from gdcli.engines.differences import Shape, central, sides
from gdcli.engines.rounding import spread
from gdcli.errors import UnavailableError
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.symbolic.rules import partial
from gdcli.graph.differentiate import gradient
from gdcli.graph.lowering import lower
from gdcli.records import Checked


def checked(text: str, at: dict[str, float], **options: object) -> Checked:
    return check(parse(text), at, expression=text, **options)  # type: ignore[arg-type]


def test_the_record() -> None:
    result = checked("sin(x)*y", {"x": 1.0, "y": 3.0})
    assert (result.command, result.expression, result.at) == ("grad", "sin(x)*y", {"x": 1.0, "y": 3.0})
    assert list(result.sources) == ["native", "torch", SYMBOLIC, DIFFERENCES]
    for slopes in result.sources.values():
        assert list(slopes) == ["x", "y"]
        assert slopes["x"] == pytest.approx(3 * math.cos(1.0), rel=1e-10)
        assert slopes["y"] == pytest.approx(math.sin(1.0), rel=1e-10)
    assert result.value == 3 * math.sin(1.0)
    assert result.agreed and result.note == "" and result.worst in "xy"
    assert 0.0 < result.disagreement < 1e-10


def test_only_the_variables_asked_for() -> None:
    result = checked("x*y + z", {"x": 1.0, "y": 3.0, "z": 0.0}, wrt=["z", "x"])
    assert all(
        slopes == {"z": pytest.approx(1.0), "x": pytest.approx(3.0)} for slopes in result.sources.values()
    )
    assert result.at == {"x": 1.0, "y": 3.0, "z": 0.0}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x**2 + y**2", {"x": 1, "y": 3}),
        ("100*(y - x**2)**2 + (1 - x)**2", {"x": -1.2, "y": 1}),
        ("(x - 1/3)**2", {"x": 1 / 3}),  # zero for the engines, 1e-17 for the symbols
        ("cos(x + pi)", {"x": 0}),  # the other way round
        ("sin(1e6*x)", {"x": 1}),
        ("sin(x)", {"x": 1e10}),
        ("x", {"x": 1.7e308}),
        ("(x + 1e8 - 1e8)**2", {"x": 1}),
        ("log(x)", {"x": 1e-10}),
        ("exp(-1e6*x**2)", {"x": 0.001}),
        ("sin(2*pi*x)", {"x": 1000}),
        ("gamma(x)*erfinv(y) + sinc(x)", {"x": 2.5, "y": 0.3}),
        ("exp(x)", {"x": 700}),
        ("exp(x) if x < 1 else 1", {"x": 1000}),
        ("x - x + y", {"x": 1, "y": 2}),
        ("3", {}),
    ],
)
def test_agreement(text: str, at: dict[str, float]) -> None:
    result = checked(text, at)
    assert result.agreed and result.note == "", result
    assert result.disagreement < 1e-6


@pytest.mark.parametrize(
    ("text", "at", "slope", "reason"),
    [
        ("abs(x - 2)", {"x": 2}, 0.0, ""),
        ("relu(x)", {"x": 0}, 0.0, "kink"),
        ("clip(x, 0, 1)", {"x": 1}, 1.0, "kink"),
        ("max(x, y)", {"x": 1, "y": 1}, 0.5, ""),
        ("floor(x)", {"x": 2}, 0.0, "jumps"),
        ("sign(x) + x", {"x": 0}, 1.0, "jumps"),
        ("x**1.5", {"x": 0}, 0.0, "one side"),
        ("cbrt(x)", {"x": 0}, math.inf, "no finite derivative"),
        ("sin(x)", {"x": 1e300}, math.cos(1e300), "from one number to the next"),
    ],
)
def test_kinks_are_no_disagreement(text: str, at: dict[str, float], slope: float, reason: str) -> None:
    result = checked(text, at)
    assert result.agreed, result
    assert result.sources["native"]["x"] == result.sources["torch"]["x"] == slope
    assert reason in result.note and bool(reason) == bool(result.note)
    assert not reason or result.note.startswith("x: ")


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("x/x", 0.0),  # 1 to the symbols
        ("0*x", math.inf),
        ("x**2", -math.inf),
        ("log(x)", -1.0),
    ],
)
def test_only_the_engines_are_compared_where_there_is_no_value(text: str, x: float) -> None:
    result = checked(text, {"x": x})
    assert result.agreed, result
    assert not math.isfinite(result.value)


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"derivatives": ("cos(a)*(1 + 1e-8)",)}, {"x": 0.5}),
        ({"derivatives": ("-cos(a)",)}, {"x": 0.5}),
        ({"derivatives": ("where(a > 0, cos(a), nan_of(a))".replace("nan_of(a)", "log(-1)"),)}, {"x": -0.5}),
        ({"torch": "torch.tan"}, {"x": 0.5}),
        ({"sympy": "sinh(a)"}, {"x": 0.5}),
    ],
)
def test_a_wrong_derivative_is_noticed(
    changed: dict[str, object], at: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, "sin", replace(TABLE["sin"], **changed))  # type: ignore[arg-type]
    partial.cache_clear()
    result = checked("sin(x) + 0*y", {**at, "y": 1})
    assert not result.agreed
    assert result.disagreement > 1e-10
    assert result.worst == "x"
    partial.cache_clear()


def test_a_wrong_convention_at_a_kink_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, "relu", replace(TABLE["relu"], derivatives=("where(a < 0, 0, 1)",)))
    assert not checked("relu(x)", {"x": 0}).agreed


def test_narrow_dtypes_agree_within_their_own_digits() -> None:
    for dtype, digits in (("float32", 1e-4), ("bfloat16", 1.0), ("float16", 0.2)):
        result = checked("0.1*x + sin(y)*x", {"x": 3.3, "y": 0.7}, dtype=dtype)
        assert result.agreed, result
        assert 1e-12 < result.disagreement < digits
    with pytest.raises(UnavailableError):
        checked("x", {"x": 1.0}, device="cuda:99")


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (ieee.sin, 1e6, math.cos(1e6)),
        (ieee.log, 1e-10, 1e10),
        (ieee.log, 1e10, 1e-10),
        (lambda x: ieee.exp(-1e6 * x * x), 1e-3, -2e3 * math.exp(-1.0)),
        (lambda x: math.sin(2 * math.pi * x), 1000.0, 2 * math.pi),
        (lambda x: math.sin(1e4 * x), 1.0, 1e4 * math.cos(1e4)),
        (lambda x: 1e6 * (x - 1) ** 2, 1.0, 0.0),
        (lambda x: x * x + 1e8, 1.0, 2.0),
        (ieee.tan, 1.57, 1 + math.tan(1.57) ** 2),
        (ieee.exp, 700.0, math.exp(700.0)),
    ],
)
def test_central_differences(f, x: float, slope: float) -> None:  # type: ignore[no-untyped-def]
    estimate = central(f, x)
    assert estimate.derivative == pytest.approx(slope, rel=1e-7, abs=1e-12)
    assert estimate.error <= 1e-6 * max(abs(slope), 1e-6)


@pytest.mark.parametrize(
    ("f", "x", "shape"),
    [
        (abs, 0.0, Shape.KINK),
        (lambda x: abs(x - 1e3) + 1e3, 1e3, Shape.KINK),
        (ieee.floor, 2.0, Shape.JUMP),
        (ieee.sign, 0.0, Shape.JUMP),
        (ieee.sqrt, 0.0, Shape.EDGE),
        (math.sin, 1.0, Shape.SMOOTH),
        (lambda x: x * abs(x), 0.0, Shape.SMOOTH),
        (lambda x: ieee.exp(50 * x), 1.0, Shape.SMOOTH),
    ],
)
def test_shapes(f, x: float, shape: Shape) -> None:  # type: ignore[no-untyped-def]
    assert sides(f, x).shape is shape


@pytest.mark.parametrize(
    ("text", "x", "least", "most"),
    [
        ("x*x", 1.0, 1e-17, 1e-15),
        ("sin(1e6*x)", 1.0, 1e-11, 1e-9),
        ("(x + 1e8 - 1e8)**2", 1.0, 1e-9, 1e-7),
        ("0.1*x", 0.0, 0.0, 0.0),
        ("1/x", 0.0, 0.0, 0.0),
        ("max(x, 1)", 5.0, 0.0, 0.0),
    ],
)
def test_spread_is_what_rounding_does_to_a_value(text: str, x: float, least: float, most: float) -> None:
    graph = lower(parse(text))
    assert least <= spread(graph, [x])[0] <= most
    assert spread(graph, [x]) == spread(graph, [x])
    assert len(spread(gradient(graph), [x])) == 2
    assert spread(graph, [x], unit=1e-3)[0] >= spread(graph, [x])[0]
