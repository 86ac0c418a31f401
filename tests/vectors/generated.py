"""Expressions of vectors, written at random together with the same problem spelled out in scalars.

The spelling out is the writer's own: it knows of each expression its text and, given the indices of the sums around it,
the text of each of its elements.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Env = Mapping[str, int]

FUNCTIONS = ("sin", "cos", "tanh", "atan", "sigmoid", "softplus", "abs", "relu", "asinh", "erf")
ROWS = 3
"""Of the matrix A."""


@dataclass(frozen=True)
class Example:
    """An expression.

    Attributes:
        text: With vectors.
        scalars: The same with names for elements: ``x[0]`` is ``x_0``.
        point: A number, or a list of them, for each variable.
        constants: Lists, and lists of lists, for the names that are constants.
    """

    text: str
    scalars: str
    point: dict[str, float | list[float]]
    constants: dict[str, list[float] | list[list[float]]]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each variable."""
        return {name: (len(at),) if isinstance(at, list) else () for name, at in self.point.items()}

    def number(self, name: str) -> float:
        """What a variable of the scalars is at the point."""
        vector, _, place = name.partition("_")
        value = self.point[vector]
        return value[int(place)] if isinstance(value, list) else value


@dataclass(frozen=True)
class Vector:
    """A vector's text, and its elements'."""

    text: str
    elements: Callable[[Env], list[str]]


@dataclass(frozen=True)
class Number:
    """A number's text, with vectors and without."""

    text: str
    scalar: Callable[[Env], str]


def example(chance: random.Random, length: int | None = None) -> Example:
    """An expression of vectors x and y of the same length (one to six), a number a, and constants A and b."""
    return _Writer(chance, chance.randint(1, 6) if length is None else length).write()


