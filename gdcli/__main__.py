"""The program: ``gdcli`` and ``python -m gdcli``."""

import gc
import sys


def main() -> None:
    """Run the command line with this process's arguments and streams, and exit with its status."""
    # Loading SymPy or torch makes many objects and hardly any garbage: to look for it as often as Python does takes
    # a seventh of that time.
    gc.set_threshold(50_000, 20, 100)
    try:
        from gdcli.cli.app import run

        status = run()
    except KeyboardInterrupt:
        # Before or after the run, which has its own way with it.
        status = 130
    # What is left is given back as a whole: there is no need to look through it once more.
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
