"""Folding: what is computed, and that nothing that is left out makes a difference to any bit of a result."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from gdcli.engines import scalar
from gdcli.graph.builder import GraphBuilder
from gdcli.graph.folding import FoldingBuilder
from gdcli.graph.nodes import Graph

SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.5, math.inf, -math.inf, math.nan)
NUMBERS = {"add": 2, "sub": 2, "mul": 2, "div": 2, "pow": 2, "neg": 1, "max": 2}
CONDITIONS = {"lt": 2, "eq": 2}
CONNECTIVES = {"and": 2, "or": 2, "not": 1}


def values(graph: Graph, point: dict[str, float]) -> float:
    """The output's value, node by node."""
    numbers: list[float] = []
    for node in graph.nodes:
        if node.value is not None:
            numbers.append(node.value)
        elif not node.inputs:
            numbers.append(point[node.name])
        else:
            numbers.append(scalar.evaluate(node.op, [numbers[i] for i in node.inputs]))
    return float(numbers[graph.outputs[0]])


class Pair:
    """The same graph built by both builders."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.plain, self.folding = GraphBuilder(), FoldingBuilder()
        self.conditions: list[tuple[int, int]] = []

    def number(self, depth: int) -> tuple[int, int]:
        pick = self.chance.randrange(5) if depth else 0
        if pick == 0:
            if self.chance.random() < 0.5:
                name = self.chance.choice("xy")
                return self.plain.variable(name), self.folding.variable(name)
            value = self.chance.choice(SPECIAL)
            return self.plain.constant(value), self.folding.constant(value)
        if pick == 1:
            return self.apply("where", self.condition(depth), self.number(depth - 1), self.number(depth - 1))
        op, arity = self.chance.choice(list(NUMBERS.items()))
        return self.apply(op, *(self.number(depth - 1) for _ in range(arity)))

    def condition(self, depth: int) -> tuple[int, int]:
        if self.conditions and self.chance.random() < 0.4:
            return self.chance.choice(self.conditions)
        self.conditions.append(self._new_condition(depth))
        return self.conditions[-1]

    def _new_condition(self, depth: int) -> tuple[int, int]:
        if depth and self.chance.random() < 0.5:
            op, arity = self.chance.choice(list(CONNECTIVES.items()))
            return self.apply(op, *(self.condition(depth - 1) for _ in range(arity)))
        op, arity = self.chance.choice(list(CONDITIONS.items()))
        return self.apply(op, *(self.number(0) for _ in range(arity)))

    def apply(self, op: str, *inputs: tuple[int, int]) -> tuple[int, int]:
        return (
            self.plain.apply(op, *[first for first, _ in inputs]),
            self.folding.apply(op, *[second for _, second in inputs]),
        )


@pytest.mark.parametrize("chunk", range(4))
def test_no_bit_of_a_result_changes(chunk: int) -> None:
    shorter = 0
    for seed in range(500 * chunk, 500 * (chunk + 1)):
        pair = Pair(seed)
        plain, folded = pair.number(4)
        whole = pair.plain.finish(plain, prune=True)
        less = pair.folding.finish(folded, prune=True)
        shorter += len(less.nodes) < len(whole.nodes)
        for x, y in itertools.product(SPECIAL, repeat=2):
            point = {"x": x, "y": y}
            expected, got = values(whole, point), values(less, point)
            assert repr(got) == repr(expected), (seed, point, whole, less)
    assert shorter > 200


@pytest.mark.parametrize(
    ("op", "numbers", "folded"),
    [
        ("add", (2, 3), 5),
        ("mul", (2**100, 2**100), 2**200),
        ("mul", (2**3000, 2**3000), math.inf),
        ("pow", (3, 4), 81),
        ("pow", (3, -1), 1 / 3),
        ("div", (1, 3), 1 / 3),
        ("div", (10**400, 10**399), 10.0),
        ("div", (1, 0), math.inf),
        ("sub", (0.5, 1), -0.5),
        ("neg", (7,), -7),
    ],
)
def test_whole_numbers_are_exact_as_long_as_they_are_short(
    op: str, numbers: tuple[float, ...], folded: float
) -> None:
    builder = FoldingBuilder()
    node = builder.nodes[builder.apply(op, *map(builder.constant, numbers))]
    assert (node.value, type(node.value)) == (folded, type(folded))
