"""The command line that runs most often unasked, ``threshold check``, read without Typer.

Loading Typer takes longer than looking at the store. What is read here is the plain form alone; any
other line, be it wrong or only unusual, is left to the parser, so that each is read as ever.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.cli.call import Call
    from numctl.cli.table import Entry

WORDS = ("threshold", "check")
VALUED = {"--db": "db", "--as": "acting_as", "--org": "org", "--region": "region"}
SINGLE = {"--quiet": "quiet", "-q": "quiet", "--no-color": "no_color", "--no-input": "no_input"}


def check_of(args: Sequence[str]) -> tuple[dict[str, object], str | None] | None:
    """The global options of a plain ``threshold check`` and its ORG; None for any other line."""
    from numctl.cli.call import COMPLETION_REQUEST

    flags: dict[str, object] = {}
    words: list[str] = []
    rest = iter(args)
    for word in rest:
        if word in VALUED:
            value = next(rest, "")
            if not value or value.startswith("-"):
                return None
            flags[VALUED[word]] = value
        elif word in SINGLE:
            flags[SINGLE[word]] = True
        elif word.startswith("-"):
            return None
        else:
            words.append(word)
    named = words[len(WORDS) :]
    org = flags.pop("org", None)
    given = [*named, *([str(org)] if org is not None else [])]
    told = [*words, *given, *(str(value) for value in flags.values())]
    plain = (*words[: len(WORDS)],) == WORDS and len(given) < 2 and all(word.isascii() for word in told)
    if not plain or os.environ.get(COMPLETION_REQUEST):
        return None
    return flags, next(iter(given), None)


def check(call: Call, entries: Sequence[Entry], flags: dict[str, object], top: str | None) -> int | None:
    """Run ``threshold check``; None, with nothing done, where the store is behind a gate."""
    from numctl import monitoring
    from numctl.input.changing import ChangeOptions
    from numctl.session import Session

    call.flags = flags
    call.entry = next(entry for entry in entries if entry.monitoring)
    call.session = Session(flags, ChangeOptions(), (call.entry.name, {}), {})
    try:
        if call.session.settings.remote is not None:
            return None
        return monitoring.tell(call.session, top, notify=False)
    finally:
        call.session.close()
