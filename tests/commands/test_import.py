"""`import`: every format and every file that can go wrong, all or nothing, each error with its line."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Ending, Numctl, Shell

REGISTER = Path(__file__).parents[3] / "shared/data/arcep-majnum.csv"
HEADER = "series,number,organization,status,reserved_tag,reserved_until,user,forwarded_to\r\n"


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl) -> None:
    """Acme with Sales and Sales/EMEA."""
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("org", "add", "Sales").code == 0
    assert numctl("org", "add", "EMEA", "--parent", "Sales").code == 0


def rows(numctl: Numctl, *options: str) -> list[dict[str, str | None]]:
    """What `search --all --ranges` finds."""
    found: list[dict[str, str | None]] = json.loads(
        numctl("search", "--all", "--ranges", "-o", "json", *options).out
    )
    return found


def numbers(numctl: Numctl) -> str:
    out = numctl("search", "--all", "--ranges", "-o", "ranges").out
    return re.sub(r"\b(\d+)\.\.\1\b", r"\1", out)


def refused(ending: Ending, code: int, *said: str) -> None:
    """It was refused with this code, and everything expected was said, on standard error alone."""
    assert ending.code == code, ending.err
    for part in said:
        assert part in ending.err
    assert ending.out == ""
    assert "Traceback" not in ending.err


# Formats


@pytest.mark.parametrize(
    "text",
    [
        "number,series\n14188980000,1418\n14188980001,1418\n",
        "number;series\n14188980000;1418\n14188980001;1418\n",
        "number\tseries\n+1 (418) 898-0000\t1418\n14188980001\t1418\n",
        "series|first|last\r\n1418|14188980000|14188980001\r\n",
        " Series , FIRST ,Count\n1418,14188980000,2\n",
        "first,last,count,series\n14188980000,14188980001,2,1418\n",
        '"number","series"\n"14188980000","1418"\n"14188980001","1418"\n',
        "\n\nnumber,series\n\n14188980000,1418\n\n14188980001,1418",
        "number,series\r14188980000,1418\r14188980001,1418\r",
        '[{"number": "14188980000", "series": "1418"},\n {"number": 14188980001, "series": 1418}]',
        '\n[\n{"series": "1418", "first": "14188980000", "count": 2.0, "status": null}\n]\n',
        '{"number": "14188980000", "series": "1418"}\n\n{"series": "1418", "number": 14188980001}\n',
        '{"SERIES": "1418", "first": "14188980000", "last": "14188980001", "else": {"a": [1]}}',
    ],
    ids=str.split(
        "comma semicolon tab pipe spaces both quotes blanks bare-cr json json-count jsonl jsonl-else"
    ),
)
def test_formats(numctl: Numctl, tmp_path: Path, text: str) -> None:
    file = tmp_path / "list"
    file.write_bytes(text.encode())
    ending = numctl("import", file)
    assert ending.code == 0, ending.err
    assert numbers(numctl) == "14188980000..14188980001\n"
    assert {row["series"] for row in rows(numctl)} == {"1418"}


@pytest.mark.parametrize(
    "text",
    [
        "14188980000..14188980001\n",
        "# the carrier's list\n\n+1 418 898 0000 # the first\n14188980001",
        "14188980000+2",
        "(1) 418-898-0000\r14188980001\r",
    ],
)
def test_plain_lists(numctl: Numctl, text: str) -> None:
    assert numctl("import", "-", "--series", "1418", input=text).code == 0
    assert numbers(numctl) == "14188980000..14188980001\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le-bom", "utf-32"])
def test_byte_order_marks(numctl: Numctl, encoding: str) -> None:
    text = "number,series,organization\n14188980000,Métropole,Acme\n"
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    assert numctl("import", "-", input=data).code == 0
    assert [row["series"] for row in rows(numctl)] == ["Métropole"]


def test_other_encodings_are_named(numctl: Numctl) -> None:
    data = "number,series\n14188980000,Métropole\n".encode("latin-1")
    refused(numctl("import", "-", input=data), 2, "Line ", "0xe9", "--encoding")
    refused(numctl("import", "-", "--encoding", "bogus", input=data), 2, "no encoding 'bogus'")
    refused(numctl("import", "-", "--encoding", "base64", input=data), 2, "no encoding 'base64'")
    assert numctl("import", "-", "--encoding", "latin-1", input=data).code == 0
    assert [row["series"] for row in rows(numctl)] == ["Métropole"]


def test_utf_16_without_its_mark(numctl: Numctl) -> None:
    data = "number,series\n14188980000,1418\n".encode("utf-16-le")
    refused(numctl("import", "-", input=data), 2, "NUL", "--encoding")
    assert numctl("import", "-", "--encoding", "utf-16-le", input=data).code == 0


def test_columns_are_mapped_and_others_left_out(numctl: Numctl) -> None:
    text = "Tél;Plan;Note;\n14188980000;1418;hello;\n"
    ending = numctl("import", "-", "--map", "number=tél", "--map", "series=Plan", input=text)
    assert ending.code == 0, ending.err
    assert "Columns left out: Note." in ending.err
    assert numbers(numctl) == "14188980000\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--map", "phone=Tel"], "no field 'phone'"),
        (["--map", "number"], "FIELD=COLUMN"),
        (["--map", "number=a", "--map", "number=b"], "twice"),
        (["--map", "user=Bogus"], "no column 'Bogus'"),
        (["--delimiter", ";;"], "one character"),
        (["--delimiter", "\n"], "one character"),
        (["--series", " "], "empty"),
        (["--series", "a\x1bb"], "unprintable"),
        (["--region", "XX"], "no region"),
    ],
)
def test_bad_options(numctl: Numctl, options: list[str], said: str) -> None:
    refused(numctl("import", "-", *options, input="number,series\n14188980000,1418\n"), 2, said)


def test_regions_read_what_is_national(numctl: Numctl) -> None:
    text = "number\n0105600000\n+33105600001\n3999\n07000000000000\n"
    assert numctl("import", "-", "--series", "s", "--region", "FR", input=text).code == 0
    assert numbers(numctl).split() == ["3999", "33105600000..33105600001", "337000000000000"]
    refused(
        numctl("import", "-", "--series", "s", "--region", "FR", input="14188984760\n"),
        2,
        "Line 1",
        "too long",
    )


# What rows say


def test_everything_a_row_can_say(numctl: Numctl) -> None:
    text = HEADER + (
        "1418,14188980000,Sales,reserved,new office,2099-12-31,,3999\r\n"
        "1418,14188980001,acme/sales/emea,IN-USE,,,Bo,\r\n"
        "1418,14188980002,Sales/EMEA,assigned,,,Ann,\r\n"
        "1418,14188980003,EMEA,registered,,,Bo,\r\n"
        "1418,14188980004,,available,,,,\r\n"
        "1418,14188980005,Acme,,,,,\r\n"
    )
    assert numctl("import", "-", input=text).code == 0
    said = [tuple(row.values())[4:-1] for row in rows(numctl)]
    assert said == [
        ("Acme/Sales", "reserved", "new office", "2099-12-31", None, "3999"),
        ("Acme/Sales/EMEA", "in-use", None, None, "Bo", None),
        ("Acme/Sales/EMEA", "assigned", None, None, "Ann", None),
        ("Acme/Sales/EMEA", "in-use", None, None, "Bo", None),
        ("Acme", "available", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1418,14188980000,,available,sales,,,", "only a reserved one has a tag"),
        ("1418,14188980000,,assigned,,2099-01-01,Bo,", "only a reserved or an aging one has a date"),
        ("1418,14188980000,,available,,,Bo,", "has a user"),
        ("1418,14188980000,,in-use,,,Bo,3999", "only a reserved or an aging one has a forwarding"),
        ("1418,14188980000,,reserved,t,,,14188980000", "forwarded to itself"),
        ("1418,14188980000,,reserved,t,2025-02-29,,", "no day '2025-02-29'"),
        ("1418,14188980000,,reserved,t,1.1.2099,,", "YYYY-MM-DD"),
        ("1418,14188980000,,free,,,,", "no status 'free'"),
        ("1418,14188980000,,reserved,a\0b,,,", "unprintable"),
        (f"1418,14188980000,,reserved,{'x' * 65},,,", "64 characters"),
        (",14188980000,,,,,,", "--series"),
        ("1418,,,,,,,", "no number"),
        ("1418,1.4188980000E+10,,,,,,", "Line 2"),
        ("1418,0418,,,,,,", "starts with 0"),
        ("1418,99,,,,,,", "too short"),
        ("1418,3990-3999,,,,,,", "3990..3999"),
        ("1418,9999..10000,,,,,,", "one length"),
        ("1418,14188980000", "2 fields"),
        ("1418,14188980000,,,,,,,,", "10 fields"),
    ],
)
def test_bad_rows(numctl: Numctl, row: str, said: str) -> None:
    refused(numctl("import", "-", input=f"{HEADER}{row}\r\n"), 2, "Line 2: ", said, "Nothing was imported.")
    assert numbers(numctl) == ""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("14188980009,14188980000,", "backwards"),
        ("14188980000,14188980009,9", "are 10 numbers"),
        ("14188980000,,", "neither last nor count"),
        ("14188980000,,0", "Line 2"),
        ("14188980000,,x", "count"),
        ("999,1000,", "one length"),
    ],
)
def test_bad_ranges(numctl: Numctl, row: str, said: str) -> None:
    text = f"first,last,count\n{row}\n"
    refused(numctl("import", "-", "--series", "s", input=text), 2, "Line 2: ", said)


@pytest.mark.parametrize(
    "tag", ["[/]", "a\\", "1e5", "007", "=1+1", "'=1", "-rf", "%_", "';DROP TABLE", "nan"]
)
def test_tags_are_kept_as_typed(numctl: Numctl, tag: str) -> None:
    line = {"series": "s", "number": "3999", "status": "reserved", "reserved_tag": tag}
    assert numctl("import", "-", input=json.dumps(line)).code == 0
    assert [row["reserved_tag"] for row in rows(numctl)] == [tag]
    exported = numctl("search", "--all", "-o", "csv").out
    assert numctl("remove", "3999", "--reason", "test").code == 0
    assert numctl("import", "-", input=exported).code == 0
    assert [row["reserved_tag"] for row in rows(numctl)] == [tag]


def test_a_number_twice_names_both_lines(numctl: Numctl) -> None:
    text = "number,series\n14188980001,s\n14188980000,s\n+1 418 898-0001,s\n"
    refused(numctl("import", "-", input=text), 2, "Line 4: 14188980001 is on line 2 already.")
    text = "first,last,series\n3000,3999,s\n3500,3599,s\n3600,4000,s\n"
    refused(
        numctl("import", "-", input=text),
        2,
        "Line 3: 3500..3599 are on line 2 already.",
        "Line 4: 3600..3999 are on line 2 already.",
    )


@pytest.mark.parametrize(
    ("rows", "in_the_circle"),
    [
        (["100001>100002", "100002>100003", "100003>100002"], [3, 4]),
        (["100003>100002", "100002>100003", "100001>100002"], [2, 3]),
        (["100001>100004", "100002>100001", "100003>100002", "100004>100002"], [2, 3, 5]),
        (["100001..100003>100011", "100010..100012>100020", "100020>100002", "100030>100001"], [2, 3, 4]),
        (["100001>100002", "100002>100001", "100005>100006", "100006>100007", "100007>100006"], [2, 3, 5, 6]),
    ],
    ids=str,
)
def test_a_circle_is_found_from_wherever_it_is_entered(
    numctl: Numctl, rows: list[str], in_the_circle: list[int]
) -> None:
    head = "number,series,status,reserved_tag,forwarded_to\n"
    cells = [row.split(">") for row in rows]
    text = head + "".join(f"{number},s,reserved,t,{to}\n" for number, to in cells)
    ended = numctl("import", "-", "-o", "json", input=text)
    assert ended.code == 6
    assert [error["line"] for error in json.loads(ended.err)["error"]["errors"]] == in_the_circle
    assert numctl("search", "--count").out == "0\n"


def test_a_circle_through_the_store_is_found_from_outside_of_it(numctl: Numctl) -> None:
    head = "number,series,status,reserved_tag,forwarded_to\n"
    assert numctl("import", "-", input=head + "100002,s,reserved,t,100003\n").code == 0
    text = head + "100001,s,reserved,t,100002\n100003,s,reserved,t,100002\n"
    refused(numctl("import", "-", input=text), 6, "Line 3", "circle")
    assert numctl("check").code == 0


def test_chains_that_end_somewhere_are_no_circle(numctl: Numctl) -> None:
    head = "number,series,status,reserved_tag,forwarded_to\n"
    rows = [f"{n},s,reserved,t,{n + 1}\n" for n in range(100_000, 103_000)]
    assert numctl("import", "-", input=head + "".join(reversed(rows))).code == 0
    assert numctl("check").code == 0


def test_forwarding_never_goes_in_a_circle(numctl: Numctl) -> None:
    head = "number,series,status,reserved_tag,forwarded_to\n"
    text = (
        head
        + "3001,s,reserved,t,3002\n3002,s,reserved,t,3003\n3003,s,reserved,t,3001\n3004,s,reserved,t,3001\n"
    )
    refused(numctl("import", "-", input=text), 6, "circle")
    assert numctl("import", "-", input=head + "3001,s,reserved,t,3002\n").code == 0
    refused(numctl("import", "-", input=head + "3002,s,reserved,t,3001\n"), 6, "circle")
    assert numctl("import", "-", input=head + "3002,s,reserved,t,3003\n").code == 0


# All or nothing


def test_every_error_has_its_line(numctl: Numctl) -> None:
    text = "number,series,organization\n" + "".join(f"x{i},s,\n" for i in range(30)) + "3999,s,Nowhere\n"
    ending = numctl("import", "-", "-o", "json", input=text)
    assert ending.code == 2
    error = json.loads(ending.err)["error"]
    assert error["count"] == 31
    assert [one["line"] for one in error["errors"]] == list(range(2, 22))
    assert error["details"][-1] == "and 11 more"


def test_codes_come_in_their_order(numctl: Numctl) -> None:
    assert numctl("add", "3999", "--series", "s").code == 0
    present, unknown, bad = "3999,s,Acme\n", "3998,s,Nowhere\n", "x,s,\n"
    head = "number,series,organization\n"
    refused(numctl("import", "-", input=head + present), 6, "Line 2: 3999 is in the inventory already.")
    refused(
        numctl("import", "-", input=head + present + unknown), 5, "Line 3: There is no organization 'Nowhere'"
    )
    refused(numctl("import", "-", input=head + present + unknown + bad), 2, "Line 2", "Line 3", "Line 4")


@pytest.mark.parametrize("where", [0, 5_000, 9_999])
def test_one_bad_line_of_ten_thousand(numctl: Numctl, where: int) -> None:
    lines = [f"{14188980000 + i},1418" for i in range(10_000)]
    lines[where] = "oops,1418"
    refused(numctl("import", "-", input="number,series\n" + "\n".join(lines)), 2, f"Line {where + 2}: ")
    assert numbers(numctl) == ""


def test_that_there_is_no_store_comes_before_the_file(numctl: Numctl, tmp_path: Path) -> None:
    elsewhere = ["--db", str(tmp_path / "none.db")]
    refused(numctl("import", "-", *elsewhere, "--map", "x=y", input="number,series\nx,s\n"), 2, "no field")
    refused(numctl("import", "-", *elsewhere, input="number,series\nx,s\n"), 10, "no store")
    refused(numctl("import", "-", *elsewhere, input="number,series\n3999,s\n"), 10, "no store")


def test_only_the_root_imports(numctl: Numctl) -> None:
    refused(numctl("--as", "Sales", "import", "-", input="number,series\n3999,s\n"), 4, "store as a whole")
    refused(numctl("--as", "Sales", "import", "-", input="number,series\nx,s\n"), 4, "store as a whole")
    refused(numctl("--as", "Sales", "import", "nowhere.csv"), 4, "store as a whole")


def test_dry_run_and_key(numctl: Numctl) -> None:
    text = "number,series\n3999,s\n"
    ending = numctl("import", "-", "--dry-run", "-o", "json", input=text)
    assert json.loads(ending.out)[0]["count"] == 1
    assert numbers(numctl) == ""
    first = numctl("import", "-", "--op-key", "k", "-o", "json", input=text)
    again = numctl("import", "-", "--op-key", "k", "-o", "json", input=text)
    assert first.out == again.out
    refused(numctl("import", "-", "--op-key", "k", input="number,series\n3998,s\n"), 6, "another command")


def test_skip_existing_leaves_out_what_is_there(numctl: Numctl) -> None:
    assert numctl("add", "3100..3199", "3300", "--series", "old").code == 0
    text = "first,last,series\n3000,3999,new\n2000,2000,new\n"
    refused(numctl("import", "-", input=text), 6, "Line 2: 3100..3199, 3300 are in the inventory already.")
    ending = numctl("import", "-", "--skip-existing", "-o", "json", input=text)
    assert ending.code == 0, ending.err
    answer = json.loads(ending.out)[0]
    assert (answer["count"], answer["skipped"]) == (900, 101)
    assert "Left out 101 numbers" in ending.err
    assert rows(numctl, "--series", "old")[0]["first"] == "3100"
    again = numctl("import", "-", "--skip-existing", "-o", "json", input=text)
    assert json.loads(again.out)[0]["operation"] is None


# Organizations


def test_a_roots_row_is_the_roots(numctl: Numctl) -> None:
    assert numctl("org", "add", "Acme", "--parent", "Sales").code == 0
    assert numctl("import", "-", input="number,series,organization\n3999,s,Acme\n").code == 0
    assert rows(numctl)[0]["organization"] == "Acme"


def test_organizations_are_made_where_they_belong(numctl: Numctl) -> None:
    names = ["Nord", "Acme/West/Far", "Sales/Iberia", "nord", "A/B"]
    lines = [f"{3001 + i},s,{name}\n" for i, name in enumerate(names)]
    text = "number,series,organization\n" + "".join(lines)
    refused(numctl("import", "-", input=text), 5, "Line 2: There is no organization 'Nord'.")
    ending = numctl("import", "-", "--create-orgs", "--org", "Sales", input=text)
    assert ending.code == 0, ending.err
    assert [row["organization"] for row in rows(numctl)] == [
        "Acme/Sales/Nord",
        "Acme/West/Far",
        "Acme/Sales/Iberia",
        "Acme/Sales/Nord",
        "Acme/Sales/A/B",
    ]


def test_organizations_that_can_not_be(numctl: Numctl) -> None:
    text = "number,series,organization\n3001,s,a//b\n3002,s,x\x1by\n"
    refused(numctl("import", "-", "--create-orgs", input=text), 2, "Line 2", "Line 3", "unprintable")
    assert "x" not in numctl("org", "list", "-o", "tsv").out.replace("Acme", "")


def test_ambiguous_organizations(numctl: Numctl) -> None:
    assert numctl("org", "add", "EMEA").code == 0
    text = "number,series,organization\n3001,s,EMEA\n"
    for options in ([], ["--create-orgs"]):
        refused(numctl("import", "-", *options, input=text), 5, "Acme/EMEA, Acme/Sales/EMEA")


# Files


def test_empty_files(numctl: Numctl) -> None:
    for data in (b"", b"\n\n", b"\xef\xbb\xbf", b"number,series\n", b"[]", b"[\n]\n", b"# nothing\n"):
        ending = numctl("import", "-", input=data)
        assert (ending.code, ending.out) == (0, "Nothing was to be changed.\n"), data


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,series,Number\n3999,s,3998\n", "column 'Number' is there twice"),
        ("telephone,series\n3999,s\n", "'telephone'"),
        ("first,series\n3999,s\n", "neither last nor count"),
        ("number,first,last,series\n", "both number and first"),
        ('number,series\n3999,s\n3998,"s\n3997,s\n', "Line 3: A quote that opens"),
        ('number,series\n3999,"s" x\n', "Line 2: A quote ends"),
        (f"number,series\n3999,{'x' * 1_000_000}\n", "Line 2: A field"),
        (f"{'x' * 2_000_000}\n", "longer than a megabyte"),
        ("abc\n", "no column number"),
        ('{"number": "3999", "series": "s"\n', "Line 1: This isn't JSON"),
        ('{"number": "3999", "series": "s"}\nnot json\n', "Line 2: This isn't JSON"),
        ('[{"number": "3999", "series": "s"},\n {"number"', "Line 2: This isn't JSON"),
        ('[{"number": "3999", "series": "s"}', "Line 1: This isn't JSON"),
        ('[{"number": "3999", "series": "s"}]\n[]', "end of the array"),
        ('["3999"]', "Line 1: This isn't JSON"),
        ('{"number": 3999.5, "series": "s"}', "neither a text nor a whole number"),
        ('{"number": true, "series": "s"}', "neither a text nor a whole number"),
        ('{"number": "3999", "number": "3998", "series": "s"}', "is there twice"),
        ('{"telephone": "3999", "series": "s"}', "no column number"),
        ("[" * 100_000, "Line 1: This isn't JSON"),
        ('{"number": ' + "9" * 5_000 + ', "series": "s"}', "Line 1: This isn't JSON"),
    ],
)
def test_broken_files(numctl: Numctl, text: str, said: str) -> None:
    refused(numctl("import", "-", input=text), 2, said)
    assert numbers(numctl) == ""


def test_what_is_no_file(numctl: Numctl, tmp_path: Path) -> None:
    refused(numctl("import", tmp_path), 1, "can't be read", "directory")
    refused(numctl("import", tmp_path / "none.csv"), 1, "can't be read", "No such file")
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(256)) * 100)
    refused(numctl("import", binary), 2, "--encoding")


def test_a_fifo_is_read_as_it_comes(numctl: Numctl, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def write() -> None:
        with fifo.open("wb", buffering=0) as stream:
            for byte in b"\xef\xbb\xbfnumber,series\n3999,s\n":
                stream.write(bytes([byte]))

    writer = threading.Thread(target=write)
    writer.start()
    assert numctl("import", fifo).code == 0
    writer.join()
    assert numbers(numctl) == "3999\n"


def test_a_long_json_array_is_read_in_parts(numctl: Numctl) -> None:
    rows_of = [{"series": "s", "number": str(14180000000 + 2 * i), "else": "x" * 40} for i in range(3_000)]
    text = json.dumps(rows_of, indent=1)
    assert numctl("import", "-", input=text).code == 0
    assert len(numbers(numctl).split()) == 3_000
    broken = text.replace('"14180005000"', '"oops"')
    line = broken[: broken.index("oops")].rpartition("{")[0].count("\n") + 1
    refused(numctl("import", "-", "--skip-existing", input=broken), 2, f"Line {line}: ")


def test_many_rows_need_little_memory(shell: Shell, tmp_path: Path) -> None:
    """A short form of the promise: what a row costs is some tens of bytes, whatever it says."""
    file = tmp_path / "many.csv"
    with file.open("w") as out:
        out.write("number,series,status,user\n")
        out.writelines(f"{14180000000 + 3 * i},s,in-use,User {i}\n" for i in range(60_000))
    done = shell(f"ulimit -v 400000; numctl import {file}", line=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Imported 60000 numbers")


@pytest.mark.of_a_file("a process that knows no other")
def test_progress_is_shown_on_a_terminal_and_gone_before_the_answer(store: Path, tmp_path: Path) -> None:
    import pexpect

    file = tmp_path / "many.csv"
    file.write_text("number,series\n" + "".join(f"{14180000000 + 3 * i},s{i % 2}\n" for i in range(40_000)))
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm"}
    at_once = (
        "from numctl.output import progress; progress.PATIENCE = 0; from numctl.__main__ import run; run()"
    )
    child = pexpect.spawn(
        sys.executable, ["-c", at_once, "import", str(file)], env=environment, encoding="utf-8", timeout=60
    )
    said = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "Importing" in said
    assert "100%" in said
    assert said.rindex("Importing") < said.index("Imported 40000 numbers")


# There and back


status_rows = st.one_of(
    st.just(("available", "", "", "", "")),
    st.tuples(
        st.just("reserved"),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12),
        st.sampled_from(["", "2099-12-31"]),
        st.just(""),
        st.sampled_from(["", "3999"]),
    ),
    st.tuples(
        st.sampled_from(["assigned", "in-use"]),
        st.just(""),
        st.just(""),
        st.sampled_from(["Ann", "bo", "=Eve", "'+x", "Zoë", 'a "b", c']),
        st.just(""),
    ),
)


@given(
    blocks=st.lists(
        st.tuples(
            st.integers(1, 30),
            st.integers(0, 3),
            st.sampled_from(["Acme", "Acme/Sales", "Acme/Sales/EMEA"]),
            st.sampled_from(["1418", "+1 (418)", "short, codes"]),
            status_rows,
        ),
        max_size=12,
    ),
)
@settings(max_examples=25)
@pytest.mark.parametrize("ranges", [False, True])
def test_what_search_prints_comes_back_as_it_was(
    numctl: Numctl,
    tmp_path_factory: pytest.TempPathFactory,
    ranges: bool,
    blocks: list[tuple[int, int, str, str, tuple[str, ...]]],
) -> None:
    folder = tmp_path_factory.mktemp("round-trip")
    lines, number = [], 14188980000
    for count, gap, organization, series, (status, tag, until, user, forward) in blocks:
        number += gap
        said = {
            "status": status,
            "reserved_tag": tag,
            "reserved_until": until,
            "user": user,
            "forwarded_to": forward,
        }
        row = {"first": number, "count": count, "organization": organization, "series": series, **said}
        lines.append(json.dumps(row))
        number += count
    exports = []
    text = "\n".join(lines)
    for name in ("one.db", "two.db"):
        db = ["--db", str(folder / name)]
        assert numctl(*db, "init", "--name", "Acme").code == 0
        ending = numctl(*db, "import", "-", "--create-orgs", input=text)
        assert ending.code == 0, ending.err
        exports.append(numctl(*db, "search", "--all", "-o", "csv", *(["--ranges"] if ranges else [])).out)
        text = exports[-1]
    assert exports[0] == exports[1]


# The scale of a country


@pytest.mark.of_a_file("its size")
@pytest.mark.skipif(not REGISTER.exists(), reason="needs shared/data/arcep-majnum.csv")
def test_frances_register(numctl: Numctl, tmp_path: Path) -> None:
    db = ["--db", str(tmp_path / "france.db")]
    assert numctl(*db, "init", "--name", "France").code == 0
    columns = {
        "first": "Tranche_Debut",
        "last": "Tranche_Fin",
        "organization": "Mnémo",
        "series": "Territoire",
    }
    mapped = [part for field, column in columns.items() for part in ("--map", f"{field}={column}")]
    options = ["--delimiter", ";", "--encoding", "latin-1", "--region", "FR", "--create-orgs", *mapped]
    ending = numctl(*db, "import", REGISTER, *options)
    assert ending.code == 0, ending.err
    assert ending.out.startswith("Imported 520921262 numbers")
    assert numctl(*db, "search", "--count").out == "520921262\n"
    assert numctl(*db, "search", "--org", "France/FRTE", "--count").out == "208587097\n"
    organizations = json.loads(numctl(*db, "org", "list", "-o", "json").out)
    assert sum(one["parent"] == "France" for one in organizations) == 424
    assert (tmp_path / "france.db").stat().st_size <= 5_000_000


def test_the_line_that_is_no_text_is_named(numctl: Numctl) -> None:
    ended = numctl("import", "-", "--series", "s", input=b"num\xffber\n3000\n")
    assert (ended.code, "numctl: Line 1: " in ended.err) == (2, True), ended.err
