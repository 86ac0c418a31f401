"""Methods with a line search on Rosenbrock's function, 100 times as steep, in plain Python for two variables.

Each goes from a start to a gradient below 1e-10 and returns the number of steps.
"""

from __future__ import annotations

STEEP = 100
TOLERANCE = 1e-10
STEPS = 2_000
TRIALS = 40


def rosenbrock(x: float, y: float) -> tuple[float, float, float]:
    """The value and both partial derivatives."""
    across, along = y - x * x, 1.0 - x
    return (
        10000.0 * across * across + along * along,
        -40000.0 * across * x - 2.0 * along,
        20000.0 * across,
    )


def search(
    x: float, y: float, f: float, slope: float, dx: float, dy: float, step: float, c2: float
) -> tuple[float, float, float, float, float]:
    """A step that fulfils the strong Wolfe conditions, by the secant of the slopes within a bracket."""
    low, low_slope, high, high_slope = 0.0, slope, 0.0, 0.0
    for _ in range(TRIALS):
        nx, ny = x + step * dx, y + step * dy
        value, gx, gy = rosenbrock(nx, ny)
        here = gx * dx + gy * dy
        if not value <= f + 1e-4 * step * slope or here > 0.0:
            if here <= -c2 * slope and value <= f + 1e-4 * step * slope:
                break
            high, high_slope = step, here
        else:
            if here >= c2 * slope:
                break
            low, low_slope = step, here
        if not high:
            step *= 3.0
            continue
        width = high - low
        step = low + 0.5 * width
        if high_slope > 0.0:
            step = low - low_slope * width / (high_slope - low_slope)
            step = min(max(step, low + 0.1 * width), high - 0.1 * width)
    return nx, ny, value, gx, gy


def lbfgs(x: float, y: float, memory: int = 10) -> int:
    """L-BFGS (Nocedal, Wright, Numerical optimization, algorithm 7.5)."""
    f, gx, gy = rosenbrock(x, y)
    pairs: list[tuple[float, float, float, float, float]] = []
    scale = 1.0 / max(abs(gx), abs(gy), 1.0)
    for step in range(STEPS):
        if max(abs(gx), abs(gy)) <= TOLERANCE:
            return step
        qx, qy = gx, gy
        weights = []
        for sx, sy, yx, yy, rho in reversed(pairs):
            weight = rho * (sx * qx + sy * qy)
            weights.append(weight)
            qx -= weight * yx
            qy -= weight * yy
        qx *= scale
        qy *= scale
        for (sx, sy, yx, yy, rho), weight in zip(pairs, reversed(weights), strict=True):
            change = weight - rho * (yx * qx + yy * qy)
            qx += change * sx
            qy += change * sy
        nx, ny, f, hx, hy = search(x, y, f, -gx * qx - gy * qy, -qx, -qy, 1.0, 0.9)
        sx, sy, yx, yy = nx - x, ny - y, hx - gx, hy - gy
        curvature = sx * yx + sy * yy
        if curvature > 0.0:
            pairs.append((sx, sy, yx, yy, 1.0 / curvature))
            scale = curvature / (yx * yx + yy * yy)
            if len(pairs) > memory:
                del pairs[0]
        x, y, gx, gy = nx, ny, hx, hy
    return STEPS


def cg(x: float, y: float) -> int:
    """Nonlinear conjugate gradients (Hager, Zhang, doi:10.1137/030601880)."""
    f, gx, gy = rosenbrock(x, y)
    dx, dy = -gx, -gy
    length = 1e-2 / max(abs(gx), abs(gy), 1.0)
    for step in range(STEPS):
        if max(abs(gx), abs(gy)) <= TOLERANCE:
            return step
        slope = gx * dx + gy * dy
        if slope >= 0.0:
            dx, dy, slope = -gx, -gy, -gx * gx - gy * gy
        nx, ny, value, hx, hy = search(x, y, f, slope, dx, dy, length, 0.1)
        yx, yy = hx - gx, hy - gy
        bend = dx * yx + dy * yy
        beta = 0.0
        if bend > 0.0:
            factor = 2.0 * (yx * yx + yy * yy) / bend
            beta = ((yx - factor * dx) * hx + (yy - factor * dy) * hy) / bend
        dx, dy = -hx + beta * dx, -hy + beta * dy
        following = hx * dx + hy * dy
        length = 2.0 * (value - f) / following if following < 0.0 and value < f else 1.0
        x, y, f, gx, gy = nx, ny, value, hx, hy
    return STEPS


def newton(x: float, y: float) -> int:
    """Newton's method with the Hessian made positive definite, and backtracking."""
    f, gx, gy = rosenbrock(x, y)
    for step in range(STEPS):
        if max(abs(gx), abs(gy)) <= TOLERANCE:
            return step
        a, b, c = 120000.0 * x * x - 40000.0 * y + 2.0, -40000.0 * x, 20000.0
        # The lower eigenvalue of a 2 by 2 matrix.
        lowest = 0.5 * (a + c) - (0.25 * (a - c) * (a - c) + b * b) ** 0.5
        if lowest < 1e-6:
            a, c = a + 1e-6 - lowest, c + 1e-6 - lowest
        determinant = a * c - b * b
        dx, dy = (b * gy - c * gx) / determinant, (b * gx - a * gy) / determinant
        slope = gx * dx + gy * dy
        length = 1.0
        for _ in range(TRIALS):
            nx, ny = x + length * dx, y + length * dy
            value, hx, hy = rosenbrock(nx, ny)
            if value <= f + 1e-4 * length * slope:
                break
            length *= 0.5
        x, y, f, gx, gy = nx, ny, value, hx, hy
    return STEPS


def spectral(x: float, y: float) -> int:
    """Gradient descent with Barzilai's and Borwein's step and a nonmonotone search (Raydan)."""
    f, gx, gy = rosenbrock(x, y)
    recent = [f] * 10
    length = 1e-2 / max(abs(gx), abs(gy), 1.0)
    for step in range(STEPS):
        if max(abs(gx), abs(gy)) <= TOLERANCE:
            return step
        slope = gx * gx + gy * gy
        most = max(recent)
        for _ in range(TRIALS):
            nx, ny = x - length * gx, y - length * gy
            f, hx, hy = rosenbrock(nx, ny)
            if f <= most - 1e-4 * length * slope:
                break
            length *= 0.5
        recent[step % 10] = f
        sx, sy, yx, yy = nx - x, ny - y, hx - gx, hy - gy
        curvature = sx * yx + sy * yy
        length = (sx * sx + sy * sy) / curvature if curvature > 0.0 else 10.0 * length
        x, y, gx, gy = nx, ny, hx, hy
    return STEPS
