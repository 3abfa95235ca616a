"""What the benchmark tells of what it has measured: its pages, which of them it writes, its picture."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks import stores
from benchmarks.measuring import Bench, Failed
from benchmarks.picture import FOOT, HEAD, HEIGHT, Panel, draw
from benchmarks.report import Line
from tools import figures

BATCH = Line("batch of 100,000 changes at random places", "2/s", "1/s", "2.00", "3/s", reached=False)
GROWTH = Line("import", "1 | 2")
MANY = """
WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000)
INSERT INTO number SELECT n FROM many
"""
Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the program with two parts and a long one, its pages into the test's folder."""

    def fails(_: Bench) -> list[Line]:
        raise Failed("no such command")

    monkeypatch.setattr(program, "PAGES", tmp_path)

    def start(*words: str, broken: bool = False) -> int:
        parts = {"start-up": fails if broken else lambda _: [Line("any", "1 ms")], "batch": lambda _: [BATCH]}
        monkeypatch.setattr(program, "LINES", parts)
        monkeypatch.setattr(program, "LONG", {"subscribers-growth": lambda _: [GROWTH]})
        monkeypatch.setattr(sys, "argv", ["benchmarks", "--folder", str(tmp_path / "bench"), *words])
        return program.main()

    return start


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.md"))


def test_whole_run_writes_the_page_that_the_readme_is_made_from(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run() == 0
    assert pages(tmp_path) == ["figures.md"]
    monkeypatch.setattr(figures, "FIGURES", tmp_path / "figures.md")
    assert figures.table().splitlines()[2:] == [f"| {BATCH.what} | 2/s | 1/s | 2.00 | 3/s | no | `batch` |"]


def test_part_alone_is_printed(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch") == 0
    assert pages(tmp_path) == []
    assert BATCH.what in capsys.readouterr().out


def test_part_that_is_run_by_its_name_alone_has_a_page_of_its_own(run: Run, tmp_path: Path) -> None:
    assert run("subscribers-growth") == 0
    assert pages(tmp_path) == ["figures-subscribers.md"]
    text = (tmp_path / "figures-subscribers.md").read_text()
    assert "`python -m benchmarks subscribers-growth`" in text
    assert "| import | 1 \\| 2 |" in text


def test_where_a_part_fails_the_others_are_printed_and_no_page_is_written(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(broken=True) == 1
    assert pages(tmp_path) == []
    printed = capsys.readouterr()
    assert BATCH.what in printed.out
    assert "start-up failed: no such command" in printed.err


def test_copied_store_takes_nothing_of_a_run_that_was_killed(tmp_path: Path) -> None:
    store, scratch = tmp_path / "some.db", tmp_path / "scratch-some.db"
    with closing(sqlite3.connect(store)) as made:
        made.execute("CREATE TABLE number (number INTEGER)")
    _killed_amid_a_change(store, scratch)
    assert stores.copied(store) == scratch
    with closing(sqlite3.connect(scratch)) as found:
        assert found.execute("SELECT count(*) FROM number").fetchone() == (0,)
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _killed_amid_a_change(store: Path, scratch: Path) -> None:
    """Leave what a process leaves that was killed while it changed a copy that had grown."""
    shutil.copyfile(store, scratch)
    with closing(sqlite3.connect(scratch, isolation_level=None)) as changing:
        changing.execute("PRAGMA cache_size = 1")
        changing.execute(MANY)
        changing.execute("BEGIN")
        changing.execute("CREATE TABLE other (number INTEGER)")
        changing.execute("UPDATE number SET number = -number")
        left = {path: path.read_bytes() for path in (scratch, Path(f"{scratch}-journal"))}
    for path, contents in left.items():
        path.write_bytes(contents)


def test_each_unit_of_a_picture_has_a_scale_of_its_own() -> None:
    panels = [
        Panel("a", ["1"], {"x": [4.0]}),
        Panel("b", ["1"], {"x": [2.0]}),
        Panel("c", ["1"], {"x": [100.0]}, "MiB"),
    ]
    heights = [float(found) for found in re.findall(r'cy="([\d.]+)"', draw(panels))]
    bottom = HEIGHT - FOOT
    assert heights == [HEAD, (bottom + HEAD) / 2, HEAD]
