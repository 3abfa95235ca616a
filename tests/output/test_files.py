"""A report's file: whole or not there, where it was named, and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from numctl.core.errors import BadValue, Refusal
from numctl.output.files import open_out
from tests import memory


def save(path: str, text: str = "x") -> None:
    with open_out(path) as file:
        file.write(text)


def test_a_report_is_there_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    target = folder / "report.csv"
    target.write_text("old")

    def break_off() -> None:
        with open_out(str(target)) as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert [one.read_text() for one in folder.iterdir()] == ["old"]
    save(str(target), "é\udcff\r\n")
    assert target.read_bytes() == "é\\udcff\r\n".encode()
    assert list(folder.iterdir()) == [target]


@pytest.mark.skipif(memory.place() is None, reason="has no folder in memory")
def test_a_report_in_memory_is_a_file_although_it_stands_among_devices() -> None:
    with TemporaryDirectory(dir=memory.SHARED) as folder:
        target = Path(folder, "report.csv")
        save(str(target))
        save(str(target), "anew")
        assert target.read_text() == "anew"


@pytest.mark.parametrize(("umask", "mode"), [(0o000, 0o666), (0o022, 0o644), (0o077, 0o600)])
def test_a_report_follows_the_umask(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        save(str(tmp_path / "new"))
        (tmp_path / "closed").touch(0o600)
        save(str(tmp_path / "closed"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o600


def test_links_are_replaced_and_what_they_point_to_stays(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "symbolic").symlink_to(victim)
    (tmp_path / "hard").hardlink_to(victim)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("symbolic", "hard", "dangling"):
        save(str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == b"x"
        assert not (tmp_path / name).is_symlink()
    assert victim.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "folder/"])
def test_a_folder_is_no_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadValue, match="folder"):
        save(name)


@pytest.mark.parametrize("name", ["missing/report.csv", "nul\0.csv", "x" * 300])
def test_a_place_that_cannot_be_written_is_named(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    with pytest.raises(Refusal, match="can't be written"):
        save(str(folder / name))
    assert list(folder.iterdir()) == []


def test_a_device_is_written_to_and_stays_one() -> None:
    save("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
