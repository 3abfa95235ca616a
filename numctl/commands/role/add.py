"""``numctl role add``: let a role of the server read an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name

if TYPE_CHECKING:
    from numctl.session import Session


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The role's; made if there is none.")],
    org: Annotated[str, typer.Option("--org", metavar="ORG", help="What it reads, and all below.")],
) -> None:
    """Let a role of the PostgreSQL server read one organization and all below it, and change nothing.

    With numctl it acts as that organization; with psql and others it finds the same tables, and in them what
    that organization may see. Its address names no search path: it has its own. A role that is made here has
    no password yet. Only for who acts as the root.

    Examples:

        numctl role add sales_reports --org Sales
    """
    from numctl.core.store import roles

    session: Session = ctx.obj
    role = clean_name(name, "A role")
    session.expect_root()
    roles.expect_a_server(session.store)
    with session.reading() as view:
        organization = view.organization(org)
        path = view.tree.path(organization)
    made = roles.add(session.store, role, organization)
    also = ", and was made for it" if made else ""
    session.output.answer(
        {"role": role, "organization": path, "made": made},
        f"{role} reads {path} and what is below{also}.",
    )
