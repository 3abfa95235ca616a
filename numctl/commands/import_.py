"""``numctl import``: read numbers from a file of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import Refusal
from numctl.core.text import clean_name
from numctl.input import files

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.core.files.importing import Manner
    from numctl.core.files.sheets import Sheet
    from numctl.session import Session

CreateOrgs = Annotated[bool, typer.Option("--create-orgs", help="Make organizations that are nothing yet.")]
SkipExisting = Annotated[
    bool, typer.Option("--skip-existing", help="Leave out numbers that are in the inventory already.")
]


def import_(
    ctx: typer.Context,
    file: files.File,
    series: files.SheetSeries = None,
    org: files.SheetOrg = None,
    delimiter: files.Delimiter = None,
    encoding: files.Encoding = None,
    columns: files.Mapped = None,
    create_orgs: CreateOrgs = False,
    skip_existing: SkipExisting = False,
    unchecked: files.Unchecked = False,
) -> None:
    """Read numbers from a CSV, TSV or JSON file, JSON lines, or a plain list of NUMBERS.

    Fields: number, or first with last or count; series, organization, status, reserved_tag,
    reserved_until, user, forwarded_to. Every error is told with its line, then nothing is imported.

    Examples:
        numctl import numbers.csv --series 1418

        numctl import carrier.csv --delimiter ';' --encoding latin-1 --map number=Telephone --series 1418

        numctl search --all -o csv | numctl --db copy.db import - --create-orgs
    """
    from numctl.core.files import importing, sheet_reading

    session: Session = ctx.obj
    form = sheet_reading.form(files.mapping(columns), files.delimiter(delimiter))
    named = clean_name(series, "A series") if series is not None else ""
    region = session.settings.region
    with files.opened(file, encoding) as stream, session.output.progress(None, "Reading") as advance:
        sheet = sheet_reading.read(
            stream, form, region=region, series=named, unchecked=unchecked, advance=advance
        )
    _put_in(session, sheet, importing.Manner(org, create_orgs, skip_existing))
    if sheet.ignored:
        session.output.note(f"Columns left out: {', '.join(sheet.ignored)}.")


def _put_in(session: Session, sheet: Sheet, manner: Manner) -> None:
    from numctl.core.files import importing

    def work(operation: Operation) -> None:
        with session.output.progress(len(sheet), "Importing") as advance:
            importing.import_(operation, sheet, manner, advance)

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
