"""The reader: what the notation means, node by node."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.rows import Function
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph


def tree(graph: Graph) -> str:
    """The graph as nested calls, for comparing: ``add(x,mul(2,y))``."""
    texts: list[str] = []
    for node in graph.nodes:
        if node.op == CONSTANT:
            texts.append(node.name or repr(node.value))
        elif node.op == VARIABLE:
            texts.append(node.name)
        else:
            texts.append(f"{node.op}({','.join(texts[i] for i in node.inputs)})")
    (output,) = graph.outputs
    return texts[output]


MEANINGS = [
    # Precedence and association.
    ("x + y*z", "add(x,mul(y,z))"),
    ("x - y - z", "sub(sub(x,y),z)"),
    ("x - y + z", "add(sub(x,y),z)"),
    ("x/y/z", "div(div(x,y),z)"),
    ("x/y*z", "mul(div(x,y),z)"),
    ("x**y**z", "pow(x,pow(y,z))"),
    ("x^y", "pow(x,y)"),
    ("(x**y)^z", "pow(pow(x,y),z)"),
    ("-x**2", "neg(pow(x,2))"),
    ("(-x)**2", "pow(neg(x),2)"),
    ("2**-1", "pow(2,neg(1))"),
    ("2**-x**y", "pow(2,neg(pow(x,y)))"),
    ("2**-x*y", "mul(pow(2,neg(x)),y)"),
    ("-x*y", "mul(neg(x),y)"),
    ("x*-y", "mul(x,neg(y))"),
    ("x - -y", "sub(x,neg(y))"),
    ("+x", "x"),
    ("-+-x", "neg(neg(x))"),
    ("((x))", "x"),
    # The text's own order, unfolded.
    ("z + 1 + x", "add(add(z,1),x)"),
    ("x + (y + z)", "add(x,add(y,z))"),
    ("x*x - 4*x + 4", "add(sub(mul(x,x),mul(4,x)),4)"),
    ("1 + 2", "add(1,2)"),
    ("x - x", "sub(x,x)"),
    # Numbers.
    ("1.5", "1.5"),
    (".5 + 5.", "add(0.5,5.0)"),
    ("1e3", "1000.0"),
    ("1E-3", "0.001"),
    ("007", "7"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
    ("1e400", "inf"),
    # A number, or a parenthesis, that touches what it multiplies.
    ("3x", "mul(3,x)"),
    ("3e", "mul(3,e)"),
    ("3e2", "300.0"),
    ("3e2x", "mul(300.0,x)"),
    ("3E", "mul(3,E)"),
    ("2e+x", "add(mul(2,e),x)"),
    ("2exp(x)", "mul(2,exp(x))"),
    ("2.sin(x)", "mul(2.0,sin(x))"),
    ("2pi", "mul(2,pi)"),
    ("2(x+1)", "mul(2,add(x,1))"),
    ("(x+1)(x-1)", "mul(add(x,1),sub(x,1))"),
    ("(x+1)y", "mul(add(x,1),y)"),
    ("(x+1)2", "mul(add(x,1),2)"),
    ("sin(x)cos(x)", "mul(sin(x),cos(x))"),
    ("2x**2", "mul(2,pow(x,2))"),
    ("2**3x", "mul(pow(2,3),x)"),
    ("1/2x", "mul(div(1,2),x)"),
    ("-2x", "mul(neg(2),x)"),
    ("4(x)(x-1)", "mul(mul(4,x),sub(x,1))"),
    ("0x", "mul(0,x)"),
    # Conditions.
    ("x if x > 0 else -x", "where(gt(x,0),x,neg(x))"),
    ("1 + x if x > 0 else 2*x", "where(gt(x,0),add(1,x),mul(2,x))"),
    ("1 if x<0 else 2 if x<1 else 3", "where(lt(x,0),1,where(lt(x,1),2,3))"),
    ("(1 if x<0 else 2) if x<1 else 3", "where(lt(x,1),where(lt(x,0),1,2),3)"),
    ("1 if 0<x<1 else 2", "where(and(lt(0,x),lt(x,1)),1,2)"),
    ("1 if 0<x<=y!=z else 2", "where(and(and(lt(0,x),le(x,y)),ne(y,z)),1,2)"),
    ("1 if 0<x+1<2 else 2", "where(and(lt(0,add(x,1)),lt(add(x,1),2)),1,2)"),
    ("1 if x<1 or y<2 and z<3 else 0", "where(or(lt(x,1),and(lt(y,2),lt(z,3))),1,0)"),
    ("1 if not x<1 and y<2 else 0", "where(and(not(lt(x,1)),lt(y,2)),1,0)"),
    ("1 if not (x<1 and y<2) else 0", "where(not(and(lt(x,1),lt(y,2))),1,0)"),
    ("1 if not not x<1 else 0", "where(not(not(lt(x,1))),1,0)"),
    ("where(x == y, x, y)", "where(eq(x,y),x,y)"),
    ("where(x >= 0 and y > 0, x, y)", "where(and(ge(x,0),gt(y,0)),x,y)"),
    ("2if x<1else 3", "where(lt(x,1),2,3)"),
    # Calls.
    ("sin (x)", "sin(x)"),
    ("atan2(y, x)", "atan2(y,x)"),
    ("max(x, y, z)", "max(max(x,y),z)"),
    ("hypot(x, y, z, 1)", "hypot(hypot(hypot(x,y),z),1)"),
    ("ln(x)", "log(x)"),
    ("log(x, 2)", "log(x,2)"),
    ("arctan2(y, x)", "atan2(y,x)"),
    ("pow(x, 2)", "pow(x,2)"),
    ("clip(x, -1, 1)", "clip(x,neg(1),1)"),
    ("max(x if x>0 else y, 2)", "max(where(gt(x,0),x,y),2)"),
    # Names that mean nothing special.
    ("I + E*S", "add(I,mul(E,S))"),
    ("lambda + in*as - is", "sub(add(lambda,mul(in,as)),is)"),
    ("beta*zeta", "mul(beta,zeta)"),
    ("add + mul", "add(add,mul)"),
    ("_x1 + x_", "add(_x1,x_)"),
    ("None", "None"),
    ("__import__", "__import__"),
    # Blanks.
    ("\tx\n +\r\n y ", "add(x,y)"),
]


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_meaning(text: str, expected: str) -> None:
    assert tree(parse(text)) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("pi", math.pi), ("e", math.e), ("tau", math.tau), ("inf", math.inf)]
)
def test_constants(name: str, value: float) -> None:
    (node,) = parse(name).nodes
    assert (node.op, node.value, node.name) == (CONSTANT, value, name)


def test_a_number_keeps_its_type() -> None:
    values = [node.value for node in parse("1 + 1.0 + x**2 + x**2.0").nodes if node.op == CONSTANT]
    assert [(type(v), v) for v in values] == [(int, 1), (float, 1.0), (int, 2), (float, 2.0)]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("x - x + y", ("x", "y")),
        ("b*a + a*b + c", ("b", "a", "c")),
        ("0*z", ("z",)),
        ("y if x > 0 else z", ("y", "x", "z")),
        ("2*pi", ()),
    ],
)
def test_variables_are_those_of_the_text_in_its_order(text: str, variables: tuple[str, ...]) -> None:
    assert parse(text).variables == variables


def test_shared_subexpressions_are_one_node() -> None:
    graph = parse("sin(x*y) + sin(x*y)**2")
    assert [node.op for node in graph.nodes] == [VARIABLE, VARIABLE, "mul", "sin", CONSTANT, "pow", "add"]


def test_positions() -> None:
    text = "1 + sin(xy) if 3x < y else 2"
    graph = parse(text)
    assert len(graph.positions) == len(graph.nodes)
    where = {
        node.name or node.op if node.op != CONSTANT else node.value: text[position:][:3].strip()
        for node, position in zip(graph.nodes, graph.positions, strict=True)
    }
    assert where == {
        1: "1 +", "xy": "xy)", "sin": "sin", "add": "+ s", 3: "3x", "x": "x <", "mul": "x <", "y": "y e",
        "lt": "< y", 2: "2", "where": "if",
    }  # fmt: skip


def test_formulas_of_the_table_may_call_internal_functions_and_branch_on_a_variable() -> None:
    assert tree(parse("where(a, sinc_derivative(1, b), 0)", internal=True)) == (
        "where(a,sinc_derivative(1,b),0)"
    )


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_formula_of_the_table_is_read(row: Function) -> None:
    for formula in filter(None, [*row.derivatives, row.expands]):
        assert set(parse(formula, internal=True).variables) <= {"a", "b", "c", "out"}


@pytest.mark.parametrize("row", [row for row in TABLE.values() if not row.operator], ids=lambda row: row.name)
def test_every_function_is_called_by_its_names(row: Function) -> None:
    fewest = row.arity[0]
    arguments = ["a > 0" if row.name == "where" else "a", "b", "c"][:fewest]
    for name in (row.name, *row.aliases):
        graph = parse(f"{name}({','.join(arguments)})", internal=True)
        if fewest > 1 or not row.chains:
            assert graph.nodes[graph.outputs[0]].op == row.name


def expressions() -> st.SearchStrategy[tuple[str, str]]:
    """Pairs of a text with every parenthesis and the tree that it means."""
    leaves = st.sampled_from(["x", "y", "z1", "pi", "2", "0.5"]).map(lambda leaf: (leaf, leaf))

    def grow(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
        signs = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow"}
        binary = st.tuples(inner, st.sampled_from(sorted(signs)), inner).map(
            lambda p: (f"({p[0][0]}) {p[1]} ({p[2][0]})", f"{signs[p[1]]}({p[0][1]},{p[2][1]})")
        )
        negated = inner.map(lambda p: (f"-({p[0]})", f"neg({p[1]})"))
        call = st.tuples(st.sampled_from(["sin", "exp", "abs"]), inner).map(
            lambda p: (f"{p[0]}({p[1][0]})", f"{p[0]}({p[1][1]})")
        )
        branch = st.tuples(inner, inner, inner).map(
            lambda p: (
                f"({p[0][0]}) if ({p[1][0]}) < 1 else ({p[2][0]})",
                f"where(lt({p[1][1]},1),{p[0][1]},{p[2][1]})",
            )
        )
        return st.one_of(binary, negated, call, branch)

    return st.recursive(leaves, grow, max_leaves=20)


@settings(deadline=None, max_examples=100)
@given(expressions())
def test_generated_expressions_mean_what_they_were_made_from(pair: tuple[str, str]) -> None:
    text, expected = pair
    assert tree(parse(text)) == expected


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["+", "-", "*", "/", "**", " - -", "*-", "**-"]), max_size=12), st.data())
def test_operators_mean_what_they_mean_in_python(signs: list[str], data: st.DataObject) -> None:
    leaves = [data.draw(st.sampled_from(["x", "y", "3", "2"])) for _ in range(len(signs) + 1)]
    text = leaves[0] + "".join(sign + leaf for sign, leaf in zip(signs, leaves[1:], strict=True))

    class Writer:
        def __init__(self, text: str) -> None:
            self.text = text

    for name, op in [("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div"), ("pow", "pow")]:
        write = lambda a, b, op=op: Writer(f"{op}({a.text},{b.text})")  # noqa: E731
        setattr(Writer, f"__{name}__", write)
    Writer.__neg__ = lambda a: Writer(f"neg({a.text})")
    names = {"x": Writer("x"), "y": Writer("y"), "N3": Writer("3"), "N2": Writer("2")}
    python = text.replace("3", "N3").replace("2", "N2")
    assert tree(parse(text)) == eval(python, {"__builtins__": {}}, names).text


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from gdcli.expression.parser import parse; parse('sin(x)**2 + 3y');"
        "print(sys.modules.keys() & {'sympy', 'torch', 'numpy', 'difflib', 'unicodedata', 'rich'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
