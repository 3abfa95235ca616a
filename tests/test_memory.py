"""The place in memory where tests work is one with room, in which programs may stand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import memory


def test_a_folder_with_room_is_taken_and_nothing_left_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "ENOUGH", 0)
    shared = tmp_path / "shared"
    shared.mkdir()
    assert memory.place(shared) == shared
    assert list(shared.iterdir()) == []


def test_none_is_taken_without_room_or_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert memory.place(tmp_path / "none") is None
    monkeypatch.setattr(memory, "ENOUGH", 1 << 62)
    assert memory.place(tmp_path) is None


def test_nor_where_a_program_may_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[Path], check: bool) -> None:
        raise PermissionError(13, "Permission denied", str(command[0]))

    monkeypatch.setattr(memory, "ENOUGH", 0)
    monkeypatch.setattr(subprocess, "run", refuse)
    assert memory.place(tmp_path) is None
