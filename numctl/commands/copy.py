"""``numctl copy``: carry a whole store to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from numctl.session import Session


def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store: a file, or postgresql://...")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where there is no store yet.")],
) -> None:
    """Carry a whole store from a file or a server to another file or server.

    Nothing is left out: ids, history and the chain of hashes are the same in both, which the answer shows.
    It is there whole or not at all; where something stands already, nothing is done. Only for who acts as
    the root.

    Examples:

        numctl copy inventory.db elsewhere.db
    """
    from numctl.core.actions import founding
    from numctl.core.actions.opening import open_store
    from numctl.core.check import checking
    from numctl.core.store.places import place

    session: Session = ctx.obj
    if "" in (source, target) or "-" in (source, target):
        raise BadValue("A store goes from a file or a server to another.", "Name both.")
    there, here = place(target), place(source)
    with open_store(here, session.settings.lock_timeout, lambda: (session.actor, session.at)) as store:
        checking.expect_root(store, session.settings.acting_as, session.command)
        held = founding.copy(store, there)
    session.output.answer(
        {
            "from": str(here),
            "to": str(there),
            "operations": held.operations,
            "numbers": held.numbers,
            "head_from": held.head,
            "head_to": held.head,
        },
        f"Copied {here} to {there}: {held.operations} operations, {held.numbers} numbers. "
        f"The head of both is {held.head}.",
    )
