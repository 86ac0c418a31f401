"""``gdcli minimize`` and ``gdcli maximize``: descent, or ascent, from a start."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from gdcli.cli.descent_options import Descent
from gdcli.cli.interruption import Interruption
from gdcli.cli.session import Session
from gdcli.cli.sharing import join, leave
from gdcli.descent.group import ALONE, rank_of
from gdcli.errors import ExitStatus
from gdcli.records import Finished, Status, Step

if TYPE_CHECKING:
    from gdcli.cli.assembly import Run
    from gdcli.reporting.trace import Trace

UNFINISHED = (Status.INTERRUPTED, Status.TIME_LIMIT, Status.MAX_STEPS)
"""The endings of a run that can go on."""


def minimize(session: Session, options: Descent) -> None:
    """Walk downhill to a minimum of an expression.

    \b
    gdcli minimize "x**2+y**2" --start x=1,y=3
    """
    _run(session, options)


def maximize(session: Session, options: Descent) -> None:
    """Walk uphill to a maximum of an expression.

    \b
    gdcli maximize "x*exp(-x)" --start x=2
    """
    _run(session, options)


def _run(session: Session, options: Descent) -> None:
    from gdcli.cli import assembly
    from gdcli.reporting.trace import open_trace

    session.configure(options)
    # What is wrong with the command line itself is said before any problem is read.
    assembly.require_sense(options)
    environ = session.environment.environ
    group = join(environ, options) if rank_of(environ) else ALONE
    if group.rank:
        options = replace(options, trace=None)
    kept, after = None, None
    if options.resume is not None:
        from gdcli.cli import resuming

        kept, options = resuming.read(options, session.command)
        after = kept.step
    with nullcontext() if options.trace is None else open_trace(options.trace, after) as trace:

        def work(own: Descent, text: str) -> None:
            run = (
                assembly.run(session.command, own, text, session.notice, group)
                if kept is None
                else resuming.run(kept, own)
            )
            _descend(session, own, run, trace)

        session.solve(options, work)
    leave(group)


def _descend(session: Session, options: Descent, run: Run, trace: Trace | None) -> None:
    """Go through with one run, and report it as it goes."""
    from gdcli.reporting.progress import Progress

    # Many starts come to rest long before the last step that they are allowed.
    total = None if options.starts else options.steps
    progress = Progress(session.environment.stderr, total, options.time_limit, enabled=not options.quiet)
    with progress, Interruption() as interruption:

        def stop() -> bool:
            progress.refresh()
            return interruption.requested

        for record in run(stop):
            if isinstance(record, Finished) and options.checkpoint and record.status in UNFINISHED:
                again = f"go on with --resume {options.checkpoint}"
                record = replace(record, hints=(again, *record.hints))
            with progress.paused():
                session.report(record)
            if isinstance(record, Step):
                progress.update(record.step, record.value)
                if trace is not None:
                    trace.write(record)
            elif isinstance(record, Finished):
                session.note(_exit_status(record.status, options))


def _exit_status(status: Status, options: Descent) -> ExitStatus:
    special = {Status.DIVERGED: ExitStatus.NOT_FINITE, Status.INTERRUPTED: ExitStatus.INTERRUPTED}
    if status in special:
        return special[status]
    return ExitStatus.NOT_CONVERGED if options.strict and status is not Status.CONVERGED else ExitStatus.DONE
