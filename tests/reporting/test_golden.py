"""What people and scripts see, letter by letter: golden/ has a file for each format and kind of terminal.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1 pytest tests/reporting`` and read
the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gdcli.reporting import FORMATS
from tests.reporting.samples import GRADIENT, HESSIAN, RECORDS, write

GOLDEN = Path(__file__).parent / "golden"
TERMINALS = {
    "table-terminal-40": {"terminal": True, "width": 40, "color": False},
    "table-terminal-80": {"terminal": True, "width": 80, "color": False},
    "table-terminal-200": {"terminal": True, "width": 200, "color": False},
    "table-terminal-80-color": {"terminal": True, "width": 80},
    "table-precision-4": {"precision": 4},
    "plain-precision-4": {"precision": 4},
}


def check(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", [*FORMATS, *TERMINALS])
def test_golden(name: str) -> None:
    format = name.partition("-")[0]
    options = TERMINALS.get(name, {})
    text = ""
    for title, records in RECORDS.items():
        written = write(format, records, **options)
        text += f"##### {title}: stdout\n{written.out}"
        if written.err:
            text += f"##### {title}: stderr\n{written.err}"
    text += (
        f"##### points: stdout\n{write(format, [GRADIENT, GRADIENT, HESSIAN], points=True, **options).out}"
    )
    check(name, text)


def test_golden_has_no_file_too_many() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*FORMATS, *TERMINALS}
