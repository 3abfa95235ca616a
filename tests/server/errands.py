"""Clients that go on until each of their changes is answered, whatever happens; and what is left of it.

Each change has a key of its own. A client that failed or was killed is started again at the first change
that it was given no answer to, with the same key.
"""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.faults import auditing
from tests.faults.launcher import Launcher, Run

EXPECTED = re.compile(r"could not be reached|may have been done|did not keep the change")


@dataclass
class Errand:
    """What one client is to do, and the answers that it was given."""

    address: str
    changes: Sequence[Sequence[str]]
    name: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    starts: int = 0

    @property
    def keys(self) -> list[str]:
        return [f"{self.name} {n}" for n in range(len(self.changes))]

    @property
    def left(self) -> list[list[str]]:
        """The command lines that are not answered yet."""
        before = ["--db", self.address, "-o", "jsonl"]
        lines = [[*before, *line, "--op-key", key] for line, key in zip(self.changes, self.keys, strict=True)]
        return lines[len(self.answers) :]

    def started(self, launcher: Launcher) -> Run:
        """A process that does what is left."""
        self.starts += 1
        return launcher.start(*self.left)


Disturbance = Callable[[list[Run]], None]


def run(launcher: Launcher, errands: Iterable[Errand], disturbances: Iterable[Disturbance]) -> list[str]:
    """Start all clients as often as they are disturbed, and once more; give what should not have been."""
    wrong = []
    for disturb in (*disturbances, None):
        going = [(errand, errand.started(launcher)) for errand in errands if errand.left]
        if disturb is not None:
            disturb([run for _, run in going])
        for errand, started in going:
            ended = started.wait()
            errand.answers += [json.loads(line) for line in ended.out.splitlines()]
            refused = ended.code == 1 and ended.err.count("\n") == 1 and EXPECTED.search(ended.err)
            disturbed = disturb is not None and (refused or ended.code == -signal.SIGKILL)
            if ended.code != 0 and not disturbed:
                wrong.append(str(ended))
    return wrong


def operations(address: str) -> int:
    """How many there are in the store at an address."""
    with psycopg.connect(address) as connection:
        return int((connection.execute(b"SELECT count(*) FROM operation").fetchone() or (0,))[0])


def until_done(address: str, share: float, errands: Iterable[Errand], runs: Sequence[Run]) -> None:
    """Return when that share of what is left to do has been done, or all that do it have ended."""
    with psycopg.connect(address, autocommit=True) as connection:
        keys = [key for errand in errands for key in errand.keys]
        there = b"SELECT count(*) FROM operation, pg_sleep(0.005) WHERE op_key = ANY (%s)"

        def done() -> int:
            return int((connection.execute(there, [keys]).fetchone() or (0,))[0])

        before = done()
        while done() - before < share * (len(keys) - before) and not all(map(_has_ended, runs)):
            pass


def _has_ended(run: Run) -> bool:
    return ") Z " in Path(f"/proc/{run.pid}/stat").read_text()  # nobody has waited for it yet


def lost_or_doubled(store: Path, errands: Iterable[Errand]) -> list[str]:
    """What a copy of the store, made when all was answered, lacks of it or has more than once."""
    rows = auditing.rows(store, "SELECT op_key, id FROM operation WHERE op_key IS NOT NULL")
    kept, times = dict(rows), Counter(key for key, _ in rows)
    wrong = [f"{key}: done {often} times" for key, often in times.items() if often > 1]
    for errand in errands:
        for key, answer in zip(errand.keys, errand.answers, strict=True):
            if kept.get(key) != answer["operation"]:
                wrong.append(f"{key}: told {answer['operation']}, kept {kept.get(key)}")
    return wrong


def given(errands: Iterable[Errand]) -> Counter[int]:
    """How often each number was given to someone, by the answers."""
    counted: Counter[int] = Counter()
    for answer in (answer for errand in errands for answer in errand.answers):
        for part in answer["ranges"]:
            counted.update(range(int(part["first"]), int(part["last"]) + 1))
    return counted
