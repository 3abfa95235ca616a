"""`sync`: the inventory made as another list has it, within limits, and taken back whole."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import FULL, Numctl

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl) -> None:
    """3000 to 3009 are Acme's, 3010 to 3019 Sales'; one reserved, assigned, in use, aging each."""
    for line in (
        "init --name Acme",
        "org add Sales",
        "org add EMEA --parent Sales",
        "add 3000..3009 --series s",
        "add 3010..3019 --series s --org Sales",
        "reserve 3001 --tag t",
        "assign 3002 --user Ann",
        "assign 3003 --user Bo",
        "register 3003",
        "age 3004 --until 2099-01-01",
        "label 3000..3004 site=Paris",
    ):
        assert numctl(*line.split()).code == 0


def export(numctl: Numctl, *options: str) -> str:
    return numctl("search", "--all", "--ranges", "-o", "csv", *options).out


def synced(numctl: Numctl, text: str, *options: str) -> dict[str, object]:
    ended = numctl("sync", "-", "-o", "json", *options, input=text)
    assert ended.code == 0, ended.err
    (told,) = json.loads(ended.out)
    return dict(told)


def numbers(told: dict[str, object]) -> tuple[object, ...]:
    return tuple(told[word] for word in ("added", "removed", "changed", "left"))


def test_what_only_one_side_has_is_told_and_left(numctl: Numctl) -> None:
    before = export(numctl)
    told = synced(numctl, "3000..3018\n3020\n")
    assert (told["operation"], numbers(told)) == (None, (0, 0, 0, 2))
    ended = numctl("sync", "-", input="3000..3018\n3020\n")
    assert ended.out == "Nothing was to be changed; left as they are, as only one side has them: 2.\n"
    assert export(numctl) == before


def test_numbers_are_added_and_removed_when_asked(numctl: Numctl) -> None:
    before = export(numctl)
    line = ["--add", "--remove", "--reason", "given back", "--series", "s"]
    told = synced(numctl, "first,last\n3000,3018\n3020,3021\n", *line)
    assert (told["count"], numbers(told)) == (3, (2, 1, 0, 0))
    assert numctl("search", "3019", "--count").out == "0\n"
    assert "given back" in numctl("history", "--limit", "1", "-o", "json").out
    assert numctl("undo").code == 0
    assert export(numctl) == before


def test_states_are_set_as_the_list_has_them(numctl: Numctl) -> None:
    before = export(numctl)
    text = (
        "number,organization,series,status,reserved_tag,reserved_until,user,label.site\n"
        "3000,Sales,s,reserved,new,2098-01-01,,Paris\n"
        "3001,Acme,other,available,,,,\n"
        "3005,Acme,s,in-use,,,Eve,Rome\n"
        "3003,Acme,s,in-use,,,Bo,Paris\n"
    )
    told = synced(numctl, text)
    assert numbers(told) == (0, 0, 3, 16)
    assert told["series_made"] == ["other"]
    rows = {row["number"]: row for row in json.loads(numctl("search", "-o", "json").out)}
    assert [rows["3000"][word] for word in ("organization", "reserved_tag", "reserved_until", "labels")] == [
        *("Acme/Sales", "new", "2098-01-01", {"site": "Paris"})
    ]
    assert (rows["3001"]["series"], rows["3001"]["status"], rows["3001"]["labels"]) == (
        "other",
        "available",
        {},
    )
    assert (rows["3005"]["user"], rows["3005"]["labels"]) == ("Eve", {"site": "Rome"})
    assert numctl("check").code == 0
    assert numctl("undo").code == 0
    assert export(numctl) == before
    assert "other" not in numctl("series", "list").out


def test_what_the_list_has_no_column_for_stays(numctl: Numctl) -> None:
    before = export(numctl)
    told = synced(numctl, "number,organization\n3001,EMEA\n")
    assert numbers(told) == (0, 0, 1, 19)
    (row,) = json.loads(numctl("search", "3001", "-o", "json").out)
    assert (row["organization"], row["status"], row["reserved_tag"]) == ("Acme/Sales/EMEA", "reserved", "t")
    assert numctl("undo").code == 0
    assert export(numctl) == before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("number,status\n3002,available\n3003,available\n", "3002..3003"),
        ("number,user\n3003,Eve\n", "3003"),
        ("number,user\n3003,\n", "3003"),
        ("number,status\n3004,available\n", "3004"),
        ("number,status,reserved_until\n3004,aging,2098-01-01\n", "3004"),
    ],
)
def test_only_force_takes_numbers_from_users_and_out_of_their_rest(
    numctl: Numctl, text: str, named: str
) -> None:
    before = export(numctl)
    ended = numctl("sync", "-", input=text)
    assert (ended.code, named in ended.err) == (6, True)
    assert export(numctl) == before
    assert synced(numctl, text, "--force")["changed"] == text.count("\n300")
    assert numctl("undo").code == 0
    assert export(numctl) == before


def test_a_user_s_number_is_removed_by_force_alone(numctl: Numctl) -> None:
    line = ["--remove", "--reason", "r", "--max-removals", "100%"]
    assert numctl("sync", "-", *line, input="3000..3001\n3003..3019\n").code == 6
    assert synced(numctl, "3000..3001\n3003..3019\n", *line, "--force")["removed"] == 1


@pytest.mark.promise(48)
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 6),  # 3 of 20 are more than a tenth
        (["--max-removals", "3"], 0),
        (["--max-removals", "2"], 6),
        (["--max-removals", "15%"], 0),
        (["--max-removals", "14%"], 6),
        (["--max-removals", "3", "--max-changes", "2"], 6),
        (["--max-removals", "3", "--max-changes", "3"], 0),
        (["--max-removals", "x"], 2),
    ],
)
def test_limits(numctl: Numctl, options: list[str], code: int) -> None:
    before = export(numctl)
    line = ["sync", "-", "--remove", "--reason", "r", *options]
    assert numctl(*line, input="3000..3016\n").code == code
    assert (export(numctl) == before) is (code != 0)


@pytest.mark.parametrize("text", ["", "number\n", "# nothing\n"])
def test_a_list_without_rows_is_refused(numctl: Numctl, text: str) -> None:
    ended = numctl("sync", "-", "--remove", "--reason", "r", "--max-removals", "100%", input=text)
    assert (ended.code, "no rows" in ended.err) == (2, True)


def test_reasons_go_with_removals(numctl: Numctl) -> None:
    assert numctl("sync", "-", "--remove", input="3000\n").code == 2
    assert numctl("sync", "-", "--reason", "r", input="3000\n").code == 2


def test_only_what_is_named_is_compared(numctl: Numctl) -> None:
    assert numctl("add", "4000..4009", "--series", "other").code == 0
    line = ["--remove", "--reason", "r"]
    assert numbers(synced(numctl, "3000..3019\n", *line, "--series", "s")) == (0, 0, 0, 0)
    assert numbers(synced(numctl, "3010..3019\n", *line, "--org", "Sales")) == (0, 0, 0, 0)
    assert numctl("move", "3019", "--to", "EMEA").code == 0
    assert numbers(synced(numctl, "3010..3019\n", "--org", "Sales", "--below")) == (0, 0, 0, 0)
    assert numbers(synced(numctl, "3010..3019\n", "--org", "Sales")) == (0, 0, 1, 0)


def test_organizations_are_made_only_when_asked(numctl: Numctl) -> None:
    text = "number,organization\n3000,Lab\n"
    ended = numctl("sync", "-", input=text)
    assert (ended.code, "Line 2: There is no organization 'Lab'" in ended.err) == (5, True)
    told = synced(numctl, text, "--create-orgs")
    assert told["organizations"] == ["Acme/Lab"]
    assert numctl("undo").code == 0
    assert "Lab" not in numctl("org", "list").out


def test_only_the_root_syncs(numctl: Numctl) -> None:
    assert numctl("sync", "nowhere.csv", "--as", "Sales").code == 4


def test_a_retry_under_a_key_is_not_done_again(numctl: Numctl) -> None:
    text = "number,status,reserved_tag\n3000,reserved,x\n"
    first = synced(numctl, text, "--op-key", "k")
    assert synced(numctl, text, "--op-key", "k") == first
    assert numctl("sync", "-", "--op-key", "k", input=text.replace("3000", "3005")).code == 6


# Whatever a list says, after a sync nothing differs


STATES = st.one_of(
    st.just(("available", "", "", "")),
    st.tuples(
        st.just("reserved"), st.sampled_from(("a", "b")), st.sampled_from(("", "2099-05-05")), st.just("")
    ),
    st.tuples(st.just("aging"), st.just(""), st.just("2099-05-05"), st.just("")),
    st.tuples(
        st.sampled_from(("assigned", "in-use")), st.just(""), st.just(""), st.sampled_from(("Ann", "Bo"))
    ),
)
ROWS = st.tuples(
    STATES,
    st.sampled_from(("Acme", "Sales", "EMEA")),
    st.sampled_from(("s", "z")),
    st.sampled_from(("", "x", "y")),
)
LISTS = st.dictionaries(st.integers(3000, 3008), ROWS, min_size=1)
COLUMNS = (
    "number",
    "status",
    "reserved_tag",
    "reserved_until",
    "user",
    "organization",
    "series",
    "label.site",
)


def sheet(rows: dict[int, tuple[tuple[str, ...], str, str, str]], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    for number, (state, *rest) in rows.items():
        writer.writerow(dict(zip(COLUMNS, (number, *state, *rest), strict=True)))
    return text.getvalue()


@pytest.mark.promise(48, tries=200 if FULL else 15)
@settings(max_examples=200 if FULL else 15, deadline=None)
@given(here=LISTS, there=LISTS, user=st.booleans(), status=st.booleans(), site=st.booleans())
def test_after_a_sync_nothing_differs(
    numctl: Numctl, tmp_path_factory: pytest.TempPathFactory, here: object, there: object, user: bool,
    status: bool, site: bool,
) -> None:  # fmt: skip
    db = ["--db", str(tmp_path_factory.mktemp("sync") / "a.db")]
    for line in ("init --name Acme", "org add Sales", "org add EMEA --parent Sales"):
        assert numctl(*db, *line.split()).code == 0
    assert numctl(*db, "import", "-", input=sheet(here)).code == 0  # type: ignore[arg-type]
    chosen = {"user": user, "status": status, "label.site": site}
    left_out = {column for column, there in chosen.items() if not there}
    if not status and not user:
        left_out |= {"reserved_tag", "reserved_until"}
    columns = tuple(column for column in COLUMNS if column not in left_out)
    if not status:
        there = {n: row for n, row in there.items() if row[0][0] != "aging"}  # type: ignore[attr-defined]
        if not there:
            return
    if not user:
        there = {n: row for n, row in there.items() if not row[0][3]}  # type: ignore[attr-defined]
        if not there:
            return
    text = sheet(there, columns)  # type: ignore[arg-type]
    before = numctl(*db, "search", "--all", "-o", "csv").out
    options = ["--add", "--remove", "--reason", "r", "--max-removals", "100%", "--force"]
    ended = numctl(*db, "sync", "-", *options, input=text)
    assert ended.code == 0, ended.err
    differs = numctl(*db, "diff", "-", "-o", "json", input=text)
    assert json.loads(differs.out) == []
    assert numctl(*db, "check").code == 0
    if "Nothing" not in ended.out:
        assert numctl(*db, "undo").code == 0
    assert numctl(*db, "search", "--all", "-o", "csv").out == before


@pytest.mark.skipif(not DATA.exists(), reason="needs shared/data")
def test_a_register_against_itself_a_month_later(numctl: Numctl, tmp_path: Path) -> None:
    """One row in twenty is another operator's by then; undone, the export is the same byte for byte."""
    db = ["--db", str(tmp_path / "fr.db")]
    assert numctl(*db, "init", "--name", "FR").code == 0
    line = ["--profile", "arcep-majnum", "--create-orgs"]
    assert numctl(*db, "import", DATA / "arcep-majnum.csv", *line).code == 0
    before = numctl(*db, "search", "--ranges", "--all", "-o", "csv").out
    rows = (DATA / "arcep-majnum.csv").read_text(encoding="latin-1").splitlines()
    dice = random.Random(20)  # noqa: S311 - a sample, no secret
    changed = 0
    for at in dice.sample(range(1, len(rows)), len(rows) // 20):
        cells = rows[at].split(";")
        changed += (int(cells[2]) - int(cells[1]) + 1) * (cells[3] != "NEWCO")
        rows[at] = ";".join([*cells[:3], "NEWCO", *cells[4:]])
    later = tmp_path / "later.csv"
    later.write_text("\n".join(rows) + "\n", encoding="latin-1")
    ended = numctl(*db, "sync", later, *line, "-o", "json")
    assert ended.code == 0, ended.err
    (told,) = json.loads(ended.out)
    assert (told["changed"], told["organizations"]) == (changed, ["FR/NEWCO"])
    assert json.loads(numctl(*db, "diff", later, "--profile", "arcep-majnum", "-o", "json").out) == []
    assert numctl(*db, "undo").code == 0
    assert numctl(*db, "search", "--ranges", "--all", "-o", "csv").out == before
