"""Which tests reach which lines of the core: a plugin of pytest, and what it found.

``python -m tools.mutants --map`` runs the tests with it. A test is known by its function, and run with all
of its parameters.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import coverage
import pytest

CORE = "numctl/core"


class Recorder:
    """Notes, in each process that runs tests, what each test runs through, and how long it takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seconds: dict[str, float] = {}
        name = str(folder / "lines")
        self._coverage = coverage.Coverage(data_file=name, data_suffix=True, source=[CORE], config_file=False)
        self._coverage.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._coverage.switch_context(function_of(item.nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = function_of(report.nodeid)
        self._seconds[name] = self._seconds.get(name, 0) + report.duration

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        self._coverage.stop()
        self._coverage.save()
        (self._folder / "seconds.json").write_text(json.dumps(self._seconds))


def function_of(nodeid: str) -> str:
    """A test without its parameters."""
    return nodeid.partition("[")[0]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reach", help="note in this folder which test reaches which line")


def pytest_configure(config: pytest.Config) -> None:
    if folder := config.getoption("--reach"):
        config.pluginmanager.register(Recorder(Path(folder)))


class Reach:
    """What was found: for each file and line the tests that reach it, how long each takes, and how many
    lines it reaches in all (``breadth``)."""

    def __init__(self, folder: Path) -> None:
        self.seconds: dict[str, float] = json.loads((folder / "seconds.json").read_text())
        combined = coverage.Coverage(data_file=str(folder / "all"), config_file=False)
        combined.combine([str(path) for path in folder.glob("lines.*")], keep=True)
        self._data: Any = combined.get_data()
        self._files = {
            name[name.index(CORE) :]: self._data.contexts_by_lineno(name)
            for name in self._data.measured_files()
        }
        self.breadth = Counter(
            test for lines in self._files.values() for tests in lines.values() for test in tests
        )

    def tests(self, file: str, shows: Collection[int]) -> list[str]:
        """The tests that reach any of these lines, the fastest first.

        Where nothing of the file runs by itself, any test may tell.
        """
        lines: dict[int, list[str]] = self._files.get(file, {})
        some = {test for line in shows for test in lines.get(line, ())} & self.seconds.keys()
        return sorted(some or self.seconds, key=lambda test: (self.seconds[test], test))
