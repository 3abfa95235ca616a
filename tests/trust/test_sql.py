"""Promise 29: no SQL comes from input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Numctl, Promised
from tests.faults import auditing, sample

QUERIES = [
    "';DROP TABLE span;--",
    '"; DROP TABLE span; --',
    "%_",
    "*",
    "' OR 1=1 --",
    "x' UNION SELECT 1 --",
    "?1",
    ":a",
]


@pytest.mark.parametrize("text", QUERIES)
def test_no_sql_comes_from_input(text: str, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    store = tmp_path / "inventory.db"
    sample.make(store)
    before = auditing.picture(store)
    with promised(29) as promise:
        for option in ("--series", "--org", "--tag", "--user", "--status", "--sort", "--as"):
            ended = numctl("--db", store, "search", option, text, "--count")
            promise.tried(
                *[f"{option}: {ended}"] * (ended.code not in (0, 2, 5) or ended.out not in ("", "0\n"))
            )
        for line in (["search"], ["org", "list"], ["series", "list"], ["user", "list"]):
            ended = numctl("--db", store, *line, text, "-o", "csv")
            promise.tried(*[f"{line}: {ended}"] * (ended.code not in (0, 2) or ended.out.count("\n") > 1))
        promise.tried(*["a reading changed something"] * (auditing.picture(store) != before))
        for line in (["reserve", sample.text(400), "--tag"], ["assign", sample.text(401), "--user"]):
            ended = numctl("--db", store, *line, text, "--message", text, "--op-key", f"{line[0]} {text}")
            promise.tried(*[f"{line}: {ended}"] * (ended.code != 0))
            found = numctl("--db", store, "search", line[2], text, "--count")
            promise.tried(*[f"{line}: {found}"] * (found.out != "1\n"))
        promise.tried(*auditing.faults(store))


def test_statements_are_written_by_hand(promised: Promised) -> None:
    package = Path(sys.modules["numctl"].__path__[0])
    with promised(29) as promise:
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "S608", str(package)],
            capture_output=True,
            text=True,
        )
        promise.tried(*[done.stdout] * (done.returncode != 0))
