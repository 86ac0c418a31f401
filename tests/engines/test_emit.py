"""The generated code: generated from nothing but validated nodes, and no more of it than needed."""

from __future__ import annotations

import ast

from gdcli.engines import scalar
from gdcli.engines.emit import emit
from gdcli.engines.native import NativeEngine
from gdcli.expression.parser import parse
from gdcli.graph.lowering import lower

ROSENBROCK = "(1 - x)**2 + 100*(y - x**2)**2"


def engine(text: str) -> NativeEngine:
    return NativeEngine(lower(parse(text)))


def test_the_code_is_straight_line_python_of_known_names() -> None:
    text = "lambda_*exp(x) + where(in_ > 0, log(in_), pi)*1e300*inf + max(x, in_)**2.5 + mod(x, 3)"
    native = engine(text.replace("lambda_", "lambda").replace("in_", "in"))
    for fast in (True, False):
        lines, outputs = emit(native.gradient_graph, ["p0", "p1", "p2"], prefix="t", fast=fast)
        tree = ast.parse("\n".join([*lines, *outputs]))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        own = {name for name in names if name[0] in "pt" and name[1:].isdigit()}
        assert names - own <= set(scalar.SAFE)
        allowed = (
            ast.Module,
            ast.Assign,
            ast.Expr,
            ast.expr,
            ast.operator,
            ast.unaryop,
            ast.boolop,
            ast.cmpop,
        )
        assert all(isinstance(node, (*allowed, ast.expr_context)) for node in ast.walk(tree))
        assert not any(
            isinstance(node, (ast.Attribute, ast.Subscript, ast.Lambda)) for node in ast.walk(tree)
        )
        assert fast == any(isinstance(node, (ast.Div, ast.Mod)) for node in ast.walk(tree))


def test_emitted_code_gives_the_engine_s_numbers() -> None:
    native = engine(ROSENBROCK)
    lines, outputs = emit(native.gradient_graph, ["a", "b"], prefix="w")
    namespace = {**scalar.FAST, "a": -1.2, "b": 1.0}
    exec("\n".join([*lines, f"result = ({', '.join(outputs)})"]), namespace)
    value, gradient = native.value_and_gradient([-1.2, 1.0])
    assert namespace["result"] == (value, *gradient)


def test_what_no_output_needs_is_not_emitted() -> None:
    native = engine("sin(x)*y")
    graph = native.gradient_graph
    second_only = type(graph)(graph.nodes, graph.outputs[2:], graph.variables)
    assert emit(second_only, ["x", "y"]) == ([], ["sin(x)"])


def test_what_is_used_twice_is_computed_once() -> None:
    lines, outputs = emit(engine("sin(x)/(1 + sin(x))").graph, ["x"])
    assert "\n".join([*lines, *outputs]).count("sin(") == 1
