"""A small store with something of everything, made the same way each time; and a line for each change.

Made through the core with fixed times, so that one file can be kept as the store of a schema.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from numctl.core.actions import allocation, inventory, organizations, reservations, series, subscribers
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from numctl.core.store.connection import Store
from numctl.core.store.opening import make_store

FIRST = 14188980000
TODAY = "2026-01-05"
UNTIL = "2099-12-31"  # of holds that no test outlives


def numbers(first: int, last: int) -> list[Range]:
    """Numbers by their place in the sample's block of a thousand."""
    return [Range(FIRST + first, FIRST + last)]


def make(path: Path) -> None:
    """Acme with Sales (and Sales/EMEA) and Support; a thousand numbers, some in every status."""
    make_store(path, root)
    act = Act("someone", "2026-01-05T08:00:00Z", TODAY)
    with open_store(path) as store:
        for action, work in OPERATIONS:
            perform(store, act, action, work)


def root(store: Store) -> None:
    with store.writing() as connection:
        connection.execute("INSERT INTO inventory (id, created_at) VALUES (1, '2026-01-05T08:00:00Z')")
        connection.execute(
            "INSERT INTO organization (id, parent, name, folded) VALUES (1, NULL, 'Acme', 'acme')"
        )
        connection.execute("INSERT INTO administrator VALUES (1, 0, 'phones@acme.example')")


def _begin(operation: Operation) -> None:
    operation.catalog.made("organization", 1)
    organizations.add(operation, "Sales", None, ["sales@acme.example"], 50)


KEEP = subscribers.Keep("ex", 3999, UNTIL)
OPERATIONS = [
    ("org add", _begin),
    ("org add", lambda op: organizations.add(op, "EMEA", "Sales")),
    ("org add", lambda op: organizations.add(op, "Support", None)),
    ("org add", lambda op: organizations.add(op, "Closed", None)),
    ("series add", lambda op: series.add(op, "short", "short codes")),
    ("add", lambda op: inventory.add(op, numbers(0, 999), "1418")),
    ("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 200), "Sales")),
    ("reserve", lambda op: reservations.reserve(op, numbers(20, 29), "spring", until=UNTIL)),
    ("reserve", lambda op: reservations.reserve(op, numbers(300, 309), "spring")),
    ("assign", lambda op: subscribers.assign(op, numbers(10, 12), "Ann")),
    ("register", lambda op: subscribers.register(op, numbers(11, 11))),
    ("assign", lambda op: subscribers.assign(op, numbers(13, 13), "Bo")),
    ("release", lambda op: subscribers.release(op, numbers(13, 13), KEEP)),
    ("move", lambda op: inventory.move(op, numbers(100, 149), "EMEA")),
    ("reserve", lambda op: reservations.reserve(op, numbers(50, 149), "half")),  # over Sales' threshold
]


def text(first: int, last: int | None = None) -> str:
    """NUMBERS as typed."""
    return str(FIRST + first) if last is None else f"{FIRST + first}..{FIRST + last}"


# A line for every command that changes a store; {files} holds FILES.
CHANGES: dict[str, str] = {
    "reserve": f"{text(400, 449)} --tag winter --until {UNTIL}",
    "unreserve": f"{text(20, 24)} {text(300, 304)}",
    "retag": f"{text(20, 29)} --tag summer",
    "move": f"{text(11)} {text(20)} {text(500, 549)} --to Support",
    "allocate": "--series 1418 --quantity 300 --to Support",
    "withdraw": "--from Sales --series 1418 --quantity 7",
    "assign": f"{text(14)} --user Cleo",
    "register": f"{text(10)} {text(12)}",
    "release": f"{text(10, 11)} --reserve kept --forward-to 3998",
    "forward": f"{text(13)} --to 3997",
    "user rename": "Ann Anna",
    "user forget": "Bo --yes",
    "batch": "{files}/batch.jsonl",
    "undo": "15",
    "threshold set": "60 --org Support",
    "request": "--quantity 50 --series 1418 --note soon",
    "usage import": "{files}/usage.csv",
    "add": "15148980000..15148980099 --series 1514",
    "remove": f"{text(600, 609)} {text(300)} --reason ported",
    "import": "{files}/import.csv",
    "org add": "Lab --parent Support --email lab@acme.example",
    "org rename": "Support Help",
    "org set": "Sales --email a@acme.example --email b@acme.example --threshold 70",
    "org move": "EMEA --to Support",
    "org remove": "Closed",
    "series add": "1819 --description Gatineau",
    "series rename": "1418 Quebec",
    "series move": f"{text(700, 709)} {text(10)} --to short",
}
# And for those that make one.
CREATIONS = {"init": "--name Acme --email phones@acme.example", "demo": ""}

FILES = {
    "batch.jsonl": "".join(
        f'{{"action": "reserve", "numbers": ["{text(800 + 2 * n)}"], "tag": "t{n}"}}\n' for n in range(40)
    ),
    "usage.csv": "date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,"
    "data_bytes\n"
    + "".join(f"2026-01-0{day},{text(n)},60,61,1,2,1000\n" for n in range(10, 20) for day in range(5, 8)),
    "import.csv": "number,series,organization,status,reserved_tag\n"
    + "".join(
        f"1514899{n:04},1514,Acme/Sales,{'reserved,t' if n % 3 else 'available,'}\n" for n in range(60)
    ),
}


def line(command: str, files: Path, db: Path) -> list[str]:
    """The command line of one of ``CHANGES`` or ``CREATIONS``, on the store ``db``."""
    arguments = {**CHANGES, **CREATIONS}[command].format(files=files)
    return ["--db", str(db), *command.split(), *shlex.split(arguments)]
