"""What the tests of faults are handed: the launcher, a sample store, and a fresh copy of it for each try."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.faults import auditing, sample
from tests.faults import launcher as launching

Fresh = Callable[[], Path]
Whole = Callable[[str], tuple[Counter[str], auditing.Picture]]


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[launching.Launcher]:
    """Starts numctl as processes, with nobody's settings."""
    folder = tmp_path_factory.mktemp("runs")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("NUMCTL_", "XDG_"))
    }
    launcher = launching.Launcher(folder, {**environment, "HOME": str(folder), "NO_COLOR": "1"})
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample store. Not to be changed: see ``fresh``."""
    path = tmp_path_factory.mktemp("sample") / "inventory.db"
    sample.make(path)
    return path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the files that the sample's command lines read."""
    folder = tmp_path_factory.mktemp("files")
    for name, content in sample.FILES.items():
        (folder / name).write_text(content)
    return folder


@pytest.fixture
def fresh(tmp_path: Path, sampled: Path) -> Fresh:
    """Gives a copy of the sample store, each in a folder of its own."""
    made = 0

    def copy() -> Path:
        nonlocal made
        made += 1
        folder = tmp_path / f"try{made}"
        folder.mkdir()
        return Path(shutil.copy(sampled, folder / "inventory.db"))

    return copy


@pytest.fixture(scope="session")
def whole(
    launcher: launching.Launcher, sampled: Path, files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Whole:
    """Gives the system calls of one of the sample's changes, and the picture of the store after it."""

    @cache
    def run(command: str) -> tuple[Counter[str], auditing.Picture]:
        store = Path(shutil.copy(sampled, tmp_path_factory.mktemp("whole") / "inventory.db"))
        calls = launcher.calls(*sample.line(command, files, store))
        return calls, auditing.picture(store)

    return run


@pytest.fixture(scope="session")
def strace() -> None:
    """Skips where faults can't be injected."""
    if reason := launching.why_no_strace():
        pytest.skip(reason)
