"""``numctl usage import``: read usage records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import Refusal
from numctl.input import files

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.core.usage.reading import UsageRecords
    from numctl.session import Session

SkipUnknown = Annotated[
    bool, typer.Option("--skip-unknown", help="Leave out rows of numbers that the store never knew.")
]

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help="These under a name: a table [usage.NAME] of the settings."
    ),
]


def import_(
    ctx: typer.Context,
    file: files.File,
    skip_unknown: SkipUnknown = False,
    delimiter: files.Delimiter = None,
    encoding: files.Encoding = None,
    columns: files.Mapped = None,
    date_format: files.DateFormat = None,
    profile: Profile = None,
) -> None:
    """Read usage records from a file: one row for each number and day.

    Columns: date, number, voice_incoming_seconds, voice_outgoing_seconds, messages_sent,
    messages_received, data_bytes; measures that the file lacks count as none. A row belongs to whoever
    held the number at the end of that day. The same file again changes nothing; a row for the same number
    and day in another file replaces it.

    Examples:

        numctl usage import usage.csv

        numctl usage import usage.csv --skip-unknown --dry-run
    """
    from numctl.core.lists import list_options, profiles
    from numctl.core.usage import reading

    session: Session = ctx.obj
    said = {
        "map": columns,
        "delimiter": delimiter,
        "encoding": encoding,
        "date-format": date_format,
        "region": session.flags.get("region"),
    }
    own = session.settings.usage_profiles
    wanted = list_options.read(said, profiles.named_for_usage(profile, own) if profile is not None else {})
    form = reading.form(wanted.mapped, wanted.delimiter)
    region = wanted.region or session.settings.region
    with (
        files.opened(file, wanted.encoding) as stream,
        session.output.progress(None, "Reading") as advance,
    ):
        records = reading.read(stream, form, region=region, date_format=wanted.date_format, advance=advance)
    _record(session, records, skip_unknown)
    if records.ignored:
        session.output.note(f"Columns left out: {', '.join(records.ignored)}.")


def _record(session: Session, records: UsageRecords, skip_unknown: bool) -> None:
    from numctl.core.usage import consumption

    timezone = session.settings.timezone

    def work(operation: Operation) -> None:
        with session.output.progress(len(records), "Recording") as advance:
            consumption.record(operation, records, timezone, skip_unknown=skip_unknown, advance=advance)

    if session.change_options.op_key is not None:
        session.sign([records.digest()])
    try:
        outcome = session.change("usage import", work)
    except Refusal:
        if records.rejects:  # what is wrong whatever the store holds comes first
            raise records.rejects.refusal() from None
        raise
    if skipped := outcome.extra.get("skipped"):
        session.output.note(f"Left out {skipped} rows of numbers that are not in the inventory.")
