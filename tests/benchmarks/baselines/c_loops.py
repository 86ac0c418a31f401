"""The loops of ``descent_loops.c``, compiled by the machine's own C compiler."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

FLAGS = ("-O3", "-march=native", "-fopenmp")
# With this the compiler may call vector versions of exp, sin and cos, but also forget about NaN and infinity.
FAST_MATH = "-ffast-math"


@cache
def library(*more: str) -> Any:
    """The compiled loops.

    Raises:
        RuntimeError: There is no C compiler.
    """
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise RuntimeError("there is no C compiler")
    target = Path(tempfile.mkdtemp(prefix="gdcli-benchmark-")) / "descent_loops.so"
    source = Path(__file__).with_name("descent_loops.c")
    command = [compiler, *FLAGS, *more, "-shared", "-fPIC", str(source), "-o", str(target), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(target))


def descend(name: str, x: Any, y: Any, lr: float, steps: int, *more: str) -> None:
    """Make steps of gradient descent in place.

    Args:
        name: ``rosenbrock``, ``ackley`` or ``mixture``.
        x: The first variable of each start, a NumPy array of float64 or float32.
        y: The second.
        lr: The step size.
        steps: How many steps.
        more: Further flags of the compiler.
    """
    function = getattr(library(*more), f"{name}_{8 * x.itemsize}")
    function.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_double, ctypes.c_void_p, ctypes.c_void_p]
    function(len(x), steps, lr, x.ctypes.data, y.ctypes.data)
