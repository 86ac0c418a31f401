"""Loading torch, which takes 2 s and may fail."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gdcli.errors import UnavailableError


@contextmanager
def importing_torch() -> Iterator[None]:
    """A context in which torch is imported, and what goes wrong becomes an error that says so.

    Some of torch's libraries swallow a KeyboardInterrupt while they are loaded; it is then raised afterwards.

    Raises:
        UnavailableError: If torch cannot be imported.
    """
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    # A handler of somebody else's knows what it does; and only a program's main thread may set one.
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    except (ImportError, OSError) as error:  # not installed, or its libraries do not fit this machine
        if not interrupted:
            raise UnavailableError(
                f"the torch engine is not available, because torch cannot be imported: {error}",
                hint="install torch, or use --engine native with --dtype float64 on the CPU",
            ) from error
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    if interrupted:
        raise KeyboardInterrupt
