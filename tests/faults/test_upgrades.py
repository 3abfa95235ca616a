"""Promise 12: an upgrade is all or nothing, and keeps a copy.

There is one schema so far; a second is made up here, on top of what this numctl knows.
"""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from numctl.core.actions.opening import open_store
from numctl.core.errors import Damaged
from numctl.core.store import schema
from tests.conftest import FULL, Promised
from tests.faults import auditing, sample
from tests.faults.launcher import Launcher

STORES = sorted(Path(__file__).parents[1].joinpath("stores").glob("v*.db"))
NEXT = schema.VERSION + 1
STEP = """
ALTER TABLE series ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';
CREATE TABLE remark (number INTEGER PRIMARY KEY, said TEXT NOT NULL) STRICT;
INSERT INTO remark SELECT first, 'from the upgrade' FROM span;
UPDATE message SET subject = subject || '!';
"""
NEWER = f"""
from numctl.core.store import schema
schema.MIGRATIONS += (("{NEXT:04}_made_up", {STEP!r}),)
schema.VERSION = {NEXT}
"""


@pytest.fixture(params=STORES, ids=lambda path: path.stem)
def older(request: pytest.FixtureRequest) -> Path:
    """A store of a released schema. Not to be changed."""
    path = request.param
    assert isinstance(path, Path)
    return path


def copied(older: Path, folder: Path) -> Path:
    folder.mkdir()
    return Path(shutil.copy(older, folder / "inventory.db"))


def wrong_with(store: Path, old: auditing.Picture, new: auditing.Picture) -> list[str]:
    """What is wrong about a store whose upgrade was cut short, and about the copies beside it."""
    left = auditing.picture(store)
    copies = list(store.parent.glob("inventory.db.v*-backup*"))
    wrong = auditing.faults(store)
    if left not in (old, new):
        wrong.append("neither old nor new")
    if left == new and not copies:
        wrong.append("upgraded, and no copy was kept")
    wrong += [f"{copy.name} is not the old store" for copy in copies if auditing.picture(copy) != old]
    return wrong + [
        f"{copy.name} has mode {copy.stat().st_mode:o}" for copy in copies if copy.stat().st_mode & 0o77
    ]


def test_every_released_store_is_kept_for_the_tests() -> None:
    assert [path.stem for path in STORES] == [f"v{version}" for version in range(1, schema.VERSION + 1)]


def test_the_newest_of_them_has_this_schema(tmp_path: Path) -> None:
    """Until it is released, a schema may change, and its store with it: see ``tests/stores/make.py``."""
    sample.make(tmp_path / "today.db")
    tables = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    assert auditing.rows(STORES[-1], tables) == auditing.rows(tmp_path / "today.db", tables)


def test_an_older_store_opens(older: Path, launcher: Launcher, tmp_path: Path, promised: Promised) -> None:
    store = copied(older, tmp_path / "store")
    with promised(12) as promise:
        ended = launcher.run("--db", store, "search", "--count")
        promise.tried(*[str(ended)] * (ended.out != "1000\n"), *auditing.faults(store))
        ended = launcher.run("--db", store, "reserve", sample.text(900), "--tag", "later")
        promise.tried(*[str(ended)] * (ended.code != 0), *auditing.faults(store))


def test_history_stays_where_the_same_is_kept_otherwise(launcher: Launcher, tmp_path: Path) -> None:
    """The upgrade from version 2 says nothing new of any number: the chain ends as it ended."""
    store = copied(next(path for path in STORES if path.stem == "v2"), tmp_path / "store")
    last = "SELECT id, action, hex(hash) FROM operation ORDER BY id DESC LIMIT 1"
    before = auditing.rows(store, last)
    assert launcher.run("--db", store, "history", "--verify").code == 0
    assert auditing.rows(store, last) == before
    assert auditing.rows(store, "PRAGMA user_version") == [(schema.VERSION,)]


@pytest.mark.usefixtures("strace")
def test_an_upgrade_is_all_or_nothing(
    older: Path, launcher: Launcher, tmp_path: Path, promised: Promised
) -> None:
    line = ("search", "--count")
    store = copied(older, tmp_path / "whole")
    old = auditing.picture(store)
    calls = launcher.calls("--db", store, *line, setup=NEWER)
    new = auditing.picture(store)
    assert ("remark" in new, old != new) == (True, True)
    faults = {
        "signal=KILL": set(calls),
        "error=ENOSPC": {"pwrite64"},
        "error=EIO": {"fdatasync", "unlink", "link"},
    }
    with promised(12) as promise:
        promise.tried(*wrong_with(store, old, new))
        for fault, kinds in faults.items():
            for kind in sorted(kinds):
                n = calls[kind]
                for k in range(1, n + 1) if FULL else sorted({n // 2, n} - {0}):
                    store = copied(older, tmp_path / f"{fault}-{kind}-{k}")
                    ended = launcher.under(f"{kind}:{fault}:when={k}", "--db", store, *line, setup=NEWER)
                    wrong = wrong_with(store, old, new)
                    if ended.code not in (-signal.SIGKILL, 0, 1) or "Traceback" in ended.err:
                        wrong.append(str(ended))
                    promise.tried(*(f"{kind} {k} {fault}: {text}" for text in wrong))
                    again = launcher.run("--db", store, *line, setup=NEWER)
                    wrong = wrong_with(store, old, new) + [str(again)] * (again.out != "1000\n")
                    promise.tried(*(f"after {kind} {k} {fault}: {text}" for text in wrong))


def test_many_at_once_upgrade_once(
    older: Path, launcher: Launcher, tmp_path: Path, promised: Promised
) -> None:
    store = copied(older, tmp_path / "crowd")
    old = auditing.picture(store)
    crowd = [launcher.start(["--db", store, "search", "--count"], setup=NEWER) for _ in range(8)]
    with promised(12) as promise:
        for run in crowd:
            ended = run.wait()
            promise.tried(*[str(ended)] * (ended.out != "1000\n"))
        promise.tried(*wrong_with(store, old, auditing.picture(store)))
        assert [path.name for path in store.parent.glob("*backup*")] == [
            f"inventory.db.v{older.stem[1:]}-backup"
        ]


def test_an_upgrade_that_breaks_references_is_given_up(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = copied(older, tmp_path / "store")
    before = auditing.picture(store)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("broken", "DELETE FROM series;")))
    monkeypatch.setattr(schema, "VERSION", NEXT)
    with pytest.raises(Damaged, match="can't be upgraded"):
        open_store(store)
    assert auditing.picture(store) == before
