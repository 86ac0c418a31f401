"""Problems 1 to 19 of Moré, Garbow and Hillstrom, unconstrained and of fixed size, as one expression each.

A sum of squared residuals is written out term by term. The numbers are the paper's (``mgh13`` is its 13th).
"""

from __future__ import annotations

from math import exp, log

from tests.problem_tables.more_garbow_hillstrom_data import (
    BARD,
    GAUSSIAN,
    KOWALIK_OSBORNE,
    MEYER,
    OSBORNE_1,
    OSBORNE_2,
)
from tests.problem_tables.problem import MORE_GARBOW_HILLSTROM_1981, Problem, at, names, squares


def mgh(
    number: int,
    name: str,
    residuals: list[str],
    start: tuple[float, ...],
    minimum: float,
    *minimizers: tuple[float, ...],
    tags: tuple[str, ...] = (),
) -> Problem:
    """One row of the paper: f = Σ residual²."""
    return Problem(
        f"mgh{number}-{name}",
        squares(residuals),
        minimum=minimum,
        minimizers=minimizers,
        source=MORE_GARBOW_HILLSTROM_1981,
        start=at(*start),
        tags=tags,
    )


def rosenbrock(pairs: int) -> list[str]:
    return [t for i in range(1, 2 * pairs, 2) for t in (f"10*(x{i + 1} - x{i}^2)", f"1 - x{i}")]


def powell_singular(fours: int) -> list[str]:
    return [
        text
        for a, b, c, d in (names(4 * fours)[i : i + 4] for i in range(0, 4 * fours, 4))
        for text in (f"{a} + 10*{b}", f"sqrt(5)*({c} - {d})", f"({b} - 2*{c})^2", f"sqrt(10)*({a} - {d})^2")
    ]


def gulf(count: int) -> list[str]:
    """With the residuals that the authors' own program computes: the formula in the paper has a misprint."""
    return [
        f"exp(-abs({25 + (-50 * log(i / 100)) ** (2 / 3)!r} - x2)^x3/x1) - {i / 100}"
        for i in range(1, count + 1)
    ]


