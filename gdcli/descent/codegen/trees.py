"""Nested tuples and vectors of numbers as one row, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gdcli.descent.vector import Vector


def flatten(tree: Any) -> list[Any]:
    """The numbers of nested tuples and vectors, in a row."""
    if hasattr(tree, "elements"):
        return list(tree.elements)
    return [item for part in tree for item in flatten(part)] if isinstance(tree, tuple) else [tree]


def unflatten(template: Any, numbers: Iterable[Any], vector: Callable[[list[Any]], Any] = Vector) -> Any:
    """Numbers in the structure of `template`, from which `flatten` has taken as many."""
    rest = iter(numbers)

    def filled(tree: Any) -> Any:
        if hasattr(tree, "elements"):
            return vector([next(rest) for _ in tree.elements])
        if isinstance(tree, tuple):
            parts = [filled(part) for part in tree]
            return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
        return next(rest)

    return filled(template)


def as_row(template: Any) -> str:
    """The text of a Python function from trees in the structure of `template` to their numbers, in a tuple."""

    def parts(tree: Any, path: str) -> list[str]:
        if hasattr(tree, "elements"):
            return [f"*{path}.elements"]
        if isinstance(tree, tuple):
            return [text for i, part in enumerate(tree) for text in parts(part, f"{path}[{i}]")]
        return [path]

    return f"lambda tree: ({', '.join(parts(template, 'tree'))},)"
