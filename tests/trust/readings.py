"""Every command line that shows something of a store, the sample's."""

from __future__ import annotations

from tests.faults import sample

# Lists with text from outside, by name; each is asked for as CSV.
LISTS = [
    "search --all",
    "search --ranges",
    "org list",
    "series list",
    "user list",
    "history",
    "mail list",
    "utilization --tree",
    "utilization --tree --by series",
    "report utilization",
    "report utilization --preamble",
    "report consumption --by org --preamble",
    "threshold show",
    "request --list",
]

# All of them.
READINGS = [
    *LISTS,
    "org tree",
    f"show {sample.text(10)}",
    f"show {sample.text(149)}",
    "check",
    "threshold check",
]
READINGS += [
    f"history {sample.text(10)}",
    "history --operation 15",
    "org show Sales",
    "undo --dry-run",
    "changes",
    "changes --after 3",
]
READINGS += ["utilization --forecast", "history --verify", "mail send", "series list 1", "profiles"]
READINGS += ["report blocks --size 100", "report disconnects", "report nruf"]
