"""A run with constraints in the user's own terms: its rows, and in the end the status, the reason, the multipliers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdcli.descent import verdict
from gdcli.descent.bounds import Bounds, on_bound
from gdcli.descent.constraints.augmented import Augmented, Ending
from gdcli.descent.constraints.lagrangian import Measured
from gdcli.descent.constraints.optimality import Conditions
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Sample
from gdcli.descent.problem import Problem
from gdcli.errors import NotFiniteError
from gdcli.expression.constraints import Constraint
from gdcli.records import Constraint as Kept
from gdcli.records import Finished, Status, Step

_STATUS = {
    Ending.OPTIMAL: Status.CONVERGED,
    Ending.INFEASIBLE: Status.STALLED,
    Ending.UNBOUNDED: Status.DIVERGED,
    Ending.KINK: Status.CONVERGED,
    Ending.STALLED: Status.STALLED,
}
_WITHOUT = (Ending.INFEASIBLE, Ending.UNBOUNDED)  # where no multipliers exist
_HOLDS = 1e-6  # a violation, scaled, that is not worth a word
_HUGE = 1e4  # a multiplier, scaled, that says that there may be none


@dataclass(frozen=True)
class Ended:
    """A run that has ended.

    Attributes:
        problem: The problem.
        constraints: All of them.
        sources: Which of them are bounds (`gdcli.descent.constraints.simple.Limits`).
        others: The places of the others.
        bounds: Those of the problem and of the constraints.
        method: The settled method.
        run: The run.
        reason: Why it ended.
        conditions: The conditions of optimality for the others.
        start: The start.
    """

    problem: Problem
    constraints: tuple[Constraint, ...]
    sources: Mapping[tuple[int, int], tuple[int, float]]
    others: tuple[int, ...]
    bounds: Bounds
    method: Method
    run: Augmented
    reason: Ending | Status
    conditions: Conditions
    start: Measured


def require_finite(problem: Problem, constraints: Sequence[Constraint], start: Measured) -> None:
    """Make sure that there is something to descend from.

    Raises:
        NotFiniteError: If at the start a value or a derivative is not finite.
    """
    verdict.require_finite(problem, _sample(start))
    for constraint, residual, row in zip(constraints, start.residuals, start.jacobian, strict=True):
        if not all(map(math.isfinite, (residual, *row))):
            at = ", ".join(f"{name}={x:g}" for name, x in zip(problem.variables, start.x, strict=True))
            what = f"is {residual}" if not math.isfinite(residual) else "has a derivative that is not finite"
            raise NotFiniteError(
                f"at the start ({at}) the constraint {constraint.text}, left side less right side, {what}",
                hint="try another --start, where the constraints and their slopes are defined",
            )


def row(problem: Problem, step: int, here: Measured) -> Step:
    """The record of a step."""
    return verdict.row(problem, step, _sample(here))


def finish(ended: Ended, evaluations: int, seconds: float) -> Finished:
    """The record of the end of a run.

    Args:
        ended: The run.
        evaluations: How often functions and their gradients were computed.
        seconds: How long it took.
    """
    problem, method, run = ended.problem, ended.method, ended.run
    status = ended.reason if isinstance(ended.reason, Status) else _STATUS[ended.reason]
    message = _message(ended)
    hints = _hints(ended, status)
    last, best = run.here, run.best
    kept = ended.conditions.violation(last) <= _HOLDS
    worse = best is not None and last != best and not kept
    if best is not None and kept:
        # By so much a point gains that does not keep the constraints so exactly.
        gain = ended.conditions.worth(best, run.multipliers)
        worse = best.value < last.value - gain - _HOLDS * max(1.0, abs(last.value))
    answer = best if worse and best is not None else last
    if worse:
        if status is Status.CONVERGED:
            # Nobody is to take the best point for the one at which the run came to rest.
            status = Status.STALLED
            message = message.replace("converged", "came to rest", 1)
        message += "; the best point seen that keeps the constraints is reported"
    return Finished(
        command=problem.command,
        expression=problem.expression,
        status=status,
        message=message,
        x=problem.point(answer.x),
        value=_signed(problem, answer.value),
        gradient=problem.point(_signed(problem, g) for g in answer.gradient),
        gradient_norm=math.hypot(*answer.gradient),
        start=problem.point(ended.start.x),
        steps=run.steps,
        evaluations=evaluations,
        seconds=seconds,
        method=method.name,
        lr=method.lr,
        engine=problem.engine.name,
        device=problem.engine.device,
        dtype=problem.engine.dtype,
        seed=problem.seed,
        last=row(problem, run.steps, last) if worse else None,
        hints=hints,
        on_bound=tuple(problem.variables[i] for i in on_bound(answer.x, problem.bounds))
        if problem.bounds
        else None,
        constraints=_kept(ended, answer),
    )


def _kept(ended: Ended, answer: Measured) -> tuple[Kept, ...]:
    """How each constraint is kept at the answer."""
    own = ended.conditions.own_multipliers(ended.run.multipliers)
    violation = [0.0] * len(ended.constraints)
    multiplier = [0.0] * len(ended.constraints)
    slope = list(answer.gradient)
    for place, residual, number, gradient in zip(
        ended.others, answer.residuals, own, answer.jacobian, strict=True
    ):
        equality = ended.constraints[place].equality
        violation[place] = abs(residual) if equality else max(residual, 0.0)
        multiplier[place] = number
        slope = [a + number * b for a, b in zip(slope, gradient, strict=True)]
    # What is left of the Lagrangian's gradient is what the bounds hold back.
    for (variable, end), (place, sign) in ended.sources.items():
        if answer.x[variable] == ended.bounds[variable][end] and (slope[variable] > 0.0) == (end == 0):
            multiplier[place] = 0.0 - sign * slope[variable]
    if ended.reason in _WITHOUT:
        multiplier = [math.nan] * len(multiplier)
    texts = [constraint.text for constraint in ended.constraints]
    return tuple(Kept(*kept) for kept in zip(texts, violation, multiplier, strict=True))


def _message(ended: Ended) -> str:
    """Why a run has ended, in words."""
    problem, run, reason = ended.problem, ended.run, ended.reason
    steps = f"{run.steps} step" if run.steps == 1 else f"{run.steps} steps"
    broken = _broken(ended)
    slope = run.distance.slope / ended.conditions.weight
    held = "the constraints hold" if not broken else f"not kept: {broken}"
    state = f"{held}, and the largest component of the Lagrangian's gradient is {slope:.3g}"
    if reason is Ending.OPTIMAL:
        if run.steps == 0:
            return f"the start is already optimal: {state}"
        return f"converged after {steps}: {state}"
    if reason is Ending.KINK:
        return f"converged after {steps}, at a kink, where the slope changes abruptly: {held}"
    if reason is Ending.INFEASIBLE:
        return f"stalled after {steps}: no point is found that keeps all constraints; at the nearest one {broken}"
    if reason is Ending.UNBOUNDED:
        fell, below = ("rose", "above") if problem.sign < 0.0 else ("fell", "below")
        value = f"the value {fell} to {_signed(problem, run.here.value):.3g} within {steps}"
        if broken:
            return f"diverged: {value}, faster than the constraints could hold it back; {broken}"
        return f"diverged: {value} while the constraints hold; the function seems to be unbounded {below}"
    if reason is Ending.STALLED:
        return f"stalled after {steps}: {state}, and no step makes it smaller"
    if reason is Status.INTERRUPTED:
        return f"interrupted after {steps}; {state}"
    ran = f"ran for the time allowed, {steps}" if reason is Status.TIME_LIMIT else f"ran all {steps}"
    return f"{ran}; {state}"


def _broken(ended: Ended) -> str:
    """Which constraints are not kept at the last point, and by how much."""
    here, conditions = ended.run.here, ended.conditions
    # Far away, as where a function falls for ever, more is lost to rounding.
    size = max(1.0, *map(abs, here.x)) if ended.reason is Ending.UNBOUNDED else 1.0
    parts = []
    for place, residual, violation in zip(
        ended.others, here.residuals, conditions.violations(here), strict=True
    ):
        if violation > _HOLDS * size:
            parts.append(f"{ended.constraints[place].text} is violated by {abs(residual):.3g}")
    return ", ".join(parts)


def _hints(ended: Ended, status: Status) -> tuple[str, ...]:
    """What to try next."""
    run, reason = ended.run, ended.reason
    if reason is Ending.INFEASIBLE:
        return ("the constraints may contradict each other; if they do not, try another --start",)
    if reason is Ending.UNBOUNDED:
        return (
            "check the signs in the expression and the constraints, and whether minimize or maximize is meant",
            "--bounds keeps the variables within reach",
        )
    if reason is Ending.STALLED:
        return (
            "there may be a kink, or a step size that does not fit: try --method auto, or another --start",
        )
    if status is Status.MAX_STEPS:
        return ("not converged yet: try more --steps",)
    if status is Status.TIME_LIMIT:
        return ("not converged yet: try a longer --time-limit",)
    if max(map(abs, run.multipliers.tolist()), default=0.0) > _HUGE:
        return (
            "a multiplier is very large: where the constraints only touch each other the value depends on how exactly"
            " they are kept",
        )
    return ()


def _sample(here: Measured) -> Sample:
    return Sample(here.x, here.value, here.gradient)


def _signed(problem: Problem, number: float) -> float:
    """A value or a derivative with the sign of the problem's own function."""
    return 0.0 - number if problem.sign < 0.0 else number