PROBLEMS = (
    mgh(1, "rosenbrock", rosenbrock(1), (-1.2, 1), 0.0, (1, 1)),
    mgh(
        2,
        "freudenstein-roth",
        ["-13 + x1 + ((5 - x2)*x2 - 2)*x2", "-29 + x1 + ((x2 + 1)*x2 - 14)*x2"],
        (0.5, -2),
        0.0,
        (5, 4),
        tags=("local",),
    ),
    mgh(
        3,
        "powell-badly-scaled",
        ["1e4*x1*x2 - 1", "exp(-x1) + exp(-x2) - 1.0001"],
        (0, 1),
        0.0,
        (1.0981593296998175e-05, 9.106146739866524),
        tags=("badly-scaled", "many"),
    ),
    mgh(
        4,
        "brown-badly-scaled",
        ["x1 - 1e6", "x2 - 2e-6", "x1*x2 - 2"],
        (1, 1),
        0.0,
        (1e6, 2e-6),
        tags=("badly-scaled",),
    ),
    mgh(
        5,
        "beale",
        ["1.5 - x1*(1 - x2)", "2.25 - x1*(1 - x2^2)", "2.625 - x1*(1 - x2^3)"],
        (1, 1),
        0.0,
        (3, 0.5),
        tags=("local",),
    ),
    mgh(
        6,
        "jennrich-sampson",
        [f"{2 + 2 * i} - (exp({i}*x1) + exp({i}*x2))" for i in range(1, 11)],
        (0.3, 0.4),
        124.36218235561485,
        (0.2578252136703641, 0.2578252136703641),
        tags=("local",),
    ),
    mgh(
        7,
        "helical-valley",
        [
            "10*(x3 - 10*(atan(x2/x1)/(2*pi) + (0 if x1 > 0 else 0.5)))",
            "10*(sqrt(x1^2 + x2^2) - 1)",
            "x3",
        ],
        (-1, 0, 0),
        0.0,
        (1, 0, 0),
    ),
    mgh(
        8,
        "bard",
        [f"{y} - (x1 + {i}/({16 - i}*x2 + {min(i, 16 - i)}*x3))" for i, y in enumerate(BARD, 1)],
        (1, 1, 1),
        0.008214877306578975,
        (0.08241055974978893, 1.1330360920297216, 2.343695178642537),
        tags=("local",),
    ),
    mgh(
        9,
        "gaussian",
        [
            f"x1*exp(-x2*({(8 - i) / 2} - x3)^2/2) - {y}"
            for i, y in enumerate((*GAUSSIAN, *GAUSSIAN[-2::-1]), 1)
        ],
        (0.4, 1, 0),
        1.127932769618648e-08,
        (0.39895613783875666, 1.0000190844878056, 0),
        tags=("local",),
    ),
    mgh(
        10,
        "meyer",
        [f"x1*exp(x2/({45 + 5 * i} + x3)) - {y}" for i, y in enumerate(MEYER, 1)],
        (0.02, 4000, 250),
        87.94585517085112,
        (0.005609636471028053, 6181.346346286372, 345.2236346241365),
        tags=("badly-scaled", "local"),
    ),
    mgh(
        11,
        "gulf",
        gulf(99),
        (5, 2.5, 0.15),
        1.1179826147618804e-30,
        (50, 25, 1.5),
        tags=("badly-scaled", "local"),
    ),
    mgh(
        12,
        "box-3d",
        [f"exp(-{i / 10}*x1) - exp(-{i / 10}*x2) - x3*({exp(-i / 10) - exp(-i)!r})" for i in range(1, 11)],
        (0, 10, 20),
        8.672886003531453e-33,
        (1, 10, 1),
        (10, 1, -1),
        tags=("many",),
    ),
    mgh(13, "powell-singular", powell_singular(1), (3, -1, 0, 1), 0.0, (0, 0, 0, 0), tags=("flat", "convex")),
    mgh(
        14,
        "wood",
        [
            "10*(x2 - x1^2)",
            "1 - x1",
            "sqrt(90)*(x4 - x3^2)",
            "1 - x3",
            "sqrt(10)*(x2 + x4 - 2)",
            "(x2 - x4)/sqrt(10)",
        ],
        (-3, -1, -3, -1),
        0.0,
        (1, 1, 1, 1),
        tags=("local",),
    ),
    mgh(
        15,
        "kowalik-osborne",
        [f"{y} - x1*({u * u!r} + {u}*x2)/({u * u!r} + {u}*x3 + x4)" for y, u in KOWALIK_OSBORNE],
        (0.25, 0.39, 0.415, 0.39),
        0.00030750560384923745,
        (0.19280693457903786, 0.19128232873436696, 0.12305650692632064, 0.13606233068379484),
        tags=("local",),
    ),
    mgh(
        16,
        "brown-dennis",
        [
            f"(x1 + {i / 5}*x2 - exp({i / 5}))^2 + (x3 + x4*sin({i / 5}) - cos({i / 5}))^2"
            for i in range(1, 21)
        ],
        (25, 5, -5, -1),
        85822.20162635634,
        (-11.594439904762165, 13.203630051207204, -0.40343948817685954, 0.2367787744557363),
    ),
    mgh(
        17,
        "osborne-1",
        [f"{y} - (x1 + x2*exp(-{10 * i}*x4) + x3*exp(-{10 * i}*x5))" for i, y in enumerate(OSBORNE_1)],
        (0.5, 1.5, -1, 0.01, 0.02),
        5.464894697482907e-05,
        (
            0.37541005210695205,
            1.9358469127123674,
            -1.464687136613423,
            0.012867534640057288,
            0.02212269966167261,
        ),
        tags=("badly-scaled", "local", "many"),
    ),
    mgh(
        18,
        "biggs-exp6",
        [
            f"x3*exp(-{i / 10}*x1) - x4*exp(-{i / 10}*x2) + x6*exp(-{i / 10}*x5)"
            f" - exp(-{i / 10}) + 5*exp(-{i}) - 3*exp(-{4 * i / 10})"
            for i in range(1, 14)
        ],
        (1, 2, 1, 1, 1, 1),
        0.0,
        (1, 10, 1, 5, 4, 3),
        tags=("local", "many"),
    ),
    mgh(
        19,
        "osborne-2",
        [
            f"{y} - (x1*exp(-{i / 10}*x5) + x2*exp(-({i / 10} - x9)^2*x6)"
            f" + x3*exp(-({i / 10} - x10)^2*x7) + x4*exp(-({i / 10} - x11)^2*x8))"
            for i, y in enumerate(OSBORNE_2)
        ],
        (1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5),
        0.040137736293547735,
        (
            1.3099771546273005,
            0.4315537946029889,
            0.633661698960724,
            0.5994305347859163,
            0.7541832263280113,
            0.9042885798596336,
            1.3658118352370285,
            4.8236988172271555,
            2.3986848661317546,
            4.568874597667672,
            5.6753414705806415,
        ),
        tags=("local", "many"),
    ),
)
