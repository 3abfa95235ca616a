"""A store on a server: its transactions, and making a new one.

A change locks the store's one row, so that there is one writer, as in a file; a reading is a snapshot that
keeps nobody waiting.
"""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg

from numctl.core.errors import Failed, OutOfScope
from numctl.core.store import schema
from numctl.core.store.connection import DUE, Store
from numctl.core.store.drafts import stands
from numctl.core.store.identity import expect_known
from numctl.core.store.server import failures, tables
from numctl.core.store.server.connection import ServerConnection, secured
from numctl.core.store.server.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.store.connection import Connection
    from numctl.core.store.places import Address

_VERSION = """
SELECT version, current_schema(), extract(epoch FROM clock_timestamp())::float8,
  row_security_active('numctl_schema'), to_regclass('numctl_reader') IS NOT NULL FROM numctl_schema
"""
_READER = "SELECT organization FROM numctl_reader"
# Where a role that may only read finds its views, if the address names the tables' schema.
_VIEWS = """
SELECT set_config('search_path', format('%I, %I', name || '_read', name), false)
FROM (SELECT trim(split_part(current_setting('search_path'), ',', 1), ' "') AS name) AS first
"""
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LOCK = "SELECT FROM inventory WHERE id = 1 FOR UPDATE"


class ServerStore(Store):
    """An open store on a server."""

    path: Address
    connection: ServerConnection

    def __init__(self, address: Address, lock_timeout: float = 30) -> None:
        self.path = address
        self._patience = int(lock_timeout * 1000)  # milliseconds
        self._within = False  # one transaction, begun from outside, is all there is
        self._committing = False
        self._due: str | None = None
        self.connection = ServerConnection(address.whole)

    @classmethod
    def open(cls, address: Address, lock_timeout: float = 30) -> ServerStore:
        """Open the store at an address. Raises NoStore, Damaged, or Failed where nobody answers."""
        with translated(address):
            store = cls(address, lock_timeout)
            try:
                store._identify()
            except BaseException:
                store.close()
                raise
        return store

    def _identify(self) -> None:
        try:
            version = self._look(_VERSION, DUE)
        except psycopg.errors.InsufficientPrivilege:
            self.connection.give_up()
            self.connection.execute(_VIEWS)
            version = self._look(_VERSION, DUE)
        except psycopg.Error:  # what is due can't be told: others say why
            self.connection.give_up()
            version = self._look(_VERSION)
        expect_known(self.path, schema.APPLICATION_ID, version)
        if self.connection.driver.info.parameter_status("in_hot_standby") == "on":
            self.hint = "This is a standby: what it says may be some moments old."
        if self.reader is not None:
            self._expect_to_read()
            return
        if version < schema.VERSION:
            from numctl.core.store.server.upgrading import upgrade

            upgrade(self.connection, self._patience)
            self._due = None

    def _look(self, *questions: str) -> int:
        """Ask for the version and, with it, for what is due, which is wanted next."""
        self.connection.begin(_SNAPSHOT)
        identity, *others = [self.connection.execute(question) for question in questions]
        told = identity.fetchone() or (0, "", None, False, False)
        version, self.connection.schema, self.moment, guarded, reads = told
        self.connection.takes_streams = not guarded
        if reads:
            self.reader = (self.connection.execute(_READER).fetchone() or (0,))[0]
        for other in others:
            self._due = (other.fetchone() or ("",))[0]
        self.connection.roll_back()
        return int(version)

    def _expect_to_read(self) -> None:
        if not self.reader:
            role = self.connection.driver.info.user
            raise OutOfScope(f"{role} reads nothing here any more.", "See `numctl role add`.", role=role)

    def due(self) -> str:
        known, self._due = self._due, None  # as it was when the store was opened
        return super().due() if known is None else known

    @classmethod
    def create(cls, address: Address, fill: Callable[[Store], object], *, dry_run: bool = False) -> None:
        """Make a new store, let ``fill`` write into it, all in one transaction; a dry run rolls it back.

        Raises NumbersRefuse where there is one already.
        """
        with translated(address), closing(cls(address)) as store:
            run = store.connection.driver.execute
            store.connection.begin("BEGIN")
            (path,) = run(b"SHOW search_path").fetchone() or ("",)
            first = path.split(",")[0].strip().strip('"')
            name = "public" if first in ("$user", "") else first
            if run(b"SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [name]).fetchone() is None:
                run(f"CREATE SCHEMA {quoted(name)}".encode())
            run(f"SET LOCAL search_path = {quoted(name)}".encode())
            if run(b"SELECT to_regclass('numctl_schema') IS NOT NULL").fetchone() == (True,):
                raise stands(address)
            for statement in tables.statements(name):
                run(statement.encode())
            store.connection.schema = name
            store._within = True
            fill(store)
            if dry_run:
                store.connection.roll_back()
                store.connection.arrive()
            else:
                store._commit()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._translated():
            if self._within:
                yield self.connection
                return
            self._due = None
            try:
                self.connection.begin(_SNAPSHOT)
                yield self.connection
                self.connection.roll_back()
            except BaseException:
                self.connection.give_up()
                raise

    @contextmanager
    def writing(self, *, keep: Callable[[], bool] = lambda: True) -> Iterator[Connection]:
        run = self.connection.driver.execute
        if self.reader is not None:
            role = self.connection.driver.info.user
            raise OutOfScope(
                f"{role} may read this store, and change nothing.",
                "Nothing was changed. Changes are for the one whose the tables are, or go through the gate.",
                role=role,
            )
        with self._translated():
            if self._within:
                run(b"SAVEPOINT whole")
                yield self.connection
                run(b"RELEASE whole" if keep() else b"ROLLBACK TO whole")
                return
            self._due = None
            try:
                patience = f"SET LOCAL lock_timeout = {max(1, self._patience)}"
                self.connection.begin("BEGIN", patience, _LOCK)
                yield self.connection
                self._committing = keep()
                if self._committing:
                    self._commit()
                else:
                    self.connection.roll_back()
                self._committing = False
            except BaseException:
                self.connection.give_up()
                raise

    def _commit(self) -> None:
        """Keep what was done. Raises Failed where the server gave it up, which it says without an error."""
        kept = ""
        with suppress(psycopg.errors.PipelineAborted):  # by an error that someone took for an answer
            kept = self.connection.commit()
        if kept != "COMMIT":
            raise Failed(f"{self.path} did not keep the change.", "Nothing was changed.", path=str(self.path))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            refusal = failures.refusal_of(error, self.path, committing=self._committing)
            if refusal is None:
                raise
            raise refusal from error


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn PostgreSQL's errors into refusals."""
    try:
        yield
    except psycopg.Error as error:
        refusal = failures.refusal_of(error, address)
        if refusal is None:
            raise
        raise refusal from None


def is_there(address: Address) -> bool:
    """Whether there is a store at an address. Raises Failed where nobody answers."""
    with translated(address), psycopg.connect(secured(address.whole), autocommit=True) as connection:
        return connection.execute(b"SELECT to_regclass('numctl_schema') IS NOT NULL").fetchone() == (True,)
