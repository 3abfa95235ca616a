"""What a report says of itself above its header: its name, its time, its organization, its time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from numctl.output import Output

Preamble = Annotated[
    bool, typer.Option("--preamble", help="Above the header: what was reported, when, of whom.")
]
NO_HEADER = ("json", "jsonl", "ranges")


def preamble(output: Output, report: str, organization: str, at: str, timezone: str) -> None:
    """Write it in the format of ``output``, before the report's rows. ``at`` is RFC 3339 in UTC.

    Raises BadValue for a format that would no longer be what it is.
    """
    if output.format in NO_HEADER:
        raise BadValue(
            f"The format {output.format} has no header that a preamble could stand above.",
            "Ask for csv, or leave --preamble out.",
        )
    facts = [("time", at), ("organization", organization), ("time zone", timezone)]
    named = ("report", report)
    output.rows(named, [named, *facts] if output.format == "tsv" else facts, part="about")
