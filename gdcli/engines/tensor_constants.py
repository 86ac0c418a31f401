"""What of a tensor graph is known before any variable has a value, on NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdcli.engines.tensor_arrays import evaluate
from gdcli.graph.tensors.builder import TensorBuilder

if TYPE_CHECKING:
    from numpy.typing import NDArray


def first_wrong(
    builder: TensorBuilder, index: int, condition: int | None, length: int, arrays: Mapping[str, NDArray[Any]]
) -> tuple[float, tuple[int, ...]] | None:
    """The first subscript that is no place in a vector.

    Args:
        builder: Where the nodes are.
        index: The node of the subscripts.
        condition: The node of a condition, where they count only under one.
        length: How long the vector is.
        arrays: What the graph's arrays are.

    Returns:
        The subscript, and its places along the axes; or None.
    """
    wanted = [index] if condition is None else [index, condition]
    graph = builder.finish(*wanted, variables=(), prune=True)
    numbers, *masks = np.broadcast_arrays(*evaluate(graph, arrays))
    wrong = ~((numbers >= 0) & (numbers < length) & (numbers == np.floor(numbers)))
    if masks:
        wrong &= masks[0]
    if not wrong.any():
        return None
    places = tuple(int(place) for place in np.unravel_index(int(wrong.argmax()), wrong.shape))
    return float(numbers[places]), places


def ends(builder: TensorBuilder, node: int, arrays: Mapping[str, NDArray[Any]]) -> tuple[float, float]:
    """The least and the largest number of a node that depends on no variable; NaN unless all are whole."""
    graph = builder.finish(node, variables=(), prune=True)
    (numbers,) = evaluate(graph, arrays)
    if not np.all(numbers == np.floor(numbers)):
        return np.nan, np.nan
    return float(np.min(numbers)), float(np.max(numbers))
