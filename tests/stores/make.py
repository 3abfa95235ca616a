"""Writes the store of this version's schema: ``python -m tests.stores.make``, once for each version.

A store that a released numctl wrote is never made again: later versions are tested against it.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from numctl.core.store import schema
from tests.faults import sample


def main() -> int:
    """Make it, unless it is there; the exit code says so."""
    path = Path(__file__).with_name(f"v{schema.VERSION}.db")
    if path.exists():
        sys.stderr.write(f"{path} is there already.\n")
        return 1
    sample.make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE _sqlite_migrations SET applied_at = '2026-01-05 08:00:00+00:00'")
        connection.execute("UPDATE message SET message_id = 'made-for-tests-' || id || '@numctl.invalid'")
        connection.execute("VACUUM")
    path.chmod(0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
