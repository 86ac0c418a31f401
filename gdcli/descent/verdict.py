"""A run in the user's own terms: its rows, and in the end the status, the reason and what to try next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gdcli.descent.bounds import on_bound
from gdcli.descent.convergence import VALUE_NOISE, Ending, slope
from gdcli.descent.curvature import Shape, newton_length, shape
from gdcli.descent.measures import alike, all_finite, first_not_finite, norm
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Sample
from gdcli.descent.problem import Problem
from gdcli.descent.walk import Walk
from gdcli.errors import NotFiniteError
from gdcli.records import Finished, Status, Step, Value, Vector

_STATUS = {
    Ending.FLAT: Status.CONVERGED,
    Ending.ROUNDED: Status.CONVERGED,
    Ending.STILL: Status.STALLED,
    Ending.NOT_FINITE: Status.DIVERGED,
    Ending.UNBOUNDED: Status.DIVERGED,
}


def require_finite(problem: Problem, start: Sample) -> None:
    """Make sure that there is something to descend from.

    Raises:
        NotFiniteError: If the value or the gradient at the start is not finite.
    """
    if not all_finite(start):
        point = problem.point(start.x)
        at = ", ".join(f"{name}={_short(value)}" for name, value in point.items())
        raise NotFiniteError(
            f"at the start ({at}), step 0, {_not_finite(problem, start)}",
            hint="try another --start, where the function and its slope are defined",
        )


def row(problem: Problem, step: int, sample: Sample) -> Step:
    """The record of a step."""
    return Step(step, _signed(problem, sample.value), norm(sample.gradient), problem.point(sample.x))


def finish(
    problem: Problem, method: Method, walk: Walk, start: Sample, reason: Ending | Status, seconds: float
) -> Finished:
    """The record of the end of a run.

    Args:
        problem: The problem.
        method: The settled method.
        walk: The run.
        start: The start.
        reason: The rule that ended the run, or the status if something else did.
        seconds: How long it took.
    """
    last = walk.here
    status = reason if isinstance(reason, Status) else _STATUS[reason]
    # From a start that is a minimum already, rounding may lead up as well as down: then the start is the answer.
    rounding = VALUE_NOISE * walk.rules.epsilon * abs(start.value)
    worse = not walk.is_finite(last) or last.value > start.value + rounding
    message = _message(problem, method, walk, reason)
    if worse and status is Status.CONVERGED:
        # Nobody is to take the best point, where the slope is not zero, for a minimum.
        status, message = Status.STALLED, f"came to rest after {walk.step} steps at a stationary point"
    hints = _hints(method, walk, reason, status)
    higher = not last.value <= start.value
    answer = walk.best if worse or higher or status is Status.INTERRUPTED else last
    smooth = status is Status.CONVERGED and not _is_kink(walk, reason)
    hessian = walk.objective.hessian_at(last.x) if smooth else None
    kind = None if hessian is None else _shape(walk, hessian)
    if hessian is not None and kind is not None:
        if kind is Shape.MINIMUM and _is_far(walk, hessian):
            message += "; yet the slope vanishes slowly there: the best value may lie much farther away, or at infinity"
        else:
            message += f"; {kind.value}" if problem.sign > 0.0 else f"; {_UPWARDS[kind]}"
            if kind is Shape.MINIMUM:
                hints = ()  # what is proved to be what was sought needs no other try
        if kind in (Shape.SADDLE, Shape.MAXIMUM):
            hints = (*hints, "try another --start, or --method auto, which leaves such points")
    if worse and walk.is_finite(last):
        message += "; the end is worse than the start, so the best point seen is reported"
    return Finished(
        command=problem.command,
        expression=problem.expression,
        status=status,
        message=message,
        x=problem.point(answer.x),
        value=_signed(problem, answer.value),
        gradient=problem.point(_signed_all(problem, answer.gradient)),
        gradient_norm=norm(answer.gradient),
        start=problem.point(start.x),
        steps=walk.step,
        evaluations=walk.objective.evaluations,
        seconds=seconds,
        method=method.name,
        lr=method.lr,
        engine=problem.engine.name,
        device=problem.engine.device,
        dtype=problem.engine.dtype,
        seed=problem.seed,
        last=None if alike(answer, last) else row(problem, walk.step, last),
        hints=hints,
        on_bound=tuple(problem.layout.element(i) for i in on_bound(answer.x, problem.bounds))
        if problem.bounds
        else None,
    )


_KINK = 1e-4  # a slope larger than this is not left by rounding
_FAR = 1e-2  # of a step to the minimum, relative to the point
_UPWARDS = {
    Shape.MINIMUM: "the Hessian is negative definite there: a strict local maximum",
    Shape.MAXIMUM: "the Hessian is positive definite there: a minimum",
    Shape.SADDLE: Shape.SADDLE.value,
    Shape.FLAT: Shape.FLAT.value,
}


def _is_kink(walk: Walk, reason: Ending | Status) -> bool:
    """Whether a run has ended where the slope jumps from one number to the next."""
    return reason is Ending.ROUNDED and walk.largest() > _KINK


def _is_far(walk: Walk, hessian: Sequence[Sequence[float]]) -> bool:
    """Whether Newton's step from the last point is still long, as in the tail of a function that falls for ever."""
    size = max(1.0, *map(abs, walk.here.x))
    return newton_length(hessian, slope(walk.here, walk.rules.bounds)) > _FAR * size


