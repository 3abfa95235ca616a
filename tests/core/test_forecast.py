"""When numbers run out: rates over the last days, dates, and what is not said."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from numctl.core.actions import allocation, inventory, reservations
from numctl.core.numbers.ranges import Range
from numctl.core.queries import forecast
from numctl.core.queries.forecast import Forecast
from numctl.core.queries.utilization import Figures
from numctl.core.undo.undoing import undo
from tests.company import Company

TODAY = "2026-11-24"
NOW = date.fromisoformat(TODAY).toordinal()
FIGURES = Figures(available=400, reserved=600)  # 60 % of 1000


def ago(**days: int) -> dict[int, int]:
    """Net changes by how many days ago they were: ``d5=-3``."""
    return {NOW - int(name[1:]): n for name, n in days.items()}


def test_rates_and_dates() -> None:
    told = forecast.of(ago(d200=1000, d80=-300, d20=-250, d0=-50), FIGURES, 80, TODAY)
    assert (told.per_day_30, told.per_day_90) == (Fraction(10), Fraction(600, 90))
    assert told.threshold_on == "2026-12-14"  # 200 numbers at 10 a day
    assert told.exhausted_on == "2027-01-03"


def test_a_shrinking_that_is_over_is_told_by_the_long_rate() -> None:
    told = forecast.of(ago(d200=1000, d60=-90), FIGURES, 0, TODAY)
    assert told == Forecast(None, Fraction(1), None, "2027-12-29")


def test_the_day_a_pool_began_is_not_counted() -> None:
    told = forecast.of(ago(d10=1000, d4=-20), FIGURES, 0, TODAY)
    assert told[:2] == (Fraction(2), Fraction(2))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        ago(d6=1000, d1=-900),
        ago(d200=1000),
        ago(d100=500, d20=-100, d10=100),
        ago(d100=500, d20=-1, d3=2),
    ],
)
def test_nothing_is_guessed(changes: dict[int, int]) -> None:
    assert forecast.of(changes, FIGURES, 80, TODAY) == Forecast()


def test_a_week_is_enough() -> None:
    assert forecast.of(ago(d7=1000, d1=-7), FIGURES, 0, TODAY).per_day_30 == 1


def test_what_is_reached_already_is_today() -> None:
    told = forecast.of(ago(d50=1000, d1=-10), Figures(available=0, reserved=10), 80, TODAY)
    assert (told.threshold_on, told.exhausted_on) == (TODAY, TODAY)


def test_part_of_a_day_is_a_day() -> None:
    told = forecast.of(ago(d90=1000, d1=-90), Figures(available=4, reserved=6), 70, TODAY)
    assert told.per_day_30 == 3
    assert (told.threshold_on, told.exhausted_on) == ("2026-11-25", "2026-11-26")


def test_past_the_calendar_s_end_is_no_date() -> None:
    told = forecast.of(ago(d90=10**15, d1=-1), Figures(available=10**15), 80, TODAY)
    assert (told.threshold_on, told.exhausted_on) == (None, None)


def test_changes_are_read_from_the_journal_net_of_what_was_undone(tmp_path: Path) -> None:
    company = Company(tmp_path / "inventory.db")
    company.today = "2026-11-26"
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 40), "Sales"))
    company.do("add", lambda op: inventory.add(op, [Range(15000, 15009)], "other"))
    company.today = "2026-11-27"
    company.do("reserve", lambda op: reservations.reserve(op, [Range(1418050, 1418054)], "x"))
    company.do("reserve", lambda op: reservations.reserve(op, [Range(1418055, 1418058)], "x"))
    company.do("undo", undo)
    root, sales = company.root, company.root + 1
    day = date(2026, 11, 24).toordinal()
    assert forecast.daily(company.store.connection) == {
        (root, 0): {day: 0, day + 2: 0, day + 3: -5},
        (sales, 0): {day + 2: 0},
    }
    by_series = forecast.daily(company.store.connection, by_series=True)
    assert sorted(by_series) == [(root, 1), (root, 2), (sales, 1)]
    assert by_series[root, 1] == {day: 0, day + 2: 0, day + 3: -5}
