"""What the gate lets through: an allow-list, command by command and option by option.

What isn't named here is closed: a new command or option stays so until someone has thought of it. Files of
the host can't be named, by any option or argument: only ``-``, the stream that comes along, is one. Closed
on purpose: ``--db``, ``--as``, ``--lock-timeout``; ``backup``, ``init``, ``demo``, ``gate``, ``key add``,
``profiles`` (which tells paths of the host), ``report dashboard`` (which writes a file),
``check --repair``, ``mail send``, ``mail test``, addresses for mail (``org add --email``, ``org set``).
"""

from __future__ import annotations

GLOBAL = frozenset(("output", "region", "quiet", "no_color", "no_guard", "no_input", "no_pager"))
CHANGE = frozenset(("dry_run", "message", "op_key", "expect"))
LIST = frozenset(
    (
        *("series", "org", "region", "create_orgs", "delimiter", "encoding", "skip_lines", "columns"),
        *("value", "date_format", "profile", "sheet", "no_paths", "unchecked"),
    )
)
STREAMS = frozenset(("from_file", "out"))  # files elsewhere, here ``-`` alone
PLAIN = GLOBAL | CHANGE | STREAMS | {"picked_columns"}

_CHOICE = "contiguous aligned sequential matching label"
_PERIOD = "from_day to_day"
OWN = {
    "search": "text series org below status tag user matching label no_label exact until_before idle"
    " sort desc limit everything ranges count at",
    "reserve": f"numbers series many {_CHOICE} tag org until",
    "unreserve": "numbers",
    "retag": "numbers tag until",
    "move": "numbers user org to",
    "allocate": f"series quantity to {_CHOICE}",
    "withdraw": "source series quantity",
    "utilization": "org tree by forecast at since",
    "report utilization": "org at months with_preamble",
    "report consumption": f"org {_PERIOD} named by idle with_preamble",
    "report blocks": "size org series free_at_least at with_preamble",
    "report disconnects": f"{_PERIOD} with_preamble",
    "report nruf": "size at with_preamble",
    "show": "number at",
    "assign": f"numbers user series org {_CHOICE}",
    "register": "numbers user org",
    "release": "numbers user org forward_to reserve until cool",
    "age": "numbers until",
    "free": "numbers",
    "label": "given remove list_",
    "forward": "number to remove",
    "user list": "text limit former",
    "user rename": "old new",
    "user forget": "user yes",
    "batch": "file keep_going",
    "history": "number operation limit since until action actor org series user tag message verify head",
    "changes": "after limit",
    "undo": "operation",
    "diff": "file below at exit_code ranges skip_existing",
    "sync": "file skip_existing below add remove reason force max_changes max_removals",
    "threshold show": "named org tree",
    "threshold set": "threshold named org",
    "threshold check": "named org notify",
    "mail list": "",
    "request": "quantity series note send list_",
    "usage import": "file skip_unknown columns delimiter encoding date_format profile",
    "add": "numbers series org unchecked",
    "remove": "numbers reason",
    "import": "file skip_existing",
    "org add": "name parent parents threshold",
    "org list": "text at",
    "org tree": "at",
    "org show": "org",
    "org rename": "org name",
    "org set": "org threshold aging basis",
    "org move": "org to",
    "org remove": "org recursive",
    "series list": "text at",
    "series add": "name description",
    "series set": "name description aging",
    "series remove": "name",
    "series rename": "old new",
    "series move": "numbers to",
    "check": "",
}
"""Each command that is open, and its own arguments and options that are, by their names in its function."""
READING_BY = {"label": "list_", "request": "list_"}
"""Commands that can change something and, with this option, only read."""
CHANGING_BY = {"threshold check": "notify"}
"""Commands that read and, with this option, change something or send mail."""
