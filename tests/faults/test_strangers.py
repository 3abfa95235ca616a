"""Promise 11: files that are no store, and stores of a newer numctl, are left as they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.store import schema
from tests.conftest import Promised
from tests.faults.launcher import Launcher

NO_STORE, DAMAGED = 10, 12


def text(path: Path, _: Path) -> None:
    path.write_text("number,tag\n14188980000,sales\n")


def empty(path: Path, _: Path) -> None:
    path.touch()


def another_database(path: Path, _: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE span (first, last); INSERT INTO span VALUES (1, 2)")


def another_with_unfinished_changes(path: Path, _: Path) -> None:
    """As a crash leaves it: what was committed last is in the write-ahead log alone."""
    other = path.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
        for end in ("", "-wal"):
            shutil.copy(f"{other}{end}", f"{path}{end}")


def another_with_a_hot_journal(path: Path, _: Path) -> None:
    other = path.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript("PRAGMA cache_size = 1; CREATE TABLE t (x); PRAGMA cache_spill = 1")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 3000,) for _ in range(100)])
        for end in ("", "-journal"):
            shutil.copy(f"{other}{end}", f"{path}{end}")
        connection.execute("ROLLBACK")


def newer(path: Path, store: Path) -> None:
    shutil.copy(store, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


def header_alone(path: Path, store: Path) -> None:
    path.write_bytes(store.read_bytes()[:100])


def directory(path: Path, _: Path) -> None:
    path.mkdir()


def fifo(path: Path, _: Path) -> None:
    os.mkfifo(path)


def dangling_link(path: Path, _: Path) -> None:
    path.symlink_to("nowhere")


STRANGERS: dict[Callable[[Path, Path], None], int] = {
    text: NO_STORE,
    empty: NO_STORE,
    another_database: NO_STORE,
    another_with_unfinished_changes: NO_STORE,
    another_with_a_hot_journal: NO_STORE,
    newer: DAMAGED,
    header_alone: DAMAGED,
    directory: NO_STORE,
    fifo: NO_STORE,
    dangling_link: NO_STORE,
}
LINES = ["search", "series add new", "org tree", "utilization", "history", "undo", "check", "mail list"]
LINES += ["backup copy.db", "check --repair"]


def what_stands(folder: Path) -> dict[str, object]:
    """Names, kinds, sizes, times and bytes of all that is in a folder."""
    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        about = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[path.name] = (about.st_mode, about.st_size, about.st_mtime_ns, content)
    return found


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.__name__)
def test_a_stranger_is_left_as_it_is(
    stranger: Callable[[Path, Path], None],
    launcher: Launcher,
    sampled: Path,
    tmp_path: Path,
    promised: Promised,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "inventory.db"
    stranger(path, sampled)
    before = what_stands(folder)
    with promised(11) as promise:
        for line in LINES:
            ended = launcher.run("--db", path, *line.split())
            fine = ended.code == STRANGERS[stranger] and ended.err.count("\n") == 1 and not ended.out
            promise.tried(
                *[f"{line}: {ended}"] * (not fine),
                *[f"{line}: changed"] * (what_stands(folder) != before),
            )
        ended = launcher.run("--db", path, "init", "--name", "Acme")
        promise.tried(*[f"init: {ended}"] * (ended.code != 6 or what_stands(folder) != before))


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("stranger", [fifo, directory, dangling_link], ids=lambda stranger: stranger.__name__)
def test_what_stands_in_the_place_of_a_journal_holds_nobody_up(
    end: str,
    stranger: Callable[[Path, Path], None],
    launcher: Launcher,
    sampled: Path,
    tmp_path: Path,
    promised: Promised,
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "inventory.db"
    path.write_bytes(sampled.read_bytes())
    stranger(folder / f"inventory.db{end}", sampled)
    before = what_stands(folder)
    with promised(11) as promise:
        for line in LINES:
            ended = launcher.run("--db", path, *line.split())
            fine = ended.code == NO_STORE and ended.err.count("\n") == 1 and f"inventory.db{end}" in ended.err
            promise.tried(
                *[f"{line}: {ended}"] * (not fine),
                *[f"{line}: changed"] * (what_stands(folder) != before),
            )


@pytest.mark.parametrize("stranger", [fifo, directory, dangling_link], ids=lambda stranger: stranger.__name__)
def test_nor_does_it_where_the_store_is_reached_by_a_link(
    stranger: Callable[[Path, Path], None],
    launcher: Launcher,
    sampled: Path,
    tmp_path: Path,
    promised: Promised,
) -> None:
    """SQLite follows the link, and looks for a journal beside the file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(sampled, folder / "inventory.db")
    link = tmp_path / "link.db"
    link.symlink_to(folder / "inventory.db")
    stranger(folder / "inventory.db-journal", sampled)
    before = what_stands(folder)
    with promised(11) as promise:
        for line in LINES:
            ended = launcher.run("--db", link, *line.split())
            fine = ended.code == NO_STORE and "inventory.db-journal" in ended.err
            promise.tried(
                *[f"{line}: {ended}"] * (not fine),
                *[f"{line}: changed"] * (what_stands(folder) != before),
            )


def test_a_strangers_hot_journal_is_left_alone_where_it_is_reached_by_a_link(
    launcher: Launcher, sampled: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    another_with_a_hot_journal(folder / "inventory.db", sampled)
    link = tmp_path / "link.db"
    link.symlink_to(folder / "inventory.db")
    before = what_stands(folder)
    for line in LINES:
        assert launcher.run("--db", link, *line.split()).code == NO_STORE
        assert what_stands(folder) == before
