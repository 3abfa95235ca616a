"""``numctl demo``: a small company to try things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from numctl.session import Session

TRY = "Try `numctl search sales`, `numctl show 14188980100`, `numctl history --limit 5`."


def demo(ctx: typer.Context) -> None:
    """Make and fill a store with a small company, to try things out.

    It has organizations on three levels, series, numbers in every status, users, and two months of
    consumption. A store that has numbers is left alone.

    Examples:

        numctl --db demo.db demo
    """
    from numctl.core.demo.making import fill, make
    from numctl.core.store.opening import is_taken

    session: Session = ctx.obj
    path = session.settings.db
    filled = is_taken(path)
    if filled:
        outcome = fill(session.store, session.act())
    else:
        outcome = make(path, session.act(as_root=True), session.settings.journal)
    session.tell(outcome)
    if outcome.dry_run or session.output.format != "table":
        return
    from numctl.core.queries.utilization import known_lines

    with session.reading() as view:
        rows = [line for _, line in known_lines(view, view.acting, below=True)]
    session.output.lines([""])
    session.output.bars([{**row._asdict(), "depth": row.organization.count("/")} for row in rows])
    session.output.prose("", TRY)
