"""``numctl changes``: the feed of all changes, for other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.values import count
from numctl.input.options import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.past.feed import Row
    from numctl.session import Session

AT_A_TIME = 200  # operations read in one snapshot


def changes(
    ctx: typer.Context,
    after: Annotated[
        int,
        typer.Option("--after", metavar="OPERATION", parser=count, help="Only what came after this one."),
    ] = 0,
    limit: Limit = None,
) -> None:
    """List every change, the oldest first, with what was before and after: a feed for other systems.

    A row for each piece of numbers, and for each change of the catalog (its kind and name, no numbers).
    What was read up to an operation goes on with --after that one; --limit counts operations.

    Examples:

        numctl changes --after 40 -o jsonl

        numctl changes --limit 2
    """
    from numctl.core.past.feed import Row

    session: Session = ctx.obj
    session.output.rows(Row._fields, _rows(session, after, limit), empty="Nothing was changed since.")


def _rows(session: Session, after: int, limit: int | None) -> Iterator[Row]:
    """The rows, read in parts: each in a snapshot that ends before it is written."""
    from numctl.core.past.feed import Feed

    last: int | None = after
    while last is not None and (limit is None or limit > 0):
        most = AT_A_TIME if limit is None else min(limit, AT_A_TIME)
        with session.reading() as view:
            rows, last = Feed(view).rows(last, most)
        limit = None if limit is None else limit - most
        yield from rows
