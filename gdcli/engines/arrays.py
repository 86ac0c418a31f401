"""The function table's column `native` on NumPy arrays: many points at a time, where torch's import does not pay.

The texts are those of `gdcli.engines.scalar`; here are the names in them. What NumPy lacks is the scalar function of
`gdcli.engines.ieee`, element by element.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdcli.engines import ieee
from gdcli.engines.emit import emit
from gdcli.engines.scalar import POWERS, Template, closing
from gdcli.expression.functions import TABLE
from gdcli.graph.nodes import Graph

Floats = NDArray[np.float64]

_SAME = (
    *(
        "abs",
        "asinh",
        "cbrt",
        "ceil",
        "cos",
        "cosh",
        "exp",
        "expm1",
        "floor",
        "hypot",
        "log",
        "log10",
        "log1p",
    ),
    *("log2", "logaddexp", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "where"),
)


def _each(function: Callable[..., float]) -> Callable[..., Floats]:
    """A function of floats as one of arrays."""
    universal: Any = np.vectorize(function, otypes=[np.float64])

    def mapped(*arguments: Any) -> Floats:
        if 0 in np.broadcast_shapes(*map(np.shape, arguments)):
            return np.zeros(np.broadcast_shapes(*map(np.shape, arguments)))
        result: Floats = universal(*arguments)
        return result

    return mapped


def _sigmoid(x: Floats) -> Floats:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, small) / (1.0 + small)


def _heaviside(x: Floats) -> Floats:
    return np.heaviside(x, 0.5)


def _softplus(x: Floats) -> Floats:
    return np.logaddexp(0.0, x)


def _sech(x: Floats) -> Floats:
    return 1.0 / np.cosh(x)


def _clip(x: Floats, low: Floats, high: Floats) -> Floats:
    return np.minimum(np.maximum(x, low), high)


NAMES: dict[str, Any] = {
    **{name: _each(item) for name, item in vars(ieee).items() if callable(item) and not name.startswith("_")},
    **{name: getattr(np, name) for name in _SAME},
    "__builtins__": {},
    "inf": np.inf,
    "nan": np.nan,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "asin": np.arcsin,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "clip": _clip,
    "div": np.divide,
    "heaviside": _heaviside,
    "mod": np.mod,
    "pow": np.float_power,
    "round": np.rint,
    "sech": _sech,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
}
"""The global names of a text on arrays."""


@cache
def template(op: str, exponent: float | None) -> Template:
    """The text of the operation `op` (of ``pow`` with that constant exponent) on arrays."""
    special = op == "pow" and exponent in POWERS
    return closing(POWERS[exponent] if special and exponent is not None else TABLE[op].native)


def compiled(graph: Graph) -> Callable[[Floats], list[Floats]]:
    """A graph's outputs as a function of points of shape (…, n), each output an array of shape (…)."""
    arguments = [f"x{i}" for i in range(len(graph.variables))]
    code = emit(graph, arguments, templates=template)
    body = [*code.lines, f"return ({''.join(f'{output}, ' for output in code.outputs)})"]
    namespace = dict(NAMES)
    exec(
        compile(f"def compiled({', '.join(arguments)}):\n " + "\n ".join(body), "<gdcli>", "exec"), namespace
    )
    function: Callable[..., tuple[Any, ...]] = namespace["compiled"]

    def compute(x: Floats) -> list[Floats]:
        with np.errstate(all="ignore"):
            outputs = function(*(x[..., i] for i in range(len(arguments))))
        return [np.broadcast_to(np.asarray(output, np.float64), x.shape[:-1]) for output in outputs]

    return compute
