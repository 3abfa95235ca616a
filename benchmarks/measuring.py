"""Running commands and timing them: in turns, so that what disturbs one disturbs its peer, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
Command = Sequence[str]


class Failed(Exception):
    """A command that was to be measured did not end well."""


class Run(NamedTuple):
    """One run: its seconds, those that a processor worked for it, and its peak memory in bytes."""

    seconds: float
    cpu: float
    peak: int


@dataclass
class Timing:
    """What the runs of one command took."""

    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median."""
        return median(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of what a processor worked: other programs hardly disturb it."""
        return median(run.cpu for run in self.runs)

    @property
    def peak(self) -> int:
        """The highest, in bytes."""
        return max(run.peak for run in self.runs)


class Bench:
    """Where everything lies, and how programs are started. ``rounds`` is how often each is measured.

    This process stays small: on Linux a child's peak memory counts its parent's at the start, too. So
    stores are made, and work inside one process is timed, in programs of their own.
    """

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        folder.mkdir(parents=True, exist_ok=True)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("NUMCTL_")}
        # As installed: the modules compiled, once.
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.env |= {
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(folder / "no-settings"),
        }
        # As where pandas is not installed: sqlite-utils would load it, which more than doubles its time, and
        # so would numctl where it makes a store with it.
        without = 'import sys\nsys.modules["pandas"] = None\n'
        self._launcher("numctl", f"{without}from numctl.__main__ import run\nrun()\n")
        self._launcher("sqlite-utils", f"{without}from sqlite_utils.cli import cli\ncli()\n")
        self._launcher("idle", "from benchmarks.idle import app\napp()\n")

    def _launcher(self, name: str, text: str) -> None:
        (self.folder / f"run-{name}.py").write_text(text)

    def numctl(self, store: Path | str, *args: str) -> list[str]:
        """The whole program, started as its console script is; ``store`` is a file, or a server's address."""
        return [sys.executable, str(self.folder / "run-numctl.py"), "--db", str(store), *args]

    def completion(self, store: Path, *words: str) -> list[str]:
        """The program as a shell asks it what may follow: the last word is the one under the cursor."""
        _, *program = self.numctl(store)[:2]
        asked = ["env", f"NUMCTL_DB={store}", "_NUMCTL_COMPLETE=fish"]
        return [*asked, sys.executable, *program, *words]

    def idle(self) -> list[str]:
        """The Typer program that does nothing."""
        return [sys.executable, str(self.folder / "run-idle.py"), "search"]

    def sqlite_utils(self, *args: str) -> list[str]:
        """The program of sqlite-utils."""
        return [sys.executable, str(self.folder / "run-sqlite-utils.py"), *args]

    def program(self, name: str, *args: str | Path) -> list[str]:
        """One of the benchmark's own programs."""
        return [sys.executable, "-m", f"benchmarks.{name}", *map(str, args)]

    def run(self, command: Command, out: Path | None = None) -> Run:
        """Run once. Output goes nowhere, or into ``out``. Raises Failed."""
        with (out or Path(os.devnull)).open("wb") as sink, (self.folder / "errors.txt").open("w+b") as errors:
            start = perf_counter()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=errors, env=self.env, cwd=ROOT
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            said = errors.read().decode(errors="replace")
        if process.returncode:
            raise Failed(f"{' '.join(command)}: exit {process.returncode}\n{said[-2000:]}")
        unit = 1 if sys.platform == "darwin" else 1024
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)

    def in_turns(
        self, commands: Mapping[str, Command], rounds: int | None = None, out: Path | None = None
    ) -> dict[str, Timing]:
        """Whole commands, one after another, again and again; the first round only warms up."""
        timings = {name: Timing() for name in commands}
        for command in commands.values():
            self.run(command, out)
        for _ in range(rounds or self.rounds):
            for name, command in commands.items():
                timings[name].runs.append(self.run(command, out))
        return timings

    def once_each(self, commands: Sequence[Mapping[str, Command]]) -> dict[str, Timing]:
        """Commands that can't be run twice alike: each round has its own; nothing warms up."""
        timings: dict[str, Timing] = {}
        for turn in commands:
            for name, command in turn.items():
                timings.setdefault(name, Timing()).runs.append(self.run(command))
        return timings

    def inside(self, commands: Sequence[Mapping[str, Command]]) -> dict[str, Timing]:
        """As ``once_each``, timed by the programs themselves: what start-up hides."""
        timings: dict[str, Timing] = {}
        answer = self.folder / "answer.json"
        for turn in commands:
            for name, command in turn.items():
                peak = self.run(command, answer).peak
                told = json.loads(answer.read_text())
                timings.setdefault(name, Timing()).runs.append(Run(told["seconds"], told["cpu"], peak))
        return timings
