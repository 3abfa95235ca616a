"""A store in a rollback journal and in a write-ahead log: what is promised holds in both, and in between."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.actions.opening import open_store
from numctl.core.store import journal_modes
from tests.conftest import FULL, Numctl, Promised
from tests.faults import auditing, sample
from tests.faults.conftest import Fresh
from tests.faults.launcher import Ended, Launcher
from tests.faults.test_kills import moments
from tests.faults.test_upgrades import STORES

pytestmark = pytest.mark.of_a_file("the modes of its journal")

OLD, NEW = (3, 51, 2), (3, 51, 3)
Config = Callable[[str], dict[str, str]]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The environment in which the settings ask for a journal, "" for none."""

    def write(journal: str) -> dict[str, str]:
        path = tmp_path / f"{journal or 'none'}.toml"
        path.write_text(f'journal = "{journal}"\n' if journal else "")
        return {"NUMCTL_CONFIG": str(path)}

    return write


def mode(store: Path) -> str:
    """The mode that the file itself says it is in."""
    return {1: "delete", 2: "wal"}[store.read_bytes()[18]]


def beside(store: Path) -> list[str]:
    return sorted(path.name.removeprefix(store.name) for path in store.parent.glob(f"{store.name}-*"))


def as_made(store: Path) -> Path:
    return store


def in_wal(store: Path) -> Path:
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    assert mode(store) == "wal"
    return store


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        (OLD, False),
        (NEW, True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
    ],
)
def test_versions_that_keep_a_log_safe(version: tuple[int, ...], safe: bool) -> None:
    assert journal_modes.is_safe(version) == safe


def test_the_setting_is_carried_out_and_taken_back(numctl: Numctl, fresh: Fresh, config: Config) -> None:
    store = fresh()
    before = numctl("--db", store, "search", "--all", "-o", "csv").out
    for journal, expected in (("wal!", "wal"), ("", "wal"), ("delete", "delete"), ("", "delete")):
        ending = numctl("--db", store, "search", "--all", "-o", "csv", env=config(journal))
        assert (ending.code, ending.out, mode(store), beside(store)) == (0, before, expected, [])
        assert numctl("--db", store, "reserve", sample.text(400), "--tag", "x").code == 0
        assert numctl("--db", store, "undo").code == 0
        assert numctl("--db", store, "check").code == 0
        assert not auditing.faults(store)


