"""Promises 21 and 22: whose the files are that numctl makes, and that planted links are not followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from numctl.core.actions.inventory import add
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act
from numctl.core.numbers.ranges import Range
from tests.conftest import Numctl, Promised


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def journal_mode(store: Path) -> str:
    """The mode of the journal file while a change is under way."""
    modes = []

    def look(operation: object) -> None:
        add(operation, [Range(7000, 7999)], "more")  # type: ignore[arg-type]
        operation.writer.flush()  # type: ignore[attr-defined]
        modes.append(mode(Path(f"{store}-journal")))

    with open_store(store) as opened:
        perform(opened, Act("someone", "2026-01-05T08:00:00Z", "2026-01-05", dry_run=True), "add", look)
    return modes[0]


@pytest.mark.of_a_file("its mode")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("command", [("init", "--name", "Acme"), ("demo",)], ids=lambda words: words[0])
def test_what_holds_the_inventory_is_the_owner_s_alone(
    command: tuple[str, ...], mask: int, tmp_path: Path, numctl: Numctl, promised: Promised
) -> None:
    store, copy = tmp_path / "new" / "deep" / "inventory.db", tmp_path / "copy.db"
    with umask(mask), promised(21) as promise:
        assert numctl("--db", store, *command).code == 0
        assert numctl("--db", store, "backup", copy).code == 0
        found = {name: mode(path) for name, path in (("store", store), ("copy", copy))}
        found |= {"journal": journal_mode(store), "folder": mode(store.parent)}
        found["folder above"] = mode(store.parent.parent)
        for name, expected in {"store": "0600", "copy": "0600", "journal": "0600"}.items():
            promise.tried(*[f"{command}, umask {mask:o}: {name} {found[name]}"] * (found[name] != expected))
        for name in ("folder", "folder above"):
            promise.tried(*[f"{command}, umask {mask:o}: {name} {found[name]}"] * (found[name] != "0700"))


def test_the_copy_before_a_repair_is_the_owner_s_alone(
    store: Path, numctl: Numctl, promised: Promised
) -> None:
    with umask(0), promised(21) as promise:
        numctl("init", "--name", "Acme")
        numctl("add", "4000+10", "--series", "short")
        with open_store(store) as opened, opened.writing() as connection:
            connection.execute("UPDATE tally SET n = 11")
        assert numctl("check", "--repair").code == 0
        (copy,) = store.parent.glob("inventory.db.*")
        promise.tried(*[mode(copy)] * (mode(copy) != "0600"))


@pytest.mark.of_a_file("its mode")
@pytest.mark.parametrize("widened", ["0640", "0660", "0644"])
def test_a_mode_that_the_owner_widened_stays(
    widened: str, store: Path, tmp_path: Path, numctl: Numctl, promised: Promised
) -> None:
    numctl("init", "--name", "Acme")
    store.chmod(int(widened, 8))
    with umask(0o077), promised(21) as promise:
        for line in (["series", "add", "one"], ["undo"], ["check"], ["check", "--repair"], ["search"]):
            numctl(*line)
        numctl("backup", tmp_path / "copy.db")
        promise.tried(*[mode(store)] * (mode(store) != widened))
        promise.tried(*[f"journal {journal_mode(store)}"] * (journal_mode(store) != widened))
        promise.tried(*[mode(tmp_path / "copy.db")] * (mode(tmp_path / "copy.db") != "0600"))


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_reports_follow_the_umask(
    mask: int, store: Path, tmp_path: Path, numctl: Numctl, promised: Promised
) -> None:
    numctl("demo")
    lines = {
        "utilization.csv": ["report", "utilization"],
        "consumption.csv": ["report", "consumption"],
        "page.html": ["report", "dashboard"],
    }
    with umask(mask), promised(21) as promise:
        for name, line in lines.items():
            report = tmp_path / name
            ended = numctl(*line, "--out", report)
            wrong = ended.code != 0 or mode(report) != f"{0o666 & ~mask:04o}"
            promise.tried(*[f"{line}: {ended}, {mode(report)}"] * wrong)


def plant_symlink(at: Path, target: Path) -> None:
    at.symlink_to(target)


def plant_hard_link(at: Path, target: Path) -> None:
    at.hardlink_to(target)


@pytest.mark.parametrize("plant", [plant_symlink, plant_hard_link], ids=["symlink", "hard link"])
@pytest.mark.parametrize(
    "line",
    [["init", "--name", "Acme"], ["backup"], ["report", "utilization", "--out"]],
    ids=lambda line: line[0],
)
def test_planted_links_are_not_followed(
    line: list[str], plant: object, tmp_path: Path, numctl: Numctl, promised: Promised
) -> None:
    store = tmp_path / "inventory.db"
    numctl("--db", store, "demo")
    victim, planted = tmp_path / "victim", tmp_path / "planted"
    victim.write_text("precious")
    with promised(22) as promise:
        for name in ("victim", "not there"):
            planted.unlink(missing_ok=True)
            target = tmp_path / name
            if not target.exists() and plant is plant_hard_link:
                continue
            plant(planted, target)  # type: ignore[operator]
            ended = (
                numctl("--db", planted, *line) if line[0] == "init" else numctl("--db", store, *line, planted)
            )
            wrong = [f"{line}: {ended}"] if ended.code not in (0, 6) or "Traceback" in ended.err else []
            if victim.read_text() != "precious" or (tmp_path / "not there").exists():
                wrong.append(f"{line}: what the link points to was changed")
            if ended.code == 0 and (planted.is_symlink() or planted.samefile(victim)):
                wrong.append(f"{line}: the link is still there")
            promise.tried(*wrong)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "a draft was left behind"