def _shape(walk: Walk, hessian: Sequence[Sequence[float]]) -> Shape | None:
    """What the Hessian says of the last point, on the variables that no bound holds back; None if there are none."""
    held = on_bound(walk.here.x, walk.rules.bounds)
    if not held:
        return shape(hessian)
    free = [i for i in range(len(walk.here.x)) if i not in held]
    return shape([[hessian[i][j] for j in free] for i in free]) if free else None


def _message(problem: Problem, method: Method, walk: Walk, reason: Ending | Status) -> str:
    """Why a run has ended, in words."""
    step, here = walk.step, walk.here
    steps = f"{step} step" if step == 1 else f"{step} steps"
    largest = f"{walk.largest():.3g}"
    held = on_bound(here.x, walk.rules.bounds)
    component = f"the largest gradient component {'that no bound holds back ' if held else ''}is {largest}"
    if reason is Ending.NOT_FINITE:
        return f"diverged at step {step}: {_not_finite(problem, here)}"
    if reason is Ending.UNBOUNDED:
        fell, below = ("rose", "above") if problem.sign < 0.0 else ("fell", "below")
        value = _signed(problem, here.value)
        seems = f"the function seems to be unbounded {below}"
        return f"diverged: the value {fell} to {value:.3g} at step {step}; {seems}"
    if reason is Ending.FLAT:
        if step == 0:
            return f"the start is already stationary: {component}"
        return f"converged after {steps}: {component}"
    if _is_kink(walk, reason):
        return f"converged after {steps}, at a kink: the slope changes abruptly there, from {largest} on one side"
    if reason is Ending.ROUNDED:
        precision = f"to the precision of {problem.engine.dtype}"
        return f"converged after {steps}, {precision}: the gradient left, {largest}, is rounding"
    if reason is Ending.STILL:
        cause = (
            "no lower point is found along the gradient"
            if method.searches
            else f"the last {walk.rules.window} steps have led nowhere"
        )
        return f"stalled at step {step}: {cause}, while {component}"
    if reason is Status.INTERRUPTED:
        return f"interrupted after {steps}"
    ran = f"ran for the time allowed, {steps}" if reason is Status.TIME_LIMIT else f"ran all {steps}"
    return f"{ran}; {component}"


def _hints(method: Method, walk: Walk, reason: Ending | Status, status: Status) -> tuple[str, ...]:
    """What to try next."""
    lr = float(method.lr) if isinstance(method.lr, float | int) else 0.0
    fixed = lr > 0.0
    auto = ("try --lr auto",) if fixed and method.name == "gd" else ()
    if reason is Ending.NOT_FINITE:
        smaller = (f"try a smaller step than --lr {lr:g}, such as {lr / 10:g}",) if fixed else ()
        return (*smaller, *auto, "try another --start")
    if reason is Ending.UNBOUNDED:
        return ("check the signs in the expression, and whether minimize or maximize is meant",)
    if reason is Ending.FLAT and walk.step == 0:
        return ("a maximum or a saddle point is stationary too: try another --start",)
    if status is Status.STALLED:
        if fixed:
            return (f"try a smaller or a larger step than --lr {lr:g}", *auto)
        return ("there may be a kink or a pole, or rounding may hide the slope: try another --start",)
    if status in (Status.MAX_STEPS, Status.TIME_LIMIT) and walk.rules.tolerances:
        more = "more --steps" if status is Status.MAX_STEPS else "a longer --time-limit"
        return (f"not converged yet: try {more}", *auto)
    return ()


def _not_finite(problem: Problem, sample: Sample) -> str:
    """Which number of a point is not finite."""
    if not math.isfinite(sample.value):
        return f"the value is {_signed(problem, sample.value)}"
    place = first_not_finite(sample.gradient)
    if place is not None:
        number = _signed(problem, float(sample.gradient[place]))
        return f"the derivative by {problem.layout.element(place)} is {number}"
    return "a variable is infinite"


def _short(value: Value) -> str:
    """A value for a message."""
    if not isinstance(value, Vector):
        return f"{value:g}"
    numbers = [f"{number:g}" for number in value.numbers[:3]]
    return f"[{','.join([*numbers, '…'] if len(value.numbers) > 3 else numbers)}]"


def _signed_all(problem: Problem, numbers: Any) -> Any:
    """A gradient with the sign of the problem's own function."""
    if isinstance(numbers, tuple):
        return [_signed(problem, number) for number in numbers]
    return 0.0 - numbers if problem.sign < 0.0 else numbers


def _signed(problem: Problem, number: float) -> float:
    """A value or a derivative with the sign of the problem's own function."""
    # Not -number, which would make -0.0 of 0.0.
    return 0.0 - number if problem.sign < 0.0 else number
