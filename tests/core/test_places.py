"""Addresses of stores on servers: what of them is shown, and which can't be read."""

from __future__ import annotations

import pytest

from numctl.core.errors import BadValue
from numctl.core.store.places import place
from tests.conftest import Numctl

READ = {
    "postgresql://jo:canary@h/db": "postgresql://jo@h/db",
    "postgresql://jo:can:ary@h/db": "postgresql://jo@h/db",
    "postgresql://jo@h:5432/db": "postgresql://jo@h:5432/db",
    "postgresql://h:5432,g:5433/db": "postgresql://h:5432,g:5433/db",
    "postgresql://jo:canary@[::1]:5432,g/db?options=-csearch_path%3Dx": (
        "postgresql://jo@[::1]:5432,g/db?options=-csearch_path%3Dx"
    ),
    "postgresql:///db?host=/tmp&password=canary": "postgresql:///db?host=/tmp",
    "postgresql://h/db?sslpassword=canary&user=jo": "postgresql://h/db?user=jo",
}
UNREADABLE = (
    "postgresql://jo:can/ary@h/db",
    "postgresql://jo:can@ary@h/db",
    "postgresql://jo:can?ary@h/db",
    "postgresql://jo:canary",
    "postgresql://h/db@canary",
)


@pytest.mark.parametrize(("written", "shown"), READ.items())
def test_an_address_is_shown_without_its_password(written: str, shown: str) -> None:
    assert str(place(written)) == shown
    assert "canary" not in repr(place(written))


@pytest.mark.parametrize("written", UNREADABLE)
def test_what_may_hold_a_password_somewhere_is_not_quoted(numctl: Numctl, written: str) -> None:
    with pytest.raises(BadValue):
        place(written)
    ending = numctl("--db", written, "search")
    assert ending.code == 2
    assert "%40" in ending.err
    assert "can" not in ending.err.replace("can't", "")


def test_an_option_that_there_is_none_of_is_no_damage(numctl: Numctl) -> None:
    pytest.importorskip("psycopg")
    ending = numctl("--db", "postgresql://h/db?nonsense=canary", "search")
    assert ending.code == 2
    assert "can't be read" in ending.err
    assert "canary" not in ending.err
