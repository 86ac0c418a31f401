"""Multimodal functions of one variable, and of three and more, within bounds."""

from __future__ import annotations

from math import pi

from tests.problem_tables.problem import (
    GAVANA,
    JAMIL_YANG,
    SURJANOVIC_BINGHAM,
    Problem,
    box,
    names,
    total,
)

SHEKEL_BETA = (1, 2, 2, 4, 4, 6, 3, 7, 5, 5)
SHEKEL_C = (
    (4, 1, 8, 6, 3, 2, 5, 8, 6, 7),
    (4, 1, 8, 6, 7, 9, 3, 1, 2, 3.6),
    (4, 1, 8, 6, 3, 2, 5, 8, 6, 7),
    (4, 1, 8, 6, 7, 9, 3, 1, 2, 3.6),
)
HARTMANN_ALPHA = (1.0, 1.2, 3.0, 3.2)
HARTMANN_3_A = ((3, 10, 30), (0.1, 10, 35), (3, 10, 30), (0.1, 10, 35))
HARTMANN_3_P = (
    (0.3689, 0.1170, 0.2673),
    (0.4699, 0.4387, 0.7470),
    (0.1091, 0.8732, 0.5547),
    (0.0381, 0.5743, 0.8828),
)
HARTMANN_6_A = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
HARTMANN_6_P = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
)


def shekel(terms: int) -> str:
    return "-" + " - ".join(
        f"1/({total(f'(x{j} - {row[i]})^2' for j, row in enumerate(SHEKEL_C, 1))} + {SHEKEL_BETA[i] / 10})"
        for i in range(terms)
    )


def hartmann(a: tuple[tuple[float, ...], ...], p: tuple[tuple[float, ...], ...]) -> str:
    def distance(rates: tuple[float, ...], centre: tuple[float, ...]) -> str:
        return total(f"{r}*({x} - {c})^2" for r, x, c in zip(rates, names(len(rates)), centre, strict=True))

    return "-" + " - ".join(
        f"{alpha}*exp(-({distance(*row)}))" for alpha, *row in zip(HARTMANN_ALPHA, a, p, strict=True)
    )


PROBLEMS = (
    Problem(
        "forrester",
        "(6*x - 2)^2*sin(12*x - 4)",
        bounds={"x": (0, 1)},
        minimum=-6.020740055767083,
        minimizers=((0.757248757841856,),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "gramacy-lee",
        "sin(10*pi*x)/(2*x) + (x - 1)^4",
        bounds={"x": (0.5, 2.5)},
        minimum=-0.869011134989500,
        minimizers=((0.5485634445276052,),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "univariate-2",
        "sin(x) + sin(10*x/3)",
        bounds={"x": (2.7, 7.5)},
        minimum=-1.899599349152113,
        minimizers=((5.145735290256128,),),
        source=GAVANA,
        tags=("local",),
    ),
    Problem(
        "univariate-4",
        "-(16*x^2 - 24*x + 5)*exp(-x)",
        bounds={"x": (1.9, 3.9)},
        minimum=-3.8504507088002193,
        minimizers=((2.868033988749895,),),
        source=GAVANA,
    ),
    Problem(
        "univariate-7",
        "sin(x) + sin(10*x/3) + log(x) - 0.84*x + 3",
        bounds={"x": (2.7, 7.5)},
        minimum=-1.601307546494395,
        minimizers=((5.199778371061006,),),
        source=GAVANA,
        tags=("local",),
    ),
    Problem(
        "univariate-15",
        "(x^2 - 5*x + 6)/(x^2 + 1)",
        bounds={"x": (-5, 5)},
        minimum=-0.03553390593273762,
        minimizers=((2.414213562373095,),),
        source=GAVANA,
        tags=("local",),
    ),
    Problem(
        "univariate-22",
        "exp(-3*x) - sin(x)^3",
        bounds={"x": (0, 20)},
        minimum=-1.0,
        minimizers=((4.5 * pi,),),
        source=GAVANA,
        tags=("local",),
    ),
    Problem(
        "hartmann-3",
        hartmann(HARTMANN_3_A, HARTMANN_3_P),
        bounds=box("x1 x2 x3", 0, 1),
        minimum=-3.8627797873326624,
        minimizers=((0.11458887665506896, 0.55564889461693, 0.8525469846866774),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "shekel-5",
        shekel(5),
        bounds=box("x1 x2 x3 x4", 0, 10),
        minimum=-10.153199679058227,
        minimizers=((4.000037152819676, 4.00013327659156, 4.000037152819676, 4.00013327659156),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "shekel-7",
        shekel(7),
        bounds=box("x1 x2 x3 x4", 0, 10),
        minimum=-10.402915336777744,
        minimizers=((4.000572819251117, 3.9996062096096887, 4.000572819251117, 3.9996062096096887),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "shekel-10",
        shekel(10),
        bounds=box("x1 x2 x3 x4", 0, 10),
        minimum=-10.536443153483528,
        minimizers=((4.000746868270634, 3.9995094800857736, 4.000746868270634, 3.9995094800857736),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "colville",
        "100*(x1^2 - x2)^2 + (x1 - 1)^2 + (x3 - 1)^2 + 90*(x3^2 - x4)^2 + 10.1*((x2 - 1)^2 + (x4 - 1)^2)"
        " + 19.8*(x2 - 1)*(x4 - 1)",
        bounds=box("x1 x2 x3 x4", -10, 10),
        minimum=0.0,
        minimizers=((1, 1, 1, 1),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "michalewicz-5",
        "-" + " - ".join(f"sin(x{i})*sin({i}*x{i}^2/pi)^20" for i in range(1, 6)),
        bounds=box("x1 x2 x3 x4 x5", 0, pi),
        minimum=-4.687658179088146,
        minimizers=(
            (
                2.2029055201726093,
                1.5707963267948966,
                1.2849915705529245,
                1.9230584698663629,
                1.7204697725658413,
            ),
        ),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "styblinski-tang-5",
        total(f"({v}^4 - 16*{v}^2 + 5*{v})/2" for v in names(5)),
        bounds=box("x1 x2 x3 x4 x5", -5, 5),
        minimum=-195.8308285188571,
        minimizers=((-2.903534027771177,) * 5,),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "hartmann-6",
        hartmann(HARTMANN_6_A, HARTMANN_6_P),
        bounds=box("x1 x2 x3 x4 x5 x6", 0, 1),
        minimum=-3.3223680114155147,
        minimizers=(
            (
                0.20168951100670543,
                0.15001069182345797,
                0.476873974221897,
                0.2753324304940561,
                0.31165161660011326,
                0.6573005340656203,
            ),
        ),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "paviani",
        total(f"log({v} - 2)^2 + log(10 - {v})^2" for v in names(10)) + f" - ({'*'.join(names(10))})^0.2",
        bounds=box(" ".join(names(10)), 2.001, 9.999),
        minimum=-45.77846970744627,
        minimizers=((9.350265833069384,) * 10,),
        source=JAMIL_YANG,
    ),
)
