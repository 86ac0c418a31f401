"""The baselines of many starts make the steps that gdcli makes."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest
import torch

from tests.benchmarks.baselines import c_loops, torch_batch
from tests.benchmarks.many_descents import ALONE, EXPRESSIONS, RATE, ROWS
from tests.descent.starts.test_side_by_side import descents, go, points

NAMES = pytest.mark.parametrize("name", EXPRESSIONS)


def ours(name: str, starts: Any) -> Any:
    """Where gdcli ends after 20 steps."""
    return np.array([end[1:3] for end in go(descents(EXPRESSIONS[name], lr=RATE), starts, [20], -1.0)])


@NAMES
@pytest.mark.parametrize("way", ["with_autograd", "plainly", "in_place"])
def test_torch(name: str, way: str) -> None:
    starts = points(50)
    x, y = (torch.tensor(column) for column in starts.T.copy())
    getattr(torch_batch, way)(name, x, y, RATE, 20)
    assert np.stack([x.numpy(), y.numpy()], 1) == pytest.approx(ours(name, starts), abs=1e-12)


@NAMES
@pytest.mark.parametrize(("dtype", "close"), [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc here")
def test_c(name: str, dtype: str, close: float) -> None:
    starts = points(50)
    x, y = starts.T.astype(dtype).copy()
    c_loops.descend(name, x, y, RATE, 20)
    assert np.stack([x, y], 1) == pytest.approx(ours(name, starts), abs=close)


def test_each_way_is_timed_in_both_dtypes() -> None:
    assert len(ROWS) == 2 * (5 * len(EXPRESSIONS) + len(ALONE))
    assert len({(row.name, row.against) for row in ROWS}) == len(ROWS)
