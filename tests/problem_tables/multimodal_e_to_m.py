"""Multimodal and otherwise awkward functions of two variables within bounds: Easom to Mishra."""

from __future__ import annotations

from math import pi

from tests.problem_tables.problem import GAVANA, JAMIL_YANG, MISHRA, SURJANOVIC_BINGHAM, Problem, box, total

LANGERMANN = ((3, 5, 1), (5, 2, 2), (2, 1, 5), (1, 4, 2), (7, 9, 3))


def cosines(variable: str, factors: range) -> str:
    """Σ i·cos(factorᵢ·x + i), i from 1."""
    return total(f"{i}*cos({k}*{variable} + {i})" for i, k in enumerate(factors, 1))


PROBLEMS = (
    Problem(
        "easom",
        "-cos(x)*cos(y)*exp(-(x - pi)^2 - (y - pi)^2)",
        bounds=box("x y", -100, 100),
        minimum=-1.0,
        minimizers=((pi, pi),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "egg-crate",
        "x^2 + y^2 + 25*(sin(x)^2 + sin(y)^2)",
        bounds=box("x y", -5, 5),
        minimum=0.0,
        minimizers=((0, 0),),
        source=JAMIL_YANG,
        tags=("local",),
    ),
    Problem(
        "eggholder",
        "-(y + 47)*sin(sqrt(abs(y + x/2 + 47))) - x*sin(sqrt(abs(x - (y + 47))))",
        bounds=box("x y", -512, 512),
        minimum=-959.6406627208509,
        minimizers=((512, 404.2318051137578),),
        source=SURJANOVIC_BINGHAM,
        tags=("boundary", "local"),
    ),
    Problem(
        "el-attar-vidyasagar-dutta",
        "(x^2 + y - 10)^2 + (x + y^2 - 7)^2 + (x^2 + y^3 - 1)^2",
        bounds=box("x y", -500, 500),
        minimum=1.7127803548622034,
        minimizers=((3.409186822190061, -2.171433036284005),),
        source=JAMIL_YANG,
        tags=("local",),
    ),
    Problem(
        "exponential",
        "-exp(-0.5*(x^2 + y^2))",
        bounds=box("x y", -1, 1),
        minimum=-1.0,
        minimizers=((0, 0),),
        source=JAMIL_YANG,
    ),
    Problem(
        "giunta",
        "0.6 + "
        + total(f"sin(16/15*{v} - 1) + sin(16/15*{v} - 1)^2 + sin(4*(16/15*{v} - 1))/50" for v in ("x", "y")),
        bounds=box("x y", -1, 1),
        minimum=0.06447042053690566,
        minimizers=((0.4673200253979606, 0.4673200253979606),),
        source=JAMIL_YANG,
    ),
    Problem(
        "goldstein-price",
        "(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))"
        "*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))",
        bounds=box("x y", -2, 2),
        minimum=3.0,
        minimizers=((0, -1),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "griewank",
        "(x^2 + y^2)/4000 - cos(x)*cos(y/sqrt(2)) + 1",
        bounds=box("x y", -600, 600),
        minimum=0.0,
        minimizers=((0, 0),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "hansen",
        f"({cosines('x', range(5))})*({cosines('y', range(2, 7))})",
        bounds=box("x y", -10, 10),
        minimum=-176.54179313674564,
        minimizers=((-7.589893010800887, -7.708313735499347),),
        source=JAMIL_YANG,
        tags=("local", "many"),
    ),
    Problem(
        "himmelblau",
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        bounds=box("x y", -5, 5),
        minimum=0.0,
        minimizers=(
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
        source=JAMIL_YANG,
    ),
    Problem(
        "holder-table",
        "-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x^2 + y^2)/pi)))",
        bounds=box("x y", -10, 10),
        minimum=-19.208502567886732,
        minimizers=tuple((a * 8.055023475736563, b * 9.664590019241272) for a in (1, -1) for b in (1, -1)),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "hosaki",
        "(1 - 8*x + 7*x^2 - 7/3*x^3 + x^4/4)*y^2*exp(-y)",
        bounds={"x": (0, 5), "y": (0, 6)},
        minimum=-2.3458115761012865,
        minimizers=((4, 2),),
        source=JAMIL_YANG,
        tags=("local",),
    ),
    Problem(
        "keane",
        "-sin(x - y)^2*sin(x + y)^2/sqrt(x^2 + y^2)",
        bounds=box("x y", 0, 10),
        minimum=-0.673667521146855,
        minimizers=(
            (1.3932490753255886, 0),
            (0, 1.3932490753255886),
        ),
        source=JAMIL_YANG,
        tags=("boundary", "local"),
    ),
    Problem(
        "langermann",
        total(
            f"-{c}*exp(-((x - {a})^2 + (y - {b})^2)/pi)*cos(pi*((x - {a})^2 + (y - {b})^2))"
            for a, b, c in LANGERMANN
        ).replace("+ -", "- "),
        bounds=box("x y", 0, 10),
        minimum=-5.162126159963982,
        minimizers=((2.0029921199344654, 1.0060959402921885),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "leon",
        "100*(y - x^3)^2 + (1 - x)^2",
        bounds=box("x y", -1.2, 1.2),
        minimum=0.0,
        minimizers=((1, 1),),
        source="Leon (1966), in Lavi & Vogl (eds), Recent Advances in Optimization Techniques",
    ),
    Problem(
        "levy",
        "sin(pi*(1 + (x - 1)/4))^2 + ((x - 1)/4)^2*(1 + 10*sin(pi*(1 + (x - 1)/4) + 1)^2)"
        " + ((y - 1)/4)^2*(1 + sin(2*pi*(1 + (y - 1)/4))^2)",
        bounds=box("x y", -10, 10),
        minimum=0.0,
        minimizers=((1, 1),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "levy-5",
        f"({cosines('x', range(5))})*({cosines('y', range(2, 7))}) + (x + 1.42513)^2 + (y + 0.80032)^2",
        bounds=box("x y", -10, 10),
        minimum=-176.13757800162938,
        minimizers=((-1.3068530097535722, -1.4248450415606813),),
        source=GAVANA,
        tags=("local",),
    ),
    Problem(
        "levy-13",
        "sin(3*pi*x)^2 + (x - 1)^2*(1 + sin(3*pi*y)^2) + (y - 1)^2*(1 + sin(2*pi*y)^2)",
        bounds=box("x y", -10, 10),
        minimum=0.0,
        minimizers=((1, 1),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "matyas",
        "0.26*(x^2 + y^2) - 0.48*x*y",
        bounds=box("x y", -10, 10),
        minimum=0.0,
        minimizers=((0, 0),),
        source=SURJANOVIC_BINGHAM,
        tags=("convex",),
    ),
    Problem(
        "mccormick",
        "sin(x + y) + (x - y)^2 - 1.5*x + 2.5*y + 1",
        bounds={"x": (-1.5, 4), "y": (-3, 4)},
        minimum=-1.913222954981037,
        minimizers=((-0.5471975511965977, -1.5471975511965979),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "michalewicz",
        "-sin(x)*sin(x^2/pi)^20 - sin(y)*sin(2*y^2/pi)^20",
        bounds=box("x y", 0, pi),
        minimum=-1.8013034100985525,
        minimizers=((2.2029055201726093, pi / 2),),
        source=SURJANOVIC_BINGHAM,
        tags=("local",),
    ),
    Problem(
        "mishra-5",
        "(sin((cos(x) + cos(y))^2)^2 + cos((sin(x) + sin(y))^2)^2 + x)^2 + 0.01*x + 0.1*y",
        bounds=box("x y", -10, 10),
        minimum=-1.019829519930943,
        minimizers=((-1.9868206464261489, -10),),
        source=MISHRA,
        tags=("boundary", "local"),
    ),
    Problem(
        "mishra-6",
        "-log((sin((cos(x) + cos(y))^2)^2 - cos((sin(x) + sin(y))^2)^2 + x)^2) + 0.1*((x - 1)^2 + (y - 1)^2)",
        bounds=box("x y", -10, 10),
        minimum=-2.2839498384747587,
        minimizers=((2.886307215532004, 1.8232603315820546),),
        source=MISHRA,
        tags=("local",),
    ),
    Problem(
        "mishra-8",
        "0.001*(abs(x^10 - 20*x^9 + 180*x^8 - 960*x^7 + 3360*x^6 - 8064*x^5 + 13340*x^4 - 15360*x^3"
        " + 11520*x^2 - 5120*x + 2624) + abs(y^4 + 12*y^3 + 54*y^2 + 108*y + 81))^2",
        bounds=box("x y", -10, 10),
        minimum=0.0,
        minimizers=((2, -3),),
        source=MISHRA,
        tags=("flat", "badly-scaled"),
    ),
)
