"""What people and scripts see, letter by letter: golden/ has a file for each format and kind of terminal.

After a change that is meant, write the files anew with ``UPDATE_GOLDEN=1 pytest tests/reporting`` and read
the difference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gdcli.records import Record
from gdcli.reporting import FORMATS
from tests.reporting import vector_samples
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


VECTORS = {f"vectors-{name}": name for name in (*FORMATS, *TERMINALS)}


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
    check(name, shown(name, RECORDS, [GRADIENT, GRADIENT, HESSIAN]))


@pytest.mark.parametrize("name", VECTORS)
def test_golden_of_vectors(name: str) -> None:
    records, points = vector_samples.RECORDS, vector_samples.POINTS
    if not VECTORS[name].startswith("table"):
        # The longest is fourteen: the other formats write all elements.
        records = {title: list(map(vector_samples.shortened, each)) for title, each in records.items()}
        points = list(map(vector_samples.shortened, points))
    check(name, shown(VECTORS[name], records, points))


def shown(name: str, samples: Mapping[str, Sequence[Record]], points: Sequence[Record]) -> str:
    """All that is written of samples, and of points that are the rows of one table."""
    format = name.partition("-")[0]
    options = TERMINALS.get(name, {})
    text = ""
    for title, records in samples.items():
        written = write(format, records, **options)
        text += f"##### {title}: stdout\n{written.out}"
        if written.err:
            text += f"##### {title}: stderr\n{written.err}"
    return text + f"##### points: stdout\n{write(format, points, points=True, **options).out}"


def test_golden_has_no_file_too_many() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*FORMATS, *TERMINALS, *VECTORS}
