"""Runs that ``torchrun`` has started in several processes, of which the first alone writes."""

from __future__ import annotations

from collections.abc import Mapping

from gdcli.cli.descent_options import Descent
from gdcli.descent.starts import group
from gdcli.descent.starts.group import Group
from gdcli.errors import UsageError


def join(environ: Mapping[str, str], options: Descent) -> Group:
    """The processes of this run.

    Raises:
        UsageError: The run is none that several processes could share.
        RankError: The processes do not find each other.
    """
    found = group.rank_of(environ)
    if found is None or found[1] == 1:
        return group.ALONE
    if options.starts is None:
        raise UsageError("torchrun shares out many starts, and there are none", hint="add --starts 1000000")
    if options.expression in (None, "-"):
        raise UsageError("under torchrun the EXPRESSION has to be on the command line")
    return group.join(environ, group.own_device(options.device, environ), options.rank_timeout)


def leave(processes: Group) -> None:
    """Part with the other processes."""
    if processes.size > 1:
        from gdcli.descent.starts.ranks import leave

        leave()
