"""Allocating and withdrawing a million numbers: in one block, and scattered over 100,000 spans."""

from __future__ import annotations

from benchmarks import stores
from benchmarks.measuring import Bench, Command
from benchmarks.report import Line, milliseconds, times

MILLION = "1000000"
TURNS = 3
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
    commands = bench.once_each(whole)
    block = bench.inside(_jobs(bench, "allocate", ("whole", WHOLE), store, peer))
    scattered = bench.inside(_jobs(bench, "allocate", ("cut", CUT), store, peer))
    back = bench.inside(_jobs(bench, "withdraw", ("cut", CUT), store, peer))
    for scratch in (store, peer):
        scratch.unlink()
    ours, idle = commands["ours"].seconds, commands["idle"].seconds
    return [
        Line(
            "allocate a million numbers in one block, whole command",
            milliseconds(ours),
            milliseconds(idle),
            times(ours / idle),
            "1.3x start-up",
            ours / idle <= 1.3,
        ),
        _against("the same, against a row per number", ours, commands["rows"].seconds, 20),
        _against("the same, as transactions", block["ours"].seconds, block["rows"].seconds, 1000),
        _against(
            "allocate a million scattered over 100,000 spans",
            scattered["ours"].seconds,
            scattered["rows"].seconds,
            5,
        ),
        _against("withdraw the same", back["ours"].seconds, back["rows"].seconds, None),
    ]


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


def _against(what: str, ours: float, theirs: float, reach: int | None) -> Line:
    ratio = theirs / ours
    return Line(
        what,
        milliseconds(ours),
        milliseconds(theirs),
        times(ratio),
        f"{reach}x ahead" if reach else "",
        ratio >= reach if reach else None,
    )
