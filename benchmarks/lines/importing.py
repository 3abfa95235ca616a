"""Importing France's register, against filling a row per number."""

from __future__ import annotations

from benchmarks import stores
from benchmarks.measuring import Bench, Timing
from benchmarks.report import Line, milliseconds, skipped

WHAT = "import France's register, 521 million numbers"
COLUMNS = {"first": "Tranche_Debut", "last": "Tranche_Fin", "series": "Territoire", "organization": "Mnémo"}
OPTIONS = ["--region", "FR", "--delimiter", ";", "--encoding", "latin-1", "--create-orgs"]
SECONDS, SIZE, PEAK = 1.5, 5_000_000, 300 * 2**20
PEER_ROWS = 3_000_000


def measure(bench: Bench) -> list[Line]:
    source = stores.register()
    if source is None:
        return [skipped(WHAT, stores.NO_REGISTER)]
    store = bench.folder / "imported.db"
    mapped = [word for field, column in COLUMNS.items() for word in ("--map", f"{field}={column}")]
    ours, peer = Timing(), Timing()
    for turn in range(3):
        store.unlink(missing_ok=True)
        bench.run(bench.numctl(store, "init", "--name", "France"))
        ours.runs.append(bench.run(bench.numctl(store, "import", str(source), *OPTIONS, *mapped)))
        if turn < 2:
            rows = bench.folder / "filled.db"
            peer.runs.append(bench.run(bench.program("rows", "fill", rows, str(PEER_ROWS))))
            rows.unlink()
    whole = peer.seconds * 521 / (PEER_ROWS / 1e6)
    size = store.stat().st_size
    return [
        Line(
            WHAT,
            milliseconds(ours.seconds),
            f"some {whole / 60:.0f} min ({milliseconds(peer.seconds)} for {PEER_ROWS // 10**6} million rows)",
            f"{whole / ours.seconds:,.0f}x",
            f"{SECONDS} s",
            ours.seconds <= SECONDS,
        ),
        Line("the same: size of the file", f"{size / 1e6:.1f} MB", "", "", "5 MB", size <= SIZE),
        Line("the same: peak memory", f"{ours.peak / 2**20:.0f} MiB", "", "", "300 MiB", ours.peak <= PEAK),
    ]
