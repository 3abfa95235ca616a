"""One fault put to the test, in a copy of the project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.mutants.faults import Fault
from tools.mutants.lines import lines_of
from tools.mutants.reach import Reach

NEAREST, FASTEST, LAWS = 25.0, 25.0, 40.0  # seconds of each for a fault, as they took when they were mapped
PATIENCE = 5  # times their usual time, and a start: what takes longer hangs, which is noticed
START = 30.0
COPIED = ("numctl", "tests", "docs", "tools", "benchmarks", "pyproject.toml", "README.md", "CHANGELOG.md")


class Place:
    """A copy of the project that faults are put into, one after another."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder = root, folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in COPIED:
            there = root / name
            if there.is_dir():
                shutil.copytree(there, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(there, folder / name)

    def notices(self, fault: Fault, reach: Reach) -> str:
        """The first thing that notices it; nothing if none does."""
        tests, seconds = chosen(reach, fault, (self._root / fault.file).read_text())
        if not tests:
            return ""
        target = self._folder / fault.file
        whole = (self._root / fault.file).read_bytes()
        target.write_bytes(fault.applied(whole))
        try:
            return self._run(tests, seconds)
        finally:
            target.write_bytes(whole)

    def _run(self, tests: list[str], seconds: float) -> str:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
        try:
            done = subprocess.run(  # noqa: S603 - our own tests
                [*command, *tests],
                cwd=self._folder,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=START + PATIENCE * seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "it hangs"
        if done.returncode == 0:
            return ""
        told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return told[0][:200] if told else f"exit {done.returncode}"


def chosen(reach: Reach, fault: Fault, source: str) -> tuple[list[str], float]:
    """The tests that a fault is put to, and the seconds that they take.

    First those that reach little else, then the fastest, then the laws, which reach nearly everything.
    """
    tests = reach.tests(fault.file, lines_of(source, fault.line, fault.last_line))
    found: dict[str, float] = {}
    for some, budget in (
        (sorted(tests, key=lambda test: (reach.breadth[test], test)), NEAREST),
        (tests, FASTEST),
        ([test for test in tests if test.startswith("tests/property/")], LAWS),
    ):
        for test in some:
            if test in found:
                continue
            budget -= reach.seconds[test]
            if budget < 0:
                break
            found[test] = reach.seconds[test]
    return [*found], sum(found.values())
