"""One run of the program, as far as it is known."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.cli.table import Entry
    from numctl.gate.requests import Passage
    from numctl.session import Session


FILES = ("FILE", "PATH", "FILE|-")  # the words that stand for the name of a file in the help
COMPLETION_REQUEST = "_NUMCTL_COMPLETE"  # set by the shell's completion script


class Call:
    """One run of the program: what was asked so far, kept for the session and for error messages."""

    def __init__(
        self, args: list[str], flags: dict[str, object] | None = None, passage: Passage | None = None
    ) -> None:
        self.args = args
        self.flags = {} if flags is None else flags
        self.passage = passage  # how it came through the gate, if it did
        self.change: dict[str, Any] = {}
        self.lists: dict[str, Any] = {}  # how another program's list is to be read
        self.entry: Entry | None = None
        self.session: Session | None = None
        self.watching: Sequence[str] = ()  # the names of the commands that answer a monitoring system

    @property
    def monitoring(self) -> bool:
        """Whether a monitoring system waits for the answer, even if the line could not be read."""
        if self.entry is not None:
            return self.entry.monitoring
        line = f" {' '.join(self.args)} "
        return any(f" {name} " in line for name in self.watching)

    def wanted_format(self) -> str | None:
        """The format asked for, as well as it can be told when the line could not be read."""
        for before, word in reversed([*zip(["", *self.args], self.args, strict=False)]):
            if before in ("-o", "--output"):
                return word
            if word.startswith("--output="):
                return word.partition("=")[2]
            if word.startswith("-o") and len(word) > 2:
                return word[2:]
        return str(self.flags["output"]) if "output" in self.flags else os.environ.get("NUMCTL_OUTPUT")
