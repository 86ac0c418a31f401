"""Graphs of tensors on NumPy: straight-line Python, a line a node, each array given back after its last use."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdcli.engines.arrays import NAMES, template
from gdcli.graph.nodes import CONSTANT, VARIABLE, Graph, Node
from gdcli.graph.tensors.operations import DATA, STRUCTURAL

Array = NDArray[Any]


class Program:
    """A graph's outputs as a function of its variables.

    What depends on no variable is computed once.

    Args:
        graph: A graph of tensors.
        arrays: What its data nodes stand for.
    """

    def __init__(self, graph: Graph, arrays: Mapping[str, Array]) -> None:
        varying: list[bool] = []
        for node in graph.nodes:
            varying.append(node.op == VARIABLE or any([varying[i] for i in node.inputs]))  # noqa: C419 (quicker)
        self._arguments = [f"x{i}" for i in range(len(graph.variables))]
        names = dict(zip(graph.variables, self._arguments, strict=True))
        texts = [_text(index, node, names) for index, node in enumerate(graph.nodes)]
        self._globals = dict(NAMES) | _STRUCTURAL
        self._globals |= {f"d{i}": arrays[node.name] for i, node in enumerate(graph.nodes) if node.op == DATA}
        fixed = [i for i, node in enumerate(graph.nodes) if not varying[i] and node.inputs + node.attributes]
        with np.errstate(all="ignore"):
            for index in fixed:
                self._globals[texts[index]] = eval(_line(graph, index, texts), self._globals)
        self._run = self._compiled(graph, texts, varying)

    def __call__(self, *variables: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return self._run(*variables)

    def _compiled(
        self, graph: Graph, texts: Sequence[str], varying: Sequence[bool]
    ) -> Callable[..., tuple[Any, ...]]:
        last: dict[int, int] = {}
        for index, node in enumerate(graph.nodes):
            for used in node.inputs:
                last[used] = index
        for output in graph.outputs:
            last[output] = len(graph.nodes)
        dying: dict[int, list[str]] = {}
        for used, index in last.items():
            if varying[used] and graph.nodes[used].op != VARIABLE:
                dying.setdefault(index, []).append(texts[used])
        lines = []
        for index in range(len(graph.nodes)):
            if varying[index] and graph.nodes[index].op != VARIABLE:
                lines.append(f"{texts[index]} = {_line(graph, index, texts)}")
                if index in dying:
                    lines.append(f"del {', '.join(dying[index])}")
        lines.append(f"return ({''.join(f'{texts[output]}, ' for output in graph.outputs)})")
        source = f"def compiled({', '.join(self._arguments)}):\n " + "\n ".join(lines)
        namespace = self._globals
        exec(compile(source, "<gdcli>", "exec"), namespace)
        compiled: Callable[..., tuple[Any, ...]] = namespace.pop("compiled")
        return compiled


def evaluate(graph: Graph, arrays: Mapping[str, Array]) -> list[Array]:
    """The outputs of a graph without variables."""
    return [np.asarray(output) for output in Program(graph, arrays)()]


def _text(index: int, node: Node, names: Mapping[str, str]) -> str:
    """How other nodes refer to a node."""
    if node.op == CONSTANT:
        assert node.value is not None
        number = float(node.value)
        return f"({number!r})" if math.isfinite(number) else f"({number})"
    if node.op == VARIABLE:
        return names[node.name]
    return f"d{index}" if node.op == DATA else f"v{index}"


def _line(graph: Graph, index: int, texts: Sequence[str]) -> str:
    """The expression that computes a node."""
    node = graph.nodes[index]
    inputs = [texts[i] for i in node.inputs]
    if node.op in STRUCTURAL:
        if node.op == "embed":
            return f"embed({inputs[0]}, {node.attributes})"
        if node.op == "stack":
            return f"stack({', '.join(inputs)})"
        return f"{node.op}_({', '.join([*inputs, str(node.attributes)])})"
    exponent = graph.nodes[node.inputs[1]].value if node.op == "pow" else None
    return template(node.op, None if exponent is None else float(exponent)).text.format(*inputs)


# The operations on shapes. Each takes its inputs, and then its attributes.


def _iota(attributes: tuple[int, ...]) -> Array:
    first, count = attributes
    return np.arange(first, first + count, dtype=np.float64)


def _reduce_to(x: Any, shape: tuple[int, ...]) -> Array:
    x = np.asarray(x)
    extra = x.ndim - len(shape)
    axes = tuple(i for i in range(x.ndim) if i < extra or (shape[i - extra] == 1 and x.shape[i] != 1))
    reduced: Array = np.sum(x, axis=axes).reshape(shape)
    return reduced


def _places(attributes: tuple[int, ...], count: int) -> tuple[slice, ...]:
    axis, start, step = attributes[:3]
    stop: int | None = start + count * step
    return (*(slice(None),) * axis, slice(start, None if stop is not None and stop < 0 else stop, step))


def _slice(x: Array, attributes: tuple[int, ...]) -> Array:
    found: Array = x[_places(attributes, attributes[3])]
    return found


def _embed(x: Array, attributes: tuple[int, ...]) -> Array:
    axis, _, _, length = attributes
    whole = np.zeros((*x.shape[:axis], length, *x.shape[axis + 1 :]))
    whole[_places(attributes, x.shape[axis])] = x
    return whole


def _gather(x: Array, index: Array, attributes: tuple[int, ...]) -> Array:
    found: Array = x[np.asarray(index).astype(np.intp)]
    return found


def _scatter(x: Array, index: Array, attributes: tuple[int, ...]) -> Array:
    # Not np.add.at, which is slower.
    places = np.asarray(index).astype(np.intp)
    weights = np.broadcast_to(x, places.shape)
    return np.bincount(places.ravel(), weights.ravel(), attributes[0])


def _stack(*inputs: Any) -> Array:
    return np.stack(np.broadcast_arrays(*inputs), axis=-1)


def _flattened(x: Array, axes: tuple[int, ...]) -> Array:
    """x with some of its axes as one, the last."""
    moved = np.moveaxis(x, axes, range(-len(axes), 0))
    return moved.reshape((*moved.shape[: moved.ndim - len(axes)], -1))


def _restored(x: Array, like: Array, axes: tuple[int, ...]) -> Array:
    """The opposite of `_flattened`."""
    lengths = tuple(like.shape[axis] for axis in axes)
    return np.moveaxis(x.reshape((*x.shape[:-1], *lengths)), range(-len(axes), 0), axes)


def _exclusive(x: Array) -> tuple[Array, Array]:
    """For each place of the last axis the product of what is before it, and of what is behind."""
    ones = np.ones((*x.shape[:-1], 1))
    before = np.concatenate([ones, np.cumprod(x[..., :-1], axis=-1)], axis=-1)
    behind = np.concatenate([ones, np.cumprod(x[..., :0:-1], axis=-1)], axis=-1)[..., ::-1]
    return before, behind


def _prod_others(x: Array, axes: tuple[int, ...]) -> Array:
    before, behind = _exclusive(_flattened(x, axes))
    return _restored(before * behind, x, axes)


def _prod_pairs(u: Array, x: Array, axes: tuple[int, ...]) -> Array:
    """Σ over j ≠ k of u_j times the product of all x but x_j and x_k, for each k: products of dual numbers x + u·ε."""
    flat, dual = _flattened(x, axes), _flattened(np.broadcast_to(u, x.shape), axes)
    before, behind = _exclusive(flat)
    slope_before, slope_behind = np.zeros_like(flat), np.zeros_like(flat)
    for k in range(1, flat.shape[-1]):
        slope_before[..., k] = (
            slope_before[..., k - 1] * flat[..., k - 1] + before[..., k - 1] * dual[..., k - 1]
        )
        slope_behind[..., -1 - k] = slope_behind[..., -k] * flat[..., -k] + behind[..., -k] * dual[..., -k]
    return _restored(slope_before * behind + before * slope_behind, x, axes)


def _norm(x: Array, axes: tuple[int, ...]) -> Array:
    plain: Array = np.sqrt(np.sum(x * x, axis=axes))
    if np.all((plain > 1e-140) & (plain < 1e140)):
        return plain
    # Squares have overflowed, or vanished.
    largest = np.max(np.abs(x), axis=axes, keepdims=True)
    unit = np.where((largest > 0.0) & np.isfinite(largest), largest, 1.0)
    scaled: Array = np.sqrt(np.sum((x / unit) ** 2, axis=axes)) * np.squeeze(unit, axes)
    return scaled


def _logsumexp(x: Array, axes: tuple[int, ...]) -> Array:
    largest = np.max(x, axis=axes, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    result: Array = np.log(np.sum(np.exp(x - shift), axis=axes)) + np.squeeze(shift, axes)
    return result


_STRUCTURAL: dict[str, Any] = {
    "iota_": _iota,
    "expand_": np.broadcast_to,
    "reduce_to_": _reduce_to,
    "reshape_": np.reshape,
    "transpose_": lambda x, _: x.T,
    "slice_": _slice,
    "embed": _embed,
    "gather_": _gather,
    "scatter_": _scatter,
    "stack": _stack,
    "sum_": np.sum,
    "prod_": np.prod,
    "largest_": np.max,
    "smallest_": np.min,
    "norm_": _norm,
    "logsumexp_": _logsumexp,
    "prod_others_": _prod_others,
    "prod_pairs_": _prod_pairs,
    "dot_": lambda a, b, _: np.dot(a, b),
    "matmul_": lambda a, b, _: np.matmul(a, b),
    "outer_": lambda a, b, _: np.multiply.outer(a, b),
}
