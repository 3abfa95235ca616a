"""Option types that commands share, in the domain's words, and the options that every command takes.

A value is read strictly: what isn't exactly right is a ``BadValue``, told in one sentence.
"""

from __future__ import annotations

from typing import Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.values import count, days_or_word, percent, percent_or_off, quantity, seconds, size

STATUSES = ("available", "reserved", "aging", "assigned", "in-use")


def aging_days(said: str | int | None) -> dict[str, int | None]:
    """The field of a row that ``--aging`` asks for; nothing where it isn't given."""
    if said is None:
        return {}
    return {"aging": None if said == "inherit" else 0 if said == "off" else int(said)}


def one_organization(named: str | None, by_option: str | None) -> str | None:
    """ORG as it was given, behind the command or by ``--org``. Raises ``BadValue`` for both."""
    if named is not None and by_option is not None:
        raise BadValue("The organization is named twice.", "Give it once, with or without --org.")
    return by_option if named is None else named


def status(text: str) -> str:
    """A status' name; ``registered`` is ``in-use``. Raises ``BadValue``."""
    name = "in-use" if text.lower() == "registered" else text.lower()
    if name not in STATUSES:
        raise BadValue(f"A status is one of {', '.join(STATUSES)}, not {text!r}.")
    return name


# What several commands take.

NUMBERS_HELP = "Numbers, ranges FIRST..LAST or FIRST+COUNT; '-' reads them from standard input."
DATE = "YYYY-MM-DD"
WHEN = "WHEN"

Text = Annotated[str | None, typer.Argument(metavar="TEXT", help="Only what contains this.")]
Numbers = Annotated[list[str], typer.Argument(metavar="NUMBERS", help=NUMBERS_HELP)]
MaybeNumbers = Annotated[list[str] | None, typer.Argument(metavar="NUMBERS", help=NUMBERS_HELP)]
NumbersOrUser = Annotated[
    list[str] | None,
    typer.Argument(metavar="NUMBERS|USER", help="Numbers and ranges, or a user: all of theirs that fit."),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A number.")]
OrgArgument = Annotated[
    str, typer.Argument(metavar="ORG", help="An organization: its path, or the end of it.")
]
MaybeOrg = Annotated[str | None, typer.Argument(metavar="ORG", help="An organization; else the acting one.")]
Series = Annotated[str, typer.Option("--series", metavar="SERIES", help="The series.")]
Org = Annotated[str | None, typer.Option("--org", metavar="ORG", help="The organization.")]
To = Annotated[str, typer.Option("--to", metavar="ORG", help="The organization that gets them.")]
From = Annotated[str, typer.Option("--from", metavar="ORG", help="The organization that gives them.")]
Tag = Annotated[str, typer.Option("--tag", metavar="TAG", help="What they are held for.")]
User = Annotated[str, typer.Option("--user", metavar="USER", help="The user's name.")]
MaybeUser = Annotated[str | None, typer.Option("--user", metavar="USER", help="A user: all that fit.")]
WhoseUser = Annotated[
    str | None, typer.Option("--org", metavar="ORG", help="Whose user, where several bear the name.")
]
Quantity = Annotated[
    int, typer.Option("--quantity", metavar="N", parser=quantity, help="How many numbers, 1 or more.")
]
Contiguous = Annotated[bool, typer.Option("--contiguous", help="Only as one unbroken block.")]
Matching = Annotated[
    str | None,
    typer.Option(
        "--matching",
        metavar="PATTERN",
        help="Only numbers that fit: ? is one digit, * any; letters stand for keypad digits; "
        "^ and $ are the ends.",
    ),
]
Aligned = Annotated[
    int | None,
    typer.Option(
        "--aligned", metavar="SIZE", parser=size, help="Only whole blocks that begin at a multiple of it."
    ),
]
Sequential = Annotated[
    int | None,
    typer.Option(
        "--sequential", metavar="SIZE", parser=size, help="Blocks opened already before untouched ones."
    ),
]
WithLabels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="KEY=VALUE", help="Only numbers with this label; may be repeated."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar=DATE, help="Held through this day; +6w counts from today.")
]
FromDay = Annotated[
    str | None, typer.Option("--from", metavar=DATE, help="The first day; -30d counts from today.")
]
ToDay = Annotated[str | None, typer.Option("--to", metavar=DATE, help="The last day.")]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", parser=quantity, help="At most this many rows.")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar=WHEN, help="As it stood then: a day, a moment, or operation:N."),
]
Statuses = Annotated[
    list[str] | None,
    typer.Option(
        "--status", metavar="STATUS", parser=status, help=f"Only this status: {', '.join(STATUSES)}."
    ),
]
Emails = Annotated[
    list[str] | None,
    typer.Option("--email", metavar="ADDRESS", help="An administrator's address; may be repeated."),
]
Threshold = Annotated[
    int | None,
    typer.Option("--threshold", metavar="P", parser=percent, help="Warn at this utilization in percent."),
]
ThresholdOrOff = Annotated[
    str | None,
    typer.Option("--threshold", metavar="P|off", parser=percent_or_off, help="Warn at this utilization."),
]
Aging = Annotated[
    str | None,
    typer.Option(
        "--aging",
        metavar="DAYS|off|inherit",
        parser=days_or_word,
        help="Released numbers rest so many days; inherit: as above it is said.",
    ),
]


