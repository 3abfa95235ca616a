"""``numctl threshold check``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl import monitoring
from numctl.input import options

if TYPE_CHECKING:
    from numctl.session import Session


def check(
    ctx: typer.Context,
    named: options.MaybeOrg = None,
    org: options.Org = None,
    notify: Annotated[
        bool,
        typer.Option("--notify", help="Write to the administrators of all at or above their threshold."),
    ] = False,
) -> int:
    """Tell a monitoring system whether numbers run out, in one line of the Monitoring Plugins' form.

    Looks at an organization and all below it, the worst first. Exit code 0: all are below their
    thresholds; 1: some are at or above; 2: some have no number left; 3: it could not be told. With
    the threshold off, or without numbers, an organization doesn't count.

    Examples:
        numctl threshold check
        numctl threshold check Sales --notify
    """
    session: Session = ctx.obj
    top = options.one_organization(named, org)
    return monitoring.tell(session, top, notify=notify)
