"""How SQLite goes about the statements of every day: by key and by index, never through a whole table.

Plans are taken from the statements that commands really run, so a statement that is new or was changed
is looked at, too. What a command may go through from end to end is written beside it, and why.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from numctl.core.actions import allocation, founding, organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.series import find_or_make
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import Change, State, Status
from tests.conftest import Numctl
from tests.on_server import clone

ACT = Act(actor="tester", at="2026-01-01T00:00:00Z", today="2026-01-01")
FIRST, USED = 33_100_000_000, 33_100_000_010

# Tables that grow with what was done to the inventory. Organizations, series and counts are a few
# thousand rows at most, and read whole where that is simpler.
LARGE = {
    "span",
    "state",
    "piece",
    "detail",
    "detail_change",
    "user",
    "operation",
    "message",
    "usage",
    "extent",
}

# The first rows of a table by its key: SQLite calls it a scan, but stops at the limit.
ENDS_SOON = re.compile(r"SELECT [\w, ]+ FROM \w+ ORDER BY (id|first)( DESC)? LIMIT \d+")

COMMANDS = {
    "search --limit 50": {"span"},  # walks from the lowest number and stops at the limit
    "search --desc --limit 50": {"span"},
    "search --status reserved --limit 50": {"state", "span"},  # picks states, then as many spans walks them
    "search --series 331 --org Acme/Sales --status reserved --limit 50": set(),
    "search 8080 --limit 50": {"extent", "span", "state"},  # digits are met along the blocks; tags by look
    "search --tag office --limit 50": {"state"},  # tags are searched among the distinct ones
    "search 8080 --count": {"extent", "state"},
    "utilization": set(),
    "utilization --tree": set(),
    "report utilization": set(),
    f"show {USED}": set(),
    f"history {USED}": set(),
    "history --limit 10": set(),
    f"reserve {FIRST} --tag office": set(),
    f"reserve {FIRST} --tag office --until 2030-01-01": set(),
    "reserve --series 331 --quantity 5 --tag office": set(),
    f"retag {USED} --tag other": set(),
    f"unreserve {USED}": set(),
    f"move {FIRST} --to Sales": set(),
    "allocate --series 331 --quantity 100 --to Sales": set(),
    "withdraw --from Sales --series 331 --quantity 1": set(),
    f"assign {FIRST} --user anna": set(),
    "register bert": set(),
    "release bert": set(),
    "undo": {"operation", "message"},  # walks back to the last; its mail is looked for among all
}


def _fill(operation: Operation) -> None:
    sales = organizations.found(operation, operation.tree.root, "Sales")
    state = State(find_or_make(operation, "331"), operation.tree.root, Status.AVAILABLE)
    operation.writer.add([Range(FIRST, FIRST + 9_999)], state)
    operation.writer.add([Range(FIRST + 20_000, FIRST + 20_009)], state._replace(organization=sales))
    for number in range(USED, USED + 5_000, 2):
        operation.writer.change(
            [Range(number, number)], Change("reserve", Status.RESERVED, tag=f"tag {number % 7}")
        )
    user = Range(FIRST + 9_000, FIRST + 9_000)
    operation.writer.change([user], Change("assign", Status.ASSIGNED, user="bert"))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of thousands of spans. Not to be changed: see ``filled``."""
    path = tmp_path_factory.mktemp("full") / "inventory.db"
    founding.found(path, ACT, "Acme")
    with open_store(path) as opened:
        perform(opened, ACT, "import", _fill)
    return path


@pytest.fixture
def filled(full: Path, store: Path, numctl: Numctl) -> Path:
    """A copy of it, with a change that ``undo`` takes back."""
    clone(full, store)
    assert numctl("reserve", str(FIRST + 9_100), "--tag", "to be undone").code == 0
    return store


@contextmanager
def statements_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that is run meanwhile, its values put in."""
    found: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)  # type: ignore[call-overload]
        connection.set_trace_callback(found.append)
        return connection  # type: ignore[no-any-return]

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", traced)
        yield found


def scanned(connection: sqlite3.Connection, statement: str) -> set[str]:
    """The large tables that SQLite would go through from end to end for a statement."""
    if not re.match(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE|REPLACE)\b", statement) or ENDS_SOON.fullmatch(
        statement
    ):
        return set()
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    aliases = {alias: str(table) for table, alias in re.findall(r"(\w+|\)) AS (\w+)", statement)}
    tables = [str(found[1]) for line in plan if (found := re.match(r"SCAN (?:TABLE )?(\w+)", line))]
    return {aliases.get(table, table) for table in tables} & LARGE


@pytest.mark.parametrize("line", COMMANDS)
def test_everyday_statements_go_by_key_or_index(
    line: str, filled: Path, numctl: Numctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with statements_of(monkeypatch) as statements:
        ending = numctl(*line.split())
    assert ending.code == 0, ending.err
    connection = sqlite3.connect(filled)
    scans = {table: one for one in statements for table in scanned(connection, one)}
    connection.close()
    assert statements
    assert not {table: one for table, one in scans.items() if table not in COMMANDS[line]}


def test_large_changes_go_by_key_or_index(filled: Path) -> None:
    statements: list[str] = []
    with open_store(filled) as opened:
        assert isinstance(opened.connection, sqlite3.Connection)
        opened.connection.set_trace_callback(statements.append)
        wanted = allocation.Quantity("331", 7_000)
        perform(opened, ACT, "allocate", lambda operation: allocation.allocate(operation, wanted, "Sales"))
        opened.connection.set_trace_callback(None)
        # With foreign keys on, a plan names looks for what refers to a new row; SQLite takes them only
        # while some reference is unmet.
        opened.connection.execute("PRAGMA foreign_keys = OFF")
        scans = {table: one for one in set(statements) for table in scanned(opened.connection, one)}
    assert any("temp." in statement for statement in statements), "this was no large change"
    assert not scans


def test_what_keeps_spans_apart_goes_by_key(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    triggers = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'span'"
    )
    bodies = [sql.partition("BEGIN")[2].rpartition("END")[0] for (sql,) in triggers]
    selects = [part for body in bodies for part in body.split(";") if part.strip()]
    assert selects
    for select in selects:
        alone = re.sub(r"\b(?:new|old)\.\w+", str(FIRST), re.sub(r"raise\([^)]*\)", "1", select))
        assert not scanned(connection, alone), select
    connection.close()
