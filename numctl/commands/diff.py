"""``numctl diff``: the inventory against another list of the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name, quoted
from numctl.input import files

if TYPE_CHECKING:
    from numctl.core.files.sheets import Sheet
    from numctl.session import Session

DIFFERENT = 1  # exit code
AS_BATCH = "batch"
SAID = ("difference", "here", "there")

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where anything differs.")]
Ranges = Annotated[
    bool, typer.Option("--ranges", help="Unbroken runs of equal rows; so it is where the list has ranges.")
]
AS_IMPORT = "Taken as import takes it, so that its command line will do; nothing is made."
CreateOrgs = Annotated[bool, typer.Option("--create-orgs", help=AS_IMPORT)]
SkipExisting = Annotated[bool, typer.Option("--skip-existing", help=AS_IMPORT)]


def diff(
    ctx: typer.Context,
    file: files.File,
    series: files.SheetSeries = None,
    org: files.SheetOrg = None,
    delimiter: files.Delimiter = None,
    encoding: files.Encoding = None,
    columns: files.Mapped = None,
    ranges: Ranges = False,
    exit_code: ExitCode = False,
    create_orgs: CreateOrgs = False,
    skip_existing: SkipExisting = False,
    unchecked: files.Unchecked = False,
) -> None:
    """Compare the inventory with another list of the numbers: the carrier's, or the PBX's.

    Told are numbers missing here, numbers missing there, and those whose organization, status, tag or
    user differs, as far as the list has columns for them. With -o batch: the batch that would make the
    inventory be as the list has it.

    Examples:

        numctl diff numbers.csv

        numctl diff carrier.csv --delimiter ';' --encoding latin-1 --map number=Telephone --exit-code

        numctl diff numbers.csv --series 1418 -o batch | numctl batch - --dry-run
    """
    session: Session = ctx.obj
    sheet = _read(session, file, series, delimiter, encoding, columns, unchecked)
    if session.output.format == AS_BATCH:
        differs = _print_batch(session, sheet, org, file)
    else:
        differs = _print_differences(session, sheet, org, ranges or "first" in sheet.present)
    if exit_code and differs:
        raise typer.Exit(DIFFERENT)


def _read(
    session: Session,
    file: str,
    series: str | None,
    delimiter: str | None,
    encoding: str | None,
    columns: list[str] | None,
    unchecked: bool,
) -> Sheet:
    from numctl.core.files import sheet_reading

    form = sheet_reading.form(files.mapping(columns), files.delimiter(delimiter))
    named = clean_name(series, "A series") if series is not None else ""
    region = session.settings.region
    with files.opened(file, encoding) as stream, session.output.progress(None, "Reading") as advance:
        sheet = sheet_reading.read(
            stream, form, region=region, series=named, rules=False, unchecked=unchecked, advance=advance
        )
    if sheet.rejects:  # what is wrong whatever the store holds comes first
        raise sheet.rejects.refusal()
    return sheet


def _print_differences(session: Session, sheet: Sheet, org: str | None, ranges: bool) -> bool:
    from numctl.core.files.comparing import differences

    with session.reading() as view:
        found = differences(view, sheet, org)
    nothing = "Nothing differs."
    if ranges:
        rows = ((*map(str, one.numbers), one.numbers.count, *one[1:]) for one in found)
        session.output.rows(("first", "last", "count", *SAID), rows, empty=nothing)
    else:
        kinds = {one.difference: (None, one.difference, None, None) for one in found}
        runs = ((*one.numbers, *one[1:]) for one in found)
        session.output.runs(("number", *SAID), kinds, runs, empty=nothing)
    return len(found) > 0


def _print_batch(session: Session, sheet: Sheet, org: str | None, file: str) -> bool:
    from numctl.core.files.reconciling import Reconciliation

    where = "standard input" if file == files.STANDARD_INPUT else quoted(file)
    with session.reading() as view:
        wanted = Reconciliation(view, sheet, org, f"not in {where}")
    written = session.output.lines(wanted.lines)
    if wanted.left_out:
        session.output.warn(
            f"{wanted.left_out} numbers differ that no batch can set right: the list lacks their series, tag"
            " or user, or its organization isn't here."
        )
    return bool(written or wanted.left_out)
