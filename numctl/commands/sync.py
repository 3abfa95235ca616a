"""``numctl sync``: make the inventory as another list has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl import list_reading
from numctl.core.errors import BadValue
from numctl.core.text import clean_note
from numctl.input import files

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.session import Session

Below = Annotated[
    bool, typer.Option("--below", help="What is under --org, too, is compared, and stays where it is.")
]
Add = Annotated[bool, typer.Option("--add", help="Put in numbers that the list has more.")]
Remove = Annotated[bool, typer.Option("--remove", help="Take out numbers that the list lacks.")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why they are taken out.")]
Force = Annotated[
    bool, typer.Option("--force", help="Take numbers from their users, and out of their rest, too.")
]
MaxChanges = Annotated[
    str | None, typer.Option("--max-changes", metavar="N|P%", help="Refuse to change more numbers than this.")
]
MaxRemovals = Annotated[
    str, typer.Option("--max-removals", metavar="N|P%", help="Refuse to remove more numbers than this.")
]


def sync(
    ctx: typer.Context,
    file: files.File,
    below: Below = False,
    add: Add = False,
    remove: Remove = False,
    reason: Reason = None,
    force: Force = False,
    max_changes: MaxChanges = None,
    max_removals: MaxRemovals = "10%",
) -> None:
    """Make the inventory as another list has it, as one operation that can be undone.

    The list is read as import reads it. Compared is what --series and --org (with --below, and what is
    under it) name, else everything; what the list has no column for stays. Numbers that one side lacks are
    told and left, but for --add and --remove. `numctl diff` with the same options shows what differs.

    Examples:
        numctl sync numbers.csv --dry-run

        numctl sync numbers.csv --series 1418 --org Sales --add --max-changes 5% --dry-run
    """
    from numctl.core.lists import syncing

    session: Session = ctx.obj
    wanted = list_reading.options(session)
    if (reason is not None) is not remove:
        raise BadValue("--remove and --reason go together.", "Say why numbers are taken out.")
    manner = syncing.Manner(
        add=add,
        reason=clean_note(reason, "A reason") if reason is not None else None,
        force=force,
        below=below,
        changes=None if max_changes is None else list_reading.limit(max_changes),
        removals=list_reading.limit(max_removals),
    )
    session.expect_root()
    sheet = list_reading.sheet(session, file, wanted, rules=True, adding=add)
    facts = list_reading.understood(session, sheet) if session.change_options.dry_run else {}

    def work(operation: Operation) -> None:
        with session.output.progress(None, "Making it so") as advance:
            syncing.sync(operation, sheet, wanted, manner, advance)
        operation.facts.update(facts)

    session.sign([wanted, *([sheet.digest()] if session.change_options.op_key is not None else [])])
    session.change("sync", work)
    if not facts:
        list_reading.tell_ignored(session, sheet)
