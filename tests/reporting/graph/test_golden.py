"""Trees and steps as people see them, letter by letter.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1 pytest tests/reporting`` and read the
difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.reporting.graph.samples import SAMPLES
from tests.reporting.samples import write

GOLDEN = Path(__file__).parent / "golden"
FORMATS = ("table", "plain", "json", "csv")
TERMINALS = {
    "table-terminal-40": {"terminal": True, "width": 40, "color": False},
    "table-terminal-80": {"terminal": True, "width": 80, "color": False},
    "table-terminal-80-color": {"terminal": True, "width": 80},
    "table-precision-3": {"precision": 3},
}


@pytest.mark.parametrize("name", [*FORMATS, *TERMINALS])
def test_golden(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for variable in ("NO_COLOR", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    text = ""
    for title, record in SAMPLES.items():
        text += f"##### {title}\n"
        text += write(name.partition("-")[0], [record], **TERMINALS.get(name, {})).out
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()


def test_golden_has_no_file_too_many() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*FORMATS, *TERMINALS}
