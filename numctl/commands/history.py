"""``numctl history``: what was done, and what happened to a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from numctl.core.errors import BadValue, Damaged
from numctl.core.values import quantity
from numctl.input.options import WHEN, Limit

if TYPE_CHECKING:
    from numctl.core.past.asked import Asked
    from numctl.session import Session

SHOWN = 50  # rows of a table
IN_CATALOG = ("kind", "name", "before", "after")
IN_SUMMARY = ("action", "count")  # told by the summary as well: no column of a table

Number = Annotated[str | None, typer.Argument(metavar="NUMBER", help="What happened to this number.")]
OneOperation = Annotated[
    int | None, typer.Option("--operation", metavar="N", parser=quantity, help="Only this operation.")
]
Verify = Annotated[bool, typer.Option("--verify", help="Check the chain of hashes over all operations.")]
Head = Annotated[
    str | None, typer.Option("--head", metavar="HASH", help="With --verify: a hash that was kept elsewhere.")
]


Since = Annotated[
    str | None, typer.Option("--since", metavar=WHEN, help="Only from then on: a day, a moment, operation:N.")
]
Until = Annotated[str | None, typer.Option("--until", metavar=WHEN, help="Only up to then.")]
Action = Annotated[
    list[str] | None, typer.Option("--action", metavar="ACTION", help="Only this action; may be repeated.")
]
Actor = Annotated[str | None, typer.Option("--actor", metavar="ACTOR", help="Only what this person did.")]
OfOrg = Annotated[
    str | None, typer.Option("--org", metavar="ORG", help="Only what concerned this organization, alone.")
]
OfSeries = Annotated[
    str | None, typer.Option("--series", metavar="SERIES", help="Only what concerned this series.")
]
OfUser = Annotated[
    str | None, typer.Option("--user", metavar="USER", help="Only what this user was given or lost.")
]
OfTag = Annotated[
    str | None, typer.Option("--tag", metavar="TEXT", help="Only where a tag before or after contains this.")
]
Said = Annotated[
    str | None, typer.Option("--message", metavar="TEXT", help="Only where the message contains this.")
]


def history(
    ctx: typer.Context,
    number: Number = None,
    operation: OneOperation = None,
    limit: Limit = None,
    since: Since = None,
    until: Until = None,
    action: Action = None,
    actor: Actor = None,
    org: OfOrg = None,
    series: OfSeries = None,
    user: OfUser = None,
    tag: OfTag = None,
    message: Said = None,
    verify: Verify = False,
    head: Head = None,
) -> None:
    """List what was done, the newest first, or each state that a number was in.

    Only what was in your scope then is shown and counted; an organization stands by its path of then.
    With --operation also its numbers, and what it did to organizations, series and users. --verify finds
    an operation that was edited or deleted by hand; a tail cut off, only with --head.

    Examples:

        numctl history --since 2026-03-01 --action release

        numctl history --user 'Lou Brandt'

        numctl history 14188980111

        numctl history --operation 42 -o json

        numctl history --verify
    """
    session: Session = ctx.obj
    filters = _Filters(since, until, action, actor, org, series, user, tag, message)
    narrowed = filters != _Filters()
    _expect_sense(verify, head, (number, operation, limit), narrowed)
    if verify:
        _verify(session, head)
    elif number is not None:
        _of_number(session, session.number(number), operation, limit)
    elif operation is not None:
        _of_operation(session, operation)
    else:
        _of_store(session, _asked(session, filters), limit)


class _Filters(NamedTuple):
    since: str | None = None
    until: str | None = None
    actions: list[str] | None = None
    actor: str | None = None
    organization: str | None = None
    series: str | None = None
    user: str | None = None
    tag: str | None = None
    message: str | None = None


def _expect_sense(verify: bool, head: str | None, named: tuple[object, ...], narrowed: bool) -> None:
    """Raises BadValue for options that don't go together; ``named`` are NUMBER, --operation, --limit."""
    number, operation, limit = named
    if verify and (number is not None or operation is not None or limit is not None or narrowed):
        raise BadValue("--verify is for the whole journal.", "Leave the other arguments out.")
    if head is not None and not verify:
        raise BadValue("--head is for --verify.", "Say `numctl history --verify --head HASH`.")
    if narrowed and (number is not None or operation is not None):
        raise BadValue("These options choose among operations.", "Leave NUMBER and --operation out.")


def _asked(session: Session, filters: _Filters) -> Asked:
    from numctl.core.past.asked import Asked
    from numctl.core.rules.book import ACTIONS
    from numctl.core.text import nearest, quoted

    for name in filters.actions or ():
        if name not in ACTIONS:
            close = nearest(name, ACTIONS)
            raise BadValue(
                f"There is no action {quoted(name)}.", f"Did you mean {' or '.join(close)}?" if close else ""
            )
    since, until = filters.since, filters.until
    return Asked(
        session.when(since, start=True) if since is not None else None,
        session.when(until) if until is not None else None,
        filters.actions or (),
        *filters[3:7],
        filters.tag or "",
        filters.message or "",
    )


def _of_store(session: Session, asked: Asked, limit: int | None) -> None:
    from numctl.core.past.history import Entry, Past

    table = session.output.format == "table"
    with session.reading() as view:
        past = Past(view)
        entries = past.operations(SHOWN if table and limit is None else limit, asked)
        total = past.count(asked) if table and limit is None and len(entries) == SHOWN else None
    short = table and not session.output.narrowed
    fields = [field for field in Entry._fields if not (short and field in IN_SUMMARY)]
    rows = ([getattr(entry, field) for field in fields] for entry in entries)
    session.output.rows(
        fields, rows, empty="Nothing was done yet.", total=total, more="See more with --limit N."
    )


def _of_operation(session: Session, id: int) -> None:
    """One operation with its numbers, and what it did to the catalog."""
    from numctl.core.past.feed import Feed
    from numctl.core.past.history import Entry, Past

    with session.reading() as view:
        past = Past(view)
        entry = past.operation(id)
        ranges = past.ranges(id)
        catalog = [row for row in Feed(view).of_catalog(id) if row.kind is not None]
    output = session.output
    changed = [{field: getattr(row, field) for field in IN_CATALOG} for row in catalog]
    if output.structured:
        numbers = [
            {"first": str(first), "last": str(last), "count": last - first + 1} for first, last in ranges
        ]
        output.rows(
            (*Entry._fields, "ranges", "catalog"), [(*entry, numbers, changed)], empty="Nothing found."
        )
    elif output.format == "ranges":
        output.lines(map(str, ranges))
    elif output.parted:
        fields = [field for field in Entry._fields if field not in IN_SUMMARY or output.narrowed]
        output.rows(fields, [[getattr(entry, field) for field in fields]])
        if ranges:
            rows = ((str(first), str(last), last - first + 1) for first, last in ranges)
            output.rows(("first", "last", "count"), rows, part="numbers")
        if changed:
            output.rows(IN_CATALOG, (list(row.values()) for row in changed), part="catalog")
    else:
        said = ", ".join(map(str, ranges))
        output.rows((*Entry._fields, "ranges", "catalog"), [(*entry, said, changed or None)])


def _of_number(session: Session, number: int, operation: int | None, limit: int | None) -> None:
    from numctl.core.past import one_number

    with session.reading() as view:
        episodes = one_number.of(view, number, operation)
    session.output.rows(one_number.Episode._fields, episodes[:limit], empty="That operation left it alone.")


def _verify(session: Session, head: str | None) -> None:
    from numctl.core.check import chain
    from numctl.core.past.history import Past

    wanted = _hash(head) if head is not None else None
    session.expect_root()
    with session.reading() as view:
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
