"""``report blocks``, ``report disconnects``, ``report nruf``: against counts by other means."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.actions import founding, inventory, organizations, subscribers
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.reservations import reserve
from numctl.core.changes.operation import Act
from numctl.core.reports.grouping import block_of, blocks
from tests.commands.conftest import number, span
from tests.conftest import FULL

REGISTER = Path(__file__).parents[3] / "shared" / "data" / "arcep-majnum.csv"


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 2500), st.integers(0, 2)), max_size=8),
    st.sampled_from([10, 100, 1000]),
    st.integers(100, 1500),
)
def test_blocks_are_what_counting_one_by_one_gives(
    runs: list[tuple[int, int, int]], size: int, start: int
) -> None:
    parts, counts = [], Counter[tuple[int, int]]()
    for gap, count, kind in runs:
        first, last = start + gap, start + gap + count - 1
        if len(str(first)) != len(str(last)):
            break
        parts.append((first, last, kind, (str(kind),)))
        counts.update((block_of(n, size)[0], kind) for n in range(first, last + 1))
        start = last + 1
    found = [(ends, one) for one in blocks(parts, size, 3) for ends in one.each()]
    assert [ends for ends, _ in found] == sorted({block_of(first, size) for first, _ in counts})
    for (first, _), one in found:
        assert one.counts == tuple(counts[first, kind] for kind in range(3))
        kinds = [str(kind) for kind in range(3) if counts[first, kind]]
        assert one.shared == (kinds[0] if len(kinds) == 1 else None,)


def test_blocks_by_status_and_series(acme: Path, rows, numctl) -> None:
    found = rows("report", "blocks", "--size", "10", "--org", "EMEA")
    assert [row["first"] for row in found] == [number(70), number(80)]
    assert found[0] == {
        **{"first": number(70), "last": number(79), "series": "1418", "total": 10, "available": 5},
        **{"reserved": 2, "aging": 0, "assigned": 1, "in_use": 2, "used_percent": 50},
    }
    free = rows("report", "blocks", "--size", "10", "--org", "EMEA", "--free-at-least", "51%")
    assert [row["first"] for row in free] == [number(80)]
    (short,) = rows("report", "blocks", "--size", "100000", "--series", "Short")
    assert (short["first"], short["last"], short["total"]) == ("1000", "9999", 10)
    assert numctl("report", "blocks", "--size", "10", "--series", "Short").out.splitlines() == [
        "first,last,series,total,available,reserved,aging,assigned,in_use,used_percent",
        "3990,3999,Short,10,10,0,0,0,0,0",
    ]


@pytest.mark.parametrize("options", [["--size", "5"], ["--size", "100000000"], ["--size", "20"], []])
def test_a_block_is_a_power_of_ten(acme: Path, refusal, options: list[str]) -> None:
    assert refusal("report", "blocks", *options)["code"] == 2


def test_disconnects_are_releases_that_hold(acme: Path, rows, numctl) -> None:
    assert rows("report", "disconnects") == []  # 74 was never in use
    numctl("release", number(71), number(90))
    numctl("undo")
    numctl("release", number(72))
    today = datetime.now(UTC).date()
    (row,) = rows("report", "disconnects")
    assert row == {
        "number": number(72),
        "disconnected_on": str(today),
        "organization": "Acme/Sales/EMEA",
        "status": "available",
    }
    numctl("remove", number(72), "--reason", "ported")
    (row,) = rows("report", "disconnects", "--from", str(today), "--as", "EMEA")
    assert (row["organization"], row["status"]) == (None, None)
    assert rows("report", "disconnects", "--to", str(today - timedelta(1))) == []
    assert rows("report", "disconnects", "--as", "Finance") == []


def test_nruf_of_every_category(store: Path, rows, numctl) -> None:
    def ago(days: int) -> Act:
        at = datetime.now(UTC) - timedelta(days)
        return Act("tester", at.strftime("%Y-%m-%dT%H:%M:%SZ"), at.date().isoformat())

    founding.found(store, ago(400), "Acme", [])
    works = [
        (400, lambda operation: organizations.add(operation, "Other", None, [])),
        (399, lambda operation: inventory.add(operation, span(0, 99), "1418")),
        (181, lambda operation: reserve(operation, span(0, 6), "old")),
        (179, lambda operation: reserve(operation, span(10, 12), "new")),
        (6, lambda operation: subscribers.assign(operation, span(20, 24), "Ann")),
        (4, lambda operation: subscribers.assign(operation, span(30, 31), "Bob")),
        (3, lambda operation: subscribers.assign(operation, span(40, 40), "Cat")),
        (2, lambda operation: subscribers.register(operation, span(40, 40))),
    ]
    with open_store(store) as opened:
        for days, work in works:
            perform(opened, ago(days), "batch", work)
    for line in (
        ["age", f"{number(50)}+8", "--until", "+30d"],
        ["label", f"{number(60)}+9", "use=Administrative"],
        ["move", f"{number(69)}+4", "--to", "Other"],
        ["org", "set", "Other", "--intermediate"],
        ["label", f"{number(0)}+100", "rate_center=DALLAS"],
    ):
        assert numctl(*line).code == 0, line
    (row,) = rows("report", "nruf")
    assigned, intermediate, reserved, aging, administrative = 1 + 2, 4, 3 + 5, 8, 9
    assert row == {
        **{"first": "14188980000", "last": "14188980999", "total": 100, "assigned": assigned},
        **{"intermediate": intermediate, "reserved": reserved, "aging": aging},
        **{"administrative": administrative, "available": 100 - 32, "rate_center": "DALLAS", "ocn": None},
    }
    assert sum(row["total"] for row in rows("report", "nruf", "--size", "10")) == 100


def test_usage_with_one_measure_counts_the_others_as_none(acme: Path, numctl, rows, refusal) -> None:
    text = f"date,number,messages_sent\n2026-01-05,{number(70)},7\n"
    assert numctl("usage", "import", "-", input=text).code == 0
    (row,) = rows("report", "consumption", "--by", "number", "--from", "2026-01-05")
    assert (row["messages_sent"], row["messages_received"], row["data_mb"]) == (7, 0, 0)
    assert refusal("usage", "import", "-", input=f"date,number\n2026-01-05,{number(70)}\n")["code"] == 2


@pytest.mark.skipif(not REGISTER.exists(), reason=f"needs {REGISTER.name}")
def test_blocks_of_a_country_are_what_its_ranges_add_up_to(store: Path, numctl) -> None:
    assert numctl("init", "--name", "FR").code == 0
    assert numctl("import", REGISTER, "--profile", "arcep-majnum", "--create-orgs").code == 0
    size = 1_000 if FULL else 10_000
    counts: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(numctl("search", "--ranges", "-o", "csv").out)):
        first, last = int(row["first"]), int(row["last"])
        for block in range(first // size, last // size + 1):
            begin, end = max(first, block * size), min(last, (block + 1) * size - 1)
            counts[f"{block * size:0{len(row['first'])}d}"] += end - begin + 1
    found = csv.DictReader(io.StringIO(numctl("report", "blocks", "--size", str(size)).out))
    told = {row["first"]: int(row["total"]) for row in found if len(row["first"]) > 5}
    assert told == {first: n for first, n in counts.items() if len(first) > 5}
    assert sum(told.values()) > 500_000_000
