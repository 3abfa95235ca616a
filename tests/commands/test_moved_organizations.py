"""What is seen of an organization that came from elsewhere, or went there: only what was in scope then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postoffice
from tests.commands.conftest import number


@pytest.fixture
def moved(acme: Path, numctl) -> Path:
    """EMEA did things within Sales, went to Finance under another name, and did more there."""
    for line in (
        ["reserve", number(80), "--tag", "before-all", "--as", "Sales"],
        ["threshold", "set", "1", "--as", "EMEA"],
        ["assign", number(75), "--user", "Bea", "--as", "EMEA"],
        ["request", "--quantity", "3", "--note", "old-note", "--as", "EMEA"],
        ["org", "move", "EMEA", "--to", "Finance"],
        ["org", "rename", "EMEA", "South"],
        ["reserve", number(81), "--tag", "since-then", "--as", "South"],
        ["assign", number(76), "--user", "Kim", "--as", "South"],
    ):
        assert numctl(*line).code == 0, line
    return acme


def test_history_begins_when_it_came(moved: Path, numctl) -> None:
    told = numctl("history", "--limit", "100", "-o", "csv", "--as", "Finance").out
    assert "since-then" in told
    assert "before-all" not in told
    assert "Bea" not in told
    assert "Acme/Sales" not in told
    assert "moved Acme/Finance/EMEA" in told


def test_where_it_went_from_goes_on_to_see_what_was_its_own(moved: Path, numctl) -> None:
    told = numctl("history", "--limit", "100", "-o", "csv", "--as", "Sales").out
    assert "before-all" in told
    assert "user Bea" in told
    assert "Acme/Sales/EMEA" in told
    assert "moved Acme/Sales/EMEA" in told
    assert "since-then" not in told
    assert "Finance" not in told
    assert "South" not in told


def test_the_root_sees_each_by_its_path_of_then(moved: Path, numctl) -> None:
    told = numctl("history", "--limit", "100", "-o", "csv").out
    assert "Acme/Sales/EMEA" in told
    assert "moved Acme/Finance/EMEA: from Acme/Sales/EMEA -> Acme/Finance/EMEA" in told
    assert "of Acme/Finance/South" in told


def test_a_number_s_history_is_divided_between_both(moved: Path, answer, numctl, rows) -> None:
    before = rows("history", number(80), "--as", "Sales")
    assert [(row["action"], row["organization"], row["reserved_tag"]) for row in before] == [
        ("org move", None, None),
        ("reserve", "Acme/Sales/EMEA", "before-all"),
        ("batch", "Acme/Sales/EMEA", None),
    ]
    since = rows("history", number(80), "--as", "Finance")
    assert [(row["action"], row["organization"], row["reserved_tag"]) for row in since] == [
        ("org move", "Acme/Finance/EMEA", "before-all")
    ]
    assert numctl("history", number(81), "--as", "Sales").out.count("since-then") == 0


def test_mail_and_requests_are_those_of_then(moved: Path, rows) -> None:
    here, there = (rows("mail", "list", "--as", name) for name in ("Finance", "Sales"))
    assert {row["subject"].partition(":")[0] for row in here} == {"Acme/Finance/South"}
    assert {row["organization"] for row in here} == {"Acme/Finance/South"}
    assert {row["subject"].partition(":")[0] for row in there} == {"Acme/Sales/EMEA"}
    assert {row["organization"] for row in there} == {"Acme/Sales/EMEA"}


def test_what_went_elsewhere_is_not_undone_from_where_it_was(moved: Path, rows, refusal) -> None:
    (reserved,) = (
        row["operation"]
        for row in rows("history", "--limit", "100", "--as", "Sales")
        if "before-all" in row["summary"]
    )
    assert refusal("undo", str(reserved), "--as", "Sales")["code"] == 6
    assert refusal("undo", str(reserved), "--as", "Finance")["code"] == 5


def test_requests_of_a_removed_organization_are_kept(acme: Path, numctl, rows) -> None:
    assert numctl("org", "add", "Lab", "--parent", "Sales").code == 0
    assert numctl("request", "--quantity", "3", "--note", "of the lab", "--as", "Lab").code == 0
    assert numctl("org", "remove", "Lab").code == 0
    for acting in ("Acme", "Sales"):
        (kept,) = rows("request", "--list", "--as", acting)
        assert (kept["organization"], kept["note"]) == ("Acme/Sales/Lab", "of the lab")
    assert rows("request", "--list", "--as", "Finance") == []


def test_a_request_does_not_tell_an_address_from_above(acme: Path, numctl, answer, tmp_path: Path) -> None:
    shown = numctl("request", "--quantity", "3", "--as", "EMEA", "-o", "json").out
    assert "sales@acme.example" not in shown
    assert "sales@acme.example" not in numctl("request", "--quantity", "3", "--as", "EMEA").out
    assert "sales@acme.example" in numctl("request", "--quantity", "3", "--as", "Sales").out


def test_forwarding_tells_nothing_of_numbers_outside(acme: Path, numctl, answer, refusal) -> None:
    """74 of EMEA is forwarded; one of Finance is forwarded to it; EMEA may not learn that from a refusal."""
    for line in (
        ["assign", number(95), "--user", "Dan"],
        ["release", "Dan", "--reserve", "left", "--forward-to", number(74)],
    ):
        assert numctl(*line).code == 0
    refused = refusal("forward", number(74), "--to", number(95))
    assert (refused["code"], "circle" in refused["message"]) == (6, True)
    assert numctl("forward", number(74), "--to", number(95), "--as", "EMEA").code == 0
    checked = numctl("check")
    assert (checked.code, f"Forwarding goes in a circle at {number(74)}" in checked.err) == (0, True)
    undone = numctl("undo", "--as", "EMEA")
    assert undone.code == 0
    assert numctl("check").err == ""
    assert numctl("undo", "--as", "EMEA").code == 5


def test_mail_that_waits_is_sent_from_where_it_was_written(
    moved: Path, numctl, tmp_path, monkeypatch
) -> None:
    with postoffice.open_office() as office:
        config = tmp_path / "config.toml"
        config.write_text(office.settings("none"))
        monkeypatch.setenv("NUMCTL_CONFIG", str(config))
        assert numctl("mail", "send", "--as", "Finance").code == 0
        assert {message["Subject"].partition(":")[0] for message in office.messages} == {"Acme/Finance/South"}
        office.taken.clear()
        assert numctl("mail", "send", "--as", "Sales").code == 0
        assert {message["Subject"].partition(":")[0] for message in office.messages} == {"Acme/Sales/EMEA"}


def test_an_undo_out_of_sight_is_not_named(moved: Path, numctl, rows) -> None:
    (reserved,) = (
        row["operation"] for row in rows("history", "--limit", "100") if "before-all" in row["summary"]
    )
    assert numctl("undo", str(reserved)).code == 0

    def undone_by(*acting: str) -> object:
        return next(
            row["undone_by"]
            for row in rows("history", "--limit", "100", *acting)
            if row["operation"] == reserved
        )

    assert undone_by("--as", "Sales") is None
    assert undone_by() is not None


def test_an_undo_does_not_name_what_was_done_before_it_came(moved: Path, numctl, rows, refusal) -> None:
    (reserved,) = (
        row["operation"] for row in rows("history", "--limit", "100") if "before-all" in row["summary"]
    )
    assert numctl("undo", str(reserved)).code == 0

    def told(*acting: str) -> str:
        summary = rows("history", "--limit", "1", *acting)[0]["summary"]
        assert isinstance(summary, str)
        return summary

    assert refusal("history", "--operation", str(reserved), "--as", "Finance")["code"] == 5
    assert told("--as", "Finance").startswith("gave back 1 number of Acme/Finance/South")
    assert told().startswith(f"undid operation {reserved}: gave back 1 number")