class _Writer:
    def __init__(self, chance: random.Random, length: int) -> None:
        self.chance = chance
        self.n = length
        self.sums = 0

    def write(self) -> Example:
        parts = [self.number(3, {}) for _ in range(self.chance.randint(1, 2))]
        # A vector that is neither indexed nor reduced would be a number.
        parts.append(
            Number("sum(x*y)*a", lambda env: _paren(" + ".join(f"x_{i}*y_{i}" for i in range(self.n))) + "*a")
        )
        text = " + ".join(part.text for part in parts)
        scalars = " + ".join(part.scalar({}) for part in parts)
        # Not of `chance`, which for the sake of simple examples makes numbers equal.
        apart = random.Random(self.chance.randrange(1000))

        def numbers(count: int) -> list[float]:
            return [round(apart.uniform(-2.0, 2.0), 3) for _ in range(count)]

        point: dict[str, float | list[float]] = {
            "x": numbers(self.n),
            "y": numbers(self.n),
            "a": numbers(1)[0],
        }
        constants: dict[str, list[float] | list[list[float]]] = {}
        matrix = [numbers(self.n) for _ in range(ROWS)]
        vector = numbers(ROWS)
        for i in range(ROWS):
            scalars = scalars.replace(f"b#{i}", f"({vector[i]!r})")
            for j in range(self.n):
                scalars = scalars.replace(f"A#{i}#{j}", f"({matrix[i][j]!r})")
        if "A" in text:
            constants["A"] = matrix
        if "b" in text.replace("abs", "").replace("sub", ""):
            constants["b"] = vector
        return Example(text, scalars, point, constants)

    # Numbers.

    def number(self, depth: int, ranges: Mapping[str, range]) -> Number:
        choices = [self.constant, lambda *_: Number("a", lambda env: "a"), self.element]
        if depth > 0:
            choices += [self.reduced] * 4 + [self.summed] * 3 + [self.combined] * 2
            choices += [self.applied, self.branched, self.inner]
        if ranges:
            choices += [self.indexed] * 4
        return self.chance.choice(choices)(depth - 1, ranges)

    def constant(self, depth: int, ranges: Mapping[str, range]) -> Number:
        if ranges and self.chance.random() < 0.3:
            name = self.chance.choice(list(ranges))
            return Number(name, lambda env: f"({env[name]})")
        if self.chance.random() < 0.2:
            return Number("len(x)", lambda env: str(self.n))
        number = repr(self.chance.choice([1, 2, 0.5, round(self.chance.uniform(0.1, 3.0), 2)]))
        return Number(number, lambda env: number)

    def element(self, depth: int, ranges: Mapping[str, range]) -> Number:
        name, place = self.chance.choice("xy"), self.chance.randrange(self.n)
        subscript = self.chance.choice(
            [
                str(place),
                str(place - self.n),
                f"len({name}) - {self.n - place}",
                f"{self.n} - {self.n - place}",
            ]
        )
        if self.n > 2 and self.chance.random() < 0.2 and place:
            return Number(f"{name}[1:][{place - 1}]", lambda env: f"{name}_{place}")
        return Number(f"{name}[{subscript}]", lambda env: f"{name}_{place}")

    def indexed(self, depth: int, ranges: Mapping[str, range]) -> Number:
        """An element by the indices of the sums around it, within what they go through."""
        name = self.chance.choice("xy")
        index = self.chance.choice(list(ranges))
        n = self.n
        shift = self.chance.choice([-2, -1, 1, 2])
        ways: list[tuple[str, Callable[[Env], int]]] = [
            (index, lambda env: env[index]),
            (f"{index}{shift:+d}", lambda env: env[index] + shift),
            (f"2*{index}", lambda env: 2 * env[index]),
            (f"len({name}) - 1 - {index}", lambda env: n - 1 - env[index]),
            (f"mod({index} + {abs(shift)}, len({name}))", lambda env: (env[index] + abs(shift)) % n),
        ]
        if len(ranges) > 1:
            one, other = self.chance.sample(list(ranges), 2)
            ways += [(f"{one} + {other}", lambda env: env[one] + env[other])]
        subscript, place = self.chance.choice(ways)
        envs = _envs(ranges)
        if all(0 <= place(env) < n for env in envs):
            return Number(f"{name}[{subscript}]", lambda env: f"{name}_{place(env)}")
        # A branch that is not taken may be outside.
        return Number(
            f"({name}[{subscript}] if {subscript} >= 0 and {subscript} < {n} else 0.5)",
            lambda env: f"{name}_{place(env)}" if 0 <= place(env) < n else "0.5",
        )

    def combined(self, depth: int, ranges: Mapping[str, range]) -> Number:
        first, second = self.number(depth, ranges), self.number(depth, ranges)
        pattern = self.chance.choice(
            ["({} + {})", "({} - {})", "({} * {})", "({} / (1 + {}**2))", "max({}, {})"]
        )
        return Number(
            pattern.format(first.text, second.text),
            lambda env: pattern.format(first.scalar(env), second.scalar(env)),
        )

    def applied(self, depth: int, ranges: Mapping[str, range]) -> Number:
        inner, pattern = self.number(depth, ranges), self._pattern()
        return Number(pattern.format(inner.text), lambda env: pattern.format(inner.scalar(env)))

    def branched(self, depth: int, ranges: Mapping[str, range]) -> Number:
        left, taken, other = (self.number(depth, ranges) for _ in range(3))
        pattern = self.chance.choice(["({1} if {0} < 0.5 else {2})", "where({0} < 0.1 or {1} > 1, {1}, {2})"])
        return Number(
            pattern.format(left.text, taken.text, other.text),
            lambda env: pattern.format(left.scalar(env), taken.scalar(env), other.scalar(env)),
        )

    def reduced(self, depth: int, ranges: Mapping[str, range]) -> Number:
        length = self.chance.choice([self.n, self.n, self.chance.randint(1, self.n), ROWS])
        vector = self.vector(length, depth, ranges)
        name = self.chance.choice(list(REDUCTIONS))
        if length == 1 and name in ("var", "std"):
            name = "sum"
        if name == "logsumexp" or name == "prod":
            vector = Vector(
                f"tanh({vector.text})", lambda env, v=vector: [f"tanh({e})" for e in v.elements(env)]
            )
        return Number(f"{name}({vector.text})", lambda env: REDUCTIONS[name](vector.elements(env)))

    def inner(self, depth: int, ranges: Mapping[str, range]) -> Number:
        length = self.chance.choice([self.n, ROWS])
        a, b = self.vector(length, depth - 1, ranges), self.vector(length, depth - 1, ranges)
        pattern = self.chance.choice(["dot({}, {})", "(({}) @ ({}))"])
        return Number(
            pattern.format(a.text, b.text),
            lambda env: _paren(
                " + ".join(f"{p}*{q}" for p, q in zip(a.elements(env), b.elements(env), strict=True))
            ),
        )

    def summed(self, depth: int, ranges: Mapping[str, range]) -> Number:
        """A sum or a product over an index whose limits may depend on the index around it."""
        self.sums += 1
        name = self.chance.choice(["i", "j", "k"]) if self.chance.random() < 0.3 else f"i{self.sums}"
        if name in ranges or len(ranges) > 1:
            return self.element(depth, ranges)
        n = self.n
        limits: list[tuple[str, Callable[[Env], int]]] = [
            (str(self.chance.randrange(3)), lambda env: int(limits[0][0])),
            ("len(x) - 1", lambda env: n - 1),
            ("len(x) - 2", lambda env: n - 2),
            ("len(x[1:]) - 1" if n > 1 else "0", lambda env: max(n - 2, 0)),
        ]
        low: tuple[str, Callable[[Env], int]] = limits[0]
        high = self.chance.choice(limits[1:])
        if ranges and self.chance.random() < 0.7:
            outer = self.chance.choice(list(ranges))
            low, high = self.chance.choice(
                [
                    ((f"{outer} + 1", lambda env: env[outer] + 1), high),
                    (low, (outer, lambda env: env[outer])),
                    (low, (f"{outer} - 1", lambda env: env[outer] - 1)),
                ]
            )
        envs = _envs(ranges)
        bounds = [(low[1](env), high[1](env)) for env in envs]
        widest = range(min(a for a, _ in bounds), max(b for _, b in bounds) + 1) if bounds else range(0)
        body = self.number(depth, {**ranges, name: widest})
        product = self.chance.random() < 0.2
        word, sign, empty = ("Product", " * ", "1") if product else ("Sum", " + ", "0")
        text = f"tanh({body.text})" if product else body.text

        def scalar(env: Env) -> str:
            parts = [body.scalar({**env, name: i}) for i in range(low[1](env), high[1](env) + 1)]
            return _paren(sign.join([f"tanh({part})" if product else part for part in parts]) or empty)

        return Number(f"{word}({text}, ({name}, {low[0]}, {high[0]}))", scalar)

    # Vectors.

    def vector(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        choices: list[Callable[[int, int, Mapping[str, range]], Vector]] = [self.listed]
        if length <= self.n:
            choices += [self.part] * 4
        if length == ROWS:
            choices += [self.product] * 2 + [
                lambda *_: Vector("b", lambda env: [f"b#{i}" for i in range(ROWS)])
            ]
        if depth > 0:
            choices += [self.mapped, self.mapped, self.chosen] + [self.joined] * 3
        return self.chance.choice(choices)(length, depth - 1, ranges)

    def part(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        name, n = self.chance.choice("xy"), self.n
        ways = [f"{start}:{start + length}" for start in range(n - length + 1)]
        ways += [f":{length}", f"-{length}:", f"{length - 1}::-1"]
        ways += [f"::{step}" for step in (2, 3, -2) if len(range(n)[::step]) == length]
        ways += [f"1:{stop}" for stop in (-1, -2) if len(range(n)[1:stop]) == length]
        if n == length:
            ways += ["::-1", ""]
        way = self.chance.choice(ways)
        bounds = [int(bound) if bound else None for bound in way.split(":")] if way else [None]
        places = range(n)[slice(*bounds)] if way else range(n)
        text = f"{name}[{way}]" if way else name
        return Vector(text, lambda env: [f"{name}_{i}" for i in places])

    def listed(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        numbers = [self.number(0, ranges) for _ in range(length)]
        return Vector(
            f"[{', '.join(number.text for number in numbers)}]",
            lambda env: [number.scalar(env) for number in numbers],
        )

    def product(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        vector = self.vector(self.n, 0, {})
        turned = self.chance.random() < 0.2
        text = f"({vector.text} @ transpose(A))" if turned else f"(A @ {vector.text})"
        return Vector(
            text,
            lambda env: [
                _paren(" + ".join(f"A#{i}#{j}*{e}" for j, e in enumerate(vector.elements(env))))
                for i in range(ROWS)
            ],
        )

    def mapped(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        inner, pattern = self.vector(length, depth, ranges), self._pattern()
        return Vector(
            pattern.format(inner.text), lambda env: [pattern.format(e) for e in inner.elements(env)]
        )

    def joined(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        pattern = self.chance.choice(
            ["({} + {})", "({} - {})", "({} * {})", "({} / (1 + {}**2))", "min({}, {})"]
        )
        first = self.vector(length, depth, ranges)
        if self.chance.random() < 0.4:
            number = self.number(depth, ranges)
            return Vector(
                pattern.format(number.text, first.text),
                lambda env: [pattern.format(number.scalar(env), e) for e in first.elements(env)],
            )
        second = self.vector(length, depth, ranges)
        return Vector(
            pattern.format(first.text, second.text),
            lambda env: [
                pattern.format(*pair) for pair in zip(first.elements(env), second.elements(env), strict=True)
            ],
        )

    def chosen(self, length: int, depth: int, ranges: Mapping[str, range]) -> Vector:
        """One of two vectors, element by element; what is not taken may be undefined."""
        condition, taken = self.vector(length, 0, ranges), self.vector(length, depth, ranges)
        pattern = "where({0} > 0.3, log({0}) + {1}, {1})"
        return Vector(
            pattern.format(condition.text, taken.text),
            lambda env: [
                pattern.format(*pair)
                for pair in zip(condition.elements(env), taken.elements(env), strict=True)
            ],
        )

    def _pattern(self) -> str:
        name = self.chance.choice(FUNCTIONS)
        return self.chance.choice(["tanh({})**2", "-{}", "({})**2/4", f"{name}({{}})", f"{name}({{}})"])


def _paren(text: str) -> str:
    return f"({text})"


def _envs(ranges: Mapping[str, range]) -> list[Env]:
    """All that the indices can be."""
    envs: list[Env] = [{}]
    for name, numbers in ranges.items():
        envs = [{**env, name: number} for env in envs for number in numbers]
    return envs


def _sum(elements: list[str]) -> str:
    return _paren(" + ".join(elements))


def _away(elements: list[str]) -> list[str]:
    mean = f"({_sum(elements)}/{len(elements)})"
    return [f"({element} - {mean})" for element in elements]


def _norm(elements: list[str]) -> str:
    return f"hypot({', '.join(elements)})" if len(elements) > 1 else f"abs({elements[0]})"


def _extreme(name: str, elements: list[str]) -> str:
    return f"{name}({', '.join(elements)})" if len(elements) > 1 else elements[0]


REDUCTIONS: dict[str, Callable[[list[str]], str]] = {
    "sum": _sum,
    "mean": lambda elements: f"({_sum(elements)}/{len(elements)})",
    "prod": lambda elements: _paren("*".join(elements)),
    "norm": _norm,
    "norm1": lambda elements: _sum([f"abs({element})" for element in elements]),
    "logsumexp": lambda elements: f"log({_sum([f'exp({element})' for element in elements])})",
    "max": lambda elements: _extreme("max", elements),
    "min": lambda elements: _extreme("min", elements),
    "var": lambda elements: f"({_sum([f'{each}**2' for each in _away(elements)])}/{len(elements) - 1})",
    "std": lambda elements: f"({_norm(_away(elements))}/sqrt({len(elements) - 1}))",
}
