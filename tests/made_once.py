"""Lets new stores of tests have their tables as a copy of a file that was made once in this process.

Making them is most of what ``init`` does, and most tests begin with a store. Processes that tests start make
theirs, as does each in full form (``NUMCTL_TEST_FULL=1``).
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from numctl.core.store import schema, sqlite

_really = sqlite.make_tables


def take_over() -> None:
    """From here on, what is given a new store's tables is a copy."""
    sqlite.make_tables = _copied


def _copied(draft: Path) -> None:
    shutil.copyfile(_template(schema.VERSION, schema.MIGRATIONS), draft)


@cache
def _template(version: int, migrations: tuple[tuple[str, str], ...]) -> Path:
    """The file with the tables of the schema as it is now, which tests may change."""
    path = Path(_folder().name, f"{version}-{hash(migrations)}.db")
    path.touch(0o600)
    _really(path)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Gone with this process."""
    return tempfile.TemporaryDirectory(prefix="numctl-tables-")
