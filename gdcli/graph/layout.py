"""Where the variables of a problem are in one flat row of numbers, and what each number is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Layout:
    """The variables, each with its shape, one after the other.

    Attributes:
        names: The variables.
        shapes: For each its shape: ``()`` of a single number, ``(n,)`` of a vector.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of_numbers(cls, names: Sequence[str]) -> Layout:
        """The layout of variables that are single numbers."""
        return cls(tuple(names), ((),) * len(names))

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How many numbers each variable has."""
        return tuple(shape[0] if shape else 1 for shape in self.shapes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each variable begins, and at last how many numbers there are."""
        offsets = [0]
        for length in self.lengths:
            offsets.append(offsets[-1] + length)
        return tuple(offsets)

    @cached_property
    def size(self) -> int:
        """How many numbers there are."""
        return self.offsets[-1]

    @cached_property
    def has_vectors(self) -> bool:
        """Whether any variable is a vector."""
        return any(self.shapes)

    def pieces(self) -> Iterator[tuple[str, tuple[int, ...], slice]]:
        """For each variable its name, its shape and its place."""
        for name, shape, begin, length in zip(
            self.names, self.shapes, self.offsets, self.lengths, strict=False
        ):
            yield name, shape, slice(begin, begin + length)

    def element(self, place: int) -> str:
        """What the number at a place is called: ``x``, or ``x[3]``."""
        for name, shape, piece in self.pieces():
            if piece.start <= place < piece.stop:
                return f"{name}[{place - piece.start}]" if shape else name
        raise IndexError(place)

    def elements(self) -> list[str]:
        """What all numbers are called."""
        return [
            f"{name}[{i}]" if shape else name
            for name, shape, piece in self.pieces()
            for i in range(piece.stop - piece.start)
        ]

    def row(self, values: Mapping[str, Any]) -> Any:
        """Values of the variables one after the other: a tuple, or NumPy's array where there are vectors.

        A single number for a vector is that of all its elements.
        """
        if not self.has_vectors:
            return tuple([values[name] for name in self.names])
        import numpy as np

        flat = np.empty(self.size)
        for name, _, piece in self.pieces():
            flat[piece] = values[name]
        return flat

    def spread(self, values: Mapping[str, T], default: T) -> list[T]:
        """For each number the value of its variable."""
        return [
            values.get(name, default)
            for name, length in zip(self.names, self.lengths, strict=True)
            for _ in range(length)
        ]
