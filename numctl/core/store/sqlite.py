"""One store in a file of SQLite: its transactions, and making a new one.

A transaction here is explicit (``isolation_level=None``): ``reading`` is a snapshot that ends before
anything is printed, ``writing`` takes the write lock at once, so that what it has read stays true.
Whatever may have to wait for a lock waits in slices: SQLite waits within one call, and until that
returns Python can't see that it was interrupted.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from numctl.core.errors import NoStore, Refusal
from numctl.core.store import connection as known
from numctl.core.store import journal_modes, schema
from numctl.core.store.drafts import drafted, stands
from numctl.core.store.file_connection import FileConnection
from numctl.core.store.identity import expect_known, something_else

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE_CACHE_KIB = 32_000  # for changes; what reads goes through the file once, with SQLite's usual 2,000
SLICE = 100  # milliseconds of waiting for a lock, after which an interruption is seen
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


class Store(known.Store):
    """An open store in a file."""

    path: Path
    connection: FileConnection

    def __init__(self, path: Path, lock_timeout: float = 30) -> None:
        self.path = path
        self.connection = _connect(path)
        self._patience = int(lock_timeout * 1000)  # milliseconds

    @classmethod
    def create(
        cls,
        path: Path,
        fill: Callable[[known.Store], object],
        *,
        dry_run: bool = False,
        journal: str | None = None,
    ) -> None:
        """Make a new store at ``path``, let ``fill`` write into it, then put it in place whole.

        The file is the owner's alone, as are folders made on the way; a dry run makes all of it
        elsewhere, and throws it away. ``journal`` is as in ``keep_journal``. Raises NumbersRefuse where
        something stands already, be it a dangling link; Refusal as ``journal_modes.expect_safe`` does.
        """
        journal_modes.expect_safe(journal)
        if os.path.lexists(path):
            raise stands(path)
        if dry_run:
            from tempfile import TemporaryDirectory

            with TemporaryDirectory() as folder:
                cls.create(Path(folder, path.name), fill)
            return
        _make_folders(path.parent)
        with drafted(path) as draft:
            make_tables(draft)
            with closing(cls(draft)) as store:
                fill(store)
                store.keep_journal(journal)

    def keep_journal(self, journal: str | None) -> None:
        """Bring the file to the mode that ``journal`` asks for (one of ``JOURNALS``; None: leave it).

        That takes a moment in which nobody else has it open, and isn't waited for: in either mode all goes
        on, and ``warning`` says what there is to say. Who may not write the file leaves it as it is.
        """
        with translated(self.path):
            mode = self._journal_mode()
            wanted = mode if journal is None else journal.rstrip("!")
            if mode != wanted and os.access(self.path, os.W_OK):
                try:
                    self.connection.execute(f"PRAGMA journal_mode = {wanted}")
                except sqlite3.OperationalError as error:
                    from numctl.core.store import failures

                    if not failures.is_busy(error):
                        raise
                mode = self._journal_mode()
        self.warning = journal_modes.remark(mode, journal)

    def _journal_mode(self) -> str:
        return str(self.connection.execute("PRAGMA journal_mode").fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[FileConnection]:
        with translated(self.path), self._snapshot():
            yield self.connection

    @contextmanager
    def writing(self, *, keep: Callable[[], bool] = lambda: True) -> Iterator[FileConnection]:
        with translated(self.path):
            self.patiently("BEGIN IMMEDIATE")
            try:
                self.connection.execute(f"PRAGMA cache_size = {-PAGE_CACHE_KIB}")
                yield self.connection
                self.patiently("COMMIT" if keep() else "ROLLBACK")
            except BaseException:
                self._end("ROLLBACK")
                raise

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        try:
            self.patiently("PRAGMA user_version")  # any read takes the lock; nothing waits after it
            yield
        finally:
            self._end("COMMIT")

    def patiently(self, statement: str) -> None:
        """Run a statement that may have to wait for a lock, as long as the store's patience lasts."""
        left = self._patience
        while True:
            self.connection.execute(f"PRAGMA busy_timeout = {min(left, SLICE)}")
            try:
                self.connection.execute(statement).fetchone()
                return
            except sqlite3.OperationalError as error:
                from numctl.core.store import failures

                left -= SLICE
                if left <= 0 or not failures.is_busy(error):
                    raise

    def _end(self, statement: str) -> None:
        if self.connection.in_transaction:
            self.connection.execute(statement)

    def identified(self) -> int:
        """The version of the schema, of a file that is a store. Raises NoStore or Damaged."""
        try:
            with self._snapshot():
                (application,) = self.connection.execute("PRAGMA application_id").fetchone()
                (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            from numctl.core.store import failures

            if failures.code(error) == sqlite3.SQLITE_NOTADB:
                raise something_else(self.path) from None
            raise
        expect_known(self.path, application, version)
        return int(version)


def _make_folders(folder: Path) -> None:
    # `mkdir(parents=True)` gives its mode to the last folder alone.
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into refusals: locked, damaged, or what the disk said."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        from numctl.core.store import failures

        refusal = failures.refusal_of(error, path)
        if refusal is None:
            raise
        raise refusal from (None if isinstance(refusal, NoStore) else error)


def make_tables(draft: Path) -> None:
    """Make the tables of a store in an empty file."""
    with closing(Store(draft)) as store, store.writing():
        schema.migrate(store.connection)


def _connect(path: Path) -> FileConnection:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Refusal(
            f"This Python's SQLite is {sqlite3.sqlite_version}; numctl needs 3.37 or newer.",
            "Run numctl with a newer Python.",
        )
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path.absolute()))}?mode=rw",
        uri=True,
        timeout=SLICE / 1000,
        isolation_level=None,
        factory=FileConnection,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection
