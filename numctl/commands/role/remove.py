"""``numctl role remove``: take back from a role of the server what it was granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numctl.session import Session


def remove(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="The role's.")]
) -> None:
    """Take back from a role of the PostgreSQL server what `numctl role add` granted it.

    The role itself is dropped if it was made there. Only for who acts as the root.

    Examples:

        numctl role remove sales_reports
    """
    from numctl.core.store import roles

    session: Session = ctx.obj
    session.expect_root()
    dropped = roles.remove(session.store, name)
    session.output.answer(
        {"role": name, "dropped": dropped},
        f"{name} reads nothing here any more{', and was dropped' if dropped else ''}.",
    )
