"""The function table's column `native` as Python text on plain floats.

There are two texts of everything. The fast one uses Python's own ``/`` and the functions of `math`, which
raise where IEEE 754 has an answer; the safe one calls `gdcli.engines.ieee` throughout and never raises. Both
give the same digits wherever the fast one does not raise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from gdcli.engines import ieee
from gdcli.expression.functions import TABLE

RAISES = (ValueError, OverflowError, ZeroDivisionError)
"""What a fast text raises where its safe text has to be used."""

_LETTERS = "abc"
# These mean something else to `math`: it gives an integer, or fewer digits.
_NOT_FROM_MATH = ("ceil", "floor", "lgamma")
_SHARED: dict[str, Any] = {"__builtins__": {}, "inf": math.inf, "nan": math.nan}

SAFE: dict[str, Any] = _SHARED | {
    name: item for name, item in vars(ieee).items() if callable(item) and not name.startswith("_")
}
"""The global names of a safe text."""

FAST: dict[str, Any] = SAFE | {
    name: getattr(math, name) for name in SAFE if hasattr(math, name) and name not in _NOT_FROM_MATH
}
"""The global names of a fast text."""

# A whole or half exponent in as few operations as torch spends on it, so that the digits are torch's too.
POWERS = {
    2.0: "{a} * {a}",
    3.0: "{a} * {a} * {a}",
    0.5: "sqrt({a})",
    -0.5: "div(1.0, sqrt({a}))",
    -1.0: "div(1.0, {a})",
    -2.0: "div(1.0, {a} * {a})",
}
"""For ``pow`` with one of these exponents the text."""


class Template(NamedTuple):
    """The text of an operation.

    Attributes:
        text: Python, with ``{0}``, ``{1}``, ``{2}`` for the arguments.
        repeated: The places of the arguments that it mentions more than once.
        closed: Whether it can stand beside an operator without parentheses.
    """

    text: str
    repeated: tuple[int, ...]
    closed: bool


def template(op: str, exponent: float | None = None, *, fast: bool) -> Template:
    """The text of the operation `op`.

    Args:
        op: A row of the function table.
        exponent: For ``pow`` with a constant exponent, that.
        fast: Which of the two texts.
    """
    return _template(op, exponent if op == "pow" and exponent in POWERS else None, fast)


@cache
def _template(op: str, exponent: float | None, fast: bool) -> Template:
    text = TABLE[op].native if exponent is None else POWERS[exponent]
    text = text.replace("&", "and").replace("|", "or").replace("~", "not ")
    text = _rewrite(text, "where", lambda c, x, y: f"({x} if {c} else {y})")
    if fast:
        text = _rewrite(text, "div", lambda x, y: f"{_operand(x)} / {_operand(y)}")
        text = _rewrite(text, "mod", lambda x, y: f"{_operand(x)} % {_operand(y)}")
    return closing(text)


def closing(text: str) -> Template:
    """A text in ``{a}``, ``{b}``, ``{c}`` with what `gdcli.engines.emit` has to know of it."""
    repeated = tuple([place for place, letter in enumerate(_LETTERS) if text.count(f"{{{letter}}}") > 1])
    for place, letter in enumerate(_LETTERS):
        text = text.replace(f"{{{letter}}}", f"{{{place}}}")
    return Template(text, repeated, _is_closed(text))


def _is_closed(text: str) -> bool:
    """Whether a text is one call, or in one pair of parentheses."""
    start = re.match(r"\w*\(", text)
    if start is None:
        return False
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and position >= start.end():
            return position == len(text) - 1
    return False


def _operand(text: str) -> str:
    return text if _is_closed(text) or " " not in text else f"({text})"


def _rewrite(text: str, name: str, replace: Callable[..., str]) -> str:
    """`text` with each call of `name` written otherwise."""
    while (start := text.find(f"{name}(")) >= 0:
        arguments, depth, begin = [], 0, start + len(name) + 1
        for end in range(begin, len(text)):
            sign = text[end]
            if depth == 0 and sign in ",)":
                arguments.append(text[begin:end].strip())
                begin = end + 1
                if sign == ")":
                    break
            depth += (sign == "(") - (sign == ")")
        text = text[:start] + replace(*arguments) + text[begin:]
    return text


@cache
def function(op: str, exponent: float | None = None) -> Callable[..., float]:
    """The operation `op` as a function of floats that never raises; for the `exponent` see `template`."""
    source = f"lambda a, b=nan, c=nan: {template(op, exponent, fast=False).text.format(*_LETTERS)}"
    return cast(Callable[..., float], eval(compile(source, f"<{op}>", "eval"), SAFE))


def evaluate(op: str, arguments: Sequence[float]) -> float:
    """The value of the operation `op`."""
    return function(op)(*arguments)
