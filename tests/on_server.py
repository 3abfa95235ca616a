"""Lets the tests that name a file have their store on a server: a database for each file's name.

With ``NUMCTL_TEST_SERVER=1`` a server of its own is started, as an ordinary user, on a socket in a temporary
folder. Where PostgreSQL isn't installed, that is said and nothing is run. A store is told by the file's name
in all that is printed, so that tests read alike.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from numctl.core.store import backups, opening, schema, transfer
from numctl.core.store.file_connection import FileConnection
from numctl.core.store.places import Address, Place

WANTED = "NUMCTL_TEST_SERVER"
SOCKET = "TEST_SERVER_SOCKET"  # the folder of the socket, for processes that tests start
SITE = Path(__file__).with_name("on_server_site")  # what makes these do the same
_USER = "numctl_tests"


class Server:
    """A server of PostgreSQL with no user but the tests; or, of ``primary``, a standby that repeats it."""

    def __init__(self, primary: Server | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="numctl-server-"))
        self._as: list[str] = []
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            ordinary = next(one for one in map(_account, ("postgres", "nobody")) if one)
            os.chown(self.folder, ordinary.pw_uid, ordinary.pw_gid)
            self._as = [
                "setpriv",
                f"--reuid={ordinary.pw_uid}",
                f"--regid={ordinary.pw_gid}",
                "--clear-groups",
            ]
        if primary is None:
            self._run("initdb", "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C.UTF-8", "-D", self.data)
        else:
            there = f"host={primary.folder} user={_USER}"
            self._run("pg_basebackup", "-d", there, "-D", self.data, "-R", "-C", "-S", "b", "-c", "fast")
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=400"
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def address(self, database: str) -> str:
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def stop(self) -> None:
        if (Path(self.data) / "postmaster.pid").exists():
            self.fall()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fall(self) -> None:
        """Stop at once, as by a crash: whatever is under way is given up."""
        self._control("stop", "-m", "immediate")

    def kill(self) -> None:
        """Kill -9 all of its processes."""
        pid = Path(self.data, "postmaster.pid")
        os.killpg(int(pid.read_text().split()[0]), signal.SIGKILL)
        pid.unlink()

    def promote(self) -> None:
        """Make a standby take changes, and return when it does."""
        self._control("promote", "-w")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", self.data, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        where = programs()
        assert where is not None
        command = [*self._as, str(where / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, None where it isn't installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return there[-1].parent if there else None


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


class _Named(Address):
    """The database that stands for a file, told as that file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"postgresql://{_USER}@/{database(path)}?host={os.environ[SOCKET]}")
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    @property
    def name(self) -> str:
        return self._path.name


def database(path: Path) -> str:
    return "t" + sha256(os.path.abspath(path).encode()).hexdigest()[:20]  # noqa: PTH100 - as a command does


def administer(statement: str) -> list[Any]:
    import psycopg

    with psycopg.connect(
        f"host={os.environ[SOCKET]} user={_USER} dbname=postgres", autocommit=True
    ) as driver:
        cursor = driver.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def has(path: Path) -> bool:
    return bool(administer(f"SELECT 1 FROM pg_database WHERE datname = '{database(path)}'"))  # noqa: S608


def _create(path: Path, template: str = "") -> None:
    administer(f"CREATE DATABASE {database(path)} {template}")
    administer(f"COMMENT ON DATABASE {database(path)} IS '{os.path.abspath(path)}'")  # noqa: PTH100


def drop(folder: Path) -> None:
    """Throw away the stores whose names are in a folder or below it."""
    named = f"SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE '{folder}/%'"  # noqa: S608
    for (name,) in administer(named):
        administer(f"DROP DATABASE {name} WITH (FORCE)")


def clone(source: Path, target: Path) -> None:
    """What copying a store's file is to a file."""
    if not os.environ.get(SOCKET) or not has(source):
        shutil.copyfile(source, target)
        return
    administer(f"DROP DATABASE IF EXISTS {database(target)}")
    _create(target, f"TEMPLATE {database(source)}")


