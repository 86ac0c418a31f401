"""The file of a picture: made sure of before anything is computed, and written when there is a picture."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gdcli.errors import FileError, UnavailableError, UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDINGS = (".png", ".svg", ".pdf")
INSTALL = "pip install 'gdcli[plot]'"


class PictureFile:
    """A file that can be written; a context manager. If no picture comes of it, there is no new file either.

    Args:
        path: The file.

    Raises:
        UsageError: Its ending is that of no picture.
        UnavailableError: matplotlib cannot be imported.
        FileError: The file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        if self._path.suffix.lower() not in ENDINGS:
            raise UsageError(
                f"the ending of {path!r} is not that of a picture",
                hint=f"end it with one of {', '.join(ENDINGS)}",
            )
        require_matplotlib()
        self._is_new = not self._path.exists()
        try:
            # Nothing that is there is lost before there is something better.
            with self._path.open("ab"):
                pass
        except OSError as error:
            raise self._failure(error) from error

    def save(self, figure: Figure) -> None:
        """Write the picture.

        Raises:
            FileError: It cannot be written.
        """
        from gdcli.reporting.pictures.style import METADATA, styled

        ending = self._path.suffix.lower()
        content = io.BytesIO()
        with styled():
            figure.savefig(content, format=ending[1:], metadata=METADATA[ending])
        try:
            self._path.write_bytes(content.getvalue())
        except OSError as error:
            raise self._failure(error) from error
        self._is_new = False

    def __enter__(self) -> PictureFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_new:
            with contextlib.suppress(OSError):
                if not self._path.stat().st_size:
                    self._path.unlink()

    def _failure(self, error: OSError) -> FileError:
        return FileError(f"cannot write the picture {str(self._path)!r}: {error.strerror or error}")


def require_matplotlib() -> Any:
    """Import matplotlib's figures.

    Raises:
        UnavailableError: They cannot be imported.
    """
    # Where it cannot keep its caches it says so at length.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    # The window that it may name is not opened, and need not be one that there is.
    window = os.environ.pop("MPLBACKEND", None)
    try:
        return importlib.import_module("matplotlib.figure")
    except ImportError as error:
        # What is installed may be broken as well.
        known = (
            isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "matplotlib"
        )
        message = "pictures need matplotlib, which is not installed"
        raise UnavailableError(
            message if known else f"matplotlib cannot be imported: {error}", hint=f"install it: {INSTALL}"
        ) from None
    finally:
        if window is not None:
            os.environ["MPLBACKEND"] = window
