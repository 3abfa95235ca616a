"""The table of commands: where each lives, and its one line of help.

``numctl org add`` is the function ``add`` in ``numctl/commands/org/add.py``, and so on for all
others. A command's file is loaded when that command is called, never before.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from typing import NamedTuple

EVERY_DAY = "Every day"
LIFE = "The life of a number"
MANY = "Many at once, and back again"
WATCH = "Thresholds, mail, requests, consumption"
STORE = "The store and its catalog"


class Entry(NamedTuple):
    """One command: its words after ``numctl``, where help lists it, and its one line there."""

    name: str
    panel: str
    help: str
    changes: bool = False  # takes --dry-run, --message, --op-key, --expect
    lists: bool = False  # reads another program's list: --map, --value, --profile and the like
    rows: bool = False  # lists rows: takes --columns, and --out
    out: bool = False  # tells something else: takes --out
    monitoring: bool = False  # answers every error with exit 3 and a line for the monitoring system

    @property
    def tells(self) -> bool:
        """Whether its output can go to a file."""
        return self.rows or self.out

    @property
    def module(self) -> str:
        """The dotted name of the file that holds the command."""
        *groups, word = self.name.split()
        return ".".join(["numctl.commands", *groups, f"{word}_" if iskeyword(word) else word])

    @property
    def function(self) -> str:
        """The function of that file: the last word, with ``_`` where Python has that name already."""
        word = self.name.split()[-1]
        return f"{word}_" if iskeyword(word) or hasattr(builtins, word) else word


COMMANDS = (
    Entry(
        "search", EVERY_DAY, "Find numbers by digits, tag, series, organization, status or user.", rows=True
    ),
    Entry("reserve", EVERY_DAY, "Hold available numbers for later, under a tag.", changes=True),
    Entry("unreserve", EVERY_DAY, "Make reserved numbers available again.", changes=True),
    Entry("retag", EVERY_DAY, "Give reserved numbers another tag.", changes=True),
    Entry("move", EVERY_DAY, "Move numbers to another organization.", changes=True),
    Entry("allocate", EVERY_DAY, "Give a quantity of a series to an organization below.", changes=True),
    Entry("withdraw", EVERY_DAY, "Take unused numbers back from an organization.", changes=True),
    Entry("utilization", EVERY_DAY, "Show how much of its numbers an organization uses.", rows=True),
    Entry("report utilization", EVERY_DAY, "Report utilization by organization and series.", rows=True),
    Entry("report consumption", EVERY_DAY, "Report voice, messages and data.", rows=True),
    Entry("report blocks", EVERY_DAY, "Report what each block of numbers holds.", rows=True),
    Entry("report disconnects", EVERY_DAY, "Report numbers whose use has ended.", rows=True),
    Entry(
        "report nruf", EVERY_DAY, "Report the categories of the North American utilization form.", rows=True
    ),
    Entry("report dashboard", EVERY_DAY, "Write utilization and consumption as one page of HTML."),
    Entry("show", LIFE, "Show everything known of a number, and its history.", out=True),
    Entry("assign", LIFE, "Give a number to a user by invitation.", changes=True),
    Entry("register", LIFE, "Put a user's numbers in use: the user has on-boarded.", changes=True),
    Entry("release", LIFE, "Take numbers back from their users.", changes=True),
    Entry("age", LIFE, "Let numbers rest until a day.", changes=True),
    Entry("free", LIFE, "Make aging numbers available before their day.", changes=True),
    Entry(
        "label",
        LIFE,
        "Set labels of numbers: site, carrier, note, or whatever else.",
        changes=True,
        rows=True,
    ),
    Entry("forward", LIFE, "Change or remove the forwarding of a kept number.", changes=True),
    Entry("user list", LIFE, "List users and how many numbers they have.", rows=True),
    Entry("user rename", LIFE, "Give a user another name.", changes=True),
    Entry("user forget", LIFE, "Blank a user's name everywhere, history included.", changes=True),
    Entry("batch", MANY, "Make many changes from a file, as one operation.", changes=True),
    Entry("history", MANY, "List operations, or what happened to a number.", rows=True),
    Entry("changes", MANY, "List every change with before and after: a feed for other systems.", rows=True),
    Entry("undo", MANY, "Undo an operation exactly.", changes=True),
    Entry("diff", MANY, "Compare the inventory with another list of the numbers.", lists=True, rows=True),
    Entry("sync", MANY, "Make the inventory as another list has it.", changes=True, lists=True),
    Entry("profiles", MANY, "Show the ways of reading lists that have a name.", rows=True),
    Entry("threshold show", WATCH, "Show the utilization threshold of organizations.", rows=True),
    Entry("threshold set", WATCH, "Set an organization's utilization threshold.", changes=True),
    Entry("threshold check", WATCH, "Tell a monitoring system who is over the threshold.", monitoring=True),
    Entry("mail list", WATCH, "List messages that wait, were sent, or failed.", rows=True),
    Entry("mail send", WATCH, "Deliver the messages that wait."),
    Entry("mail test", WATCH, "Send a test message to an address."),
    Entry("request", WATCH, "Ask the supplier for more numbers.", changes=True, rows=True),
    Entry("usage import", WATCH, "Read usage records from a file.", changes=True),
    Entry("init", STORE, "Make a new store and its root organization.", changes=True),
    Entry("demo", STORE, "Make and fill a store with a small company, to try things out.", changes=True),
    Entry("add", STORE, "Put new numbers into the inventory.", changes=True),
    Entry("remove", STORE, "Take numbers out of the inventory for good.", changes=True),
    Entry("import", STORE, "Read numbers from a file or workbook of any form.", changes=True, lists=True),
    Entry("org add", STORE, "Add an organization.", changes=True),
    Entry("org list", STORE, "List organizations.", rows=True),
    Entry("org tree", STORE, "Draw the tree of organizations.", rows=True),
    Entry("org show", STORE, "Show one organization.", out=True),
    Entry("org rename", STORE, "Give an organization another name.", changes=True),
    Entry("org set", STORE, "Change an organization's addresses, threshold or days of rest.", changes=True),
    Entry("org move", STORE, "Put an organization under another one.", changes=True),
    Entry("org remove", STORE, "Remove an empty organization.", changes=True),
    Entry("series list", STORE, "List series and what is available in them.", rows=True),
    Entry("series add", STORE, "Add a series.", changes=True),
    Entry("series set", STORE, "Change a series' description or days of rest.", changes=True),
    Entry("series remove", STORE, "Remove a series without numbers.", changes=True),
    Entry("series rename", STORE, "Give a series another name.", changes=True),
    Entry("series move", STORE, "Move numbers to another series.", changes=True),
    Entry("gate", STORE, "Run the one command line that an administrator sent over SSH."),
    Entry("key add", STORE, "Write the line that lets someone's SSH key through the gate."),
    Entry("role add", STORE, "Let a role of the server read an organization and what is below."),
    Entry("role remove", STORE, "Take back from a role what it was granted."),
    Entry("role list", STORE, "List the roles that may read, and what.", rows=True),
    Entry("backup", STORE, "Copy the store to a file."),
    Entry("copy", STORE, "Carry a whole store to a file or a server."),
    Entry("check", STORE, "Check the whole store, and repair what can be derived.", out=True),
)

GROUPS = {
    "report": "Reports, as CSV unless told otherwise.",
    "user": "The users that numbers are given to.",
    "threshold": "When to warn that numbers run out.",
    "mail": "The messages to administrators.",
    "usage": "Records of voice, messages and data.",
    "org": "The tree of organizations.",
    "series": "The named groups of numbers.",
    "key": "The SSH keys of administrators elsewhere.",
    "role": "The roles of a server that may only read.",
}


def lines(entries: Iterable[Entry], groups: Mapping[str, str], depth: int) -> dict[str, tuple[str, str]]:
    """The words of these commands at that depth, each with its panel and its one line of help."""
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        word, *rest = entry.name.split()[depth:]
        found.setdefault(word, (entry.panel, groups[word] if rest else entry.help))
    return found