class _Copy(FileConnection):
    """The rows of a store on the server; what was changed in them by hand is there once this is closed."""

    path: Path
    changes_before = 0

    def close(self) -> None:
        if self.total_changes > self.changes_before:
            with opening.open_store(_Named(self.path), 1, lambda _: None) as store:
                server: Any = store.connection
                server.begin("BEGIN", "SET LOCAL session_replication_role = replica")  # without foreign keys
                for table in schema.tables():
                    server.driver.execute(f'TRUNCATE "{table}" CASCADE'.encode())
                transfer.carry(self, server)
                assert server.commit() == "COMMIT"
        super().close()


def look(path: Path, connect: Callable[..., sqlite3.Connection]) -> sqlite3.Connection | None:
    """A copy of a store on the server, to look into as into its file; None where there is no such store."""
    if not os.environ.get(SOCKET) or os.path.lexists(path) or not has(path):
        return None
    found = connect(":memory:", factory=_Copy)
    assert isinstance(found, _Copy)
    found.path = path
    with opening.open_store(_Named(path), 1, lambda _: None) as store, store.reading() as connection:
        found.create_function("checksum", 1, schema.checksum)
        for _, script in schema.MIGRATIONS:
            found.executescript(script)
        transfer.carry(connection, found)
    found.commit()
    found.changes_before = found.total_changes
    return found


def contents(path: Path) -> bytes:
    """All that a store holds, to be compared and searched: its file's bytes, or on a server its rows."""
    if (copy := look(path, sqlite3.connect)) is None:
        return path.read_bytes()
    return "\n".join(copy.iterdump()).encode("utf-8", "surrogatepass")


def filed(path: Path) -> Path:
    """The file of a store: of one on the server a copy, which goes with the server's folder."""
    if not os.environ.get(SOCKET) or os.path.lexists(path) or not has(path):
        return path
    target = Path(tempfile.mkdtemp(prefix="copied-", dir=os.environ[SOCKET]), path.name)
    with opening.open_store(_Named(path), 1, lambda _: None) as store:
        backups.copy(store, target)
    return target


def is_there(path: Path) -> bool:
    """Whether there is a store of this name."""
    return path.is_file() or (bool(os.environ.get(SOCKET)) and has(path))


OPENED: list[Any] = []  # stores on the server, which a test may leave open as it may a file


def close_since(before: int) -> None:
    """Close the stores that were opened after so many."""
    while len(OPENED) > before:
        OPENED.pop().close()


def take_over() -> None:
    """From here on, stores that are named as files are on the server, if there is one."""
    real_open, real_make, real_taken = opening.open_store, opening.make_store, opening.is_taken

    def elsewhere(path: Place) -> Place:
        if isinstance(path, Path) and os.environ.get(SOCKET) and not os.path.lexists(path) and has(path):
            return _Named(path)
        return path

    def open_store(path: Place, *rest: Any) -> Any:
        store = real_open(elsewhere(path), *rest)
        if isinstance(store.path, Address):
            OPENED.append(store)
        return store

    def is_taken(path: Place) -> bool:
        return real_taken(elsewhere(path))

    def make_store(
        path: Place, fill: Callable[[Any], object], *, dry_run: bool = False, **of_a_file: Any
    ) -> None:
        if not os.environ.get(SOCKET) or isinstance(path, Address) or os.path.lexists(path):
            return real_make(path, fill, dry_run=dry_run, **of_a_file)
        fresh = not has(path)
        if fresh:
            _create(path)
        made = False
        try:
            real_make(_Named(path), fill, dry_run=dry_run)
            made = not dry_run
        finally:
            if fresh and not made:
                administer(f"DROP DATABASE {database(path)}")
        return None

    for replacement in (open_store, make_store, is_taken):
        setattr(opening, replacement.__name__, replacement)
