"""``numctl check``: is the store sound?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numctl.core.check.checking import Health
    from numctl.core.store.connection import Store
    from numctl.session import Session

DAMAGED = 12  # exit code

Repair = Annotated[
    bool,
    typer.Option("--repair", help="After a backup, derive anew what can be: counts, joins of neighbours."),
]


def check(ctx: typer.Context, repair: Repair = False) -> None:
    """Check the whole store: the file, spans, counts, the tree, and the journal's replay and hashes.

    Exit code 12 and a list if anything is wrong. Only for who acts as the root.

    --repair first copies the store beside itself. It counts again, joins neighbours, and notes again
    what follows from the journal; the state of a number is never changed. For other damage, go back
    to a backup.

    Examples:

        numctl check

        numctl check --repair
    """
    from numctl.core.check import checking

    session: Session = ctx.obj
    with session.open_store() as store:
        checking.expect_root(store, session.settings.acting_as, session.command)
        health = _examined(session, store)
        if repair and health.problems:
            health = _repaired(session, store, health)
    for remark in health.remarks:
        session.output.warn(f"{remark} See `numctl show` and `numctl forward`.")
    _tell(session, health)
    if health.problems:
        raise typer.Exit(DAMAGED)


def _examined(session: Session, store: Store) -> Health:
    from numctl.core.check import checking

    with session.output.progress(checking.STEPS, "Checking") as advance:
        return checking.examine(store, advance)


def _repaired(session: Session, store: Store, health: Health) -> Health:
    from numctl.core.check import repairing
    from numctl.core.store import backups

    if not health.repairs:
        session.output.note("Nothing of this can be derived anew; go back to a backup.")
        return health
    copy = Path(f"{store.path}.before-repair-{session.moment:%Y%m%dT%H%M%SZ}")
    backups.copy(store, copy)
    session.output.note(f"Copied the store as it was to {copy}.")
    with store.writing() as connection:
        done = repairing.repair(connection, health.repairs)
    for sentence in done:
        session.output.note(sentence)
    return _examined(session, store)


def _tell(session: Session, health: Health) -> None:
    sound = (
        f"The store is sound: {health.operations} operations, {health.numbers} numbers. "
        f"The head is {health.head}."
    )
    if health.problems or session.output.structured or session.output.format == "csv":
        session.output.rows(["problem"], ([problem] for problem in health.problems), empty=sound)
    else:
        session.output.answer({}, sound)