# What every command takes: declared as a command's own options are, handed on by grammar.py.


def global_options(
    db: Annotated[str | None, typer.Option("--db", metavar="PATH", help="The store. [NUMCTL_DB]")] = None,
    acting_as: Annotated[
        str | None, typer.Option("--as", metavar="ORG", help="Act as this organization. [NUMCTL_AS]")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FORMAT", help="The format: table, tsv, csv, json, ... [NUMCTL_OUTPUT]"
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CC", help="Read numbers as this country's. [NUMCTL_REGION]"),
    ] = None,
    quiet: Annotated[bool | None, typer.Option("--quiet", "-q", help="Only what was asked for.")] = None,
    no_color: Annotated[bool | None, typer.Option("--no-color", help="No colour.")] = None,
    no_pager: Annotated[bool | None, typer.Option("--no-pager", help="No pager. [NUMCTL_PAGER]")] = None,
    no_guard: Annotated[
        bool | None,
        typer.Option("--no-guard", help="CSV for machines: no ' before formulas."),
    ] = None,
    no_input: Annotated[bool | None, typer.Option("--no-input", help="Never ask anything.")] = None,
    lock_timeout: Annotated[
        float | None,
        typer.Option(
            "--lock-timeout",
            metavar="SECONDS",
            parser=seconds,
            help="How long to wait for a locked store. [30]",
        ),
    ] = None,
) -> None:
    """The options that work before and after every command."""


def out_options(
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write to this file; .xlsx, .csv, .json and the like are the format, unless -o says it.",
        ),
    ] = None,
) -> None:
    """The option of every command that tells something."""


def list_columns(
    picked_columns: Annotated[
        str | None, typer.Option("--columns", metavar="A,B", help="Only these columns, in this order.")
    ] = None,
) -> None:
    """The option of every command that lists rows."""


def change_options(
    dry_run: Annotated[
        bool | None, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", metavar="TEXT", help="Keep this with the operation.")
    ] = None,
    op_key: Annotated[
        str | None, typer.Option("--op-key", metavar="KEY", help="Do this once only under this key.")
    ] = None,
    expect: Annotated[
        int | None,
        typer.Option("--expect", metavar="N", parser=count, help="Refuse unless exactly N numbers change."),
    ] = None,
) -> None:
    """The options of every command that changes something."""


def numbers_options(
    from_file: Annotated[
        str | None,
        typer.Option("--from-file", metavar="FILE", help="Read NUMBERS from this file, one a line."),
    ] = None,
) -> None:
    """The options of every change that takes NUMBERS."""
