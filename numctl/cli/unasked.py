"""What runs most often unasked, without Typer: ``threshold check``, and the completion of commands.

Loading Typer takes longer than looking at the store. What is read here is the plain form alone; any
other line, be it wrong or only unusual, is left to the parser, so that each is read as ever.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numctl.cli.call import Call
    from numctl.cli.table import Entry

WORDS = ("threshold", "check")
VALUED = {"--db": "db", "--as": "acting_as", "--org": "org", "--region": "region"}
SINGLE = {
    "--notify": "notify",
    "--quiet": "quiet",
    "-q": "quiet",
    "--no-color": "no_color",
    "--no-input": "no_input",
}


def check_of(args: Sequence[str]) -> tuple[dict[str, object], str | None] | None:
    """The options of a plain ``threshold check``, global ones too, and its ORG; None for any other line."""
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
    return (flags, next(iter(given), None)) if plain else None


def check(call: Call, entries: Sequence[Entry], flags: dict[str, object], top: str | None) -> int | None:
    """Run ``threshold check``; None, with nothing done, where the store is behind a gate."""
    from numctl import monitoring
    from numctl.input.changing import ChangeOptions
    from numctl.session import Session

    notify = bool(flags.pop("notify", False))
    call.flags = flags
    call.entry = next(entry for entry in entries if entry.monitoring)
    call.session = Session(flags, ChangeOptions(), (call.entry.name, {}), {})
    try:
        if call.session.settings.remote is not None:
            return None
        return monitoring.tell(call.session, top, notify=notify)
    finally:
        call.session.close()


def completed(shell: str, args: list[str], entries: Sequence[Entry], groups: Mapping[str, str]) -> bool:
    """Answer a shell that asks for a command or a group's command; False, with nothing said, for all else."""
    from numctl.cli import shells
    from numctl.cli.table import lines

    with suppress(Exception):
        asked = shells.ASKED[shell](args)
        group = asked.words[0] if asked.words else ""
        if len(asked.words) > 1 or (group and group not in groups) or not (asked.start + "x")[0].isalnum():
            return False
        below = [entry for entry in entries if not group or entry.name.startswith(f"{group} ")]
        words = lines(below, groups, 1 if group else 0)
        fitting = [
            shells.Candidate(word, line) for word, (_, line) in words.items() if word.startswith(asked.start)
        ]
        sys.stdout.write(shells.answer(shell, asked, shells.Offer(fitting)))
        sys.stdout.flush()
        return True
    return False