def test_a_log_is_refused_where_sqlite_is_too_old(
    numctl: Numctl, fresh: Fresh, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, new = fresh(), tmp_path / "new.db"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", OLD)
    for line in ("search", "reserve 14188980400 --tag x", "check", "backup copy.db"):
        ending = numctl("--db", store, *line.split(), env=config("wal"))
        assert (ending.code, ending.out, ending.err.count("\n")) == (1, "", 1), ending
        assert "3.51.3 or newer" in ending.err
        assert "'wal!'" in ending.err
    for line in ("init --name Acme", "demo"):
        assert numctl("--db", new, *line.split(), env=config("wal")).code == 1
    assert (mode(store), new.exists()) == ("delete", False)
    assert numctl("--db", store, "search", env=config("wal!")).err == ""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", NEW)
    assert numctl("--db", store, "search", env=config("wal")) == numctl("--db", store, "search")


def test_a_log_that_nobody_asked_for_is_warned_of_where_it_can_do_harm(
    numctl: Numctl, fresh: Fresh, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = in_wal(fresh())
    for version, warns in ((NEW, False), (OLD, True)):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
        ending = numctl("--db", store, "--quiet", "search", "--count")
        assert (ending.code, ending.out) == (0, "1000\n")
        assert ("can damage it" in ending.err) == warns
        assert numctl("--db", store, "search", "--count", env=config("wal!")).err == ""
    assert mode(store) == "wal"


@pytest.mark.parametrize("line", ["init --name Acme", "demo"])
def test_a_new_store_is_in_the_mode_that_is_asked_for(
    line: str, numctl: Numctl, config: Config, tmp_path: Path
) -> None:
    for journal, expected in (("wal!", "wal"), ("delete", "delete"), ("", "delete")):
        store = tmp_path / f"for{journal}" / "inventory.db"
        assert numctl("--db", store, *line.split(), env=config(journal)).code == 0
        assert [path.name for path in store.parent.iterdir()] == [store.name]
        assert (mode(store), store.stat().st_mode & 0o777) == (expected, 0o600)
        assert not auditing.faults(store)
        assert numctl("--db", store, *line.split(), "--dry-run", env=config(journal)).code == 6


def test_a_store_that_others_have_open_stays_as_it_is(numctl: Numctl, fresh: Fresh, config: Config) -> None:
    change = ("series", "add")
    for store, journal in ((fresh(), "wal!"), (in_wal(fresh()), "delete")):
        stays = mode(store)
        with closing(sqlite3.connect(store)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM span").fetchone()
            ending = numctl("--db", store, "search", "--count", env=config(journal))
            assert (ending.code, ending.out, mode(store)) == (0, "1000\n", stays)
            assert f"stays in {stays.upper()} mode" in ending.err
        ending = numctl("--db", store, *change, "new", env=config(journal))
        assert (ending.code, ending.err, mode(store)) == (0, "", journal.rstrip("!"))


def test_who_may_not_write_leaves_the_mode(
    numctl: Numctl, fresh: Fresh, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, real = fresh(), os.access
    monkeypatch.setattr(os, "access", lambda path, how: path != store and real(path, how))
    assert numctl("--db", store, "search", "--count", env=config("wal!")).out == "1000\n"
    assert mode(store) == "delete"


def test_what_a_kill_left_in_the_log_is_in_the_store(
    launcher: Launcher, numctl: Numctl, fresh: Fresh, tmp_path: Path
) -> None:
    """Nobody else has it open: the next that opens it finds a log, as a backup and a check do."""
    store = in_wal(fresh())
    killing = "import os, signal\nfrom numctl.core.store.sqlite import Store\n"
    killing += "Store.close = lambda _: os.kill(os.getpid(), signal.SIGKILL)"
    ended = launcher.run("--db", store, "reserve", sample.text(400, 409), "--tag", "winter", setup=killing)
    assert ended.code == -signal.SIGKILL
    assert "-wal" in beside(store)
    alone = tmp_path / "alone.db"
    shutil.copy(store, alone)
    copies = [tmp_path / f"{name}.db" for name in ("backup", "copy")]
    lines = (["backup", str(copies[0])], ["copy", str(store), str(copies[1])], ["check"])
    for line in lines:
        ending = numctl("--db", store, *line)
        assert ending.code == 0, ending
    for found in (store, *copies):
        assert numctl("--db", found, "search", "--tag", "winter", "--count").out == "10\n"
        assert not auditing.faults(found)
    assert [mode(found) for found in copies] == ["delete", "delete"]
    assert [beside(found) for found in (store, *copies)] == [[], [], []]
    assert numctl("--db", alone, "search", "--tag", "winter", "--count").out == "0\n", (
        "it stood in the log alone"
    )


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("command", sample.CHANGES if FULL else ["batch"])
def test_a_kill_leaves_all_or_nothing_in_a_log(
    command: str, launcher: Launcher, fresh: Fresh, files: Path, promised: Promised, sampled: Path
) -> None:
    store = in_wal(fresh())
    calls = launcher.calls(*sample.line(command, files, store))
    old, new = auditing.picture(sampled), auditing.picture(store)
    assert old != new
    with promised(1) as promise:
        for kind, k in moments(calls):
            store = in_wal(fresh())
            ended = launcher.under(f"{kind}:signal=KILL:when={k}", *sample.line(command, files, store))
            promise.tried(*_wrong(store, ended, old, new, f"{command} killed at {kind} {k}"))


@pytest.mark.usefixtures("strace")
def test_a_kill_while_the_mode_changes_leaves_the_store(
    launcher: Launcher, fresh: Fresh, sampled: Path, config: Config, promised: Promised
) -> None:
    old = auditing.picture(sampled)
    with promised(1) as promise:
        for prepared, journal in ((as_made, "wal!"), (in_wal, "delete")):
            line = ["search", "--count"]
            for kind, k in moments(launcher.calls("--db", prepared(fresh()), *line, env=config(journal))):
                store = prepared(fresh())
                fault = f"{kind}:signal=KILL:when={k}"
                ended = launcher.under(fault, "--db", store, *line, env=config(journal))
                promise.tried(*_wrong(store, ended, old, old, f"{journal} killed at {kind} {k}"))


def _wrong(store: Path, ended: Ended, old: auditing.Picture, new: auditing.Picture, what: str) -> list[str]:
    left = auditing.picture(store)
    wrong = [f"{what}: {said}" for said in auditing.faults(store)]
    wrong += [f"{what} was not killed: {ended}"] * (ended.code != -signal.SIGKILL)
    wrong += [f"{what} left neither the old state nor the new"] * (left not in (old, new))
    return wrong + [f"{what} was acknowledged and is not there"] * bool(ended.out and left != new)


@pytest.mark.parametrize("older", STORES[:-1], ids=lambda path: path.stem)
def test_an_older_store_in_a_log_is_upgraded(older: Path, numctl: Numctl, tmp_path: Path) -> None:
    store = Path(shutil.copy(older, tmp_path / "inventory.db"))
    in_wal(store)
    assert numctl("--db", store, "search", "--count").out == "1000\n"
    assert numctl("--db", store, "check").code == 0
    (copy,) = tmp_path.glob("inventory.db.v*-backup")
    assert (mode(store), mode(copy)) == ("wal", "delete")
    assert not auditing.faults(store) + auditing.faults(copy)


def test_many_change_one_store_while_its_mode_changes(
    launcher: Launcher, fresh: Fresh, config: Config, promised: Promised
) -> None:
    store = fresh()
    rounds = 20 if FULL else 3
    crowd = []
    for n in range(12):
        assign = ["--db", store, "-o", "plain", "assign", "--series", "1418", "--user", f"User {n}"]
        crowd.append(launcher.start(*[assign] * rounds, env=config(("wal!", "delete", "")[n % 3])))
    with promised(4) as promise:
        for run in crowd:
            ended = run.wait()
            promise.tried(*[str(ended)] * (ended.code != 0))
        promise.tried(*auditing.faults(store))
    given = auditing.rows(
        store, "SELECT count(*) FROM detail JOIN user ON user.id = user WHERE name LIKE 'User%'"
    )
    assert given == [(12 * rounds,)]


def test_a_log_is_written_with_care(fresh: Fresh) -> None:
    with open_store(in_wal(fresh())) as store:
        assert store.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
