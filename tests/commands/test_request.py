"""``request``: asking the supplier for more numbers, by mail or by hand, and the list of what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from numctl.core.actions import founding, inventory, organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act
from numctl.core.numbers.ranges import Range
from tests.postoffice import open_office

ACT = Act("ann", "2026-11-24T09:00:00Z", "2026-11-24")
SUPPLIER = '[supplier]\nemail = "orders@carrier.example"\nphone = "+1 418 555 0100"\n'


@pytest.fixture(autouse=True)
def _company(store: Path) -> None:
    founding.found(store, ACT, "Acme", ["boss@acme.example"])
    with open_store(store) as opened:
        perform(opened, ACT, "test", lambda op: organizations.add(op, "Sales", None))
        perform(opened, ACT, "test", lambda op: organizations.add(op, "Lab", None))
        numbers = [Range(14188980000, 14188980009)]
        perform(opened, ACT, "test", lambda op: inventory.add(op, numbers, "1418", "Sales"))


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the settings file."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("NUMCTL_CONFIG", str(path))

    def write(text: str) -> None:
        path.write_text(text)

    return write


def requests(numctl: Any, *args: str) -> Any:
    return json.loads(numctl("request", "--list", "-o", "json", *args).out)


def messages(numctl: Any) -> Any:
    return json.loads(numctl("mail", "list", "-o", "json").out)


def test_a_request_is_shown_and_kept(numctl, configure) -> None:
    configure(SUPPLIER)
    ending = numctl("request", "--quantity", "200", "--series", "1418", "--note", "For the\nnew office")
    assert (ending.code, ending.err) == (0, "")
    said, shown = ending.out.split("\n", 1)
    assert said == "Made request 1 for 200 more (operation 5)."
    assert shown == (
        "\n"
        "Supplier: orders@carrier.example, +1 418 555 0100\n"
        "Subject:  Request for 200 telephone numbers of series 1418\n"
        "\n"
        "We ask for 200 more telephone numbers of series 1418 for Acme.\n"
        "\n"
        "It has 10 at present, of which 10 are in use.\n"
        "\n"
        "For the new office\n"
        "\n"
        "Please reply to boss@acme.example.\n"
    )
    (row,) = requests(numctl)
    assert row.pop("at").startswith("20")
    assert row == {
        "id": 1,
        "organization": "Acme",
        "series": "1418",
        "quantity": 200,
        "note": "For the new office",
        "state": "kept",
    }
    assert messages(numctl) == []


def test_json_holds_all_that_is_shown(numctl, configure) -> None:
    configure(SUPPLIER)
    (answer,) = json.loads(numctl("request", "--quantity", "1", "-o", "json").out)
    assert (answer["action"], answer["request"], answer["quantity"], answer["series"]) == (
        "request",
        1,
        1,
        None,
    )
    assert (answer["supplier_email"], answer["supplier_phone"]) == (
        "orders@carrier.example",
        "+1 418 555 0100",
    )
    assert answer["text"].startswith("We ask for 1 more telephone number for Acme.\n")
    assert answer["queued_mail"] == 0


def test_without_a_supplier_the_message_is_shown_alone(numctl) -> None:
    ending = numctl("request", "--quantity", "5")
    assert ending.code == 0
    assert "Supplier:" not in ending.out
    assert "We ask for 5 more" in ending.out
    assert "No supplier is set" in ending.err
    assert [row["state"] for row in requests(numctl)] == ["kept"]


def test_send_goes_to_the_supplier_and_the_state_follows_its_message(numctl, configure) -> None:
    with open_office() as office:
        configure(office.settings("none") + SUPPLIER)
        for answer, state in (("451 later", "waiting"), ("550 never", "failed"), ("250 OK", "sent")):
            office.answers["DATA"] = answer
            if state == "waiting":
                assert numctl("request", "--quantity", "5", "--send", "--as", "Sales").code == 0
            else:
                numctl("mail", "send", "--failed")
            assert [row["state"] for row in requests(numctl)] == [state]
            office.answers["DATA"] = "550 never"
    ((recipients, message),) = office.taken
    assert recipients == ["orders@carrier.example"]
    assert message["Reply-To"] == "boss@acme.example"
    assert message["Subject"] == "Request for 5 telephone numbers"
    (row,) = messages(numctl)
    assert (row["organization"], row["to"]) == ("Acme/Sales", ["orders@carrier.example"])


@pytest.mark.parametrize(
    "settings", ["", "[supplier]\nphone = '1'\n", "[supplier]\nemail = 'x'\n"], ids=["none", "phone", "bad"]
)
def test_send_needs_an_address(numctl, configure, settings: str) -> None:
    configure(settings)
    ending = numctl("request", "--quantity", "5", "--send")
    assert ending.code == 2
    assert "mail address" in ending.err if "email" in settings else "supplier.email" in ending.err
    assert requests(numctl) == []


@pytest.mark.parametrize("quantity", ["0", "-1", "5.0", "1_000", "+5", " 7", "1" * 30, ""])
def test_bad_quantities(numctl, quantity: str) -> None:
    assert numctl("request", f"--quantity={quantity}").code == 2
    assert requests(numctl) == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "--quantity is missing"),
        (["--list", "--quantity", "5"], "--list goes with no other"),
        (["--list", "--send"], "--list goes with no other"),
        (["--quantity", "5", "--note", "a\x1bb"], "unprintable"),
        (["--quantity", "5", "--note", " "], "can't be empty"),
    ],
    ids=str,
)
def test_lines_that_ask_for_nothing_clear(numctl, args: list[str], said: str) -> None:
    ending = numctl("request", *args)
    assert ending.code == 2
    assert said in ending.err


def test_a_dry_run_shows_the_message_and_keeps_nothing(numctl, configure) -> None:
    with open_office() as office:
        configure(office.settings("none") + SUPPLIER)
        ending = numctl("request", "--quantity", "5", "--send", "--dry-run")
    assert ending.code == 0
    assert "dry run" in ending.out
    assert "We ask for 5 more" in ending.out
    assert (office.connections, requests(numctl), messages(numctl)) == (0, [], [])


def test_an_unknown_series_is_not_found_and_one_out_of_scope_is_like_it(numctl) -> None:
    unknown = numctl("request", "--quantity", "5", "--series", "999")
    hidden = numctl("request", "--quantity", "5", "--series", "1418", "--as", "Lab")
    assert (unknown.code, hidden.code) == (5, 5)
    assert hidden.err.split("'")[0] == unknown.err.split("'")[0]
    assert requests(numctl) == []


def test_requests_are_seen_within_scope(numctl) -> None:
    for organization in ("Acme", "Sales", "Lab"):
        numctl("request", "--quantity", "5", "--as", organization)
    assert [row["organization"] for row in requests(numctl)] == ["Acme", "Acme/Sales", "Acme/Lab"]
    assert [row["organization"] for row in requests(numctl, "--as", "Lab")] == ["Acme/Lab"]


def test_the_same_key_asks_once(numctl, configure) -> None:
    configure(SUPPLIER)
    first, again = (
        numctl("request", "--quantity", "5", "--send", "--op-key", "k", "-o", "json") for _ in range(2)
    )
    assert (first.code, again.code) == (0, 0)
    assert json.loads(again.out) == json.loads(first.out)
    assert len(requests(numctl)) == len(messages(numctl)) == 1


def test_no_requests_are_an_empty_list(numctl) -> None:
    assert requests(numctl) == []


def test_a_dry_run_of_a_request_that_was_made_shows_nothing_more(numctl, configure) -> None:
    configure(SUPPLIER)
    line = ("request", "--quantity", "5", "--op-key", "k")
    assert numctl(*line).code == 0
    ending = numctl(*line, "--dry-run")
    assert (ending.code, ending.out, ending.err) == (0, "Nothing was to be changed.\n", "")
    assert len(requests(numctl)) == 1
