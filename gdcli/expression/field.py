"""Arithmetic modulo a prime, and on numbers a + bε with ε² = 0, which carry derivatives along.

Such numbers are pairs (a, b), and nested for derivatives of higher order: see `gdcli.expression.identity`.
"""

from __future__ import annotations

import os
from typing import Any, TypeAlias

Number: TypeAlias = Any
"""An element of the field (an int), or a pair (a, b) of such numbers, for a + bε."""


class UnprovableError(Exception):
    """There is something of which nothing is known here."""


class Field:
    """Arithmetic modulo a prime, on pairs as well, and the random numbers that atoms are.

    Args:
        prime: The prime.
        decimal: Whether a number is what its shortest decimal says, or what it is in binary.

    Attributes:
        complete: Whether there are to be no more atoms: a text with another one is not proved.
    """

    def __init__(self, prime: int, decimal: bool = True) -> None:
        self.prime = prime
        self.decimal = decimal
        self.complete = False
        self._atoms: dict[tuple[Any, ...], int] = {}

    def random(self) -> int:
        """A random number other than 0."""
        return 1 + int.from_bytes(os.urandom(self.prime.bit_length() // 8 + 8), "little") % (self.prime - 1)

    def atom(self, key: tuple[Any, ...]) -> int:
        """The random number that stands for something."""
        if key not in self._atoms:
            if self.complete:
                raise UnprovableError
            self._atoms[key] = self.random()
        return self._atoms[key]

    def lifted(self, number: int, order: int) -> Number:
        """A constant as a number with derivatives up to `order`."""
        lifted: Number = number
        zero: Number = 0
        for _ in range(order):
            lifted, zero = (lifted, zero), (zero, zero)
        return lifted

    def plus(self, a: Number, b: Number) -> Number:
        """a + b."""
        if isinstance(a, int):
            return (a + b) % self.prime
        return self.plus(a[0], b[0]), self.plus(a[1], b[1])

    def minus(self, a: Number) -> Number:
        """-a."""
        return -a % self.prime if isinstance(a, int) else (self.minus(a[0]), self.minus(a[1]))

    def times(self, a: Number, b: Number) -> Number:
        """a·b."""
        if isinstance(a, int):
            return a * b % self.prime
        return self.times(a[0], b[0]), self.plus(self.times(a[0], b[1]), self.times(a[1], b[0]))

    def inverse(self, a: Number) -> Number:
        """1/a."""
        if isinstance(a, int):
            if a == 0:
                raise UnprovableError
            return pow(a, -1, self.prime)
        inverse = self.inverse(a[0])
        return inverse, self.minus(self.times(self.times(inverse, inverse), a[1]))

    def power(self, a: Number, exponent: int) -> Number:
        """a to a whole power."""
        if isinstance(a, int):
            return (
                pow(self.inverse(a), -exponent, self.prime) if exponent < 0 else pow(a, exponent, self.prime)
            )
        value = self.power(a[0], exponent)
        if not exponent or is_zero(a[1]):
            return value, self._scaled(a[1], 0)
        slope = self.times(self._scaled(self.power(a[0], exponent - 1), exponent), a[1])
        return value, slope

    def _scaled(self, a: Number, factor: int) -> Number:
        if isinstance(a, int):
            return a * factor % self.prime
        return self._scaled(a[0], factor), self._scaled(a[1], factor)


def is_zero(a: Number) -> bool:
    return a == 0 if isinstance(a, int) else is_zero(a[0]) and is_zero(a[1])


def innermost(a: Number) -> int:
    while isinstance(a, tuple):
        a = a[0]
    return int(a)
