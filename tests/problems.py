"""The tables of problems with known answers, for every test that minimises something.

``MULTIMODAL``: many local minima, within bounds. ``HOCK_SCHITTKOWSKI``: bounds and constraints, with a start.
``MORE_GARBOW_HILLSTROM`` and ``SMOOTH``: no constraints, with a start. ``ENDINGS``: runs that cannot succeed.
A new problem is a row of one of the files in ``problem_tables``; tests/test_problems.py then checks it.
"""

from __future__ import annotations

from tests.problem_tables import (
    hock_schittkowski_1_to_24,
    hock_schittkowski_26_to_49,
    hock_schittkowski_50_to_113,
    more_garbow_hillstrom_1_to_19,
    more_garbow_hillstrom_20_to_35,
    multimodal_a_to_d,
    multimodal_e_to_m,
    multimodal_other,
    multimodal_p_to_s,
    multimodal_t_to_z,
    odd,
    smooth,
)
from tests.problem_tables.problem import Ending, Problem

__all__ = [
    "ENDINGS",
    "HOCK_SCHITTKOWSKI",
    "MORE_GARBOW_HILLSTROM",
    "MULTIMODAL",
    "PROBLEMS",
    "SMOOTH",
    "Ending",
    "Problem",
]

MULTIMODAL: tuple[Problem, ...] = (
    *multimodal_a_to_d.PROBLEMS,
    *multimodal_e_to_m.PROBLEMS,
    *multimodal_p_to_s.PROBLEMS,
    *multimodal_t_to_z.PROBLEMS,
    *multimodal_other.PROBLEMS,
)
HOCK_SCHITTKOWSKI: tuple[Problem, ...] = (
    *hock_schittkowski_1_to_24.PROBLEMS,
    *hock_schittkowski_26_to_49.PROBLEMS,
    *hock_schittkowski_50_to_113.PROBLEMS,
)
MORE_GARBOW_HILLSTROM: tuple[Problem, ...] = (
    *more_garbow_hillstrom_1_to_19.PROBLEMS,
    *more_garbow_hillstrom_20_to_35.PROBLEMS,
)
SMOOTH: tuple[Problem, ...] = smooth.PROBLEMS
PROBLEMS: tuple[Problem, ...] = (*MULTIMODAL, *HOCK_SCHITTKOWSKI, *MORE_GARBOW_HILLSTROM, *SMOOTH)
ENDINGS: tuple[Ending, ...] = odd.ENDINGS
