"""What can be asked for by name: engines and dtypes. What of it is here, the engine itself knows."""

from __future__ import annotations

from gdcli.errors import UnavailableError

ENGINES = ("native", "torch")
DTYPES = ("float64", "float32", "bfloat16", "float16")
ON_CPU = ("auto", "cpu")
"""The devices on which the native engine computes."""


def check_names(engine: str, device: str, dtype: str) -> None:
    """Refuse what is nowhere available, without loading anything.

    Raises:
        UnavailableError: If there is no such engine or dtype, or they and the device do not go together.
    """
    if engine not in ("auto", *ENGINES):
        raise UnavailableError(
            f"engine {engine!r} is not available; available: {', '.join(ENGINES)}", hint="try --engine auto"
        )
    if dtype not in DTYPES:
        raise UnavailableError(
            f"dtype {dtype!r} is not available; available: {', '.join(DTYPES)}", hint="try --dtype float64"
        )
    if engine == "native" and device not in ON_CPU:
        raise UnavailableError(
            f"the native engine computes on the CPU only, not on {device!r}", hint="try --engine torch"
        )
    if engine == "native" and dtype != "float64":
        raise UnavailableError(
            f"the native engine computes in float64 only, not in {dtype}", hint="try --engine torch"
        )
