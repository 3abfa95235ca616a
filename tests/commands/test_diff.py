"""`diff`: what another list has, lacks, or holds differently; and the batch that repairs it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import FULL, Numctl


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl) -> None:
    """3000 to 3009 are Acme's, 3010 to 3019 Sales'; one is reserved, one assigned, one in use."""
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
    ):
        assert numctl(*line.split()).code == 0


def differences(numctl: Numctl, text: str, *options: str) -> list[tuple[object, ...]]:
    ending = numctl("diff", "-", "-o", "json", *options, input=text)
    assert ending.code == 0, ending.err
    return [tuple(row.values()) for row in json.loads(ending.out)]


def test_what_is_missing(numctl: Numctl) -> None:
    text = "first,last\n3000,3004\n3006,3020\n"
    assert differences(numctl, text) == [
        ("3005", "3005", 1, "missing there", "Acme", None),
        ("3020", "3020", 1, "missing here", None, None),
    ]
    assert differences(numctl, "first,last\n2998,3019\n") == [("2998", "2999", 2, "missing here", None, None)]
    plain = "3000..3004\n3006..3020\n"
    assert differences(numctl, plain) == [
        ("3005", "missing there", "Acme", None),
        ("3020", "missing here", None, None),
    ]
    assert differences(numctl, plain, "--ranges")[0][:3] == ("3005", "3005", 1)


def test_only_what_the_list_has_columns_for_is_compared(numctl: Numctl) -> None:
    assert differences(numctl, "3000..3019\n") == []
    organizations = "first,last,organization\n3000,3009,Sales\n3010,3019,Acme/Sales\n"
    assert differences(numctl, organizations) == [("3000", "3009", 10, "organization", "Acme", "Acme/Sales")]
    statuses = "first,last,status\n3000,3000,\n3001,3003,in-use\n3004,3019,available\n"
    assert differences(numctl, statuses) == [
        ("3001", "3001", 1, "status", "reserved", "in-use"),
        ("3002", "3002", 1, "status", "assigned", "in-use"),
    ]
    tags = "first,last,reserved_tag\n3000,3000,\n3001,3001,T\n3002,3019,\n"
    assert differences(numctl, tags) == [("3001", "3001", 1, "tag", "t", "T")]
    users = "first,last,user\n3000,3001,\n3002,3003,ANN\n3004,3019,\n"
    assert differences(numctl, users) == [("3003", "3003", 1, "user", "Bo", "ANN")]


def test_labels_differ_key_by_key(numctl: Numctl) -> None:
    assert numctl("label", "3001", "site=Paris", "floor=2").code == 0
    text = "first,last,labels\n3000,3000,\n3001,3001,{}\n3002,3019,\n"
    assert differences(numctl, text.format("site=Rome; floor=2")) == [
        ("3001", "3001", 1, "label.site", "Paris", "Rome")
    ]
    assert differences(numctl, text.format("site=Paris; floor=2")) == []


def test_equal_neighbours_are_one_row(numctl: Numctl) -> None:
    text = "number,status\n" + "".join(f"{number},in-use\n" for number in range(3004, 3020))
    assert differences(numctl, text, "--ranges") == [
        ("3000", "3003", 4, "missing there", "Acme", None),
        ("3004", "3019", 16, "status", "available", "in-use"),
    ]


def test_an_organization_that_is_not_here_is_a_difference(numctl: Numctl) -> None:
    text = "first,last,organization\n3000,3009,Acme\n3010,3019,Elsewhere\n"
    assert differences(numctl, text) == [("3010", "3019", 10, "organization", "Acme/Sales", "Elsewhere")]


def test_rows_that_name_no_organization(numctl: Numctl) -> None:
    assert differences(numctl, "3010..3019\n3000..3009\n", "--org", "Sales")[0][1:] == (
        "organization",
        "Acme",
        "Acme/Sales",
    )
    ending = numctl("diff", "-", "--org", "Nowhere", input="3000\n")
    assert ending.code == 5


def test_only_what_is_in_scope_is_compared(numctl: Numctl) -> None:
    assert differences(numctl, "3010..3018\n3000\n", "--as", "Sales") == [
        ("3000", "missing here", None, None),
        ("3019", "missing there", "Acme/Sales", None),
    ]
    text = "number,organization\n3010,Acme\n"
    assert differences(numctl, text, "--as", "Sales")[0] == ("3010", "organization", "Acme/Sales", "Acme")


def test_exit_codes(numctl: Numctl) -> None:
    assert numctl("diff", "-", input="3000\n").code == 0
    assert numctl("diff", "-", "--exit-code", input="3000\n").code == 1
    assert numctl("diff", "-", "--exit-code", input="3000..3019\n").code == 0
    assert numctl("diff", "-", "--exit-code", "-o", "batch", input="3000\n").code == 1
    assert numctl("diff", "-", "--exit-code", "-o", "batch", input="3000..3019\n").code == 0
    assert numctl("diff", "-", "-o", "bogus", input="3000\n").code == 2
    assert numctl("search", "-o", "batch").code == 2


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("number\nx\n", 2, "Line 2"),
        ("number\n3000\n3000\n", 2, "Line 3: 3000 is on line 2 already."),
        ("number,organization\n3000,EMEA\n3001,Sales\n", 5, "Line 2: 'EMEA' could be any"),
    ],
)
def test_what_is_wrong_with_the_list(numctl: Numctl, text: str, code: int, said: str) -> None:
    assert numctl("org", "add", "EMEA").code == 0
    ending = numctl("diff", "-", input=text)
    assert (ending.code, ending.out) == (code, "")
    assert said in ending.err
    assert "Nothing was compared." in ending.err


def test_that_there_is_no_store_comes_before_the_list(numctl: Numctl, tmp_path: Path) -> None:
    assert numctl("diff", "-", input="3000\n3000\n").code == 2
    assert numctl("--db", tmp_path / "none.db", "diff", "-", input="3000\n3000\n").code == 10


def test_formats(numctl: Numctl) -> None:
    assert numctl("diff", "-", "-o", "tsv", input="3000..3018\n").out == "3019\tmissing there\tAcme/Sales\t\n"
    assert numctl("diff", "-", "-o", "ranges", input="3000..3017\n").out == "3018..3019\n"


# The batch


def batch(numctl: Numctl, text: str, *options: str) -> list[dict[str, object]]:
    return [
        json.loads(line) for line in numctl("diff", "-", "-o", "batch", *options, input=text).out.splitlines()
    ]


def test_the_batch_that_mends(numctl: Numctl) -> None:
    text = (
        "first,last,organization,series,status,reserved_tag,user\n"
        "3000,3000,Sales,s,reserved,new,\n"
        "3001,3001,Acme,s,available,,\n"
        "3002,3002,Sales,s,assigned,,Ann\n"
        "3003,3003,Acme,s,in-use,,Bo\n"
        "3004,3009,Acme,s,available,,\n"
        "3010,3018,Sales,s,available,,\n"
        "3020,3021,EMEA,s,in-use,,Eve\n"
    )
    assert batch(numctl, text) == [
        {"action": "move", "numbers": ["3000"], "to": "Acme/Sales"},
        {"action": "reserve", "numbers": ["3000"], "tag": "new"},
        {"action": "unreserve", "numbers": ["3001"]},
        {"action": "release", "numbers": ["3002"], "cool": 0},
        {"action": "move", "numbers": ["3002"], "to": "Acme/Sales"},
        {"action": "assign", "numbers": ["3002"], "user": "Ann"},
        {"action": "remove", "numbers": ["3019"], "reason": "not in standard input"},
        {"action": "add", "numbers": ["3020..3021"], "series": "s", "org": "Acme/Sales/EMEA"},
        {"action": "assign", "numbers": ["3020..3021"], "user": "Eve"},
        {"action": "register", "numbers": ["3020..3021"]},
    ]


def test_no_line_of_the_batch_gives_more_numbers_to_a_user_than_a_line_may(numctl: Numctl) -> None:
    assert numctl("add", "7000000..8499999", "--series", "t").code == 0
    text = "first,last,status,user\n7000000,7899999,in-use,Eve\n7900000,8499999,in-use,Eve\n"
    wanted = batch(numctl, text, "--series", "t")
    assert [line for line in wanted if line["action"] in ("assign", "register")] == [
        {"action": "assign", "numbers": ["7000000..7999999"], "user": "Eve"},
        {"action": "assign", "numbers": ["8000000..8499999"], "user": "Eve"},
        {"action": "register", "numbers": ["7000000..8499999"]},
    ]


def of_3004(numctl: Numctl, header: str, row: str) -> list[dict[str, object]]:
    """What the batch says of 3004, where the list has it like this."""
    wanted = batch(numctl, f"number,{header}\n3004,{row}\n")
    return [
        {word: line[word] for word in line if word != "numbers"}
        for line in wanted
        if line["numbers"] == ["3004"]
    ]


def test_what_is_forwarded_stays_so_as_long_as_it_may(numctl: Numctl) -> None:
    for line in ("assign 3004 --user Eve", "release 3004 --reserve left --forward-to 3010"):
        assert numctl(*line.split()).code == 0
    header = "status,reserved_tag,forwarded_to"
    assert of_3004(numctl, header, "reserved,left,3010") == []
    assert of_3004(numctl, header, "reserved,new,3010") == [{"action": "retag", "tag": "new"}]
    assert of_3004(numctl, header, "reserved,left,3011") == [{"action": "forward", "to": "3011"}]
    assert of_3004(numctl, header, "reserved,left,") == [{"action": "forward", "remove": True}]
    assert of_3004(numctl, header, "available,,") == [{"action": "unreserve"}]


def test_nothing_but_a_release_forwards(numctl: Numctl) -> None:
    header = "status,reserved_tag,forwarded_to"
    assert of_3004(numctl, header, "reserved,new,3010") == []
    assert numctl("assign", "3004", "--user", "Eve").code == 0
    assert of_3004(numctl, header, "reserved,new,3010") == [
        {"action": "release", "reserve": "new", "forward_to": "3010"}
    ]


def test_a_date_goes_with_its_tag_and_a_user_without_a_column_stays(numctl: Numctl) -> None:
    wanted = batch(numctl, "number,reserved_tag,reserved_until\n3001,t,2099-01-01\n")
    assert {"action": "retag", "numbers": ["3001"], "tag": "t", "until": "2099-01-01"} in wanted
    wanted = batch(numctl, "number,status\n3003,assigned\n")
    assert [line for line in wanted if line["numbers"] == ["3003"]] == [
        {"action": "release", "numbers": ["3003"], "cool": 0},
        {"action": "assign", "numbers": ["3003"], "user": "Bo"},
    ]


def test_what_no_batch_can_mend(numctl: Numctl) -> None:
    text = "first,last,status,organization\n3000,3002,in-use,Acme\n3003,3019,,Elsewhere\n3020,3021,,Acme\n"
    ending = numctl("diff", "-", "-o", "batch", input=text)
    assert [json.loads(line)["action"] for line in ending.out.splitlines()] == ["register"]
    assert "21 numbers differ that no batch can set right" in ending.err


rows = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["Acme", "Acme/Sales", "Acme/Sales/EMEA"]),
        st.one_of(
            st.just(("available", "", "")),
            st.tuples(st.just("reserved"), st.sampled_from(["t", "é", "=x"]), st.just("")),
            st.tuples(st.sampled_from(["assigned", "in-use"]), st.just(""), st.sampled_from(["Ann", "Zoë"])),
        ),
    ),
)


whole_rows = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["Acme", "Acme/Sales", "Acme/Lab/One"]),
        st.one_of(
            st.just(("available", "", "", "")),
            st.tuples(
                *(st.just("reserved"), st.sampled_from(["t", "=x"]), st.sampled_from(["", "2098-01-01"])),
                st.just(""),
            ),
            st.just(("aging", "", "2099-01-01", "")),
            st.tuples(
                *(st.sampled_from(["assigned", "in-use"]), st.just(""), st.just("")),
                st.sampled_from(["Ann", "Zoë"]),
            ),
        ),
        st.sampled_from(["", "Paris", "Oslo"]),
    ),
)


@given(here=st.lists(whole_rows, max_size=10), there=st.lists(whole_rows, max_size=10))
@settings(max_examples=200 if FULL else 15)
def test_after_the_batch_nothing_differs(
    numctl: Numctl, tmp_path_factory: pytest.TempPathFactory, here: list[object], there: list[object]
) -> None:
    """Dates, labels and organizations that are missing too."""
    db = ["--db", str(tmp_path_factory.mktemp("diff") / "store.db")]
    for line in ("init --name Acme", "org add Sales"):
        assert numctl(*db, *line.split()).code == 0
    before, after = whole(here), whole(there)
    assert numctl(*db, "import", "-", "--create-orgs", input=before).code == 0
    wanted = numctl(*db, "diff", "-", "-o", "batch", "--create-orgs", input=after)
    assert (wanted.code, wanted.err) == (0, "")
    done = numctl(*db, "batch", "-", input=wanted.out)
    assert done.code == 0, done.err
    again = numctl(*db, "diff", "-", "--exit-code", input=after)
    assert (again.code, again.out) == (0, "")


def whole(rows: list[Any]) -> str:
    """A list with a number, and all that it has, for each row that is not None."""
    lines = ["number,series,organization,status,reserved_tag,reserved_until,user,label.site"]
    for number, row in enumerate(rows, 3000):
        if row is not None:
            organization, said, site = row
            lines.append(",".join([str(number), "s", organization, *said, site]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("number,reserved_tag\n3000,x\n", ["reserve"]),
        ("number,reserved_tag\n3001,x\n", ["retag"]),
        ("number,user\n3000,Eve\n", ["assign", "register"]),
        ("number,user\n3001,Eve\n", ["assign", "register"]),
        ("number,user\n3002,Eve\n", ["release", "assign"]),
        ("number,user\n3003,Eve\n", ["release", "assign", "register"]),
        ("number,series,reserved_tag\n3030,s,x\n", ["add", "reserve"]),
    ],
)
def test_a_list_without_a_status_means_what_it_says(numctl: Numctl, text: str, actions: list[str]) -> None:
    number = text.splitlines()[1].partition(",")[0]
    wanted = numctl("diff", "-", "-o", "batch", input=text)
    lines = [line for line in wanted.out.splitlines() if f'"{number}' in line]
    assert [json.loads(line)["action"] for line in lines] == actions
    assert "no batch can set right" not in wanted.err
    assert numctl("batch", "-", input="\n".join(lines)).code == 0
    assert not [row for row in differences(numctl, text) if row[0] == number]


fields = {
    "organization": st.sampled_from(["", "Acme", "Acme/Sales"]),
    "status": st.sampled_from(["", "available", "reserved", "assigned", "in-use"]),
    "reserved_tag": st.sampled_from(["", "t", "é"]),
    "user": st.sampled_from(["", "Ann", "Zoë"]),
}


@given(here=st.lists(rows, max_size=8), columns=st.sets(st.sampled_from([*fields])), data=st.data())
@settings(max_examples=40)
def test_whatever_a_list_says_the_batch_is_taken_and_the_rest_is_counted(
    numctl: Numctl,
    tmp_path_factory: pytest.TempPathFactory,
    here: list[object],
    columns: set[str],
    data: st.DataObject,
) -> None:
    db = ["--db", str(tmp_path_factory.mktemp("diff") / "store.db")]
    for line in ("init --name Acme", "org add Sales", "org add EMEA --parent Sales"):
        assert numctl(*db, *line.split()).code == 0
    assert numctl(*db, "import", "-", input=listed(here)).code == 0
    there = [",".join(["number", "series", *sorted(columns)])]
    for number in data.draw(st.sets(st.integers(3000, 3009))):
        there.append(",".join([str(number), "s", *(data.draw(fields[name]) for name in sorted(columns))]))
    text = "\n".join(there)
    wanted = numctl(*db, "diff", "-", "-o", "batch", input=text)
    left_out = re.search(r"(\d+) numbers? differ", wanted.err)
    if wanted.out:
        done = numctl(*db, "batch", "-", input=wanted.out)
        assert done.code == 0, done.err
    left = {row["number"] for row in json.loads(numctl(*db, "diff", "-", "-o", "json", input=text).out)}
    assert len(left) == (int(left_out[1]) if left_out else 0)


def listed(rows: list[Any]) -> str:
    """A list with a number for each row that is not None."""
    lines = ["number,series,organization,status,reserved_tag,user"]
    for number, row in enumerate(rows, 3000):
        if row is not None:
            organization, said = row
            lines.append(",".join([str(number), "s", organization, *said]))
    return "\n".join(lines)
