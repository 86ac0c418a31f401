"""Where a run may keep something for later ones."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cache import Cache, default_folder


def user_cache(environ: Mapping[str, str], *, wanted: bool = True) -> Cache | None:
    """The cache of the user to whom the environment variables belong; None without one, or if it is not wanted."""
    folder = default_folder(environ) if wanted else None
    return None if folder is None else Cache(folder)
