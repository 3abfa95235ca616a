"""The server that the benchmark starts for itself: a store can be made there, and nothing of it is left."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from benchmarks import server, server_rows
from benchmarks.measuring import Failed

FIRST = 14_188_980_000


@pytest.fixture(autouse=True)
def _needs_it() -> None:
    if lacking := server.missing():
        pytest.skip(lacking)


def test_server_is_stopped_where_what_is_measured_fails() -> None:
    stack = ExitStack()
    address = stack.enter_context(server.started())
    connection = psycopg.connect(address)
    assert connection.execute("SHOW fsync").fetchone() == ("on",)
    failed = Failed()
    assert not stack.__exit__(Failed, failed, None)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    folder = re.search(r"host=([^&]+)", address)
    assert folder
    assert not Path(folder[1]).exists()


def test_row_per_number_is_changed_once_with_its_journal(address: str, tmp_path: Path) -> None:
    server_rows.fill(address, str(FIRST), "100")
    server_rows.block(address, str(FIRST), "10")
    server_rows.lowest(address)
    listed = tmp_path / "numbers.txt"
    listed.write_text(f"{FIRST + 50}\n{FIRST + 60}\n")
    server_rows.scattered(address, str(listed))
    with pytest.raises(AssertionError, match="not available"):
        server_rows.scattered(address, str(listed))
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT number FROM number WHERE status = 'reserved' ORDER BY 1").fetchall()
        noted = connection.execute(
            "SELECT number, operation FROM change WHERE status_before = 'available' ORDER BY 1"
        ).fetchall()
    wanted = [*range(FIRST, FIRST + 11), FIRST + 50, FIRST + 60]
    assert [number for (number,) in rows] == wanted
    assert [number for number, _ in noted] == wanted
    assert [operation for _, operation in noted] == [1] * 10 + [2, 3, 3]
