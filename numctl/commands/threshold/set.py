"""``numctl threshold set``: when administrators are to be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.values import percent_or_off
from numctl.input.options import MaybeOrg, Org, one_organization

if TYPE_CHECKING:
    from numctl.session import Session


def set_(
    ctx: typer.Context,
    threshold: Annotated[
        str, typer.Argument(metavar="PERCENT|off", parser=percent_or_off, help="From 1 to 100, or off.")
    ],
    named: MaybeOrg = None,
    org: Org = None,
) -> None:
    """Set an organization's utilization threshold.

    When a change takes numbers out of what it has available and leaves its utilization at or above the
    threshold, its administrators get a message.

    Examples:

        numctl threshold set 90 Sales

        numctl threshold set off --org Lab
    """
    from numctl.core.actions import organizations
    from numctl.core.catalog.organizations import OFF

    session: Session = ctx.obj
    percent = OFF if threshold == "off" else int(threshold)
    wanted = {"threshold": percent}
    whose = one_organization(named, org)
    session.change("threshold set", lambda operation: organizations.set_up(operation, whose, wanted))
