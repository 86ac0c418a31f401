"""Problems 20 to 35 of Moré, Garbow and Hillstrom, whose number of variables is free, as one expression each.

One of the sizes is taken for which the paper gives a minimum.
"""

from __future__ import annotations

from math import exp

from tests.problem_tables.more_garbow_hillstrom_1_to_19 import mgh, powell_singular, rosenbrock
from tests.problem_tables.problem import names, total


def watson(n: int) -> list[str]:
    def residual(t: float) -> str:
        slope = total(f"{(j - 1) * t ** (j - 2)!r}*x{j}" for j in range(2, n + 1))
        value = total(f"{t ** (j - 1)!r}*x{j}" for j in range(1, n + 1))
        return f"{slope} - ({value})^2 - 1"

    return [*(residual(i / 29) for i in range(1, 30)), "x1", "x2 - x1^2 - 1"]


def penalty_2(n: int) -> list[str]:
    def between(i: int) -> str:
        return f"sqrt(1e-5)*(exp(x{i}/10) + exp(x{i - 1}/10) - {exp(i / 10) + exp((i - 1) / 10)!r})"

    return [
        "x1 - 0.2",
        *(between(i) for i in range(2, n + 1)),
        *(f"sqrt(1e-5)*(exp(x{i}/10) - {exp(-1 / 10)!r})" for i in range(2, n + 1)),
        f"{total(f'{n - j + 1}*x{j}^2' for j in range(1, n + 1))} - 1",
    ]


def variably_dimensioned(n: int) -> list[str]:
    weighted = total(f"{j}*(x{j} - 1)" for j in range(1, n + 1))
    return [*(f"{x} - 1" for x in names(n)), weighted, f"({weighted})^2"]


def trigonometric(n: int) -> list[str]:
    cosines = total(f"cos({x})" for x in names(n))
    return [f"{n} - ({cosines}) + {i}*(1 - cos({x})) - sin({x})" for i, x in enumerate(names(n), 1)]


def brown_almost_linear(n: int) -> list[str]:
    return [*(f"{x} + {total(names(n))} - {n + 1}" for x in names(n)[:-1]), f"{'*'.join(names(n))} - 1"]


def neighbours(n: int, template: str) -> list[str]:
    """The template for each variable, with ``{p}`` and ``{q}`` the ones before and after it (0 outside)."""
    line = ["0", *names(n), "0"]
    return [template.format(p=line[i - 1], x=line[i], q=line[i + 1], i=i) for i in range(1, n + 1)]


def boundary_value(n: int) -> list[str]:
    h = 1 / (n + 1)
    return neighbours(n, "2*{x} - {p} - {q} + " + repr(h * h / 2) + "*({x} + {i}/" + f"{n + 1} + 1)^3")


def integral_equation(n: int) -> list[str]:
    h = 1 / (n + 1)
    cubes = [f"({x} + {i}/{n + 1} + 1)^3" for i, x in enumerate(names(n), 1)]

    def residual(i: int) -> str:
        t = i * h
        left = total(f"{(1 - t) * j * h * h / 2!r}*{cubes[j - 1]}" for j in range(1, i + 1))
        right = [f"{t * (1 - j * h) * h / 2!r}*{cubes[j - 1]}" for j in range(i + 1, n + 1)]
        return total([f"x{i}", left, *right])

    return [residual(i) for i in range(1, n + 1)]


def broyden_banded(n: int) -> list[str]:
    def residual(i: int) -> str:
        near = [j for j in range(max(1, i - 5), min(n, i + 1) + 1) if j != i]
        return f"x{i}*(2 + 5*x{i}^2) + 1 - ({total(f'x{j}*(1 + x{j})' for j in near)})"

    return [residual(i) for i in range(1, n + 1)]


def linear(n: int, m: int) -> list[str]:
    share = f"{2 / m!r}*({total(names(n))}) + 1"
    return [*(f"{x} - ({share})" for x in names(n)), *[f"-({share})"] * (m - n)]


def chebyquad(n: int) -> list[str]:
    """The shifted Chebyshev polynomials T_i(2x - 1) by Horner's rule in u = 2x - 1."""
    before, now = [1], [1, 0]
    residuals = []
    for i in range(1, n + 1):
        values = []
        for x in names(n):
            text = str(now[0])
            for c in now[1:]:
                text = f"({text})*(2*{x} - 1)" + (f" + {c}" if c > 0 else f" - {-c}" if c else "")
            values.append(f"({text})")
        residuals.append(f"({total(values)})/{n}" + (f" + 1/{i * i - 1}" if i % 2 == 0 else ""))
        padded = [0, 0, *before]
        before, now = now, [2 * a - b for a, b in zip([*now, 0], padded, strict=True)]
    return residuals


