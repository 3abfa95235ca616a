"""``numctl diff``: the inventory against another list of the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl import list_reading
from numctl.core.text import quoted
from numctl.input import files
from numctl.input.options import At

if TYPE_CHECKING:
    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.sheets import Sheet
    from numctl.session import Session

DIFFERENT = 1  # exit code
AS_BATCH = "batch"
SAID = ("difference", "here", "there")

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where anything differs.")]
Below = Annotated[bool, typer.Option("--below", help="Compare what is under --org, too.")]
Ranges = Annotated[
    bool, typer.Option("--ranges", help="Unbroken runs of equal rows; so it is where the list has ranges.")
]


def diff(
    ctx: typer.Context,
    file: files.File,
    below: Below = False,
    ranges: Ranges = False,
    exit_code: ExitCode = False,
    at: At = None,
) -> None:
    """Compare the inventory with another list of the numbers: the carrier's, or the PBX's.

    Told are numbers missing here, numbers missing there, and those of which something else differs, as far
    as the list has columns for it. The list is read as import reads it; compared is what --series and --org
    name, else everything. With -o batch: the batch that would make the inventory be as the list has it.

    Examples:

        numctl diff numbers.csv

        numctl diff carrier.csv --delimiter ';' --encoding latin-1 --map number=Telephone --exit-code

        numctl diff numbers.csv --series 1418 -o batch | numctl batch - --dry-run
    """
    session: Session = ctx.obj
    wanted = list_reading.options(session)
    with session.reading() as view:
        view.organization(wanted.org)
    sheet = list_reading.sheet(session, file, wanted, rules=False)
    if sheet.rejects:  # what is wrong whatever the store holds comes first
        raise sheet.rejects.refusal()
    if session.output.format == AS_BATCH:
        differs = _print_batch(session, sheet, wanted, below, file, at)
    else:
        by_range = ranges or bool({"first", "prefix"} & set(sheet.present))
        differs = _print_differences(session, sheet, wanted, below, by_range, at)
    list_reading.tell_ignored(session, sheet)
    if exit_code and differs:
        raise typer.Exit(DIFFERENT)


def _print_differences(
    session: Session, sheet: Sheet, wanted: ListOptions, below: bool, ranges: bool, at: str | None
) -> bool:
    from numctl.core.lists.comparing import differences
    from numctl.output.writing import in_slices

    with session.reading(at) as view:
        found = differences(view, sheet, wanted, below=below)
    nothing = "Nothing differs."
    if ranges:
        rows = ((*map(str, one.numbers), one.numbers.count, *one[1:]) for one in found)
        session.output.rows(("first", "last", "count", *SAID), rows, empty=nothing)
    else:
        kinds = {one.difference: (None, one.difference, None, None) for one in found}
        runs = in_slices((*one.numbers, *one[1:]) for one in found)
        session.output.runs(("number", *SAID), kinds, runs, empty=nothing)
    return len(found) > 0


def _print_batch(
    session: Session, sheet: Sheet, options: ListOptions, below: bool, file: str, at: str | None
) -> bool:
    from numctl.core.lists.reconciling import Reconciliation

    where = "standard input" if file == files.STANDARD_INPUT else quoted(file)
    with session.reading(at) as view:
        wanted = Reconciliation(view, sheet, options, f"not in {where}", below=below)
    written = session.output.lines(wanted.lines)
    if wanted.left_out:
        session.output.warn(
            f"{wanted.left_out} numbers differ that no batch can set right: the list lacks their series, tag"
            " or user, their organization isn't here (--create-orgs), or they would be forwarded."
        )
    return bool(written or wanted.left_out)
