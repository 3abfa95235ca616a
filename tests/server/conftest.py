"""A server of the tests' own; without PostgreSQL, these tests are skipped by name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import on_server
from tests.faults.conftest import launcher
from tests.server.line import Line

__all__ = ["launcher"]


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


@pytest.fixture
def line(server: on_server.Server) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="numctl-line-") as folder:  # a socket's path must be short
        line = Line(Path(folder), server.folder)
        yield line
        line.close()
