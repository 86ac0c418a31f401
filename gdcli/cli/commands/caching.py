"""``gdcli cache``: what is kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdcli.cli.declare import argument, one_of
from gdcli.cli.options import Output
from gdcli.cli.session import Session
from gdcli.errors import FileError, UsageError

if TYPE_CHECKING:
    from gdcli.cache import Cache

Rows = tuple[tuple[str, ...], ...]


def _info(cache: Cache) -> Rows:
    from gdcli.cache import MAX_BYTES, MAX_ENTRIES

    entries = cache.entries()
    return (
        ("folder", str(cache.folder)),
        ("entries", f"{len(entries)} of at most {MAX_ENTRIES}"),
        ("bytes", f"{sum(found.size for found in entries)} of at most {MAX_BYTES}"),
        ("compiled", f"{cache.compiled()} bytes"),
    )


def _clear(cache: Cache) -> Rows:
    return (("folder", str(cache.folder)), ("removed", str(cache.clear())))


ACTIONS: dict[str, Callable[[Cache], Rows]] = {"info": _info, "clear": _clear}


@dataclass(frozen=True)
class Options(Output):
    """The options of ``cache``."""

    action: str | None = argument(
        "ACTION",
        f"One of {', '.join(ACTIONS)}",
        one_of(tuple(ACTIONS), "one of the actions"),
        choices=tuple(ACTIONS),
    )


def caching(session: Session, options: Options) -> None:
    """Show what is kept between runs, and where, or remove it.

    Kept are derivatives in symbols, which take long to find, and compiled steps of many starts. They are in the user's
    cache directory, or in that of the environment variable GDCLI_CACHE_DIR. No derivative of it is trusted: what is
    shown has been proved again.
    """
    from gdcli.cli.storage import user_cache
    from gdcli.records import Listing

    session.configure(options)
    if options.action is None:
        raise UsageError("ACTION is missing", hint=f"one of {', '.join(ACTIONS)}")
    cache = user_cache(session.environment.environ)
    if cache is None:
        raise FileError("there is no cache directory", hint="give one in GDCLI_CACHE_DIR")
    try:
        rows = ACTIONS[options.action](cache)
    except OSError as error:
        raise FileError(f"the cache in {cache.folder} cannot be used: {error.strerror}") from None
    session.report(Listing(session.command, options.action, ("name", "value"), rows))
