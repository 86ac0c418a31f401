"""Smooth functions with one answer, easy to state: convex ones, curved valleys, and bad scales."""

from __future__ import annotations

from math import e, exp, inf, log, pi

from tests.problem_tables.problem import Problem, at, names, squares, total

NOTES = "the notes' programs net2 and torchGd1"
BOYD_VANDENBERGHE = "Boyd & Vandenberghe (2004), Convex Optimization, section 9.3.2"
CALCULUS = "its derivative, set to zero"
LINE = ((0, 1.1), (1, 2.9), (2, 5.2), (3, 6.8), (4, 9.1))
CLASSES = ((-2, 0), (-1, 0), (0, 1), (1, 0), (2, 1), (3, 1))

PROBLEMS = (
    Problem("paraboloid", "x^2 + y^2", 0.0, ((0, 0),), NOTES, start={"x": 1, "y": 3}, tags=("convex",)),
    Problem("parabola", "x*x - 4*x + 4", 0.0, ((2,),), NOTES, start={"x": 0.0526378}, tags=("convex",)),
    Problem(
        "sphere-5",
        total(f"{x}^2" for x in names(5)),
        0.0,
        ((0,) * 5,),
        CALCULUS,
        start=at(5, -4, 3, -2, 1),
        tags=("convex",),
    ),
    Problem(
        "two-scales",
        "1e6*(x - 1)^2 + 1e-6*(y - 1)^2",
        0.0,
        ((1, 1),),
        CALCULUS,
        start={"x": 0, "y": 0},
        tags=("convex", "badly-scaled"),
    ),
    Problem(
        "far-away",
        "(x - 1e6)^2",
        0.0,
        ((1e6,),),
        CALCULUS,
        start={"x": 0},
        tags=("convex", "badly-scaled"),
    ),
    Problem(
        "steep", "1e12*(x - 3)^2", 0.0, ((3,),), CALCULUS, start={"x": 0}, tags=("convex", "badly-scaled")
    ),
    Problem(
        "shallow", "1e-12*(x - 3)^2", 0.0, ((3,),), CALCULUS, start={"x": 0}, tags=("convex", "badly-scaled")
    ),
    Problem(
        "high-up", "1e8 + (x - 3)^2", 1e8, ((3,),), CALCULUS, start={"x": 0}, tags=("convex", "badly-scaled")
    ),
    Problem(
        "three-scales",
        "x^2 + 1e2*y^2 + 1e4*z^2",
        0.0,
        ((0, 0, 0),),
        CALCULUS,
        start={"x": 1, "y": 1, "z": 1},
        tags=("convex", "badly-scaled"),
    ),
    Problem(
        "tilted-valley",
        "x^2 + 1.99*x*y + y^2 + x",
        -1 / 0.0399,
        ((-2 / 0.0399, 1.99 / 0.0399),),
        CALCULUS,
        start={"x": 3, "y": -1},
        tags=("convex",),
    ),
    Problem(
        "hilbert-4",
        total(
            f"({xi} - 1)*({xj} - 1)/{i + j + 1}"
            for i, xi in enumerate(names(4))
            for j, xj in enumerate(names(4))
        ),
        0.0,
        ((1, 1, 1, 1),),
        "the Hilbert matrix, condition number 1.6e4",
        start=at(0, 0, 0, 0),
        tags=("convex", "badly-scaled"),
    ),
    Problem("quartic", "x^4", 0.0, ((0,),), CALCULUS, start={"x": 1}, tags=("convex", "flat")),
    Problem(
        "rising-powers",
        "x^2 + y^4 + z^6",
        0.0,
        ((0, 0, 0),),
        CALCULUS,
        start={"x": 1, "y": 1, "z": 1},
        tags=("convex", "flat"),
    ),
    Problem("x-minus-log", "x - log(x)", 1.0, ((1,),), CALCULUS, {"x": (0, inf)}, {"x": 5}, tags=("convex",)),
    Problem(
        "x-plus-reciprocal", "x + 1/x", 2.0, ((1,),), CALCULUS, {"x": (0, inf)}, {"x": 10}, tags=("convex",)
    ),
    Problem(
        "entropy",
        "x*log(x) + y*log(y)",
        -2 / e,
        ((1 / e, 1 / e),),
        CALCULUS,
        {"x": (0, inf), "y": (0, inf)},
        {"x": 2, "y": 0.1},
        tags=("convex",),
    ),
    Problem(
        "x-to-the-x", "x^x", exp(-1 / e), ((1 / e,),), CALCULUS, {"x": (0, inf)}, {"x": 1.5}, tags=("convex",)
    ),
    Problem(
        "gamma",
        "gamma(x)",
        0.885603194410889,
        ((1.4616321449683622,),),
        "DLMF 5.4.20",
        {"x": (0, inf)},
        {"x": 3},
        tags=("convex",),
    ),
    Problem("exp-minus-x", "exp(x) - x", 1.0, ((0,),), CALCULUS, start={"x": 3}, tags=("convex",)),
    Problem("log-cosh", "log(cosh(x))", 0.0, ((0,),), CALCULUS, start={"x": 3}, tags=("convex",)),
    Problem("hyperbola", "sqrt(1 + x^2)", 1.0, ((0,),), CALCULUS, start={"x": 10}, tags=("convex",)),
    Problem(
        "softplus",
        "softplus(x) + softplus(-x)",
        2 * log(2),
        ((0,),),
        CALCULUS,
        start={"x": 4},
        tags=("convex",),
    ),
    Problem(
        "huber",
        "x^2/2 if abs(x) <= 1 else abs(x) - 0.5",
        0.0,
        ((0,),),
        "Huber (1964), doi:10.1214/aoms/1177703732",
        start={"x": 5},
        tags=("convex",),
    ),
    Problem(
        "cosh",
        "cosh(x - 2) + cosh(y + 1)",
        2.0,
        ((2, -1),),
        CALCULUS,
        start={"x": 0, "y": 0},
        tags=("convex",),
    ),
    Problem(
        "three-exponentials",
        "exp(x + 3*y - 0.1) + exp(x - 3*y - 0.1) + exp(-x - 0.1)",
        2 * 2**0.5 * exp(-0.1),
        ((-log(2) / 2, 0),),
        BOYD_VANDENBERGHE,
        start={"x": -1, "y": 1},
        tags=("convex",),
    ),
    Problem(
        "poisson-regression",
        "exp(x) + exp(2*x + y) - 6*x - 2*y",
        4 - 4 * log(2),
        ((log(2), -log(2)),),
        CALCULUS,
        start={"x": 0, "y": 0},
        tags=("convex",),
    ),
    Problem(
        "line-fit",
        squares(f"a + b*{x} - {y}" for x, y in LINE),
        0.107,
        ((1.04, 1.99),),
        "least squares",
        start={"a": 0, "b": 0},
        tags=("convex",),
    ),
    Problem(
        "logistic-regression",
        total(f"softplus({'-' if y else ''}(a + b*{x}))" for x, y in CLASSES),
        2.4779868350496126,
        ((-0.6070137929257101, 1.2140275858514202),),
        "six points in two classes that overlap",
        start={"a": 0, "b": 0},
        tags=("convex",),
    ),
    Problem(
        "barrier",
        "x + 2*y - log(1 - x^2) - log(1 - y^2)",
        -0.9808433083536836,
        ((1 - 2**0.5, (1 - 5**0.5) / 2),),
        CALCULUS,
        {"x": (-1, 1), "y": (-1, 1)},
        {"x": 0.9, "y": 0.9},
        tags=("convex",),
    ),
    Problem(
        "fermat-point",
        "hypot(x, y) + hypot(x - 4, y) + hypot(x - 1, y - 3)",
        6.540994549059533,
        ((1.3021694792519622, 1.0467457811220566),),
        "the sum of the distances to three points",
        start={"x": 3, "y": 3},
        tags=("convex",),
    ),
    Problem(
        "trid-6",
        f"{squares(f'{x} - 1' for x in names(6))} - ({total(f'x{i}*x{i + 1}' for i in range(1, 6))})",
        -50.0,
        ((6, 10, 12, 12, 10, 6),),
        "Neumaier, via Surjanovic & Bingham",
        start=at(0, 0, 0, 0, 0, 0),
        tags=("convex",),
    ),
    Problem(
        "zakharov-3",
        "x1^2 + x2^2 + x3^2 + (0.5*x1 + x2 + 1.5*x3)^2 + (0.5*x1 + x2 + 1.5*x3)^4",
        0.0,
        ((0, 0, 0),),
        "Surjanovic & Bingham",
        start=at(3, -2, 4),
        tags=("convex",),
    ),
    Problem(
        "rosenbrock",
        "100*(y - x^2)^2 + (1 - x)^2",
        0.0,
        ((1, 1),),
        "doi:10.1093/comjnl/3.3.175",
        start={"x": -1.2, "y": 1},
    ),
    Problem(
        "rosenbrock-steep",
        "1e6*(y - x^2)^2 + (1 - x)^2",
        0.0,
        ((1, 1),),
        "doi:10.1093/comjnl/3.3.175",
        start={"x": -1.2, "y": 1},
        tags=("badly-scaled",),
    ),
    Problem("cosine", "cos(x)", -1.0, ((pi,),), CALCULUS, start={"x": 1}, tags=("many",)),
    Problem("double-well", "(x^2 - 1)^2 + y^2", 0.0, ((1, 0), (-1, 0)), CALCULUS, start={"x": 0.1, "y": 1}),
    Problem("gaussian-well", "-exp(-x^2)", -1.0, ((0,),), CALCULUS, start={"x": 1.5}),
    Problem(
        "heavy-tails", "log(1 + x^2) + log(1 + 4*y^2)", 0.0, ((0, 0),), CALCULUS, start={"x": 5, "y": -3}
    ),
)
