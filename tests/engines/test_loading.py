"""What happens while torch is loaded: it may fail, and it may be interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

import pytest

from gdcli.engines.loading import importing_torch
from gdcli.errors import UnavailableError


@pytest.mark.parametrize("error", [ImportError("no torch"), OSError("libcudart.so: cannot open")])
def test_a_failure_says_what_else_there_is(error: Exception) -> None:
    with pytest.raises(UnavailableError, match=str(error)) as refusal, importing_torch():
        raise error
    assert "--engine native" in refusal.value.hint


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("instead", [None, ImportError("half loaded")])
def test_an_interruption_that_is_swallowed_is_raised_afterwards(instead: Exception | None) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), importing_torch():
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        if instead:
            raise instead
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_a_handler_of_somebody_elses_stays() -> None:
    received = []
    before = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        with importing_torch():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert received == [signal.SIGINT]


def test_another_thread_may_load_it() -> None:
    failures: list[BaseException] = []

    def load() -> None:
        try:
            with importing_torch():
                pass
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    assert not failures
