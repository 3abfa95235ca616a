"""A connection to a server, as the core knows one."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8Dumper

from numctl.core.store.places import unreadable
from numctl.core.store.server.overlay import Overlay
from numctl.core.store.server.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numctl.core.store.connection import Cursor
    from numctl.core.store.server.words import Said

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what it would say is said by refusals

FIRST_ROWS, MORE_ROWS = 500, 10_000  # that are fetched together
FEW = 100  # rows; more go in one stream
_PLAIN = "SET LOCAL jit = off"  # compiling takes longer than what is asked here
_UNSAID = "prefer"  # the mode of SSL where nobody says one


def secured(conninfo: str) -> str:
    """An address by which the server must prove to be the one named, unless a mode of SSL is said.

    It is said by the address, its service, or libpq's environment; a socket and this host itself need none.
    Raises psycopg's errors for an address that can't be read.
    """
    told = conninfo_to_dict(conninfo)
    usual = {one.keyword.decode(): (one.val or b"").decode() for one in psycopg.pq.Conninfo.get_defaults()}
    hosts = next(
        (known[word] for known in (told, usual) for word in ("hostaddr", "host") if known.get(word)), ""
    )
    said = told.get("sslmode") or told.get("service") or usual["sslmode"] not in ("", _UNSAID)
    if said or all(map(_is_here, str(hosts).split(","))):
        return conninfo
    return make_conninfo(conninfo, sslmode="verify-full")


def _is_here(host: str) -> bool:
    """Whether a host is this one: a socket, or the loopback."""
    if not host or host[0] in "/@" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class ServerConnection:
    """Carries out the core's statements on a server. ``sent`` counts them."""

    def __init__(self, conninfo: str) -> None:
        """Raises BadValue for an address that the driver can't read, psycopg's errors where none answers."""
        try:
            self.driver = psycopg.connect(
                secured(conninfo),
                autocommit=True,
                client_encoding="utf8",
                application_name="numctl",
                cursor_factory=psycopg.RawCursor,
            )
        except psycopg.ProgrammingError:  # its words may quote a password
            raise unreadable() from None
        self.driver.adapters.register_dumper(int, Int8Dumper)
        self.driver.adapters.register_dumper(bool, _Truth)
        self.driver.adapters.register_loader("numeric", _Whole)
        self.schema = ""
        self.sent = 0
        self.takes_streams = True  # a table behind row-level security takes none
        self.in_transaction = False
        self._walks = 0
        self._laid: Overlay | None = None
        self._pipes = ExitStack()
        self._pipe: psycopg.Pipeline | None = None

    def begin(self, *statements: str) -> None:
        """Begin a transaction with these, from which on a statement is waited for where its answer is needed.

        All that were sent by then are waited for together. What ends a transaction is waited for with the
        next, or not at all.
        """
        if self._pipe is None:
            self._pipe = self._pipes.enter_context(self.driver.pipeline())
        self.in_transaction = True
        for statement in (*statements, _PLAIN):
            self.driver.execute(statement.encode())

    def roll_back(self) -> None:
        self.driver.execute(b"ROLLBACK")
        self.in_transaction = False

    def give_up(self) -> None:
        """Roll back after an error, be it one that nobody has waited for yet."""
        if self.in_transaction:
            with suppress(psycopg.Error):
                self.arrive()
            with suppress(psycopg.Error):
                self.roll_back()

    def commit(self) -> str:
        """Commit, and give what the server says that it did: ``COMMIT``, or nothing."""
        done = self.driver.execute(b"COMMIT")
        self.arrive()
        self.in_transaction = False
        return done.statusmessage or ""

    def arrive(self) -> None:
        """Wait for all statements that were sent. Raises psycopg's errors of any of them."""
        if self._pipe is not None:
            self._pipe.sync()

    @contextmanager
    def recovering(self) -> Iterator[None]:
        """Within, an error leaves a pipe through which a transaction can still be rolled back."""
        try:
            yield
        except psycopg.Error:
            with suppress(psycopg.Error):
                self.arrive()
            raise

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Cursor:
        translated = self._said(statement)
        self.sent += 1
        answer = _Answer(self, self.driver.execute(translated.text.encode(), translated.given(values)))
        if not self.in_transaction:  # each is one by itself then
            self.arrive()
        return answer

    def _said(self, statement: str) -> Said:
        translated = said(statement, self.schema)
        return (
            translated if self._laid is None else translated._replace(text=self._laid.over(translated.text))
        )

    @contextmanager
    def laid_over(self) -> Iterator[None]:
        """Within, names can stand for other than the store's tables."""
        before, self._laid = self._laid, Overlay()
        try:
            yield
        finally:
            self._laid = before

    def lay_rows(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Lay rows under a name that is free; ``columns`` with their types, as a table is declared."""
        assert self._laid is not None  # noqa: S101 - within laid_over
        for statement, values in self._laid.rows(name, columns, rows):
            self.sent += 1
            self.driver.execute(statement.encode(), values)

    def lay(self, name: str, query: str) -> None:
        """Let the name of a table stand for a query, which says ``main.`` where it means the store's own."""
        assert self._laid is not None  # noqa: S101 - within laid_over
        self._laid.query(name, query, self.schema)

    def executemany(self, statement: str, rows: Iterable[Any]) -> Cursor:
        translated = said(statement, self.schema)
        cursor = self.driver.cursor()
        given = [translated.given(row) or () for row in rows]
        self.sent += len(given)
        if not given:
            return _NOTHING
        cursor.executemany(translated.text.encode(), given)
        if not self.in_transaction:
            self.arrive()
        return _Answer(self, cursor)

    def put(self, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put rows into a table, many by one stream; ``into`` is its name with its columns."""
        if len(rows) < FEW or not self.takes_streams:
            places = ", ".join("?" * (len(rows[0]) if rows else 0))
            self.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 - names are the core's
            return
        self.sent += 1
        text = f"COPY {said(into, self.schema).text} FROM STDIN"
        if self._pipe is not None:
            self._pipes.close()  # no stream goes through it
        with self.driver.cursor() as cursor, cursor.copy(text.encode()) as stream:
            for row in rows:
                stream.write_row(row)
        if self._pipe is not None:
            self._pipe = self._pipes.enter_context(self.driver.pipeline())

    def weigh(self, *tables: str) -> None:
        """Let what follows be planned by how many rows these have now."""
        for table in tables:
            self.execute(f"ANALYZE {table}")

    def walk(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Any]:
        """Rows that may be many, fetched as they are asked for, within a transaction."""
        if not self.in_transaction:
            yield from self.execute(statement, values)
            return
        translated = self._said(statement)
        self._walks += 1
        name = f"walk_{self._walks}"
        self.sent += 2
        self.driver.execute(
            f"DECLARE {name} NO SCROLL CURSOR FOR {translated.text}".encode(), translated.given(values)
        )
        size = FIRST_ROWS
        while True:
            rows = self.driver.execute(f"FETCH {size} FROM {name}".encode()).fetchall()
            yield from rows
            if len(rows) < size:
                break
            self.sent += 1
            size = MORE_ROWS
        self.driver.execute(f"CLOSE {name}".encode())

    def close(self) -> None:
        self.driver.close()
        with suppress(psycopg.Error):  # nothing is waited for any more
            self._pipes.close()


class _Answer:
    """What a statement gave, which may be on its way."""

    def __init__(self, connection: ServerConnection, cursor: psycopg.Cursor[Any]) -> None:
        self._connection, self._cursor = connection, cursor

    @property
    def rowcount(self) -> int:
        self._connection.arrive()
        return self._cursor.rowcount

    def fetchone(self) -> Any:
        with self._connection.recovering():
            return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        with self._connection.recovering():
            return self._cursor.fetchall()

    def fetchmany(self, size: int = 1, /) -> list[Any]:
        with self._connection.recovering():
            return self._cursor.fetchmany(size)

    def __iter__(self) -> Iterator[Any]:
        with self._connection.recovering():
            rows = self._cursor.fetchall()
        return iter(rows)

    def __next__(self) -> Any:
        with self._connection.recovering():
            return next(self._cursor)


class _Nothing:
    """What no statement gave."""

    rowcount = 0

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []

    def fetchmany(self, size: int = 1, /) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __next__(self) -> Any:
        raise StopIteration


_NOTHING = _Nothing()


class _Truth(Int8Dumper):
    """True and False are 1 and 0, as in a file."""

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


class _Whole(Loader):
    """A sum of whole numbers, which PostgreSQL gives as a decimal."""

    def load(self, data: Any) -> int:
        return int(bytes(data))
