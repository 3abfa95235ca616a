"""Allocating and withdrawing a million numbers: in one block, and scattered over 100,000 spans."""

from __future__ import annotations

from importlib.util import find_spec

from benchmarks import stores
from benchmarks.measuring import Bench, Command, Timing
from benchmarks.report import NOT_INSTALLED, Line, compared, milliseconds, skipped

MILLION = "1000000"
TURNS = 3
OVER_A_CSV = "allocate the scattered million, whole command, against a pandas script that rewrites a CSV"
WHOLE, CUT = "1", "2"  # the series' row ids, for the peer


def measure(bench: Bench) -> list[Line]:
    pools, rows = stores.store(bench, "pools"), stores.rows(bench, "pools")
    store, peer = stores.copied(pools), stores.copied(rows)
    whole: list[dict[str, Command]] = [
        {
            "idle": bench.idle(),
            "ours": bench.numctl(
                store, "allocate", "--series", "whole", "--quantity", MILLION, "--to", "Sales", "--contiguous"
            ),
            "rows": bench.program("rows", "allocate", peer, WHOLE, MILLION),
        }
    ] * TURNS
    bench.run(bench.idle())
    commands = bench.once_each(whole)
    block = bench.inside(_jobs(bench, "allocate", ("whole", WHOLE), store, peer))
    scattered = bench.inside(_jobs(bench, "allocate", ("cut", CUT), store, peer))
    back = bench.inside(_jobs(bench, "withdraw", ("cut", CUT), store, peer))
    for scratch in (store, peer):
        scratch.unlink()
    ours, idle = commands["ours"], commands["idle"]
    return [
        Line(
            "allocate a million numbers in one block, whole command",
            milliseconds(ours.seconds),
            milliseconds(idle.seconds),
            compared(ours, idle),
            "1.3x start-up",
            ours.seconds / idle.seconds <= 1.3,
        ),
        _against("the same, against a row per number", ours, commands["rows"], 20),
        _against("the same, as transactions", block["ours"], block["rows"], 1000),
        _against(
            "allocate a million scattered over 100,000 spans",
            scattered["ours"],
            scattered["rows"],
            5,
        ),
        _against("withdraw the same", back["ours"], back["rows"], None),
        _over_a_csv(bench),
    ]


def _over_a_csv(bench: Bench) -> Line:
    if not find_spec("pandas"):
        return skipped(OVER_A_CSV, NOT_INSTALLED)
    store = stores.copied(stores.store(bench, "pools"))
    table = stores.copied(stores.csv_of(bench, "pools"))
    turn: dict[str, Command] = {
        "ours": bench.numctl(store, "allocate", "--series", "cut", "--quantity", MILLION, "--to", "Sales"),
        "pandas": bench.program("frames", "allocate", table, "cut", MILLION),
    }
    timings = bench.once_each([turn] * TURNS)
    for scratch in (store, table):
        scratch.unlink()
    return _against(OVER_A_CSV, timings["ours"], timings["pandas"], None)


def _jobs(
    bench: Bench, job: str, series: tuple[str, str], store: object, peer: object
) -> list[dict[str, Command]]:
    ours, theirs = series
    return [
        {
            "ours": bench.program("inside", job, str(store), ours, MILLION),
            "rows": bench.program("rows", job, str(peer), theirs, MILLION),
        }
    ] * TURNS


def _against(what: str, ours: Timing, theirs: Timing, reach: int | None) -> Line:
    return Line(
        what,
        milliseconds(ours.seconds),
        milliseconds(theirs.seconds),
        compared(theirs, ours),
        f"{reach}x ahead" if reach else "",
        theirs.seconds / ours.seconds >= reach if reach else None,
    )
