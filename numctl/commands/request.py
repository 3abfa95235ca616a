"""``numctl request``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.notifications import requests
from numctl.input import options

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.session import Session
    from numctl.settings import Supplier


def request(
    ctx: typer.Context,
    quantity: Annotated[
        int | None,
        typer.Option("--quantity", metavar="N", parser=options.quantity, help="How many numbers, 1 or more."),
    ] = None,
    series: Annotated[
        str | None, typer.Option("--series", metavar="SERIES", help="Of which series; else of any.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Say this as well.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it to the supplier by mail.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the requests made so far.")] = False,
) -> None:
    """Ask the supplier for more numbers, for the acting organization.

    Shows the message and the supplier's address and telephone, from the settings' [supplier]; with
    --send it is mailed there. Every request is kept.

    Examples:
        numctl request --quantity 200 --series 1418
        numctl request --quantity 200 --note 'For the new office'
        numctl request --list
    """
    session: Session = ctx.obj
    if list_:
        if quantity is not None or series is not None or note is not None or send:
            raise BadValue("--list goes with no other option of a request.", "List first, or ask first.")
        _list(session)
    elif quantity is None:
        raise BadValue("--quantity is missing.", "Say how many numbers are wanted, or give --list.")
    else:
        _ask(session, requests.Wanted(quantity, series, _clean(note)), send)


def _list(session: Session) -> None:
    with session.reading() as view:
        rows = requests.listed(view)
    session.output.rows(requests.Listed._fields, rows, empty="There are no requests.")


def _clean(note: str | None) -> str:
    from numctl.core.text import clean_note

    return "" if note is None else clean_note(note, "A note")


def _ask(session: Session, wanted: requests.Wanted, send: bool) -> None:
    from numctl.mail import composing

    supplier = session.settings.supplier
    send_to = _address_of(supplier) if send else None

    def work(operation: Operation) -> None:
        facts = requests.make(operation, wanted, send_to)
        operation.facts.update(
            supplier_email=supplier.email if supplier else None,
            supplier_phone=supplier.phone if supplier else None,
            subject=requests.subject(facts),
            text=composing.text_of(requests.KIND, facts, supplier).plain(),
        )

    outcome = session.change("request", work)
    if not outcome.extra:  # a dry run of what was done before
        return
    if not session.output.structured:
        session.output.text(_shown(outcome.extra))
    if supplier is None:
        session.output.note("No supplier is set: add [supplier] with email and phone to the settings file.")
    elif outcome.operation is not None and send and session.settings.smtp is None:
        session.output.warn("No mail server is set, so the request waits: the settings file has no [smtp].")


def _address_of(supplier: Supplier | None) -> str:
    from numctl.core.text import clean_email

    if supplier is None or supplier.email is None:
        raise BadValue(
            "The supplier's address is not set: supplier.email is missing in the settings file.",
            'Add [supplier] with email = "..." to it, or leave --send out.',
            key="supplier.email",
        )
    return clean_email(supplier.email)


def _shown(facts: dict[str, object]) -> str:
    ways = [str(facts[way]) for way in ("supplier_email", "supplier_phone") if facts[way]]
    supplier = [f"Supplier: {', '.join(ways)}"] if ways else []
    return "\n".join(["", *supplier, f"Subject:  {facts['subject']}", "", str(facts["text"])])
