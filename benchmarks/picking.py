"""Numbers to change, at random places with a fixed seed; a program of its own.

``python -m benchmarks.picking STORE COUNT FILE...`` writes so many available numbers of a store into each
file, one a line, in random order; no number twice.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from pathlib import Path

from benchmarks.inventories import SEED

_AVAILABLE = """
SELECT first, last FROM span JOIN state ON state.id = span.state WHERE status = 'available' ORDER BY first
"""


def main(store: str, count: str, *files: str) -> None:
    choose = random.Random(SEED)  # noqa: S311 - not for secrets
    spans = sqlite3.connect(store).execute(_AVAILABLE).fetchall()
    numbers = [choose.randint(*span) for span in choose.sample(spans, int(count) * len(files))]
    for at, file in enumerate(files):
        Path(file).write_text("".join(f"{number}\n" for number in numbers[at :: len(files)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
