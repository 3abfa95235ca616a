"""What an address means: who the server must prove to be, and what it is asked besides."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("psycopg")

from psycopg.conninfo import conninfo_to_dict

from numctl import clock
from numctl.core.store.server.connection import secured
from tests.conftest import Numctl

PROVEN = "verify-full"


@pytest.mark.parametrize(
    ("address", "environment", "mode"),
    [
        ("postgresql://numbers.example/inventory", {}, PROVEN),
        ("postgresql://jo@10.1.2.3:5433/inventory", {}, PROVEN),
        ("postgresql:///inventory", {"PGHOST": "numbers.example"}, PROVEN),
        ("postgresql://localhost,numbers.example/inventory", {}, PROVEN),
        ("postgresql://numbers.example/inventory", {"PGSSLMODE": "require"}, None),
        ("postgresql://numbers.example/inventory?sslmode=prefer", {}, "prefer"),
        ("postgresql://numbers.example/inventory?sslmode=disable", {}, "disable"),
        ("postgresql:///inventory?service=numbers&host=numbers.example", {}, None),
        ("postgresql:///inventory", {}, None),
        ("postgresql:///inventory?host=/run/postgresql", {}, None),
        ("postgresql://localhost/inventory", {}, None),
        ("postgresql://127.0.0.2,[::1]/inventory", {}, None),
    ],
)
def test_who_is_elsewhere_must_prove_to_be_the_one_named(
    address: str, environment: dict[str, str], mode: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert conninfo_to_dict(secured(address)).get("sslmode") == mode


def test_times_are_the_servers(
    numctl: Numctl, address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A host whose clock is two hours and a day late writes what the server's says."""
    late = 26 * 3600
    with monkeypatch.context() as patched:
        patched.setattr(clock, "time", SimpleNamespace(time=lambda: time.time() - late))
        patched.setenv("NUMCTL_DB", address)
        before = time.time()
        assert numctl("init", "--name", "Acme").code == 0
        assert numctl("series", "add", "1418").code == 0
        assert numctl("add", "14188980000", "--series", "1418").code == 0
        assert numctl("reserve", "14188980000", "--tag", "x", "--until", "+1d").code == 0
        told = json.loads(numctl("history", "--limit", "1", "-o", "json").out)[0]["at"]
        until = json.loads(numctl("search", "1418898", "-o", "json").out)[0]["reserved_until"]
        patched.setenv("NUMCTL_DB", str(tmp_path / "a.db"))
        assert numctl("init", "--name", "Acme").code == 0  # a file goes by the host's
        in_file = json.loads(numctl("history", "--limit", "1", "-o", "json").out)[0]["at"]
    moment = datetime.fromisoformat(told).timestamp()
    assert before - 1 <= moment <= time.time() + 1
    assert date.fromisoformat(until) == datetime.fromtimestamp(moment, UTC).date() + timedelta(days=1)
    assert datetime.fromisoformat(in_file).timestamp() <= time.time() - late
