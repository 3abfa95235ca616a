"""``numctl gate``: the one command line of an administrator of a branch, from elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import NoStore

if TYPE_CHECKING:
    from numctl.session import Session

REQUESTED = "SSH_ORIGINAL_COMMAND"  # sshd puts it there: what the other end wanted to be run


def gate(
    ctx: typer.Context,
    actor: Annotated[str, typer.Option("--actor", metavar="NAME", help="Who it is, for the history.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="Let nothing be changed.")] = False,
) -> None:
    """Run the one command line that came over SSH, as one organization and under one name.

    For authorized_keys, behind restrict,command=; `numctl key add` writes the line. What was sent is split
    without a shell, and only commands and options that are open to branches are run: no file or setting of
    this machine can be named, no other organization acted as.

    Examples:

        numctl gate --as Sales --actor jo
    """
    from numctl.core.text import clean_name
    from numctl.gate.requests import Passage, read_request

    session: Session = ctx.obj
    name = clean_name(actor, "A person")
    request = read_request(os.environ.get(REQUESTED, ""))
    with session.reading() as view:
        organization = view.acting
    if request.store not in ("", session.settings.db.name, session.settings.db.stem):
        raise NoStore(f"There is no store {request.store!r} here.", "Leave the name out of the address.")
    session.handed_on = Passage(organization, name, read_only, request)
