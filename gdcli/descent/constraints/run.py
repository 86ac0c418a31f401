"""A run with constraints: from a problem, constraints, a method and criteria to a stream of records."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gdcli.descent.constraints import verdict as verdict
from gdcli.descent.constraints.augmented import Augmented, Tolerances
from gdcli.descent.constraints.inner import Budget, Inner
from gdcli.descent.constraints.lagrangian import AugmentedLagrangian, Functions
from gdcli.descent.constraints.optimality import conditions
from gdcli.descent.constraints.simple import inside, limits
from gdcli.descent.loop import Criteria
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import objective
from gdcli.descent.problem import Problem
from gdcli.errors import UsageError
from gdcli.expression.constraints import Constraint
from gdcli.graph.lowering import lower
from gdcli.records import Finished, Started, Step

TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "bfloat16": 1e-1, "float16": 5e-2}
"""What the Lagrangian's gradient and the violations, scaled, are to fall below when nothing else is asked for."""


def minimize_constrained(
    problem: Problem, constraints: Sequence[Constraint], method: Method, criteria: Criteria | None = None
) -> Iterator[Started | Step | Finished]:
    """Go downhill (or uphill, if the problem is to be maximised) to where the constraints are kept.

    The constraints on a single variable hold at every point at which anything is evaluated, as the problem's bounds do;
    a start that does not keep them is moved within them. The others hold in the end.

    A multiplier is the rate at which the minimum falls (or the maximum rises) as the constraint is loosened: as the
    right side of ``<=`` grows, and that of ``>=`` falls. Of ``==`` it is the rate at which it does so as the right side
    grows.

    Args:
        problem: What, and from where. Its engine's variables are those of the constraints too
            (`gdcli.graph.fixing.widen`).
        constraints: What is to hold.
        method: How to go downhill between two corrections of the multipliers.
        criteria: When to end, and what to show. The steps are those of all descents together; the tolerance is that on
            the largest component of the Lagrangian's gradient, and 0 asks for the nearest point that can be reached.

    Yields:
        `Started`, rows (the start, the ends of the descents, at least `criteria.every` steps apart if that is given,
        and the last), and `Finished`. Numbers have the sign of the problem's own function.

    Raises:
        NotFiniteError: If at the start the value, a residual or a derivative is not finite, before anything is yielded.
        UsageError: If a checkpoint is asked for, or a schedule of steps: each descent begins anew.
    """
    began = time.perf_counter()
    criteria = criteria or Criteria()
    if criteria.checkpointer is not None:
        raise UsageError("a run with constraints writes no checkpoints", hint="leave out --checkpoint")
    if method.schedule is not None:
        raise UsageError(
            "a schedule is laid out for one descent, and a run with constraints is many",
            hint="leave out --schedule, or better --lr as well",
        )
    engine = problem.engine
    residuals = [lower(replace(item.graph, variables=engine.variables)) for item in constraints]
    equalities = [item.equality for item in constraints]
    bounds, sources, others = limits(residuals, equalities, problem.bounds)
    functions = Functions(
        engine, problem.sign, [residuals[i] for i in others], [equalities[i] for i in others]
    )
    start = functions.measure(inside(problem.values(), bounds))
    kept = [constraints[i] for i in others]
    verdict.require_finite(problem, kept, start)
    scaled = conditions(functions, start, bounds)
    lagrangian = AugmentedLagrangian(functions)
    lagrangian.set_parameters(scaled.weight, (0.0,) * len(others), (scaled.scales**2).tolist())
    target = objective(lagrangian, 1.0, bounds, arrays=method.arrays)
    method = method.settle(target, target.evaluate(target.point(start.x)))
    yield problem.started(method, criteria.steps, start.x)
    default = TOLERANCE[engine.dtype]
    slope = default if criteria.tol is None else criteria.tol * scaled.weight
    tolerances = Tolerances(slope, default if criteria.tol != 0.0 else 0.0, default)
    deadline = math.inf if criteria.time_limit is None else began + criteria.time_limit
    budget = Budget(criteria.steps, deadline, criteria.stop)
    budget.trail = [] if criteria.drawn else None
    run = Augmented(scaled, Inner(scaled, lagrangian, target, method, budget), start, tolerances)
    yield verdict.row(problem, 0, start)
    shown, at, reason = 0, start.x, None
    while reason is None:
        reason = run.iterate()
        if budget.trail:
            yield from (_between(problem, *each) for each in budget.trail if shown < each[0] < run.steps)
            budget.trail.clear()
        due = run.here.x != at and run.steps - shown >= (criteria.every or 1)
        if run.steps > shown and (due or reason):
            yield verdict.row(problem, run.steps, run.here)
            shown, at = run.steps, run.here.x
    evaluations = target.evaluations + functions.evaluations
    yield verdict.finish(
        verdict.Ended(
            problem, tuple(constraints), sources, others, bounds, method, run, reason, scaled, start
        ),
        evaluations,
        time.perf_counter() - began,
    )


def _between(problem: Problem, step: int, x: tuple[float, ...]) -> Step:
    """The row of a point on the way, for a picture."""
    value, gradient = problem.engine.value_and_gradient(x)
    return Step(step, value, math.hypot(*gradient), problem.point(x), shown=False)
