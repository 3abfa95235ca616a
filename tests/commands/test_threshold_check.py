"""``threshold check``: one line for a monitoring system, its exit codes, and writing to administrators."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.actions import founding, inventory, organizations, reservations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.organizations import OFF
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from tests.on_server import contents
from tests.postoffice import PostOffice, open_office

ACT = Act("ann", "2026-11-24T09:00:00Z", "2026-11-24")
# The Monitoring Plugins' guidelines: a word, a text, and performance data behind a bar.
LINE = re.compile(
    r"NUMCTL (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+(?: \| ('[^'=|\n]+'=\d+%;@\d+:100;;0;100 ?)+)?\n"
)


class Company:
    """Acme (threshold 80), to which tests add organizations with some of their numbers reserved."""

    def __init__(self, path: Path) -> None:
        founding.found(path, ACT, "Acme", ["boss@acme.example"])
        self.path = path
        self._next = 10000

    def add(
        self, name: str, total: int, used: int = 0, threshold: int | None = None, parent: str = "Acme"
    ) -> None:
        def work(operation: Operation) -> None:
            organizations.add(operation, name, parent, ["it@acme.example"], threshold)
            if total:
                organization = f"{parent}/{name}"
                inventory.add(operation, [Range(self._next, self._next + total - 1)], "red", organization)
            if used:
                reservations.reserve(operation, [Range(self._next, self._next + used - 1)], "x")

        self.do(work)
        self._next += total
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("DELETE FROM message")  # only what the check queues is looked at

    def do(self, work: Callable[[Operation], None]) -> None:
        with open_store(self.path) as store:
            perform(store, ACT, "test", work)

    def recipients(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            rows = connection.execute("SELECT json_extract(facts, '$.organization') FROM message ORDER BY id")
            return [organization for (organization,) in rows]


@pytest.fixture
def company(store: Path) -> Company:
    made = Company(store)
    made.do(lambda op: organizations.set_up(op, "Acme", {"threshold": OFF}))
    return made


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with open_office() as office:
        path = tmp_path / "config.toml"
        path.write_text(office.settings("none"))
        monkeypatch.setenv("NUMCTL_CONFIG", str(path))
        yield office


def test_the_line_is_as_promised(numctl, company: Company) -> None:
    company.do(lambda op: organizations.set_up(op, "Acme", {"threshold": 80}))
    company.do(lambda op: inventory.add(op, [Range(10000, 11199)], "red"))
    company.do(lambda op: reservations.reserve(op, [Range(10000, 10983)], "x"))
    ending = numctl("threshold", "check")
    assert ending.out == (
        "NUMCTL WARNING - Acme 82% of 1200 in use (threshold 80%) | 'Acme'=82%;@80:100;;0;100\n"
    )
    assert (ending.code, ending.err) == (1, "")


@pytest.mark.parametrize(
    ("total", "used", "threshold", "code", "word"),
    [
        (10, 0, 80, 0, "OK"),
        (1000, 799, 80, 0, "OK"),
        (10, 8, 80, 1, "WARNING"),  # exactly
        (10, 9, 100, 0, "OK"),
        (10, 10, 100, 2, "CRITICAL"),
        (10, 10, 1, 2, "CRITICAL"),
        (100, 1, 1, 1, "WARNING"),
        (10, 10, 0, 0, "OK"),  # off
        (0, 0, 1, 0, "OK"),
    ],
)
def test_exit_codes(
    numctl, company: Company, total: int, used: int, threshold: int, code: int, word: str
) -> None:
    company.add("Sales", total, used, threshold)
    ending = numctl("threshold", "check")
    assert (ending.code, ending.err) == (code, "")
    assert ending.out.startswith(f"NUMCTL {word} - ")
    assert LINE.fullmatch(ending.out)
    if not threshold or not total:
        assert ending.out == "NUMCTL OK - no organization has numbers and a threshold\n"


def test_the_worst_comes_first_and_many_are_counted(numctl, company: Company) -> None:
    company.add("A", 10, 8)
    company.add("B", 10, 9, 100)
    company.add("C", 10, 10)
    company.add("D", 100, 85)
    company.add("E", 10, 9)
    ending = numctl("threshold", "check")
    assert ending.code == 2
    assert ending.out.startswith(
        "NUMCTL CRITICAL - Acme/C 100% of 10 in use (threshold 80%), Acme/E 90% of 10 in use (threshold 80%),"
        " Acme/D 85% of 100 in use (threshold 80%), and 1 more | "
    )
    assert re.findall(r"'Acme/(.)'", ending.out) == ["C", "E", "D", "A", "B"]


def test_performance_data_ends_with_the_twenty_worst(numctl, company: Company) -> None:
    for index in range(25):
        company.add(f"{index:02}", 100, 50 + index)
    ending = numctl("threshold", "check")
    assert re.findall(r"'Acme/(..)'", ending.out) == [f"{index:02}" for index in range(24, 4, -1)]


def test_names_cannot_break_the_form(numctl, company: Company) -> None:
    company.add("it's a=b|c; 'd' é", 10, 9)
    ending = numctl("threshold", "check")
    assert ending.out == (
        "NUMCTL WARNING - Acme/it's a=b_c; 'd' é 90% of 10 in use (threshold 80%)"
        " | 'Acme/it_s a_b_c; _d_ é'=90%;@80:100;;0;100\n"
    )
    assert LINE.fullmatch(ending.out)


def test_scope_and_org_narrow(numctl, company: Company) -> None:
    company.add("Sales", 10, 8)
    company.add("EMEA", 10, 2, parent="Acme/Sales")
    company.add("Lab", 10, 10)
    seen = re.compile(r"'(Acme[^']*)'=")
    assert numctl("threshold", "check").code == 2
    for narrowed in (["--org", "Sales"], ["--as", "Acme/Sales"]):
        ending = numctl("threshold", "check", *narrowed)
        assert seen.findall(ending.out) == ["Acme/Sales", "Acme/Sales/EMEA"]
        assert "Lab" not in ending.out


@pytest.mark.parametrize("format", ["json", "csv", "table"])
def test_the_line_is_the_same_in_every_format(numctl, company: Company, format: str) -> None:
    company.add("Sales", 10, 9)
    assert numctl("threshold", "check", "-o", format).out == numctl("threshold", "check").out


@pytest.mark.parametrize(
    "args",
    [
        ["--bogus"],
        ["surplus"],
        ["--org", "Nowhere"],
        ["--as", "Nowhere"],
        ["--as", "Lab", "--org", "Acme"],
        ["--db", "/nowhere/at-all.db"],
        ["--db", "/nowhere/two\nlines|\x1b[31m"],
        ["-o", "bogus"],
        ["--lock-timeout", "x"],
    ],
    ids=ascii,
)
def test_whatever_is_wrong_is_unknown(numctl, company: Company, args: list[str]) -> None:
    company.add("Lab", 1)
    ending = numctl("threshold", "check", *args)
    assert ending.code == 3
    assert LINE.fullmatch(ending.out)
    assert ending.out.startswith("NUMCTL UNKNOWN - ")
    assert "\x1b" not in ending.out
    assert ending.err


def test_a_file_that_is_no_store_is_unknown(numctl, store: Path) -> None:
    store.write_text("not a store | at all")
    ending = numctl("threshold", "check")
    assert ending.code == 3
    assert LINE.fullmatch(ending.out)


def test_nothing_changes_without_notify(numctl, company: Company, office: PostOffice) -> None:
    company.add("Sales", 10, 9)
    before = contents(company.path)
    assert numctl("threshold", "check").code == 1
    assert contents(company.path) == before
    assert office.connections == 0


def test_notify_writes_one_message_to_each_address(numctl, company: Company, office: PostOffice) -> None:
    for name, used in (("Sales", 8), ("Lab", 7), ("Empty", 10), ("Own", 9), ("Both", 9)):
        company.add(name, 10, used)
    own = {"Own": ("own@acme.example",), "Both": ("own@acme.example", "boss@acme.example")}
    for name in ("Sales", "Lab", "Empty", "Own", "Both"):
        emails = own.get(name, ("boss@acme.example",))
        company.do(lambda op, name=name, emails=emails: organizations.set_up(op, name, {"emails": emails}))
    ending = numctl("threshold", "check", "--notify")
    assert (ending.code, ending.err) == (2, "")
    told = {message["To"]: message for message in office.messages}
    assert sorted(told) == ["boss@acme.example", "own@acme.example"]
    boss, theirs = told["boss@acme.example"], told["own@acme.example"]
    assert boss["Subject"] == "Acme/Empty: no numbers left of 10, and 2 more"
    assert theirs["Subject"] == "Acme/Both: 90% of 10 numbers in use, and 1 more"
    text, own_text = (
        str(body.get_content())
        for message in (boss, theirs)
        if (body := message.get_body(("plain",))) is not None
    )
    assert "- Acme/Both: 9 of 10 in use (90%), threshold 80%" in text
    assert "- Acme/Sales: 8 of 10 in use (80%), threshold 80%" in text
    assert "Lab" not in text
    assert "Acme/Own" in own_text
    (one, other) = json.loads(numctl("mail", "list", "-o", "json").out)
    assert {one["organization"], other["organization"]} == {"Acme"}
    assert numctl("--as", "Own", "mail", "list").out == ""


def test_notify_with_the_server_away_keeps_the_code(numctl, company: Company, office: PostOffice) -> None:
    company.add("Sales", 10, 8)
    office.answers["MAIL"] = "451 later"
    ending = numctl("threshold", "check", "--notify")
    assert ending.code == 1
    assert LINE.fullmatch(ending.out)
    assert "451 later" in ending.err
    assert company.recipients() == ["Acme/Sales"]


def test_notify_without_a_server_says_that_mail_waits(numctl, company: Company) -> None:
    company.add("Sales", 10, 8)
    ending = numctl("threshold", "check", "--notify")
    assert ending.code == 1
    assert "no [smtp]" in ending.err
    assert len(json.loads(numctl("mail", "list", "-o", "json").out)) == 1


def test_notify_with_nobody_to_write_to_says_so(numctl, company: Company) -> None:
    company.add("Sales", 10, 8)
    for organization in ("Acme", "Acme/Sales"):
        company.do(lambda op, name=organization: organizations.set_up(op, name, {"emails": ()}))
    ending = numctl("threshold", "check", "--notify")
    assert ending.code == 1
    assert "no administrator's address" in ending.err
    assert company.recipients() == []


@pytest.mark.of_a_file("SQLite's lock")
def test_notify_in_a_locked_store_is_unknown(numctl, company: Company) -> None:
    company.add("Sales", 10, 8)
    holder = sqlite3.connect(company.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    ending = numctl("threshold", "check", "--notify", "--lock-timeout", "0.05")
    holder.close()
    assert ending.code == 3
    assert ending.out.startswith("NUMCTL UNKNOWN - ")
    assert ending.out.count("\n") == 1


@pytest.mark.parametrize("given", [["EMEA"], ["--org", "EMEA"]], ids=" ".join)
def test_the_organization_is_named_alike_in_all_three(acme, numctl, rows, given) -> None:
    assert numctl("threshold", "set", "7", *given).code == 0
    (row,) = rows("threshold", "show", *given)
    assert (row["organization"], row["threshold_percent"]) == ("Acme/Sales/EMEA", 7)
    assert "Acme/Sales/EMEA 25% of 20" in numctl("threshold", "check", *given).out


@pytest.mark.parametrize("line", ["set 5", "show", "check"])
def test_an_organization_named_twice_is_refused(acme, numctl, line) -> None:
    ended = numctl("threshold", *line.split(), "EMEA", "--org", "EMEA")
    assert "named twice" in ended.err
    assert ended.code == (3 if line == "check" else 2)
