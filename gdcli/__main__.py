"""The program: ``gdcli`` and ``python -m gdcli``."""

import sys


def main() -> None:
    """Run the command line with this process's arguments and streams, and exit with its status."""
    from gdcli.cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
