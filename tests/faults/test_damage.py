"""Promise 13: ``check`` finds what flipped bytes do; nothing falls over a damaged store, or hangs."""

from __future__ import annotations

import random
from pathlib import Path

from tests.conftest import FULL, Promised
from tests.faults import auditing
from tests.faults.conftest import Fresh
from tests.faults.launcher import Ended, Launcher

LOOKS = (["search", "--all"], ["utilization", "--tree"], ["history"], ["org", "tree"])
CHANGES = (["allocate", "--series", "1418", "--quantity", "500", "--to", "Support"], ["undo"])
PLANNED = {0, 1, 5, 6, 10, 12}  # every ending but a bug's and a signal's


def said_well(ended: Ended) -> bool:
    return ended.code in PLANNED and "Traceback" not in ended.err


def inventory(store: Path) -> auditing.Picture:
    """Numbers, states and counts."""
    picture = auditing.picture(store)
    return {table: picture[table] for table in ("span", "state", "tally", "detail", "extent", "piece")}


def test_flipped_bytes_are_found(launcher: Launcher, fresh: Fresh, promised: Promised) -> None:
    dice = random.Random(13)  # noqa: S311 - the same flips each time
    store = fresh()
    whole = store.read_bytes()
    sound = inventory(store)
    with promised(13) as promise:
        for n in range(1000 if FULL else 25):
            at, change = dice.randrange(len(whole)), dice.randrange(1, 256)
            flipped = bytearray(whole)
            flipped[at] ^= change
            store.write_bytes(flipped)
            checked = launcher.run("--db", store, "check")
            wrong = [] if said_well(checked) else [f"byte {at} ^ {change}: check: {checked}"]
            if checked.code == 0 and inventory(store) != sound:
                wrong.append(f"byte {at} ^ {change}: a silent difference")
            for line in (LOOKS[n % len(LOOKS)], CHANGES[n % len(CHANGES)]):
                ended = launcher.run("--db", store, *line)
                wrong += [] if said_well(ended) else [f"byte {at} ^ {change}: {line}: {ended}"]
            promise.tried(*wrong)


def test_a_cut_off_store_is_found(launcher: Launcher, fresh: Fresh, promised: Promised) -> None:
    store = fresh()
    whole = store.read_bytes()
    sound = inventory(store)
    with promised(13) as promise:
        for size in range(0, len(whole), 4096 if FULL else 32 * 4096):
            for more in (0, 1, 512):
                store.write_bytes(whole[: size + more])
                ended = launcher.run("--db", store, "check")
                fine = ended.code in (10, 12) or (ended.code == 0 and inventory(store) == sound)
                promise.tried(*[f"{size + more} bytes: {ended}"] * (not fine))
