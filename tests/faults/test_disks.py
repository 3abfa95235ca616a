"""Promises 3 and 19: a disk that fails leaves the old state; output that is lost after the commit is said."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import FULL, Promised
from tests.faults import auditing, sample
from tests.faults.conftest import Fresh, Whole
from tests.faults.launcher import Ended, Launcher

# What may fail on the way to a commit. A failing `write` is output that is lost: see below.
FAILURES = {
    "pwrite64": ("ENOSPC", "EIO"),
    "fdatasync": ("EIO", "ENOSPC"),
    "unlink": ("EIO",),
    "openat": ("EIO",),
}
COMMIT = {"unlink"}  # the call that makes a change stand


def moments(command: str, calls: Counter[str]) -> list[tuple[str, str, str]]:
    """Which call fails, how, and when: once at the k-th, or (+) at it and at all after.

    In short form a command's calls fail in one way, the next command's in another.
    """
    found = []
    turn = [*sample.CHANGES].index(command)
    for kind, n in calls.items():
        errors = FAILURES.get(kind, ())
        for error in errors if FULL or not errors else [errors[turn % len(errors)]]:
            chosen = range(1, n + 1) if FULL else [(n + 1) // 2]
            found += [(kind, error, f"{k}{more}") for k in chosen for more in (("", "+") if FULL else ("+",))]
    return found


def misbehaviour(
    ended: Ended, left: auditing.Picture, old: auditing.Picture, new: auditing.Picture
) -> list[str]:
    """What is wrong about a run whose disk failed: it must say so and leave all as it was."""
    if ended.code == 0 and left == new:
        return []  # a failure that SQLite can do without, such as that of a sync of the folder
    wrong = [] if ended.code == 1 else [f"exit {ended.code}"]
    if left != old:
        wrong.append("not the old state")
    if "Traceback" in ended.err or not re.fullmatch(r"numctl: .*\n", ended.err):
        wrong.append("not one sentence")
    return [f"{', '.join(wrong)}: {ended}"] if wrong else []


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("command", sample.CHANGES)
def test_a_failing_disk_leaves_the_old_state(
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
    with promised(3) as promise:
        for kind, error, k in moments(command, calls):
            store = fresh()
            ended = launcher.under(f"{kind}:error={error}:when={k}", *sample.line(command, files, store))
            wrong = misbehaviour(ended, auditing.picture(store), old, new) + auditing.faults(store)
            promise.tried(*(f"{command}, {kind} {k} {error}: {text}" for text in wrong))


@pytest.mark.parametrize("command", sample.CHANGES)
def test_output_lost_after_the_commit_is_said(
    command: str, launcher: Launcher, fresh: Fresh, files: Path, promised: Promised
) -> None:
    with promised(19) as promise:
        for options in ([], ["-o", "json"]):
            store = fresh()
            ended = launcher.run(*sample.line(command, files, store), *options, out="/dev/full")
            last = auditing.rows(store, "SELECT max(id) FROM operation")[0][0]
            said = json.loads(ended.err)["error"]["operation"] if options else ended.err
            wrong = [] if ended.code == 14 and last == 16 else [f"{command}: {ended}, last operation {last}"]
            if not (said == last if options else f"peration {last} " in str(said)):
                wrong.append(f"{command}: {last} is not named: {ended.err}")
            promise.tried(*wrong)


def test_a_full_device_refuses(tmp_path: Path) -> None:
    """What the tests above rely on."""
    with pytest.raises(OSError, match="No space"):
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")
