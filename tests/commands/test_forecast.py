"""``numctl utilization --forecast``."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from numctl.core.actions import allocation
from tests.company import Company
from tests.conftest import Numctl


def test_fields_and_figures(store: Path, numctl: Numctl) -> None:
    company = Company(store)
    today = date.today()
    write = company.store.connection.execute
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 20), "Sales"))
    write("UPDATE operation SET at = ? WHERE id < 6", [f"{today - timedelta(100)}T12:00:00Z"])
    write("UPDATE operation SET at = ? WHERE id = 6", [f"{today - timedelta(20)}T12:00:00Z"])
    acme, emea, sales, finance = _rows(numctl, "--tree")[0], *_rows(numctl, "--tree")[1:]
    assert [*acme][-4:] == ["per_day_30", "per_day_90", "threshold_on", "exhausted_on"]
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
