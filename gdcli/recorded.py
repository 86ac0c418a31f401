"""Points and gradients for the records: flat rows of numbers, by the names of the variables."""

from __future__ import annotations

from typing import Any

from gdcli.graph.layout import Layout
from gdcli.records import Value, Vector


def point(layout: Layout, numbers: Any) -> dict[str, Value]:
    """A row of numbers by the variables' names.

    Args:
        layout: Where the variables are.
        numbers: A sequence of floats, a NumPy array or a tensor, as long as the layout.
    """
    if not layout.has_vectors:
        return dict(zip(layout.names, numbers, strict=True))
    row = host(numbers)
    return {
        name: vector(row[piece], shape) if shape else float(row[piece.start])
        for name, shape, piece in layout.pieces()
    }


def vector(numbers: Any, shape: tuple[int, ...]) -> Vector:
    """The record of a vector, or of a matrix, from NumPy's flat array."""
    import numpy as np

    flat = np.ascontiguousarray(numbers).reshape(-1)
    low, high = int(flat.argmin()), int(flat.argmax())
    with np.errstate(all="ignore"):
        norm = float(np.linalg.norm(flat.astype(np.float64, copy=False)))
    return Vector(
        shape, memoryview(flat.data).toreadonly(), norm, float(flat[low]), low, float(flat[high]), high
    )


def host(numbers: Any) -> Any:
    """A row of numbers as NumPy's array, without a copy where its memory can be read; half precision as single."""
    import numpy as np

    if hasattr(numbers, "detach"):
        tensor = numbers.detach().cpu()
        return (tensor if tensor.element_size() >= 4 else tensor.float()).numpy()
    return np.asarray(numbers)
