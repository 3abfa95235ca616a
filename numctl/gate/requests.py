"""The one line that comes through the gate: a few words about the other end, then a command line.

``COLUMNS=100 COLOR=1 FRAMED=1 STORE=name search --label site=Paris``: what stands before the command is what
numctl at the other end sends along; people write the command alone. The line is split as a shell would, by
no shell.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from numctl.core.errors import BadValue
from numctl.core.text import quoted

PROGRAM = "numctl"
LONGEST = 100_000  # characters; long lists travel on standard input
SHELLS = ("bash", "zsh", "fish")
_ASSIGNED = re.compile(r"(COLUMNS|COLOR|TABLE|ZONE|FRAMED|STORE|COMPLETE)=(.*)", re.DOTALL)
_VALUES = {
    "COLUMNS": re.compile(r"[1-9][0-9]{0,3}"),
    "COLOR": re.compile(r"[01]"),
    "TABLE": re.compile(r"1"),
    "ZONE": re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}"),
    "FRAMED": re.compile(r"1"),
    "STORE": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
    "COMPLETE": re.compile("|".join(SHELLS)),
}


class Request(NamedTuple):
    """A command line, and what is known of the other end.

    ``columns`` is its terminal's width, ``color`` whether that shows colours, ``table`` whether people read
    there what no format is asked for, ``zone`` the time zone that they read times in, ``framed`` whether
    standard input comes in frames, ``store`` the name of the inventory that is meant, ``complete`` the shell
    that asks what could go on.
    """

    words: list[str]
    columns: str = ""
    color: bool = False
    table: bool = False
    zone: str = ""
    framed: bool = False
    store: str = ""
    complete: str = ""

    def line(self) -> str:
        """The request as one line."""
        said = {
            "COLUMNS": self.columns,
            "COLOR": "1" if self.color else "",
            "TABLE": "1" if self.table else "",
            "ZONE": self.zone,
            "FRAMED": "1" if self.framed else "",
            "STORE": self.store,
            "COMPLETE": self.complete,
        }
        before = [f"{name}={value}" for name, value in said.items() if value]
        return shlex.join([*before, PROGRAM, *self.words])


def read_request(line: str) -> Request:
    """The request that a line stands for. Raises BadValue for one that can't be."""
    if len(line) > LONGEST:
        raise BadValue(
            f"A command line through the gate has {LONGEST} characters at most.",
            "Send long lists on standard input: --from-file -, batch -, import -.",
        )
    try:
        line.encode()
    except UnicodeEncodeError:
        raise BadValue("The command line isn't text in UTF-8.") from None
    if "\0" in line:
        raise BadValue("The command line holds the character NUL.")
    try:
        words = shlex.split(line)
    except ValueError:
        raise BadValue("The command line has a quote that doesn't end.", "End it.") from None
    said: dict[str, str] = {}
    while words and (assigned := _ASSIGNED.fullmatch(words[0])):
        name, value = assigned.groups()
        if name in said or not _VALUES[name].fullmatch(value):
            raise BadValue(f"{name} can't be {quoted(value)} here.")
        said[name] = value
        words.pop(0)
    if words and words[0] == PROGRAM:
        words.pop(0)
    if not words and "COMPLETE" not in said:
        raise BadValue("The gate runs one command, and none was sent.", "Try `ssh HOST search`.")
    return Request(
        words,
        said.get("COLUMNS", ""),
        said.get("COLOR") == "1",
        "TABLE" in said,
        said.get("ZONE", ""),
        "FRAMED" in said,
        said.get("STORE", ""),
        said.get("COMPLETE", ""),
    )


class Passage(NamedTuple):
    """Who comes through the gate: as which organization (row id), by which name, to read only or not."""

    organization: int
    actor: str
    read_only: bool
    request: Request
