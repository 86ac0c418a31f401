"""Write the completion scripts: ``python -m gdcli.cli.completion [DIRECTORY]``, by default completions/."""

from __future__ import annotations

import sys
from pathlib import Path

from gdcli.cli.app import COMMANDS
from gdcli.cli.completion import FILES, script

directory = Path(sys.argv[1] if len(sys.argv) > 1 else "completions")
for shell, name in FILES.items():
    (directory / name).write_text(script(shell, COMMANDS), encoding="utf-8")
