"""The options that say how another program's list is to be read."""

from __future__ import annotations

from typing import Annotated

import typer

from numctl.input import files


def list_options(
    series: Annotated[
        str | None, typer.Option("--series", metavar="SERIES", help="The series of rows that name none.")
    ] = None,
    org: Annotated[
        str | None,
        typer.Option("--org", metavar="ORG", help="Who holds rows that name nobody; else the acting one."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Where a field stands: a column, A+B for two joined, 'text' for a text; empty: left out.",
        ),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value",
            metavar="FIELD:THEIRS=OURS",
            help="What a cell means; * is all others; row:COLUMN=THEIRS skips such rows.",
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="NAME", help="All these under a name; see numctl profiles."),
    ] = None,
    delimiter: files.Delimiter = None,
    encoding: files.Encoding = None,
    skip_lines: Annotated[
        str | None,
        typer.Option("--skip-lines", metavar="N,M", help="Lines that are neither header nor row."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook. [the first]")
    ] = None,
    date_format: files.DateFormat = None,
    no_paths: Annotated[
        bool | None,
        typer.Option("--no-paths", help="A / in an organization's name divides nothing: it becomes ' - '."),
    ] = None,
    create_orgs: Annotated[
        bool | None, typer.Option("--create-orgs", help="Make organizations that are nothing yet.")
    ] = None,
    skip_existing: Annotated[
        bool | None,
        typer.Option("--skip-existing", help="Leave out numbers that are in the inventory already."),
    ] = None,
    unchecked: Annotated[
        bool | None,
        typer.Option("--unchecked", help="Take numbers that only the rules of spelling refuse."),
    ] = None,
) -> None:
    """The options of every command that reads another program's list."""
