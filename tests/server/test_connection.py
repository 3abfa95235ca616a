"""What an address means: who the server must prove to be."""

from __future__ import annotations

import pytest

pytest.importorskip("psycopg")

from psycopg.conninfo import conninfo_to_dict

from numctl.core.store.server.connection import secured

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