PROBLEMS = (
    mgh(
        20,
        "watson",
        watson(6),
        (0,) * 6,
        0.002287670053552437,
        (
            -0.01572508640145845,
            1.0124348693691099,
            -0.23299162595673686,
            1.260430087799605,
            -1.5137289227222752,
            0.9929964324311324,
        ),
    ),
    mgh(21, "extended-rosenbrock", rosenbrock(5), (-1.2, 1) * 5, 0.0, (1,) * 10),
    mgh(
        22, "extended-powell", powell_singular(3), (3, -1, 0, 1) * 3, 0.0, (0,) * 12, tags=("flat", "convex")
    ),
    mgh(
        23,
        "penalty-1",
        [*(f"sqrt(1e-5)*({x} - 1)" for x in names(4)), f"{total(f'{x}^2' for x in names(4))} - 0.25"],
        (1, 2, 3, 4),
        2.249977500899937e-05,
        (0.2500074995875379, 0.2500074995875379, 0.2500074995875379, 0.2500074995875379),
        tags=("badly-scaled",),
    ),
    mgh(
        24,
        "penalty-2",
        penalty_2(4),
        (0.5,) * 4,
        9.376293007355446e-06,
        (0.1999993333503804, 0.19131670099277245, 0.4801014853326232, 0.5188454043902005),
        tags=("badly-scaled",),
    ),
    mgh(
        25,
        "variably-dimensioned",
        variably_dimensioned(10),
        tuple(1 - j / 10 for j in range(1, 11)),
        0.0,
        (1,) * 10,
        tags=("convex",),
    ),
    mgh(26, "trigonometric", trigonometric(10), (0.1,) * 10, 0.0, (0,) * 10, tags=("local", "many")),
    mgh(
        27,
        "brown-almost-linear",
        brown_almost_linear(10),
        (0.5,) * 10,
        0.0,
        (1,) * 10,
        tags=("local", "many"),
    ),
    mgh(
        28,
        "discrete-boundary-value",
        boundary_value(10),
        tuple(j / 11 * (j / 11 - 1) for j in range(1, 11)),
        0.0,
        (
            -0.043164982518764876,
            -0.08157715653538689,
            -0.11448571438052929,
            -0.14097357686259668,
            -0.15990869618198314,
            -0.16987720231277492,
            -0.16908998378120838,
            -0.15524953522183182,
            -0.125355891678935,
            -0.07541653368589209,
        ),
    ),
    mgh(
        29,
        "discrete-integral-equation",
        integral_equation(10),
        tuple(j / 11 * (j / 11 - 1) for j in range(1, 11)),
        0.0,
        (
            -0.04316498251876487,
            -0.08157715653538689,
            -0.11448571438052928,
            -0.14097357686259668,
            -0.1599086961819831,
            -0.16987720231277492,
            -0.16908998378120832,
            -0.1552495352218318,
            -0.12535589167893496,
            -0.07541653368589203,
        ),
    ),
    mgh(
        30,
        "broyden-tridiagonal",
        neighbours(10, "(3 - 2*{x})*{x} - {p} - 2*{q} + 1"),
        (-1,) * 10,
        0.0,
        (
            -0.5707221320112248,
            -0.681806949984275,
            -0.7022100760176601,
            -0.7055106298950804,
            -0.7049061557287437,
            -0.7014966070298512,
            -0.6918893223547983,
            -0.6657965144058537,
            -0.5960351090263657,
            -0.4164122575286934,
        ),
        tags=("many",),
    ),
    mgh(
        31,
        "broyden-banded",
        broyden_banded(10),
        (-1,) * 10,
        0.0,
        (
            -0.4283028635872503,
            -0.47659642435629024,
            -0.5196524636468617,
            -0.5580993248321809,
            -0.5925061568294574,
            -0.624503682199468,
            -0.6232394714405911,
            -0.6213938417965735,
            -0.6204535966590874,
            -0.5864692707204351,
        ),
    ),
    mgh(32, "linear-full-rank", linear(5, 10), (1,) * 5, 5.0, (-1,) * 5, tags=("convex",)),
    mgh(
        33,
        "linear-rank-1",
        [f"{i}*({total(f'{j}*x{j}' for j in range(1, 6))}) - 1" for i in range(1, 11)],
        (1,) * 5,
        15 / 7,
        (1 / 7, 0, 0, 0, 0),
        tags=("convex", "flat", "many"),
    ),
    mgh(
        34,
        "linear-rank-1-zeros",  # without the paper's first and last variable, which have no effect
        ["1", *(f"{i}*(2*x1 + 3*x2 + 4*x3) - 1" for i in range(1, 9)), "1"],
        (1,) * 3,
        62 / 17,
        (3 / 34, 0, 0),
        tags=("convex", "flat", "many"),
    ),
    mgh(
        35,
        "chebyquad",
        chebyquad(8),
        tuple(j / 9 for j in range(1, 9)),
        0.0035168737256779316,
        (
            0.04315276015101663,
            0.1930908403841861,
            0.26632870689027294,
            0.5,
            0.5,
            0.7336712931097271,
            0.8069091596158139,
            0.9568472398489833,
        ),
        tags=("local", "many"),
    ),
)
