"""The engines, which compute values and derivatives of a graph, and the choice between them.

Importing this package imports neither torch nor NumPy; choosing the torch engine does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from gdcli.engines.choices import DTYPES, ENGINES, ON_CPU, check_names
from gdcli.graph.layout import Layout

if TYPE_CHECKING:
    from gdcli.engines.torch_devices import Device
    from gdcli.graph.nodes import Graph

__all__ = [
    "DTYPES",
    "ENGINES",
    "Engine",
    "available_devices",
    "check_names",
    "select",
    "select_tensors",
]


LONG = 1_000_000
"""With tensors of so many elements, and more than a few evaluations, torch is worth its import: NumPy computes on one
core only. Below, what torch's threads gain they lose again as soon as a core has something else to do."""
_FEW = 30


class Engine(Protocol):
    """Values and derivatives of one graph of n numbers.

    Attributes:
        name: ``native`` or ``torch``.
        device: Where it computes (``cpu``, ``cuda:0``).
        dtype: The type of its numbers (``float64``).
        variables: The variables' names, in the order of a point's numbers.
        layout: Where in a point the variables are; each is one number, unless the graph is one of tensors.
        graph: The lowered graph that it computes.
        xp: NumPy, or NumPy's functions on this engine's arrays.
    """

    @property
    def name(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def layout(self) -> Layout: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def xp(self) -> Any: ...

    def value(self, x: Sequence[float]) -> float:
        """The value at the point `x` of n numbers."""

    def value_and_gradient(self, x: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        """The value and the n partial derivatives at the point `x`."""

    def hessian(self, x: Sequence[float]) -> tuple[tuple[float, ...], ...]:
        """The n rows of the matrix of second derivatives at the point `x`."""

    def array(self, values: Sequence[float] | Sequence[Sequence[float]]) -> Any:
        """A point as an array of shape (n,), or points as one of shape (starts, n)."""

    def evaluate(self, x: Any) -> tuple[Any, Any]:
        """Values of shape (…) and gradients of shape (…, n) at points `x` of shape (…, n)."""

    def hessians(self, x: Any) -> Any:
        """Matrices of second derivatives, of shape (…, n, n), at points `x` of shape (…, n)."""

    def floats(self, x: Any) -> list[float]:
        """The elements of an array, as the Python floats that equal them."""


def select(graph: Graph, engine: str = "auto", device: str = "auto", dtype: str = "float64") -> Engine:
    """The engine to compute `graph` with.

    ``auto`` is the native engine unless something asked for needs torch: another device than the CPU, or another
    dtype than float64. Device ``auto`` is the CPU (`gdcli.engines.torch_devices.find`
    says why).

    Args:
        graph: A lowered graph.
        engine: ``auto``, ``native`` or ``torch``.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``, ``xpu`` …
        dtype: ``float64``, ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        UnavailableError: If the engine, device or dtype is not available here, or they do not go together.
    """
    check_names(engine, device, dtype)
    on_cpu = device in ON_CPU
    if engine == "native" or (engine == "auto" and on_cpu and dtype == "float64"):
        from gdcli.engines.native import NativeEngine

        return NativeEngine(graph)
    from gdcli.engines.loading import importing_torch

    with importing_torch():
        from gdcli.engines.torch import TorchEngine
    return TorchEngine(graph, device=device, dtype=dtype)


def select_tensors(
    graph: Graph,
    layout: Layout,
    arrays: Mapping[str, Any],
    engine: str = "auto",
    device: str = "auto",
    dtype: str = "float64",
    *,
    steps: int = 1,
) -> Engine:
    """The engine to compute a graph of tensors with; see `select`.

    Args:
        graph: A lowered graph of tensors.
        layout: Where in a point the variables are.
        arrays: What the graph's arrays are.
        engine: As of `select`, as for those below.
        device: Where.
        dtype: In which numbers.
        steps: About how many evaluations there will be.

    Raises:
        UnavailableError: As of `select`.
    """
    check_names(engine, device, dtype)
    on_cpu = device in ON_CPU and dtype == "float64"
    small = steps <= _FEW or max((prod(shape) for shape in graph.shapes), default=1) < LONG
    if engine == "native" or (engine == "auto" and on_cpu and small):
        from gdcli.engines.tensors import TensorEngine

        return TensorEngine(graph, layout, arrays)
    from gdcli.engines.loading import importing_torch

    with importing_torch():
        from gdcli.engines.torch_tensors import TorchTensorEngine
    return TorchTensorEngine(graph, layout, arrays, device=device, dtype=dtype)


def available_devices() -> tuple[Device, ...]:
    """The devices that there are here, with their dtypes, the CPU first. Imports torch.

    Raises:
        UnavailableError: If torch cannot be imported.
    """
    from gdcli.engines.loading import importing_torch

    with importing_torch():
        from gdcli.engines import torch_devices
    return torch_devices.available()
