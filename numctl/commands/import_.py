"""``numctl import``: read numbers from a file of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl import list_reading
from numctl.core.errors import Refusal
from numctl.input import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.changes.operation import Operation
    from numctl.core.lists.importing import Manner
    from numctl.core.lists.sheets import Sheet
    from numctl.session import Session


def import_(ctx: typer.Context, file: files.File) -> None:
    """Read numbers from a file: CSV, TSV, JSON, JSON lines, a workbook, or a plain list of NUMBERS.

    Fields: number, or first with last or count, or prefix with length; series, organization, status,
    reserved_tag, reserved_until (or free_on, the day after), user, forwarded_to, labels, label.KEY. Every
    error is told with its line, then nothing is imported. --dry-run shows how the list was understood.

    Examples:
        numctl import numbers.csv --series 1418

        numctl import carrier.csv --delimiter ';' --encoding latin-1 --map number=Telephone --series 1418

        numctl search --all -o csv | numctl --db copy.db import - --create-orgs
    """
    from numctl.core.lists import importing

    session: Session = ctx.obj
    wanted = list_reading.options(session)
    session.expect_root()
    sheet = list_reading.sheet(session, file, wanted, rules=True)
    session.sign([wanted.org, wanted.create_orgs, wanted.skip_existing])
    facts = list_reading.understood(session, sheet) if session.change_options.dry_run else {}
    _put_in(session, sheet, facts, importing.Manner(wanted.org, wanted.create_orgs, wanted.skip_existing))
    if not facts:
        list_reading.tell_ignored(session, sheet)


def _put_in(session: Session, sheet: Sheet, facts: Mapping[str, object], manner: Manner) -> None:
    from numctl.core.lists import importing

    def work(operation: Operation) -> None:
        with session.output.progress(len(sheet), "Importing") as advance:
            importing.import_(operation, sheet, manner, advance)
        operation.facts.update(facts)

    if session.change_options.op_key is not None:
        session.sign([sheet.digest()])
    try:
        outcome = session.change("import", work)
    except Refusal:
        if sheet.rejects:  # what is wrong whatever the store holds comes first
            raise sheet.rejects.refusal() from None
        raise
    if manner.skip:
        skipped = outcome.extra.get("skipped", 0)
        session.output.note(f"Left out {skipped} numbers that are in the inventory already.")
