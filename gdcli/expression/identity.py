"""Whether texts are the derivatives of an expression: proved without SymPy, in a millisecond.

SymPy takes a quarter of a second to be loaded, and so what it has derived is kept between runs. What is kept may have
been damaged or forged, and whoever shows it as a derivative has to know that it is one. It is enough to look at both
as rational functions in atoms: the variables, the named constants, and each function of the table at an argument, of
which nothing is assumed but its derivative. To compare rational functions they are computed at a random point of a
finite field, where two that are not equal give the same number with a probability of less than 2⁻⁵⁰ (J. T. Schwartz,
Fast probabilistic algorithms for verification of polynomial identities, Journal of the ACM 27 (1980), 701–717,
doi:10.1145/322217.322225). The point is drawn anew each time, and so is the prime, so that nobody can prepare a text
for them. An atom is a random number as well: the same one for the same function at the same number.

The derivatives themselves are computed beside the value by forward accumulation, as the second component of numbers
a + bε with ε² = 0 (A. Griewank, A. Walther, Evaluating derivatives, 2nd edition, SIAM 2008,
doi:10.1137/1.9780898717761, chapter 3), along one random direction for all variables at once. The numbers are nested
for second derivatives.

A decimal number is taken for what it says, and if that does not lead to a proof, for the floating-point number that is
nearest to it. What holds because of more than the field's rules is not proved: that sin² + cos² is 1, or that a product
of numbers is as good as equal to them when it has been rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd, isfinite

from gdcli.errors import ExpressionError
from gdcli.expression.field import Field, Number, UnprovableError, innermost, is_zero
from gdcli.expression.functions import TABLE
from gdcli.expression.parser import parse
from gdcli.expression.primes import random_prime
from gdcli.expression.rows.vectors import LARGEST
from gdcli.graph.formulas import formula
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node

_BITS = 128  # of the prime
_MOST_EXPONENT = 2.0**32
"""Of a power, or of powers of powers: of the degree of the rational functions, and so of how many zeros the difference
of two has, all but the length of the text."""
_REPLACED = {
    "asinh": ("1/sqrt(a**2 + 1)",),
    "atan2": ("b/(a**2 + b**2)", "-a/(a**2 + b**2)"),
    "hypot": ("a/sqrt(a**2 + b**2)", "b/sqrt(a**2 + b**2)"),
    "logaddexp": ("exp(a)/(exp(a) + exp(b))", "exp(b)/(exp(a) + exp(b))"),
    "max": ("heaviside(a - b)", "heaviside(b - a)"),
    "min": ("heaviside(b - a)", "heaviside(a - b)"),
    "mod": ("1", "-floor(a/b)"),
    "sinc": ("where(a == 0, -pi**2*a/3, (cos(pi*a) - out)/a)",),
}
"""Derivatives as SymPy writes them down, for rows of the table where those are not equal as rational functions."""

_MIRRORED = {"gt": "lt", "ge": "le"}
_SYMMETRIC = frozenset({"eq", "ne", "and", "or"})


def are_derivatives(graph: Graph, texts: Mapping[str, str]) -> bool:
    """Whether `texts` are proved to be the partial derivatives of a graph.

    Args:
        graph: A source graph with one output, as the parser writes it.
        texts: By variable its derivative's text, which is read as a user's would be.
    """
    return _proved(graph, 1, [((name,), text) for name, text in texts.items()])


def are_second_derivatives(graph: Graph, rows: Mapping[str, Mapping[str, str]]) -> bool:
    """The same of second derivatives, by the variables of the row and the column."""
    return _proved(
        graph, 2, [((name, other), text) for name, row in rows.items() for other, text in row.items()]
    )


def _proved(graph: Graph, order: int, entries: Sequence[tuple[tuple[str, ...], str]]) -> bool:
    broken = any(isinstance(node.value, float) and not node.name for node in graph.nodes)
    return any(_holds(graph, order, entries, decimal) for decimal in ((True, False) if broken else (True,)))


def _holds(graph: Graph, order: int, entries: Sequence[tuple[tuple[str, ...], str]], decimal: bool) -> bool:
    try:
        field = _Field(random_prime(_BITS), decimal)
        directions = [{name: field.random() for names, _ in entries for name in names} for _ in range(order)]
        variables = {name: field.variable(name, directions) for name in graph.variables}
        total = field.outermost(field.value(graph, variables, order))
        # A term that vanishes may still have no value somewhere: 0*log(x).
        field.complete = True
        for names, text in entries:
            if not text.isprintable():
                return False
            claimed = field.value(
                parse(text), {name: field.atom(("variable", name)) for name in variables}, 0
            )
            for direction, name in zip(directions, names, strict=True):
                claimed = field.times(claimed, direction[name])
            total = field.plus(total, field.minus(claimed))
    except (UnprovableError, ExpressionError, RecursionError):
        return False
    return bool(total == 0)


class _Field(Field):
    """A field in which graphs have values."""

    def variable(self, name: str, directions: Sequence[Mapping[str, int]]) -> Number:
        """A variable as a number with a derivative for each direction, along it."""
        number: Number = self.atom(("variable", name))
        for depth, direction in enumerate(directions):
            number = (number, self.lifted(direction.get(name, 0), depth))
        return number

    def outermost(self, number: Number) -> int:
        """The derivative of the highest order."""
        while isinstance(number, tuple):
            number = number[1]
        return int(number)

    def value(self, graph: Graph, variables: Mapping[str, Number], order: int) -> Number:
        """The value of a source graph, whose variables are numbers with derivatives up to `order`."""
        _check_exponents(graph)
        values: list[Number] = []
        for index, node in enumerate(graph.nodes):
            op, inputs = node.op, node.inputs
            if op == VARIABLE:
                if node.name not in variables:
                    raise UnprovableError
                values.append(variables[node.name])
            elif op == CONSTANT:
                values.append(self.lifted(self._constant(node), order))
            elif op == "pow":
                values.append(self._pow(graph, index, values, order))
            elif op == "log" and graph.nodes[inputs[0]].name == "e" and graph.nodes[inputs[0]].op == CONSTANT:
                values.append(self.lifted(1, order))
            else:
                values.append(self.apply(op, [values[i] for i in inputs], order))
        return values[graph.outputs[0]]

    def _constant(self, node: Node) -> int:
        value = node.value
        assert value is not None
        if isinstance(value, float) and not isfinite(value):
            raise UnprovableError
        if node.name:
            return self.atom((CONSTANT, node.name))
        if isinstance(value, int):
            return value % self.prime
        above, below = _decimal(value) if self.decimal else value.as_integer_ratio()
        return above * pow(below, -1, self.prime) % self.prime

    def apply(self, op: str, arguments: Sequence[Number], order: int) -> Number:
        """An operation of the function table, but for powers."""
        if op == "add":
            return self.plus(*arguments)
        if op == "sub":
            return self.plus(arguments[0], self.minus(arguments[1]))
        if op == "neg":
            return self.minus(arguments[0])
        if op == "mul":
            return self.times(*arguments)
        if op == "div":
            return self.times(arguments[0], self.inverse(arguments[1]))
        if op in LARGEST.values():
            # Of a single number.
            return arguments[0]
        row = TABLE[op]
        if row.boolean:
            return self.lifted(self._condition(op, [innermost(a) for a in arguments]), order)
        if op == "where" and len(arguments) == 3:
            # One of both, by a factor of which nothing is known.
            chosen = self.lifted(self.atom((op, innermost(arguments[0]))), order)
            rest = self.plus(self.lifted(1, order), self.minus(chosen))
            return self.plus(self.times(chosen, arguments[1]), self.times(rest, arguments[2]))
        if row.stands_for_formula(len(arguments)):
            return self.value(formula(row.expands), dict(zip("abc", arguments, strict=False)), order)
        rules = _REPLACED.get(op, row.derivatives)
        if len(rules) != len(arguments):
            raise UnprovableError
        if not order:
            return self.atom((op, *arguments))
        inner = [a[0] for a in arguments]
        out = self.apply(op, inner, order - 1)
        known = dict(zip("abc", inner, strict=False)) | {"out": out}
        slope = self.lifted(0, order - 1)
        for rule, argument in zip(rules, arguments, strict=True):
            if not is_zero(argument[1]):
                partial = self.value(formula(rule), known, order - 1)
                slope = self.plus(slope, self.times(partial, argument[1]))
        return out, slope

    def _condition(self, op: str, values: list[int]) -> int:
        """A condition, of which only is known whether it is the same as another."""
        if op in _MIRRORED:
            op, values = _MIRRORED[op], values[::-1]
        return self.atom((op, *(sorted(values) if op in _SYMMETRIC else values)))

    def _pow(self, graph: Graph, index: int, values: Sequence[Number], order: int) -> Number:
        """A power, of whose exponent the whole part is one of the field's own."""
        base, exponent = graph.nodes[index].inputs
        node = graph.nodes[base]
        if node.op == CONSTANT and node.name == "e":
            return self.apply("exp", [values[exponent]], order)
        ratio = _ratio(graph, exponent)
        if ratio is not None:
            return self._fixed_power(values[base], *ratio, order)
        op, inputs = graph.nodes[exponent].op, graph.nodes[exponent].inputs
        if op in ("add", "sub"):
            for place in (1, 0) if op == "add" else (1,):
                ratio = _ratio(graph, inputs[place])
                if ratio is not None and ratio[1] == 1:
                    power = self.power(values[base], ratio[0] if op == "add" else -ratio[0])
                    return self.times(
                        power, self._variable_power(values[base], values[inputs[1 - place]], order)
                    )
        return self._variable_power(values[base], values[exponent], order)

    def _fixed_power(self, base: Number, above: int, below: int, order: int) -> Number:
        """The power with a constant exponent, above/below; of its broken part nothing is known but the derivative."""
        if below == 1:
            return self.power(base, above)
        if not order and above < 0:
            return self.inverse(self._fixed_power(base, -above, below, order))
        if not order:
            whole, rest = divmod(above, below)
            return self.times(self.power(base, whole), self.atom(("pow", base, rest, below)))
        out = self._fixed_power(base[0], above, below, order - 1)
        factor = self.lifted(above * pow(below, -1, self.prime) % self.prime, order - 1)
        lower = self._fixed_power(base[0], above - below, below, order - 1)
        return out, self.times(self.times(factor, lower), base[1])

    def _variable_power(self, base: Number, exponent: Number, order: int) -> Number:
        """The power of which nothing is known but its derivatives."""
        if not order:
            return self.atom(("pow", base, exponent))
        out = self._variable_power(base[0], exponent[0], order - 1)
        slope = self.lifted(0, order - 1)
        if not is_zero(base[1]):
            by_base = self.times(self.times(exponent[0], out), self.inverse(base[0]))
            slope = self.plus(slope, self.times(by_base, base[1]))
        if not is_zero(exponent[1]):
            by_exponent = self.times(out, self.apply("log", [base[0]], order - 1))
            slope = self.plus(slope, self.times(by_exponent, exponent[1]))
        return out, slope


