"""Backpropagation in symbols: all partial derivatives of an expression in one sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from gdcli.expression.symbolic.conversion import instance
from gdcli.expression.symbolic.operations import Operation, apply, operation, power, where
from gdcli.expression.symbolic.rules import partial

Factors: TypeAlias = tuple[Expr, ...]
"""A product not yet multiplied: of 2 and a sum alone SymPy makes a sum, but not of 2, a sum and x."""


def gradient(
    expr: Expr, variables: Iterable[Symbol], *, guarded: bool = False, spend: Callable[[int], None]
) -> dict[Symbol, Expr]:
    """The derivatives of `expr` by those of the `variables` on which it depends.

    Args:
        expr: The expression.
        variables: What to differentiate by.
        guarded: As of `gdcli.expression.symbolic.rules.partial`.
        spend: Is told of the work before it is done, in terms and factors; raises where it becomes too much.
    """
    sweep = _Sweep(frozenset(variables), guarded, spend)
    # The inner ones first.
    for node in postorder(expr):
        if isinstance(node, operation("where")):
            condition, *branches = node.args
            first, second = (sweep.run(branch) for branch in branches)
            sweep.branches[node] = {
                name: where(condition, first.get(name, Integer(0)), second.get(name, Integer(0)))
                for name in {**first, **second}
            }
    return sweep.run(expr)


def postorder(expr: Expr, stop: type[Expr] | None = None) -> list[Expr]:
    """Each distinct part of `expr` once, its arguments before it; without those of one of type `stop`."""
    done: dict[Expr, None] = {}
    stack = [(expr, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            done[node] = None
        elif node not in done:
            stack.append((node, True))
            if stop is None or not isinstance(node, stop):
                stack += [(argument, False) for argument in node.args if argument not in done]
    return list(done)


class _Sweep:
    """Backward sweeps by the same variables.

    Attributes:
        branches: The derivatives of each ``where`` that is met: those of its branches, branch by branch, so
            that what is not taken takes no part.
    """

    def __init__(self, variables: frozenset[Symbol], guarded: bool, spend: Callable[[int], None]) -> None:
        self.variables = variables
        self.guarded = guarded
        self.spend = spend
        self.branches: dict[Expr, Mapping[Symbol, Expr]] = {}

    def run(self, root: Expr) -> dict[Symbol, Expr]:
        nodes = postorder(root, stop=operation("where"))
        depends: set[Expr] = set()
        for node in nodes:
            if node in self.variables or self.branches.get(node) or not depends.isdisjoint(node.args):
                depends.add(node)
        adjoints: dict[Expr, list[Factors]] = {root: [()]}
        for node in reversed(nodes):
            products = adjoints.get(node)
            if products is None or node not in depends or isinstance(node, Symbol):
                continue
            factors = products[0] if len(products) == 1 else (self._sum(products),)
            for child, local in self._partials(node):
                if child in depends or child in self.variables:
                    self.spend(len(factors) + len(local))
                    adjoints.setdefault(child, []).append((*factors, *local))
        return {
            node: self._sum(products)
            for node, products in adjoints.items()
            if node in self.variables and isinstance(node, Symbol)
        }

    def _sum(self, products: Sequence[Factors]) -> Expr:
        self.spend(sum(map(len, products)))
        return Add(*[Mul(*factors) for factors in products])

    def _partials(self, node: Expr) -> Iterable[tuple[Expr, Factors]]:
        arguments = node.args
        if isinstance(node, Add):
            for argument in arguments:
                yield argument, ()
        elif isinstance(node, Mul):
            for i, argument in enumerate(arguments):
                self.spend(len(arguments))
                yield argument, (*arguments[:i], *arguments[i + 1 :])
        elif isinstance(node, Pow | operation("pow")):
            yield from self._of_power(*arguments)
        elif isinstance(node, operation("where")):
            for name, derivative in self.branches[node].items():
                yield name, (derivative,)
        elif isinstance(node, Operation):
            for place, argument in enumerate(arguments):
                local = partial(node.row.name, place, self.guarded)
                if local != 0:
                    yield argument, (instance(local, arguments, node),)

    def _of_power(self, base: Expr, exponent: Expr) -> Iterable[tuple[Expr, Factors]]:
        if self.guarded and not exponent.is_Number:
            for place, argument in enumerate((base, exponent)):
                yield argument, (instance(partial("pow", place, True), (base, exponent)),)
            return
        yield base, (exponent, power(base, exponent - 1))
        if not exponent.is_Number:
            yield exponent, (power(base, exponent), apply("log", base))
