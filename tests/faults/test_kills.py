"""Promises 1, 2 and 15: what a kill -9 leaves behind is the store before or after, whole."""

from __future__ import annotations

import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import FULL, Promised
from tests.faults import auditing, sample
from tests.faults.conftest import Fresh, Whole
from tests.faults.launcher import Launcher


def moments(calls: Counter[str]) -> list[tuple[str, int]]:
    """The calls at which to strike: all of them, or of each kind the first, the middle, and the last."""
    return [
        (kind, k)
        for kind, n in sorted(calls.items())
        for k in (range(1, n + 1) if FULL else sorted({(n + 1) // 2, n}))
    ]


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("command", sample.CHANGES)
def test_a_kill_leaves_all_or_nothing(
    command: str,
    launcher: Launcher,
    fresh: Fresh,
    files: Path,
    promised: Promised,
    sampled: Path,
    whole: Whole,
) -> None:
    calls, new = whole(command)
    old = auditing.picture(sampled)
    assert old != new
    with promised(1) as promise:
        for kind, k in moments(calls):
            store = fresh()
            ended = launcher.under(f"{kind}:signal=KILL:when={k}", *sample.line(command, files, store))
            left = auditing.picture(store)
            wrong = [f"{command} killed at {kind} {k}: {said}" for said in auditing.faults(store)]
            if ended.code != -signal.SIGKILL:
                wrong.append(f"{command} was not killed at {kind} {k}: {ended}")
            if left not in (old, new):
                wrong.append(f"{command} killed at {kind} {k} left neither the old state nor the new")
            if ended.out and left != new:
                wrong.append(f"{command} killed at {kind} {k} was acknowledged and is not there")
            promise.tried(*wrong)


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("command", sample.CREATIONS)
def test_a_kill_leaves_a_whole_store_or_none(
    command: str, launcher: Launcher, tmp_path: Path, files: Path, promised: Promised
) -> None:
    calls = launcher.calls(*sample.line(command, files, tmp_path / "first" / "inventory.db"))
    with promised(1) as promise:
        for kind, k in moments(calls):
            store = tmp_path / f"{kind}{k}" / "inventory.db"
            launcher.under(f"{kind}:signal=KILL:when={k}", *sample.line(command, files, store))
            promise.tried(*(auditing.faults(store) if store.exists() else ()))
            if k % 10 == 1:
                again = launcher.run(*sample.line(command, files, store))
                wrong = [] if again.code == 0 or store.exists() else [f"{command} after {kind} {k}: {again}"]
                promise.tried(*wrong, *auditing.faults(store))


def test_what_was_acknowledged_is_there(launcher: Launcher, fresh: Fresh, promised: Promised) -> None:
    moment = random.Random(4)  # noqa: S311 - a throw of the dice, the same each time
    store = fresh()
    acknowledged: set[str] = set()
    with promised(2) as promise:
        for n in range(200 if FULL else 15):
            numbers = [sample.text(600 + 10 * (n % 30) + i) for i in range(10)]
            lines = [["--db", store, "reserve", number, "--tag", f"kill {n}"] for number in numbers]
            lines += [["--db", store, "unreserve", *numbers]] * (n % 2)
            run = launcher.start(*lines)
            run.kill_after(moment.uniform(0, 0.1))
            said = run.wait().out
            acknowledged.update(said.splitlines())
            kept = {str(row[0]) for row in auditing.rows(store, "SELECT id FROM operation")}
            lost = [text for text in said.splitlines() if not any(f"operation {id};" in text for id in kept)]
            promise.tried(*lost, *auditing.faults(store))
    assert acknowledged


@pytest.mark.usefixtures("strace")
def test_a_key_makes_a_retry_safe_under_kills(
    launcher: Launcher, fresh: Fresh, files: Path, promised: Promised
) -> None:
    with promised(15) as promise:
        for command in sample.CHANGES if FULL else ("allocate", "batch", "import", "org add"):
            store = fresh()
            before = len(auditing.rows(store, "SELECT id FROM operation"))
            keyed = [*sample.line(command, files, store), "--op-key", "once"]
            answers = set()
            for attempt in range(10):
                kind, k = (("pwrite64", 1), ("fdatasync", 2), ("unlink", 1), ("write", 1), ("none", 0))[
                    attempt % 5
                ]
                ended = launcher.under(f"{kind}:signal=KILL:when={k}", *keyed) if k else launcher.run(*keyed)
                answers |= {ended.out} - {""}
            done = len(auditing.rows(store, "SELECT id FROM operation")) - before
            wrong = [] if done == 1 and len(answers) == 1 else [f"{command}: {done} operations, {answers}"]
            promise.tried(*wrong, *auditing.faults(store))