def _check_exponents(graph: Graph) -> None:
    """Refuses powers of powers whose exponents come to too much."""
    nodes = graph.nodes
    if not any(node.op == "pow" for node in nodes):
        return
    largest: list[float] = []
    for op, inputs, *_ in nodes:
        own = max([largest[i] for i in inputs], default=1.0)
        if op == "pow":
            for index in (inputs[1], *nodes[inputs[1]].inputs):
                above, below = _ratio(graph, index) or (1, 1)
                own *= max(1.0, float(min(abs(above) // below, 2**64)))
        if own > _MOST_EXPONENT:
            raise UnprovableError
        largest.append(own)


def _decimal(value: float) -> tuple[int, int]:
    """The shortest decimal that is read as a number, as a fraction."""
    digits, _, exponent = repr(value).partition("e")
    whole, _, behind = digits.partition(".")
    power = int(exponent or 0) - len(behind)
    number = int(whole + behind)
    return (number * 10**power, 1) if power >= 0 else (number, 10**-power)


def _ratio(graph: Graph, index: int) -> tuple[int, int] | None:
    """The number of a node that is a constant, or a quotient of two, as a fraction; None for others."""
    op, inputs, value, name, _ = graph.nodes[index]
    if op == CONSTANT and not name and value is not None:
        return value.as_integer_ratio() if isinstance(value, int) or isfinite(value) else None
    if op == "neg":
        inner = _ratio(graph, inputs[0])
        return None if inner is None else (-inner[0], inner[1])
    if op == "div":
        above, below = _ratio(graph, inputs[0]), _ratio(graph, inputs[1])
        if above is not None and below is not None and below[0]:
            return _reduced(above[0] * below[1], above[1] * below[0])
    return None


def _reduced(above: int, below: int) -> tuple[int, int]:
    factor = gcd(above, below) * (1 if below > 0 else -1)
    return above // factor, below // factor
