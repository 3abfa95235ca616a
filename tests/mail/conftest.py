"""What the tests of mail are handed: an outbox, and a real mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

import numctl.mail
from tests.mail.outbox import (
    Outbox,
)
from tests.postoffice import (
    PostOffice,
    open_office,
)


@pytest.fixture
def box(store: Path) -> Outbox:
    return Outbox(store)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Write the settings file."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("NUMCTL_CONFIG", str(path))
    return path.write_text


@pytest.fixture
def plain(office: PostOffice, configure: Callable[[str], None]) -> PostOffice:
    """A post office without TLS, set as the mail server."""
    configure(office.settings("none"))
    return office


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """Make all patience short; give how many seconds a step may take."""
    monkeypatch.setattr(numctl.mail, "EACH_STEP", 0.3)
    monkeypatch.setattr(numctl.mail, "AFTER_CHANGE", 0.3)
    monkeypatch.setattr(numctl.mail, "NOTING", 0.1)
    return 0.3
