"""A run's output, made from its settings and flags."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from numctl.output import Output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numctl.settings import Settings


def made(settings: Settings, flags: Mapping[str, Any], also: Sequence[str]) -> Output:
    """The output on the process's streams; ``also`` are formats that the command writes by itself.

    Raises what ``Output`` raises.
    """
    return Output(
        settings.output,
        stdout=sys.stdout,
        stderr=sys.stderr,
        stdin=sys.stdin,
        quiet=settings.quiet,
        color=settings.color,
        no_input=settings.no_input,
        guard=not flags.get("no_guard"),
        columns=flags.get("picked_columns"),
        table=bool(flags.get("table")),
        timezone=str(flags.get("zone") or settings.timezone),  # where it is read, be it elsewhere
        paged=not flags.get("no_pager"),
        also=also,
    )
