"""Points in the past as people write them."""

from __future__ import annotations

import pytest

from numctl.core.dates import When, read_when
from numctl.core.errors import BadValue

pytestmark = pytest.mark.pure


TODAY, NOW = "2026-07-10", "2026-07-10T09:00:00Z"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("operation:7", When(operation=7)),
        ("2026-06-30T18:00:00Z", When("2026-06-30T18:00:00Z")),
        ("2026-06-30t20:00:00+02:00", When("2026-06-30T18:00:00Z")),
        ("2026-06-30", When("2026-06-30T23:59:59Z")),
        (TODAY, When(NOW)),
    ],
)
def test_what_is_a_point_in_the_past(text: str, when: When) -> None:
    assert read_when(text, TODAY, "UTC", NOW) == when


@pytest.mark.parametrize("text", ["step:7", "operation", "operation:x", "2026-06-30T18:00:00", "2026-07-11"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(BadValue):
        read_when(text, TODAY, "UTC", NOW)
