"""Graphs to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdcli.expression.parser import parse
from gdcli.graph.annotate import annotate
from gdcli.graph.tensors.annotate import annotate as annotate_tensors
from gdcli.recorded import vector
from gdcli.records import ComputationGraph, Value


def graph(text: str, at: Mapping[str, float] | None = None, *, steps: bool = False) -> ComputationGraph:
    return ComputationGraph("graph", text, at, annotate(parse(text), at), steps)


NET1 = "x**2+y**2"
NET1_AT = {"x": 1.0, "y": 3.0}
BRANCHES = "sin(x*y)*x + (x if x>y else sqrt(y))/sec(x*y)"
BRANCHES_AT = {"x": 1.0, "y": -3.0}
MANY = "+".join(f"sin(x{i}*y)" for i in range(50))
"""About 200 nodes."""
MANY_AT = {"x0": 0.5, "y": -1.5, **{f"x{i}": i / 7 for i in range(1, 50)}}


def vectors(*, at: bool = True, steps: bool = False) -> ComputationGraph:
    text = "sum(where(x > y, sqrt(x-y), 0)) + a*Sum((x[i+1]-x[i])**2, (i, 0, len(x)-2)) + a*norm(A@x)"
    point: dict[str, Any] = {"x": np.array([3.0, 1.0]), "y": np.array([1.0, 2.0]), "a": 2.0}
    arrays = {"A": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])}
    shapes = {name: np.shape(value) for name, value in point.items()}
    nodes, partials = annotate_tensors(parse(text), shapes, point if at else None, arrays, text)
    return ComputationGraph(
        "graph", text, _recorded(point) if at else None, nodes, steps, _recorded(partials) if at else None
    )


def _recorded(point: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: vector(value, np.shape(value)) if np.shape(value) else float(value)
        for name, value in point.items()
    }


SAMPLES = {
    "net1": graph(NET1, NET1_AT),
    "net1-symbols": graph(NET1),
    "net1-steps": graph(NET1, NET1_AT, steps=True),
    "net1-steps-symbols": graph(NET1, steps=True),
    "branches": graph(BRANCHES, BRANCHES_AT),
    "branches-steps": graph(BRANCHES, BRANCHES_AT, steps=True),
    "square": graph("x*x", {"x": 3.0}),
    "deep": graph("tanh(" * 30 + "x" + ")" * 30, {"x": 0.5}),
    "constants": graph("2*pi + sqrt(2)"),
    "number": graph("5"),
    "variable": graph("x", {"x": -2.0}),
    "functions": graph("max(x, y, 1) + log(x, 2) + hypot(x, y)"),
    "vectors": vectors(),
    "vectors-symbols": vectors(at=False),
    "vectors-steps": vectors(steps=True),
}
