"""The peer: a pandas script on a CSV with a row per number, as good as it can be; a program of its own.

pandas' C engine reads only the columns a job needs, into types given to it, piece by piece where that is
as fast; digits are compared by arithmetic. The rows are in ascending order, as an export has them.

``python -m benchmarks.frames JOB CSV [ARGUMENTS]`` does a job and prints its seconds as JSON, without
those to load pandas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter, process_time

import pandas as pd

TYPES = {
    "number": "int64",
    **dict.fromkeys(("organization", "status"), "category"),
    # As categories, texts of digits alone would lose their leading zeros.
    **dict.fromkeys(("series", "reserved_tag", "reserved_until", "user", "forwarded_to"), "str"),
}
PAGE = 50


def _pieces(path: str, rows: int, columns: list[str] | None = None) -> Iterable[pd.DataFrame]:
    """The file, so many rows at a time; all of its columns, or only these."""
    pieces: Iterable[pd.DataFrame] = pd.read_csv(
        path, usecols=columns, dtype=TYPES, na_filter=False, chunksize=rows
    )
    return pieces


def _containing(rows: pd.DataFrame, digits: str) -> pd.Series:
    """Which of the rows have a number that contains these digits."""
    wanted, scale = int(digits), 10 ** len(digits)
    rest = rows["number"].to_numpy()
    found = rest % scale == wanted
    while (rest := rest // 10).max() >= scale // 10:
        found |= (rest % scale == wanted) & (rest >= scale // 10)
    return found


def count(path: str, digits: str) -> int:
    """How many numbers contain these digits."""
    return sum(int(_containing(rows, digits).sum()) for rows in _pieces(path, 250_000, ["number"]))


def page(path: str, digits: str) -> pd.DataFrame:
    """The first 50 numbers that contain these digits, with all that the file says of them."""
    found = []
    for rows in _pieces(path, 50_000):
        found.append(rows[_containing(rows, digits)])
        if sum(map(len, found)) >= PAGE:
            break
    return pd.concat(found).head(PAGE)


def utilization(path: str) -> pd.Series:
    """How many numbers of each status every organization has."""
    columns = ["organization", "status"]
    return pd.read_csv(path, usecols=columns, dtype=TYPES, na_filter=False).value_counts(sort=False)


def allocate(path: str, series: str, quantity: str, holder: str = "Acme", to: str = "Acme/Sales") -> None:
    """Give the lowest numbers of the pool to another organization, and write the file anew."""
    left, draft = int(quantity), Path(f"{path}.new")
    with draft.open("w", encoding="utf-8", newline="") as written:
        for at, rows in enumerate(_pieces(path, 100_000)):
            pool = (rows["organization"] == holder) & (rows["status"] == "available")
            pool &= rows["series"] == series
            given = pool & (pool.cumsum() <= left)
            if given.any():
                rows["organization"] = rows["organization"].astype("str").mask(given, to)
                left -= int(given.sum())
            rows.to_csv(written, index=False, header=at == 0)
    assert not left, "not enough numbers"
    draft.replace(path)


JOBS = {job.__name__: job for job in (count, page, utilization, allocate)}

if __name__ == "__main__":
    started, worked = perf_counter(), process_time()
    JOBS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": perf_counter() - started, "cpu": process_time() - worked}))
