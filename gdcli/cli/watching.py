"""A run that is watched: its steps for ``--live`` and for the picture of ``--plot``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gdcli.cli.descent_options import Descent
from gdcli.records import Finished, Started, Status, Step
from gdcli.reporting.course import Course, flat
from gdcli.reporting.number_text import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gdcli.cli.environment import Environment
    from gdcli.cli.intervals import Interval
    from gdcli.cli.values import Value
    from gdcli.descent.plan import Plan
    from gdcli.reporting.pictures.function import Function
    from gdcli.reporting.progress import Progress

FEW_DIGITS = 4


class Watch:
    """What has been seen of a run, and the picture of it.

    Args:
        options: The run's options.
        plan: What a run that goes on is to do, of which the command line says nothing.
    """

    def __init__(self, options: Descent, plan: Plan | None = None) -> None:
        self._options = options
        self._plan = plan
        self._started: Started | None = None
        self._finished: Finished | None = None
        self._course = Course()

    def see(self, record: Started | Step | Finished) -> None:
        """Take down what happens."""
        if isinstance(record, Started):
            self._started = record
            self._course = Course(record.method, leave_out=self._fixed())
        elif isinstance(record, Step):
            self._course.add(record)
        else:
            self._finished = record

    def figure(self) -> Figure | None:
        """The picture, if the run has come to its end."""
        started, finished = self._started, self._finished
        if started is None or finished is None:
            return None
        from gdcli.reporting.pictures.style import styled

        with styled():
            return self._many(started, finished) if finished.ends else self._one(started, finished)

    def _one(self, started: Started, finished: Finished) -> Figure:
        from gdcli.reporting.pictures.figures import Runs, draw_runs

        course = self._course
        return draw_runs(
            Runs(
                title=f"{started.command} {started.expression}",
                subtitle=self._subtitle(finished),
                courses=[course],
                function=self._function(course.names),
                bounds=self._bounds(),
                maximised=started.command == "maximize",
                answer=(flat(finished.x), finished.value, _word(finished)),
            )
        )

    def _many(self, started: Started, finished: Finished) -> Figure:
        import numpy as np

        from gdcli.cli.intervals import intervals
        from gdcli.reporting.pictures.basins import Basin
        from gdcli.reporting.pictures.many import Many, draw_many

        names = self._course.names

        def numbers(point: Mapping[str, Any]) -> tuple[float, ...]:
            found = flat(point)
            return tuple([found[name] for name in names])

        ends = finished.ends or ()
        return draw_many(
            Many(
                title=f"{started.command} {started.expression}",
                subtitle=self._subtitle(finished),
                names=names,
                points=np.array([numbers(end.x) for end in ends], np.float64),
                values=np.array([end.value for end in ends], np.float64),
                course=self._course,
                answer=(numbers(finished.x), finished.value),
                minima=[Basin(numbers(each.x), each.value, each.starts) for each in finished.minima or ()],
                function=self._function(names),
                bounds=self._bounds(),
                ranges=self._of_elements(intervals(self._options.range, started.variables, "--range")),
                maximised=started.command == "maximize",
            )
        )

    def _function(self, names: Sequence[str]) -> Function | None:
        """The function that was gone down, where it can be drawn."""
        from gdcli.cli.functions import function_of
        from gdcli.cli.statement import stated

        assert self._started is not None
        return function_of(stated(self._options, self._started.expression), self._fixed(), names)

    def _fixed(self) -> Mapping[str, Value]:
        """The variables that were held, and where."""
        from gdcli.cli.points import point

        assert self._started is not None
        if self._plan is not None:
            return self._plan.fixed
        return point(self._options.fix, self._started.variables, "--fix")

    def _bounds(self) -> Mapping[str, Interval]:
        from gdcli.cli.intervals import intervals

        assert self._started is not None
        if self._plan is not None:
            return self._plan.bounds
        return self._of_elements(intervals(self._options.bounds, self._started.variables, "--bounds"))

    def _of_elements(self, given: Mapping[str, Interval]) -> Mapping[str, Interval]:
        """Intervals of variables as those of all their numbers."""
        return {
            name: given[variable]
            for name in self._course.names
            if (variable := name.partition("[")[0]) in given
        }

    def _subtitle(self, finished: Finished) -> str:
        """How it went: the method, the steps, the ending and the answer."""
        lr = "" if isinstance(finished.lr, str) else f", lr {short(finished.lr, FEW_DIGITS)}"
        what = "1 step" if finished.steps == 1 else f"{finished.steps:,} steps"
        if finished.starts is not None:
            what = f"{finished.starts:,} starts, {finished.reached:,} of them reached the best"
        status = finished.status.value.replace("_", " ")
        answer = {name: x for name, x in flat(finished.x).items() if name in self._course.names}
        where = ", ".join(f"{name} = {short(x, FEW_DIGITS)}" for name, x in answer.items())
        at = f" at {where}" if len(answer) <= 2 else ""
        return f"{finished.method}{lr}, {what}, {status}: {short(finished.value, FEW_DIGITS)}{at}"


def _word(finished: Finished) -> str:
    """What the legend calls the answer."""
    if finished.status is Status.CONVERGED:
        return "maximum" if finished.command == "maximize" else "minimum"
    return "end" if finished.last is None else "best point"


def progress_of(environment: Environment, options: Descent) -> Progress:
    """The progress bar of a run, or its live view; neither is more than an empty hull where nobody looks."""
    # Many starts come to rest long before the last step that they are allowed.
    total = None if options.starts else options.steps
    enabled = not options.quiet
    if not options.is_live:
        from gdcli.reporting.progress import Progress

        return Progress(environment.stderr, total, options.time_limit, enabled)
    from gdcli.reporting.live import Live
    from gdcli.reporting.terminal import may_color

    allowed = environment.wants_color and not options.no_color
    color = may_color(environment.stderr, allowed=allowed)
    return Live(environment.stderr, total, options.time_limit, enabled, color=color)
