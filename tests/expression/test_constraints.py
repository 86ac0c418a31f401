"""Constraints are read by the expressions' grammar; each is a residual that is not to be positive, or to be zero."""

from __future__ import annotations

import pytest

from gdcli.engines.native import NativeEngine
from gdcli.errors import ExpressionError
from gdcli.expression.constraints import parse_constraint
from gdcli.graph.lowering import lower


def residual(text: str, **at: float) -> float:
    (constraint,) = parse_constraint(text)
    assert set(constraint.graph.variables) == set(at)
    return NativeEngine(lower(constraint.graph)).value([at[name] for name in constraint.graph.variables])


@pytest.mark.parametrize(
    ("text", "equality", "expected"),
    [
        ("x + y <= 1", False, 6.0),
        ("x + y < 1", False, 6.0),
        ("x + y >= 1", False, -6.0),
        ("1 > x + y", False, 6.0),
        ("x*y == 2", True, 8.0),
        ("(x <= 2y)", False, -8.0),
        ("max(x, y) <= (1 if x < y else 0)", False, 4.0),
    ],
)
def test_the_residual_of_a_comparison(text: str, equality: bool, expected: float) -> None:
    assert residual(text, x=2.0, y=5.0) == expected
    assert parse_constraint(text)[0].equality is equality


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x <= 1", ["x <= 1"]),
        ("  x+y <= 1 ", ["x+y <= 1"]),
        ("0 <= x + y < 1", ["0 <= x + y", "x + y < 1"]),
        ("((0 < x < y < 1))", ["0 < x", "x < y", "y < 1"]),
        ("(x >= 0) and max(x, y) <= 3", ["x >= 0", "max(x, y) <= 3"]),
        ("x >= 0 and (y >= 0 and x + (y) == 1)", ["x >= 0", "y >= 0", "x + (y) == 1"]),
        ("x <= 1 and x <= 1", ["x <= 1", "x <= 1"]),
    ],
)
def test_one_text_may_hold_several(text: str, parts: list[str]) -> None:
    found = parse_constraint(text)
    assert [constraint.text for constraint in found] == parts
    for constraint, part in zip(found, parts, strict=True):
        (alone,) = parse_constraint(part)
        assert constraint.graph.variables == alone.graph.variables
        point = range(1, 1 + len(alone.graph.variables))
        assert NativeEngine(lower(constraint.graph)).value(point) == NativeEngine(lower(alone.graph)).value(
            point
        )
        assert constraint.equality == alone.equality


def test_a_constraint_names_its_own_variables_in_the_order_of_the_text() -> None:
    first, second = parse_constraint("b + a <= c and a >= d")
    assert first.graph.variables == ("b", "a", "c")
    assert second.graph.variables == ("a", "d")


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("x + y", 5, "compares nothing", "x + y <= 1"),
        ("x + y   ", 5, "compares nothing", "x + y <= 1"),
        ("x != 1", 2, "!= is no constraint", "<="),
        ("x < 1 or y < 2", 6, "cannot be made with or", "and"),
        ("not x < 1", 0, "cannot be made with not", "and"),
        ("x < 1 and y != 2", 12, "!= is no constraint", "<="),
        ("1 < 2", 2, "names no variable", "x + y <= 1"),
        ("x < 1 < 2", 6, "names no variable", "x + y <= 1"),
        ("x = 2", 2, "'=' is not part of the notation", "=="),
        ("x =< 2", 2, "'=' is not part of the notation", "<="),
        ("x ≤ 2", 2, "≤", "<="),
        ("x <=", 4, "ends too early", ""),
        ("(x < 1) + 1", 0, "a condition stands where a number is wanted", "where"),
        ("x <= 1 and y", 11, "a condition is wanted here", "x != 0"),
        ("x < 1, y < 2", 5, "comma", ""),
        ("", 0, "empty", ""),
        ("sinn(x) <= 1", 0, "unknown function sinn", "sin"),
    ],
)
def test_an_error_shows_the_place(text: str, position: int, message: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_constraint(text)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.text == text
    assert caught.value.position == position


def test_fixed_variables_become_constants() -> None:
    (constraint,) = parse_constraint("x^n + y <= 3")
    fixed = constraint.fix({"n": 3.0, "other": 1.0})
    assert fixed.text == "x^n + y <= 3"
    assert fixed.graph.variables == ("x", "y")
    assert NativeEngine(lower(fixed.graph)).value([-2.0, 1.0]) == -10.0
    assert constraint.fix({"other": 1.0}) is constraint
