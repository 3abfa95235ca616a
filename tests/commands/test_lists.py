"""Lists as others write them: columns joined, words translated, prefixes, workbooks, profiles."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from numctl import clock
from tests.conftest import Numctl

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs shared/data")


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-06-15T12:00:00+00:00"))
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("org", "add", "Sales").code == 0


def listed(numctl: Numctl, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(numctl("search", "--ranges", "-o", "json", *options).out)
    return found


def refused(numctl: Numctl, said: str, *line: str | Path, input: str = "") -> None:
    ended = numctl(*line, input=input)
    assert ended.code == 2, ended
    assert said in ended.err


# Columns


def test_joined_columns_texts_and_left_out_fields(numctl: Numctl) -> None:
    text = "code,from,to,series,user\n418,8980000,8980099,x,y\n418,8980100,8980199,x,y\n"
    line = ["--map", "first=code+from", "--map", "last=code+to", "--map", "series='Area 418'"]
    ended = numctl("import", "-", "--region", "CA", *line, "--map", "user=", input=text)
    assert ended.code == 0, ended.err
    (row,) = listed(numctl)
    assert (row["first"], row["count"], row["series"]) == ("14188980000", 200, "Area 418")
    assert (row["status"], row["user"]) == ("available", None)
    assert ended.err == "Columns left out: series, user.\n"


def test_a_column_whose_name_has_a_plus_is_that_column(numctl: Numctl) -> None:
    assert numctl("import", "-", "--map", "number=a+b", "--series", "s", input="a+b,b\n3000,9\n").code == 0
    assert listed(numctl)[0]["first"] == "3000"


def test_a_column_may_be_named_by_a_part_of_it(numctl: Numctl) -> None:
    text = "NMS Number Block: Number Block,Geographic Number Length\n1132 0,10 digit numbers\n"
    line = [
        "--map",
        "prefix=*Number Block",
        "--map",
        "length=*Number Length",
        "--region",
        "GB",
        "--series",
        "s",
    ]
    assert numctl("import", "-", *line, input=text).code == 0
    (row,) = listed(numctl)
    assert (row["first"], row["last"]) == ("441132000000", "441132099999")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("number=Nowhere", "no column 'Nowhere' for number"),
        ("number=a+Nowhere", "no column 'Nowhere' for number"),
        ("nonsense=a", "no field 'nonsense'"),
        ("=a", "FIELD=COLUMN"),
    ],
)
def test_columns_that_are_not_there(numctl: Numctl, option: str, said: str) -> None:
    refused(numctl, said, "import", "-", "--series", "s", "--map", option, input="a,b\n3000,1\n")


def test_labels_are_mapped_and_translated(numctl: Numctl) -> None:
    text = "number,Building,label.floor\n3000,HQ,2\n3001,,3\n"
    line = ["--series", "s", "--map", "label.site=Building", "--value", "label.site:HQ=Head office"]
    assert numctl("import", "-", *line, input=text).code == 0
    rows = json.loads(numctl("search", "-o", "json").out)
    assert [row["labels"] for row in rows] == [{"floor": "2", "site": "Head office"}, {"floor": "3"}]


# Prefixes


@pytest.mark.parametrize(
    ("prefix", "length", "region", "first", "last"),
    [
        ("3000 00", "10 digit numbers", "GB", "443000000000", "443000009999"),
        ("0811672", "10", "FR", "33811672000", "33811672999"),
        ("+33811672", "11", "FR", "33811672000", "33811672999"),
        ("3999", "whole", "FR", "3999", "3999"),
        ("07001", "14", "FR", "337001000000000", "337001999999999"),
    ],
)
def test_a_prefix_stands_for_all_numbers_that_begin_so(
    numctl: Numctl, prefix: str, length: str, region: str, first: str, last: str
) -> None:
    text = f"prefix,length\n{prefix},{length}\n"
    assert numctl("import", "-", "--series", "s", "--region", region, input=text).code == 0
    (row,) = listed(numctl)
    assert (row["first"], row["last"]) == (first, last)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("3000 00,9 or 10", "more than one length"),
        ("3000 00,5", "can't begin with the 6"),
        ("3000 00,14", "too long for a number of GB"),
        ("3000 00,", "no length"),
        ("3000 00,many", "no length"),
        ("x,10", "isn't how numbers begin"),
        ("3000 00,99", "No number has 99 digits"),
    ],
)
def test_prefixes_that_say_no_block(numctl: Numctl, row: str, said: str) -> None:
    line = ["import", "-", "--series", "s", "--region", "GB"]
    refused(numctl, said, *line, input=f"prefix,length\n{row}\n")
    refused(numctl, "Line 2", *line, input=f"prefix,length\n{row}\n")


# Words and rows


def test_a_column_with_a_star_in_its_name_is_that_column(numctl: Numctl) -> None:
    text = "num*,number2\n3000,3001\n"
    assert numctl("import", "-", "--series", "s", "--map", "number=num*", input=text).code == 0
    assert listed(numctl)[0]["first"] == "3000"


def test_a_pattern_of_words_fits_no_others(numctl: Numctl) -> None:
    text = "number,status\n3000,Allotted\n3001,Blocked\n"
    line = ("import", "-", "--series", "s", "--value", "status:Al*=available")
    refused(numctl, "Line 3: There is no status 'Blocked'", *line, input=text)


def test_a_label_that_is_translated_to_nothing_is_none(numctl: Numctl) -> None:
    text = "number,label.site\n3000,none\n3001,Oslo\n"
    assert numctl("import", "-", "--series", "s", "--value", "label.site:none=", input=text).code == 0
    assert numctl("check").code == 0
    assert numctl("search", "--no-label", "site", "-o", "ranges").out == "3000..3000\n"


def test_an_object_is_no_text(numctl: Numctl) -> None:
    text = '[{"number": "3000", "user": {"name": "Ann"}}]'
    refused(numctl, "'user' is neither a text nor a whole number", "import", "-", "--series", "s", input=text)


def test_words_are_translated_in_any_case_and_the_rest_with_a_star(numctl: Numctl) -> None:
    text = "number,status\n3000,IN SERVICE\n3001,Special\n3002,\n3003,spare\n3004,Gone\n"
    line = ["--value", "status:In Service=available", "--value", "status:*=reserved"]
    line += ["--value", "status:spare=", "--value", "row:status=gone"]
    assert numctl("import", "-", "--series", "s", *line, input=text).code == 0
    rows = json.loads(numctl("search", "-o", "json").out)
    assert [(row["number"], row["status"], row["reserved_tag"]) for row in rows] == [
        ("3000", "available", None),
        ("3001", "reserved", "Special"),
        ("3002", "available", None),
        ("3003", "available", None),
    ]


def test_an_unknown_word_says_which_option_would_mend_it(numctl: Numctl) -> None:
    ended = numctl(
        "import", "-", "--series", "s", "--map", "status=State", input="number,State\n3000,In Service\n"
    )
    assert ended.code == 2
    assert "Line 2: There is no status 'In Service'. (column 'State')" in ended.err
    assert "--value status:'In Service'=available" in ended.err


def test_what_is_reserved_without_a_tag_is_so_for_its_status(numctl: Numctl) -> None:
    assert numctl("import", "-", "--series", "s", input="number,status\n3000,Reserved\n").code == 0
    assert listed(numctl)[0]["reserved_tag"] == "Reserved"


@pytest.mark.parametrize("option", ["status=available", "x:y", "row:=", "row:Nowhere=x"])
def test_words_that_can_not_be(numctl: Numctl, option: str) -> None:
    assert numctl("import", "-", "--series", "s", "--value", option, input="number,status\n3000,\n").code == 2


def test_lines_and_empty_rows_are_skipped(numctl: Numctl) -> None:
    text = "Report of today\nnumber,user\n,updated\n3000,\n,\n , \n3001,\n"
    assert numctl("import", "-", "--series", "s", "--skip-lines", "1,3", input=text).code == 0
    assert numctl("search", "--count").out == "2\n"
    ended = numctl("import", "-", "--series", "s", "--skip-lines", "1", input=text)
    assert "Line 3" in ended.err
    refused(numctl, "from 1", "import", "-", "--skip-lines", "0", input=text)


def test_dates_of_another_form_and_the_day_on_which_numbers_are_free(numctl: Numctl) -> None:
    text = "number,status,reserved_tag,free_on\n3000,reserved,t,01/07/2026\n3001,aging,,02/07/2026\n"
    line = ["import", "-", "--series", "s", "--date-format", "%d/%m/%Y"]
    assert numctl(*line, input=text).code == 0
    assert [row["reserved_until"] for row in listed(numctl)] == ["2026-06-30", "2026-07-01"]
    refused(numctl, "no date as --date-format", *line, input=text.replace("01/07", "13/13"))
    refused(numctl, "which day", "import", "-", "--date-format", "%d", input=text)


def test_what_was_held_until_a_day_that_has_passed_is_available(numctl: Numctl) -> None:
    text = "number,status,reserved_tag,reserved_until\n3000,reserved,t,2026-06-14\n3001,aging,,2026-06-15\n"
    assert numctl("import", "-", "--series", "s", input=text).code == 0
    assert [(row["status"], row["reserved_tag"]) for row in listed(numctl)] == [
        ("available", None),
        ("aging", None),
    ]


def test_a_slash_may_divide_nothing(numctl: Numctl) -> None:
    text = "number,organization\n3000,North / South\n"
    assert numctl("import", "-", "--series", "s", "--create-orgs", "--no-paths", input=text).code == 0
    assert listed(numctl)[0]["organization"] == "Acme/North - South"


def test_an_extension_becomes_a_label(numctl: Numctl) -> None:
    text = "number\ntel:+1-418-898-4760;ext=102\n"
    assert numctl("import", "-", "--series", "s", input=text).code == 0
    assert numctl("add", "tel:+1-418-898-4761;ext=7", "--series", "s").code == 0
    rows = json.loads(numctl("search", "-o", "json").out)
    assert [row["labels"] for row in rows] == [{"ext": "102"}, {"ext": "7"}]
    assert numctl("reserve", "tel:+1-418-898-4760;ext=102", "--tag", "t").code == 2


# What is told


def test_a_dry_run_shows_how_the_list_was_understood(numctl: Numctl) -> None:
    text = "Phone,Who,Branch,Colour\n+14188980000,Ann,Slaes,red\n3999,,,blue\n"
    line = ["import", "-", "--map", "number=Phone", "--map", "user=Who", "--map", "organization=Branch"]
    line += ["--series", "New", "--create-orgs", "--dry-run"]
    (told,) = json.loads(numctl(*line, "-o", "json", input=text).out)
    assert told["fields"] == {"number": "Phone", "organization": "Branch", "user": "Who"}
    assert (told["ignored"], told["numbers"], told["short_codes"]) == (["Colour"], 2, 1)
    assert (told["organizations"], told["series_made"]) == (["Acme/Slaes"], ["New"])
    assert told["rows"][0]["numbers"] == "14188980000"
    assert told["rows"][0]["user"] == "Ann"
    said = numctl(*line, input=text)
    assert "Understood as 2 rows of 2 numbers:" in said.err
    assert "organization  Branch" in said.err
    assert "; make organization Acme/Slaes; make series New; short codes among them: 1." in said.out
    assert numctl("search", "--count").out == "0\n"


def test_what_is_unusual_is_told(numctl: Numctl) -> None:
    ended = numctl(
        "import",
        "-",
        "--series",
        "s",
        "--region",
        "FR",
        "--create-orgs",
        input=("number,organization\n3999,Slaes\n0105600000,Sales\n07000000000000,Sales\n"),
    )
    assert "made organization Acme/Slaes; made series s" in ended.out
    assert "; short codes among them: 1; longer than their country's numbers: 1 (" in ended.out
    (told,) = json.loads(numctl("add", "+3312345678901", "--series", "s", "-o", "json").out)
    assert told["over_long"] == 1


# Profiles


def test_profiles_of_the_settings(numctl: Numctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[list.pbx]\nmap = ["number=DN", "user=Name"]\nvalue = "user:nobody="\n'
        'series = "1418"\nregion = "CA"\nno-paths = true\n'
    )
    monkeypatch.setenv("NUMCTL_CONFIG", str(config))
    text = "DN,Name,Other\n(418) 898-0000,Ann,9\n418 898 0001,nobody,8\n"
    assert numctl("import", "-", "--profile", "pbx", input=text).code == 0
    rows = json.loads(numctl("search", "-o", "json").out)
    assert [(row["number"], row["user"]) for row in rows] == [("14188980000", "Ann"), ("14188980001", None)]
    shown = json.loads(numctl("profiles", "-o", "json").out)
    assert shown[0] == {"profile": "pbx", "reads": "", "source": str(config)}
    assert {row["profile"] for row in shown[1:]} == {
        *("arcep-majnum", "arcep-gelnum", "ofcom-blocks", "cna-co-codes", "rossvyaz-def", "teams-export")
    }
    ended = numctl("import", "-", "--profile", "pbx", "--map", "number=Other", "--series", "x", input=text)
    assert ended.code == 2
    assert "column 'Other'" in ended.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[list.a]\nmapp = []\n", "did you mean map"),
        ("[list.a]\nmap = 3\n", "a list of texts"),
        ("[list.a]\nmap = [3]\n", "a list of texts"),
        ("[list.a]\nno-paths = 'yes'\n", "true or false"),
        ("[list]\na = 3\n", "a table of tables"),
    ],
)
def test_profiles_that_can_not_be(
    numctl: Numctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    monkeypatch.setenv("NUMCTL_CONFIG", str(config))
    refused(numctl, said, "import", "-", "--profile", "a", input="number\n3000\n")


def test_an_unknown_profile_names_the_nearest(numctl: Numctl) -> None:
    ended = numctl("import", "-", "--profile", "arcep-majnun", input="number\n3000\n")
    assert (ended.code, "arcep-majnum" in ended.err) == (5, True)


def test_teams_export_as_windows_shell_writes_it(numctl: Numctl) -> None:
    text = (
        "#TYPE Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.AcquiredTelephoneNumber\n"
        '"TelephoneNumber","OperatorId","PstnAssignmentStatus","AssignedPstnTargetId"\n'
        '"+14025551234","x","UserAssigned","dc13d97b-7897"\n"+14025551235","x","Unassigned",""\n'
    )
    assert numctl("import", "-", "--profile", "teams-export", "--series", "1402", input=text).code == 0
    rows = json.loads(numctl("search", "-o", "json").out)
    assert [(row["status"], row["user"]) for row in rows] == [
        ("in-use", "dc13d97b-7897"),
        ("available", None),
    ]


# Registers, each against a count by other means


def rows_of(name: str, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    text = (DATA / name).read_bytes().decode(encoding)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def imported(numctl: Numctl, name: str, *options: str) -> dict[str, object]:
    ended = numctl("import", DATA / name, "-o", "json", *options)
    assert ended.code == 0, ended.err
    (told,) = json.loads(ended.out)
    return dict(told)


def by_status(numctl: Numctl) -> dict[str, int]:
    (row,) = json.loads(numctl("utilization", "-o", "json").out)
    tree = json.loads(numctl("utilization", "--tree", "-o", "json").out)
    words = ("available", "reserved", "aging")
    assert row["total"] == sum(one["available"] + one["reserved"] for one in tree)
    return {word: sum(one[word] for one in tree) for word in words}


@pytest.mark.promise(42)
@needs_data
def test_the_french_register(numctl: Numctl) -> None:
    told = imported(numctl, "arcep-majnum.csv", "--profile", "arcep-majnum", "--create-orgs")
    rows = rows_of("arcep-majnum.csv", encoding="latin-1", delimiter=";")[1:]
    assert told["count"] == sum(int(row[2]) - int(row[1]) + 1 for row in rows) == 520921262


@pytest.mark.promise(42)
@needs_data
def test_the_french_numbers_that_rest(numctl: Numctl) -> None:
    told = imported(numctl, "arcep-gelnum.csv", "--profile", "arcep-gelnum", "--series", "rest")
    wanted: Counter[str] = Counter()
    for prefix, kind, _, _, free in rows_of("arcep-gelnum.csv", encoding="latin-1", delimiter=";")[1:]:
        if not kind.startswith("Numéro"):
            continue
        length = 14 if "longueur étendue" in kind else 10 if kind.startswith("Numéros") else len(prefix)
        day = datetime.strptime(free, "%d/%m/%Y")
        wanted["aging" if day > datetime(2026, 6, 15) else "available"] += 10 ** (length - len(prefix))
    assert told["count"] == sum(wanted.values())
    found = by_status(numctl)
    assert (found["aging"], found["available"]) == (wanted["aging"], wanted["available"])
    assert wanted["aging"] > 0


@pytest.mark.promise(42)
@needs_data
def test_the_british_blocks(numctl: Numctl) -> None:
    line = ["--profile", "ofcom-blocks", "--series", "3", "--create-orgs"]
    told = imported(numctl, "ofcom-s3-head.csv", *line)
    rows = rows_of("ofcom-s3-head.csv")[1:]
    free = [row for row in rows if row[1].startswith(("Allocated", "Free"))]
    size = {row[0]: 10 ** (int(row[3].split()[0]) - len(row[0].replace(" ", ""))) for row in rows}
    assert told["count"] == sum(size.values())
    assert by_status(numctl)["available"] == sum(size[row[0]] for row in free)
    assert {row["reserved_tag"] for row in listed(numctl, "--status", "reserved")} == {"Protected"}


@pytest.mark.promise(42)
@needs_data
def test_the_canadian_codes(numctl: Numctl) -> None:
    told = imported(numctl, "cna-co-head.csv", "--profile", "cna-co-codes", "--create-orgs")
    rows = [row for row in rows_of("cna-co-head.csv")[1:] if row[0]]
    assert told["count"] == 10_000 * len(rows)
    free = sum(row[2] in ("In Service", "Assigned", "Available") for row in rows)
    assert by_status(numctl)["available"] == 10_000 * free
    assert {row["series"] for row in listed(numctl)} == {row[0] for row in rows}


@pytest.mark.promise(42)
@needs_data
def test_the_russian_codes(numctl: Numctl) -> None:
    told = imported(numctl, "rossvyaz-def-head.csv", "--profile", "rossvyaz-def", "--create-orgs")
    assert told["count"] == sum(int(row[3]) for row in rows_of("rossvyaz-def-head.csv", delimiter=";")[1:])
    assert listed(numctl)[0]["first"] == "79000000000"


# Workbooks


def workbook(path: Path, rows: list[list[object]], **formats: str) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Empty"
    sheet = book.create_sheet("Numbers")
    for row in rows:
        sheet.append(row)
    for column, code in formats.items():
        for cell in sheet[column]:
            cell.number_format = code
    book.save(path)
    return path


def test_a_workbook_is_read_as_its_sheet_means_it(numctl: Numctl, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["number", "user", "status", "reserved_tag", "reserved_until"],
        [14188980000, "Ann", None, None, None],
        ["+1 418 898 0001", None, "reserved", "t", datetime(2026, 12, 31)],
        [None, None, None, None, None],
        [14188980002, None, "available", None, None],
    ]
    file = workbook(tmp_path / "list.xlsx", rows)
    assert numctl("import", file, "--series", "s").code == 0
    found = json.loads(numctl("search", "-o", "json").out)
    assert [(row["number"], row["user"], row["reserved_until"]) for row in found] == [
        ("14188980000", "Ann", None),
        ("14188980001", None, "2026-12-31"),
        ("14188980002", None, None),
    ]


def test_zeros_before_a_number_are_as_its_format_says(numctl: Numctl, tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", [["number"], [105600000]], A="00 00 00 00 00")
    assert numctl("import", file, "--series", "s", "--region", "FR").code == 0
    assert listed(numctl)[0]["first"] == "33105600000"


def test_digits_that_may_lack_zeros_are_no_part_of_a_number(numctl: Numctl, tmp_path: Path) -> None:
    line = ["--series", "s", "--region", "FR"]
    bare = workbook(tmp_path / "bare.xlsx", [["prefix", "length"], [8116], [10]])
    refused(numctl, "zeros before it", "import", bare, *line, "--map", "length='10'")
    joined = workbook(tmp_path / "joined.xlsx", [["a", "b"], ["0105", 6]])
    refused(numctl, "zeros before it", "import", joined, *line, "--map", "number=a+b")
    padded = workbook(tmp_path / "padded.xlsx", [["a", "b"], ["0105", 6]], B="000000")
    assert numctl("import", padded, *line, "--map", "number=a+b").code == 0
    assert listed(numctl)[0]["first"] == "33105000006"


def test_numbers_that_a_workbook_has_cut_are_refused(numctl: Numctl, tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", [["number"], [1418898000012345]])
    refused(numctl, "lost digits", "import", file, "--series", "s")


def test_sheets_by_name(numctl: Numctl, tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", [["number"], ["3000"]])
    assert numctl("import", file, "--series", "s", "--sheet", "numbers").code == 0
    refused(numctl, "no sheet 'Nmbers'", "import", file, "--series", "s", "--sheet", "Nmbers")
    refused(numctl, "It has 'Numbers'.", "import", file, "--series", "s", "--sheet", "Nmbers")
    refused(numctl, "It has 'Empty', 'Numbers'.", "import", file, "--series", "s", "--sheet", "Other")


def test_what_is_no_workbook(numctl: Numctl, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"PK\x03\x04 and no archive")
    refused(numctl, "can't be read", "import", file, "--series", "s")
