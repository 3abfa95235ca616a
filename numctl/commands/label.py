"""``numctl label``: what numbers carry beside their status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.rules import labels as rules

if TYPE_CHECKING:
    from numctl.session import Session


def label(
    ctx: typer.Context,
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBERS|KEY=VALUE", help="Numbers and ranges, and labels to set."),
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="KEY", help="Drop this label; may be repeated.")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the labels there are, or the values of one KEY.")
    ] = False,
) -> None:
    """Set labels of numbers, KEY=VALUE, or drop them: site, carrier, cost centre, extension, a note.

    Labels belong to a number in any status and stay with it, whatever is done to it, until it is removed.

    Examples:

        numctl label 14188980100..14188980109 site=Paris carrier=Orange

        numctl label 14188980100 --remove carrier

        numctl label --list
    """
    session: Session = ctx.obj
    words = list(given or ())
    if list_:
        _list(session, words, remove)
        return
    from numctl.core.actions import labels

    put = rules.read_pairs(word for word in words if "=" in word)
    drop = [rules.clean_key(key) for key in remove or ()]
    if not put and not drop:
        raise BadValue("There is nothing to change.", "Give KEY=VALUE, or --remove KEY.")
    if set(put) & set(drop):
        raise BadValue("A label is set and removed at once.", "Say one of them.")
    numbers = session.numbers([word for word in words if "=" not in word])
    session.change("label", lambda operation: labels.label(operation, numbers, put, drop))


def _list(session: Session, words: list[str], remove: list[str] | None) -> None:
    from numctl.core.queries import labels

    if remove or len(words) > 1:
        raise BadValue("--list takes one KEY, or none.", "Leave the other arguments out.")
    key = rules.clean_key(words[0]) if words else None
    with session.reading() as view:
        found = labels.listed(view, key)
    session.output.rows(labels.Listed._fields, found, empty="No labels found.")
