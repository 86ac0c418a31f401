"""``gdcli minimize`` and ``gdcli maximize``: descent, or ascent, from a start."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from gdcli.cli.descent_options import Descent
from gdcli.cli.interruption import Interruption
from gdcli.cli.session import Session
from gdcli.cli.sharing import join, leave
from gdcli.descent.starts.group import ALONE, rank_of
from gdcli.errors import ExitStatus, FileError

if TYPE_CHECKING:
    from gdcli.cli.assembly import Run
    from gdcli.cli.watching import Watch
    from gdcli.records import Status
    from gdcli.reporting.pictures.files import PictureFile
    from gdcli.reporting.saving import Saver
    from gdcli.reporting.trace import Trace


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
    from gdcli.cli.watching import Watch
    from gdcli.reporting.trace import open_trace

    session.configure(options)
    # What is wrong with the command line itself is said before any problem is read.
    assembly.require_sense(options)
    environ = session.environment.environ
    group = join(environ, options) if rank_of(environ) else ALONE
    if group.rank:
        # Files are the first process's.
        options = replace(options, trace=None, plot=None, live=False, save=None)
    saver = None
    if options.save is not None:
        from gdcli.reporting.saving import Saver

        if options.resume is None:
            options.require_one_problem(options.expression)
        saver = Saver(options.save)
    kept, after = None, None
    if options.resume is not None:
        from gdcli.cli import resuming

        kept, options = resuming.read(options, session.command)
        after = kept.step
    with (
        nullcontext() if options.picture is None else _picture_file(options.picture) as picture,
        nullcontext() if options.trace is None else open_trace(options.trace, after) as trace,
    ):

        def work(own: Descent, text: str) -> None:
            run = (
                assembly.run(session.command, own, text, session.notice, group, environ)
                if kept is None
                else resuming.run(kept, own)
            )
            watch = Watch(own, None if kept is None else kept.plan)
            _descend(session, own, run, trace, saver, watch)
            if picture is not None:
                _draw(session, watch, picture)

        session.solve(options, work)
    leave(group)


def _draw(session: Session, watch: Watch, picture: PictureFile) -> None:
    """Draw a run that has been reported: what goes wrong now is no second record of it."""
    figure = watch.figure()
    try:
        if figure is not None:
            picture.save(figure)
    except FileError as error:
        session.object_to(error)


def _picture_file(path: str) -> PictureFile:
    """The file of the picture, so that what is wrong with it is said before anything is computed."""
    from gdcli.reporting.pictures.files import PictureFile

    return PictureFile(path)


def _descend(
    session: Session, options: Descent, run: Run, trace: Trace | None, saver: Saver | None, watch: Watch
) -> None:
    """Go through with one run, and report it as it goes."""
    from gdcli.cli.watching import progress_of
    from gdcli.records import Finished, Started, Status, Step

    unfinished = (Status.INTERRUPTED, Status.TIME_LIMIT, Status.MAX_STEPS)
    progress = progress_of(session.environment, options)
    with progress, Interruption() as interruption:

        def stop() -> bool:
            progress.refresh()
            return interruption.requested

        for record in run(stop):
            if isinstance(record, Finished) and options.checkpoint and record.status in unfinished:
                again = f"go on with --resume {options.checkpoint}"
                record = replace(record, hints=(again, *record.hints))
            if isinstance(record, Started) and saver is not None:
                saver.require(record.start)
            if options.is_drawn:
                watch.see(record)
            if isinstance(record, Step):
                progress.see(record)
                if not record.shown:
                    progress.update(record.step, record.value)
                    continue
            with progress.paused():
                session.report(record)
            if isinstance(record, Step):
                progress.update(record.step, record.value)
                if trace is not None:
                    trace.write(record)
            elif isinstance(record, Finished):
                if saver is not None:
                    saver.write(record.x)
                session.note(_exit_status(record.status, options))
    progress.conclude()


def _exit_status(status: Status, options: Descent) -> ExitStatus:
    from gdcli.records import Status

    special = {Status.DIVERGED: ExitStatus.NOT_FINITE, Status.INTERRUPTED: ExitStatus.INTERRUPTED}
    if status in special:
        return special[status]
    return ExitStatus.NOT_CONVERGED if options.strict and status is not Status.CONVERGED else ExitStatus.DONE
