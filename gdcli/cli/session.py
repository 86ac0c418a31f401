"""One run of the program: where records and errors go, and the exit status that becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gdcli.cli.environment import Environment
from gdcli.errors import ExitStatus, GdcliError, UsageError
from gdcli.reporting import FORMATS, open_reporter

if TYPE_CHECKING:
    from gdcli.cli.declare import CommandSpec
    from gdcli.cli.options import At, Output
    from gdcli.cli.problems import OptionsT
    from gdcli.cli.values import Value
    from gdcli.records import Record
    from gdcli.reporting import Reporter

FORMATS_WITH_FAILURES = ("json", "jsonl")


class BugError(GdcliError):
    """An error that is nobody's but gdcli's."""

    kind = "bug"
    exit_status = ExitStatus.BUG


class Session:
    """What a command works with.

    Args:
        environment: The streams and the environment variables.
        commands: All commands, which the completion scripts are made from.
        command: The command that runs, for the records.
        format: The format to report errors in before the command's own options are known.

    Attributes:
        status: The exit status so far: the first that was not zero, or that of an interruption.
        expression: The problem at hand.
        place: Where on standard input or in a file it stands (``line 3``), for the messages.
    """

    def __init__(
        self,
        environment: Environment,
        commands: Mapping[str, CommandSpec],
        command: str = "",
        format: str = "table",
    ) -> None:
        self.environment = environment
        self.commands = commands
        self.command = command
        self.status = ExitStatus.DONE
        self.expression = self.place = ""
        self._format = format if format in FORMATS else "table"
        self._settings: dict[str, Any] = {}
        self._reporter: Reporter | None = None

    @property
    def reporter(self) -> Reporter:
        """The reporter, opened when it is first needed."""
        if self._reporter is None:
            self._reporter = open_reporter(
                self._format,
                self.environment.stdout,
                self.environment.stderr,
                command=self.command,
                **self._settings,
            )
        return self._reporter

    def configure(self, output: Output, *, points: bool = False) -> None:
        """Let records be written as the options ask for; `points` as in `open_reporter`."""
        self._format = output.format
        self._settings = {
            "precision": output.precision,
            "color": self.environment.wants_color and not output.no_color,
            "quiet": output.quiet,
            "points": points,
        }

    def report(self, record: Record) -> None:
        """Write one record."""
        self.reporter.write(record)

    def close(self) -> None:
        """Write what is left to write."""
        if self._reporter is not None:
            self._reporter.close()
        self.environment.stdout.flush()

    def show_version(self) -> None:
        """Write the version."""
        from gdcli import __version__

        self.environment.stdout.write(f"gdcli {__version__}\n")

    def note(self, status: ExitStatus) -> None:
        """Let a status count: the first that is not zero stays, but an interruption outranks it."""
        if self.status is ExitStatus.DONE or status is ExitStatus.INTERRUPTED:
            self.status = status

    def fail(self, error: GdcliError) -> None:
        """Report an error: on stderr always, and on stdout where the format has a place for it."""
        self.object_to(error)
        # Not asking the others, which would write nothing, saves loading them.
        if self._format in FORMATS_WITH_FAILURES:
            from gdcli.records import Failed

            self.report(
                Failed(
                    self.command,
                    self.expression,
                    error.kind,
                    self._placed(error),
                    error.hint,
                    error.text,
                    error.position,
                )
            )

    def fail_by_bug(self, error: Exception) -> None:
        """Report in one line an error that is gdcli's own; the traceback is for those who ask for it."""
        if self.environment.wants_traceback:
            import traceback

            traceback.print_exception(error, file=self.environment.stderr)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        message = f"this is a bug in gdcli ({what}); please report it with the command that you typed"
        self.fail(BugError(message))

    def object_to(self, error: GdcliError) -> None:
        """Say what is wrong with a result that has been reported, which is its problem's one record."""
        from gdcli.reporting.messages import format_error

        self.note(error.exit_status)
        placed = GdcliError(self._placed(error), hint=error.hint, text=error.text, position=error.position)
        # That another process is gone, whoever is left has to say.
        stderr = self.environment.alarm if error.kind in ("rank", "bug") else self.environment.stderr
        stderr.write(format_error(placed))
        stderr.flush()

    def notice(self, text: str) -> None:
        """Say in one line what is done beside the results, unless nobody wants to know."""
        if not self._settings.get("quiet"):
            self.environment.stderr.write(f"note: {text}\n")
            self.environment.stderr.flush()

    def _placed(self, error: GdcliError) -> str:
        """The message, with the place of the problem."""
        return f"{self.place}: {error.message}" if self.place else error.message

    def solve(self, options: OptionsT, work: Callable[[OptionsT, str], None]) -> None:
        """Do the work for the expression, or for each one on standard input; an error spoils only its line.

        Args:
            options: The command line's options.
            work: Works on one expression, with its options, and reports the result.
        """
        from gdcli.cli.problems import problems

        for problem in problems(options, self.environment):
            self.expression = problem.text
            self.place = "" if problem.line is None else f"line {problem.line}"
            try:
                if problem.error is not None:
                    raise problem.error
                work(problem.options, problem.text)
            except GdcliError as error:
                self.fail(error)
            except OSError:
                # The streams are everybody's.
                raise
            except Exception as error:
                self.fail_by_bug(error)
            self.expression = self.place = ""
            if self.status is ExitStatus.INTERRUPTED:
                return

    def each_point(
        self,
        options: At,
        variables: Sequence[str],
        work: Callable[[Mapping[str, Value]], GdcliError | None],
    ) -> None:
        """Do the work at the point of ``--at``, or at each row of ``--points``; an error spoils only its row.

        Args:
            options: The points.
            variables: The variables of the expression.
            work: Works at one point and reports the result; it returns what is wrong with it, or None.

        Raises:
            UsageError: Both options are given.
            PointError: The point is wrong, or the header of the file.
            FileError: The file cannot be read.
        """
        from gdcli.cli.points import complete_point, rows

        if options.points is None:
            point = complete_point(options.at, variables, "--at")
            if (error := work(point)) is not None:
                self.object_to(error)
            return
        if options.at:
            raise UsageError("--at and --points exclude each other")
        outside = self.place
        for place, row in rows(options.points, variables):
            self.place = f"{outside}: {place}" if outside else place
            if isinstance(row, GdcliError):
                self.fail(row)
            elif (error := work(row)) is not None:
                self.object_to(error)
            # What goes wrong while the next row is read has a place of its own.
            self.place = outside
