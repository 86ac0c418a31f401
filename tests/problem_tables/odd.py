"""Runs that have no minimum to go to, or that cannot get there: each has an ending of its own."""

from __future__ import annotations

from math import e, pi

from tests.problem_tables.problem import Ending

ENDINGS = (
    # Downhill for ever.
    Ending("line", "x", {"x": 1}, "unbounded"),
    Ending("parabola-upside-down", "-x^2", {"x": 1}, "unbounded"),
    Ending("cube-downhill", "x^3", {"x": -1}, "unbounded"),
    Ending("exponential-upside-down", "-exp(x)", {"x": 0}, "unbounded"),
    Ending("plane", "x - 2*y", {"x": 0, "y": 0}, "unbounded"),
    Ending("hyperbolic-paraboloid", "x^2 - y^2", {"x": 1, "y": 0.1}, "unbounded"),
    Ending("abs-upside-down", "-abs(x)", {"x": 1}, "unbounded"),
    Ending("into-the-pole", "1/x", {"x": -1}, "unbounded"),
    Ending("logarithm", "log(x)", {"x": 1}, "unbounded"),
    # Downhill for ever, towards a value that is never reached.
    Ending("decay", "exp(-x)", {"x": 0}, "unattained", infimum=0.0),
    Ending("decay-in-a-valley", "exp(-x) + y^2", {"x": 0, "y": 1}, "unattained", infimum=0.0),
    Ending("sigmoid", "sigmoid(x)", {"x": 0}, "unattained", infimum=0.0),
    Ending("arc-tangent", "atan(x)", {"x": 0}, "unattained", infimum=-pi / 2),
    Ending("bell", "1/(1 + x^2)", {"x": 1}, "unattained", infimum=0.0),
    # Every step along the gradient leads to a stationary point that is no minimum.
    Ending("cube-above-its-inflection", "x^3", {"x": 1}, "saddle"),
    Ending("saddle", "x^2 - y^2", {"x": 1, "y": 0}, "saddle"),
    Ending("saddle-diagonal", "x*y", {"x": 1, "y": 1}, "saddle"),
    Ending("saddle-between-wells", "x^2 + y^4 - y^2", {"x": 1, "y": 0}, "saddle", infimum=-0.25),
    # The gradient is zero at the start, which is no minimum.
    Ending("inflection", "x^3", {"x": 0}, "stationary"),
    Ending("summit", "-x^2", {"x": 0}, "stationary"),
    Ending("summit-of-a-wave", "cos(x)", {"x": 0}, "stationary", infimum=-1.0),
    Ending("ridge-between-wells", "x^4 - x^2", {"x": 0}, "stationary", infimum=-0.25),
    Ending("start-on-a-saddle", "x^2 - y^2", {"x": 0, "y": 0}, "stationary"),
    Ending("start-on-a-monkey-saddle", "x^3 - 3*x*y^2", {"x": 0, "y": 0}, "stationary"),
    # No slope to follow.
    Ending("constant", "0*x + 1", {"x": 2}, "flat", infimum=1.0),
    Ending("cancelled", "x - x + 1", {"x": 2}, "flat", infimum=1.0),
    Ending("steps", "floor(x)", {"x": 0.5}, "flat"),
    Ending("sign", "sign(x)", {"x": 2}, "flat", infimum=-1.0),
    Ending("underflow", "-exp(-x^2)", {"x": 40}, "flat", infimum=-1.0),
    Ending("dead-relu", "relu(x)", {"x": -1}, "flat", infimum=0.0),
    # Undefined where it is to begin.
    Ending("log-of-a-negative-number", "log(x)", {"x": -1}, "undefined-at-start"),
    Ending("root-of-a-negative-number", "sqrt(x)", {"x": -1}, "undefined-at-start", infimum=0.0),
    Ending("arc-sine-of-two", "asin(x)", {"x": 2}, "undefined-at-start", infimum=-pi / 2),
    Ending("pole", "1/x", {"x": 0}, "undefined-at-start"),
    Ending("zero-by-zero", "sin(x)/x", {"x": 0}, "undefined-at-start", infimum=-0.2172336282112217),
    Ending("too-large", "exp(exp(x))", {"x": 10}, "undefined-at-start", infimum=1.0),
    Ending("one-of-two", "log(x) + y^2", {"x": -1, "y": 1}, "undefined-at-start"),
    Ending("infinite-slope", "x - 2*sqrt(x)", {"x": 0}, "undefined-at-start", infimum=-1.0),
    # A step of that size leaves the domain.
    Ending("over-the-edge-of-a-root", "sqrt(x)", {"x": 1}, "undefined-on-the-way", lr=10, infimum=0.0),
    Ending("over-the-edge-of-a-logarithm", "log(x)", {"x": 1}, "undefined-on-the-way", lr=2),
    Ending("past-the-minimum", "x - log(x)", {"x": 5}, "undefined-on-the-way", lr=10, infimum=1.0),
    Ending("past-the-minimum-of-entropy", "x*log(x)", {"x": 1}, "undefined-on-the-way", lr=5, infimum=-1 / e),
    # A step of that size throws it further each time.
    Ending("parabola-overshot", "x^2", {"x": 1}, "overflow", lr=1.5, infimum=0.0),
    Ending("quartic-overshot", "x^4", {"x": 2}, "overflow", lr=1, infimum=0.0),
    Ending(
        "rosenbrock-overshot",
        "100*(y - x^2)^2 + (1 - x)^2",
        {"x": -1.2, "y": 1},
        "overflow",
        lr=0.01,
        infimum=0.0,
    ),
    # The gradient does not become small at the minimum.
    Ending("abs", "abs(x)", {"x": 1}, "kink", infimum=0.0),
    Ending("abs-of-two", "abs(x) + 2*abs(y - 1)", {"x": 3, "y": -2}, "kink", infimum=0.0),
    Ending("max", "max(x, -2*x)", {"x": 3}, "kink", infimum=0.0),
    Ending("max-with-curvature", "max(x, -x) + (x - 0.2)^2", {"x": 3}, "kink", infimum=0.04),
    Ending("cone", "hypot(x, y)", {"x": 3, "y": 4}, "kink", infimum=0.0),
    Ending("cusp", "sqrt(abs(x))", {"x": 1}, "kink", infimum=0.0),
    Ending("valley-floor", "abs(x - 1) + abs(x + 1)", {"x": 3}, "kink", infimum=2.0),
)
