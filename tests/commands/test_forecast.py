"""``numctl utilization --forecast``."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from numctl.core.actions import allocation, reservations
from numctl.core.undo.undoing import undo
from tests.company import Company
from tests.conftest import Numctl


def test_fields_and_figures(store: Path, numctl: Numctl) -> None:
    company = Company(store)
    today = date.today()
    write = company.store.connection.execute
    company.do("reserve", lambda op: reservations.reserve(op, allocation.Quantity("1418", 20), "x"))
    write("UPDATE operation SET at = ? WHERE id < 6", [f"{today - timedelta(100)}T12:00:00Z"])
    write("UPDATE operation SET at = ? WHERE id = 6", [f"{today - timedelta(20)}T12:00:00Z"])
    acme, emea, sales, finance = _rows(numctl, "--tree")[0], *_rows(numctl, "--tree")[1:]
    assert [*acme][-5:] == ["per_day_30", "per_day_90", "threshold_on", "exhausted_on", "aging"]
    assert (acme["per_day_30"], acme["per_day_90"]) == (0.67, 0.22)
    assert acme["exhausted_on"] == (today + timedelta(120)).isoformat()
    assert acme["threshold_on"] == (today + timedelta(90)).isoformat()
    for other in (emea, sales, finance):
        assert (other["per_day_30"], other["exhausted_on"]) == (None, None)
    (by_series,) = _rows(numctl, "--by", "series")
    assert (by_series["series"], by_series["per_day_30"]) == ("1418", 0.67)
    assert "per_day_30" not in json.loads(numctl("utilization", "-o", "json").out)[0]


def _rows(numctl: Numctl, *args: str) -> list[dict[str, object]]:
    found = json.loads(numctl("utilization", "--forecast", *args, "-o", "json").out)
    assert isinstance(found, list)
    return found


def test_what_is_handed_on_or_undone_is_no_use(store: Path, numctl: Numctl) -> None:
    """A branch that uses nothing and returns most of what it has is not exhausted soon."""
    company = Company(store)
    today = date.today()
    write = company.store.connection.execute
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 50), "Sales"))
    write("UPDATE operation SET at = ?", [f"{today - timedelta(100)}T12:00:00Z"])
    company.do("withdraw", lambda op: allocation.withdraw(op, "1418", 40, "Sales"))
    company.do("reserve", lambda op: reservations.reserve(op, allocation.Quantity("1418", 5), "x"))
    company.do("undo", undo)
    write("UPDATE operation SET at = ? WHERE id > 6", [f"{today - timedelta(20)}T12:00:00Z"])
    for row in _rows(numctl, "--tree"):
        assert (row["per_day_30"], row["exhausted_on"]) == (None, None), row
