"""Lowering: what is folded, what is written out, how branches are guarded."""

from __future__ import annotations

import math
import time

import pytest

from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower
from gdcli.graph.nodes import Graph


def show(graph: Graph, index: int | None = None) -> str:
    """A small graph as nested calls."""
    node = graph.nodes[graph.outputs[0] if index is None else index]
    if node.value is not None:
        return repr(node.value)
    return node.name or f"{node.op}({', '.join(show(graph, i) for i in node.inputs)})"


FOLDED = [
    ("2**10 + 3*4 - 1", 1035.0),
    ("1/3", 1 / 3),
    ("2**-1", 0.5),
    ("2**0.5", math.sqrt(2.0)),
    ("(2**100 + 1 - 2**100)/4", 0.25),  # integers stay exact
    ("2.0**100 + 1 - 2.0**100", 0.0),
    ("10**400/10**399", 10.0),
    ("10**400", math.inf),
    ("-10**400", -math.inf),
    ("10**400/7", math.inf),
    ("1/0", math.inf),
    ("-1/0", -math.inf),
    ("0*inf", math.nan),
    ("0**-1", math.inf),
    ("log(-1)", math.nan),
    ("exp(1000)", math.inf),
    ("log(8, 2)", math.log(8.0) / math.log(2.0)),
    ("sec(0)", 1.0),
    ("max(1, 3, 2)", 3.0),
    ("max(5)", 5.0),
    ("hypot(2, 3, 6)", 7.0),
    ("heaviside(0)", 0.5),
    ("heaviside(0, 1)", 1.0),
    ("e**2", math.exp(2.0)),
    ("where(1 < 2 and not 3 < 2, 7, 8)", 7.0),
    ("7 if 2 < 1 or 1 != 1 else 8", 8.0),
    ("pi", math.pi),
]


@pytest.mark.parametrize(("text", "value"), FOLDED)
def test_constants_are_computed(text: str, value: float) -> None:
    graph = lower(parse(text))
    (output,) = graph.outputs
    assert len(graph.nodes) == 1
    assert repr(graph.nodes[output].value) == repr(value)


SIMPLER = [
    ("1*x", "x"),
    ("x/1", "x"),
    ("x**1", "x"),
    ("x - 0", "x"),
    ("--x", "x"),
    ("x - -y", "add(x, y)"),
    ("x + -y", "sub(x, y)"),
    ("-1*x", "neg(x)"),
    ("-x*y", "neg(mul(x, y))"),
    ("x**0", "1.0"),
    ("x**2", "pow(x, 2.0)"),
    ("e**x", "exp(x)"),
    ("x*2*3", "mul(mul(x, 2.0), 3.0)"),
    ("2*3*x", "mul(6.0, x)"),
    ("x if 1 < 2 else log(y)", "x"),
    ("x if x > 0 and 1 < 2 else y", "where(gt(x, 0.0), x, y)"),
    ("x if not x > 0 else y", "where(gt(x, 0.0), y, x)"),
    ("max(x, y, z)", "max(max(x, y), z)"),
    ("logaddexp(x, y, z)", "logaddexp(logaddexp(x, y), z)"),
    ("log(x, 2)", f"div(log(x), {math.log(2.0)!r})"),
    ("sec(x)", "div(1.0, cos(x))"),
    ("csc(sec(x))", "div(1.0, sin(div(1.0, cos(x))))"),
    # What would change a nan, an infinity or the sign of a zero stays.
    ("0*x", "mul(0.0, x)"),
    ("x - x", "sub(x, x)"),
    ("x + 0", "add(x, 0.0)"),
    ("x/x", "div(x, x)"),
    ("0 - x", "sub(0.0, x)"),
]


@pytest.mark.parametrize(("text", "lowered"), SIMPLER)
def test_what_has_no_effect_is_left_out(text: str, lowered: str) -> None:
    assert show(lower(parse(text))) == lowered


GUARDED = [
    ("sqrt(x) if x > 0 else 0", "where(gt(x, 0.0), sqrt(where(gt(x, 0.0), x, 1.0)), 0.0)"),
    # Linear operations need no guard, nor do products of what is finite.
    ("3*x - y/2 if x > y else -x", "where(gt(x, y), sub(mul(3.0, x), div(y, 2.0)), neg(x))"),
    ("x*y if x > 0 else 0", "where(gt(x, 0.0), mul(x, y), 0.0)"),
    ("x*log(x) if x > 0 else 0", "where(gt(x, 0.0), mul(x, log(where(gt(x, 0.0), x, 1.0))), 0.0)"),
    ("1/x if x != 0 else 0", "where(ne(x, 0.0), div(1.0, where(ne(x, 0.0), x, 1.0)), 0.0)"),
    # The condition itself is outside the branch.
    ("1 if sqrt(x) > 2 else x", "where(gt(sqrt(x), 2.0), 1.0, x)"),
    # A branch in a branch counts where both conditions hold.
    (
        "(exp(y) if y < 1 else 0) if x > 0 else 0",
        "where(gt(x, 0.0), where(lt(y, 1.0), exp(where(and(gt(x, 0.0), lt(y, 1.0)), y, 0.0)), 0.0), 0.0)",
    ),
    # So does the one after a first that failed.
    (
        "0 if x < 0 else sqrt(x)",
        "where(lt(x, 0.0), 0.0, sqrt(where(lt(x, 0.0), 1.0, x)))",
    ),
]


@pytest.mark.parametrize(("text", "lowered"), GUARDED)
def test_branches_are_guarded(text: str, lowered: str) -> None:
    assert show(lower(parse(text))) == lowered


def test_variables_outlive_their_nodes() -> None:
    graph = lower(parse("x**0 + y + z - z"))
    assert graph.variables == ("x", "y", "z")
    assert {node.name for node in graph.nodes if node.op == "variable"} == {"y", "z"}


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if row.expands and not row.native])
def test_formulas_are_written_out(name: str) -> None:
    assert name not in {node.op for node in lower(parse(f"{name}(x)")).nodes}


def test_shared_subexpressions_are_computed_once() -> None:
    graph = lower(parse("sin(x)*sin(x) + sin(x)"))
    assert [node.op for node in graph.nodes].count("sin") == 1


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"sin(x - {i})" for i in range(10_000)),
        "(" * 900 + "x" + "+1)" * 900,
        "0" + "".join(f" if x < {i} else sqrt(x - {i})" for i in range(400)),
        "where(x>0, " * 300 + "sqrt(x)" + ", 1)" * 300,
        "relu(" * 300 + "x" + ")" * 300,
        "heaviside(" * 300 + "x" + ", x)" * 300,
    ],
    ids=["sum", "deep", "elif", "nested branches", "nested pieces", "nested formulas"],
)
def test_large_graphs_stay_in_proportion(text: str) -> None:
    source = parse(text)
    begin = time.perf_counter()
    graph = lower(source)
    assert time.perf_counter() - begin < 5.0
    assert len(graph.nodes) < 10 * len(source.nodes)
