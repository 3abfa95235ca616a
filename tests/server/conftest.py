"""A server of the tests' own; without PostgreSQL, these tests are skipped by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import on_server


@pytest.fixture(scope="session")
def server() -> Iterator[on_server.Server]:
    if on_server.programs() is None:
        pytest.skip("needs PostgreSQL: initdb")
    server = on_server.Server()
    yield server
    server.stop()


@pytest.fixture
def address(server: on_server.Server, request: pytest.FixtureRequest) -> str:
    """Where a store may be made: a schema of this test's own, with nothing in it."""
    schema = f"t{abs(hash(request.node.nodeid))}"
    return f"{server.address('postgres')}&options=-csearch_path%3D{schema}"
