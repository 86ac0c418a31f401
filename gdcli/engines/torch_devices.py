"""The devices and number types on which the torch engine can compute here."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import torch

from gdcli.engines.choices import DTYPES, check_names
from gdcli.errors import UnavailableError


@dataclass(frozen=True)
class Device:
    """A device: its name (``cuda:0``), what it is in words, and the dtypes that it can compute in."""

    name: str
    description: str
    dtypes: tuple[str, ...]


def available() -> tuple[Device, ...]:
    """Every device that torch can compute on here, the CPU first."""
    return tuple(Device(name, description, _dtypes(name)) for name, description in _present())


def find(device: str, dtype: str) -> tuple[torch.device, torch.dtype]:
    """The device and the dtype of these names.

    Args:
        device: ``cpu``, ``cuda`` (the first one), ``cuda:1``, ``mps``, ``xpu`` …, or ``auto``, which is the
            CPU: what is computed here are mostly few numbers at a time, and a GPU takes longer to be told so
            than the CPU takes to compute them. It also makes a result the same on every machine unless one
            asks otherwise.
        dtype: One of `gdcli.engines.DTYPES`.

    Raises:
        UnavailableError: If there is no such device or dtype here, or the device cannot compute in the dtype.
    """
    check_names("torch", device, dtype)
    name = {"auto": "cpu", "cuda": "cuda:0", "xpu": "xpu:0"}.get(device, device)
    present = [known for known, _ in _present()]
    if name not in present:
        raise UnavailableError(
            f"device {device!r} is not available here; available: {', '.join(present)}",
            hint="gdcli list devices shows what there is",
        )
    usable = _dtypes(name)
    if dtype not in usable:
        raise UnavailableError(
            f"dtype {dtype} is not available on device {device}; available there: {', '.join(usable)}",
            hint=f"try --dtype {usable[0]}" if usable else "",
        )
    return torch.device(name), getattr(torch, dtype)


def _present() -> list[tuple[str, str]]:
    """Name and description of each device."""
    found = [("cpu", f"the processor, {torch.get_num_threads()} threads")]
    with warnings.catch_warnings():
        # A driver that is missing or too old makes torch warn; for us it means that there is no such device.
        warnings.simplefilter("ignore")
        if torch.cuda.is_available():
            found += [(f"cuda:{i}", torch.cuda.get_device_name(i)) for i in range(torch.cuda.device_count())]
        if torch.backends.mps.is_available():
            found.append(("mps", "Apple GPU"))
        if torch.xpu.is_available():
            found += [(f"xpu:{i}", torch.xpu.get_device_name(i)) for i in range(torch.xpu.device_count())]
    return found


def _dtypes(device: str) -> tuple[str, ...]:
    """The dtypes in which `device` can add."""
    usable = []
    for name in DTYPES:
        try:
            torch.ones(1, dtype=getattr(torch, name), device=device).add(1.0)
        except (RuntimeError, TypeError):
            continue
        usable.append(name)
    return tuple(usable)
