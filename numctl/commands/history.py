"""``numctl history``: what was done, and what happened to a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue, Damaged
from numctl.core.values import quantity
from numctl.input.options import Limit

if TYPE_CHECKING:
    from numctl.session import Session

SHOWN = 50  # rows of a table
IN_SUMMARY = ("action", "count")  # told by the summary as well: no column of a table

Number = Annotated[str | None, typer.Argument(metavar="NUMBER", help="What happened to this number.")]
OneOperation = Annotated[
    int | None, typer.Option("--operation", metavar="N", parser=quantity, help="Only this operation.")
]
Verify = Annotated[bool, typer.Option("--verify", help="Check the chain of hashes over all operations.")]
Head = Annotated[
    str | None, typer.Option("--head", metavar="HASH", help="With --verify: a hash that was kept elsewhere.")
]


def history(
    ctx: typer.Context,
    number: Number = None,
    operation: OneOperation = None,
    limit: Limit = None,
    verify: Verify = False,
    head: Head = None,
) -> None:
    """List what was done, the newest first, or each state that a number was in.

    Only what was in your scope then is shown and counted.

    --verify recomputes the hash that each operation carries over itself and the one before it: an
    operation edited, deleted or put elsewhere by hand is found. A tail that was cut off is found only
    against a hash kept elsewhere (--head); this prints the one to keep.

    Examples:

        numctl history

        numctl history 14188980111

        numctl history --operation 42 -o json

        numctl history --verify
    """
    session: Session = ctx.obj
    if verify:
        if number is not None or operation is not None or limit is not None:
            raise BadValue("--verify is for the whole journal.", "Leave the other arguments out.")
        _verify(session, head)
    elif head is not None:
        raise BadValue("--head is for --verify.", "Say `numctl history --verify --head HASH`.")
    elif number is not None:
        _of_number(session, session.number(number), operation, limit)
    else:
        _of_store(session, operation, limit)


def _of_store(session: Session, operation: int | None, limit: int | None) -> None:
    from numctl.core.past.history import Entry, Past

    drawn = limit is None and operation is None and session.output.format == "table"
    with session.reading() as view:
        past = Past(view)
        if operation is not None:
            entries = [past.operation(operation)]
        else:
            entries = past.operations(SHOWN if drawn else limit)
        total = past.count() if drawn and len(entries) == SHOWN else None
    table = session.output.format == "table"
    fields = [field for field in Entry._fields if not (table and field in IN_SUMMARY)]
    rows = ([getattr(entry, field) for field in fields] for entry in entries)
    session.output.rows(
        fields, rows, empty="Nothing was done yet.", total=total, more="See more with --limit N."
    )


def _of_number(session: Session, number: int, operation: int | None, limit: int | None) -> None:
    from numctl.core.past import one_number

    with session.reading() as view:
        episodes = one_number.of(view, number, operation)
    session.output.rows(one_number.Episode._fields, episodes[:limit], empty="That operation left it alone.")


def _verify(session: Session, head: str | None) -> None:
    from numctl.core.check import chain
    from numctl.core.past.history import Past

    wanted = _hash(head) if head is not None else None
    with session.reading() as view:
        view.root_only()
        total = Past(view).count()
        with session.output.progress(total, "Verifying") as advance:
            verified = chain.verify(view.connection, wanted, advance)
    if verified.problem is not None:
        raise Damaged(
            verified.problem,
            f"{verified.operations} operations before it are as they were written.",
            operations=verified.operations,
        )
    facts = {"operations": verified.operations, "head": verified.head}
    if wanted is not None:
        facts["found_at"] = verified.found_at or 0
    session.output.answer(
        facts, f"{verified.operations} operations are as they were written. The head is {verified.head}."
    )


def _hash(text: str) -> str:
    wanted = text.strip().lower()
    if len(wanted) != 64 or set(wanted) - set("0123456789abcdef"):
        raise BadValue("A hash is 64 digits of 0 to 9 and a to f.", "Take the one that --verify printed.")
    return wanted
