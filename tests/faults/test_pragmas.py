"""What the promises rest on: how SQLite is told to write."""

from __future__ import annotations

from numctl.core.actions.opening import open_store
from tests.faults.conftest import Fresh


def test_a_store_is_written_with_care(fresh: Fresh) -> None:
    with open_store(fresh()) as store:
        told = {
            name: store.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "foreign_keys", "trusted_schema")
        }
    assert told == {"synchronous": 2, "journal_mode": "delete", "foreign_keys": 1, "trusted_schema": 0}
