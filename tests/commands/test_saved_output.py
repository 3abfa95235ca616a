"""``--out FILE``, which every reading command takes, and workbooks, which spreadsheets open."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from numctl.cli.table import COMMANDS
from numctl.core.errors import Failed
from numctl.output import workbooks
from tests.commands.conftest import FIRST, number

ARGUMENTS = {
    "show": [number(71)],
    "org show": ["Sales"],
    "diff": ["-"],
    "report blocks": ["--size", "10"],
    "label": ["--list"],
    "request": ["--list"],
}
LISTED = "number\n5550001\n"
HOSTILE = ("=1+1", "+1", "-1", "@x", "'=1", "<r><t>x</t></r>", "_x0041_", "a;b\\", "007", "1e5", "é<&>")


def sheets(path: Path) -> dict[str, list[list[object]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in load_workbook(path)
    }


TELLING = [one for one in COMMANDS if one.tells and one.name != "role list"]  # which is of a server


@pytest.mark.parametrize("entry", TELLING, ids=lambda entry: entry.name)
def test_every_command_that_tells_something_tells_it_to_a_file(entry, acme, numctl, tmp_path) -> None:
    line = (*entry.name.split(), *ARGUMENTS.get(entry.name, ()))
    printed, file = numctl(*line, "-o", "csv", input=LISTED), tmp_path / "out"
    saved = numctl(*line, "-o", "csv", "--out", file, input=LISTED)
    assert (saved.code, saved.out) == (printed.code, "")
    assert file.read_bytes().decode() == printed.out


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.csv", "series,number"),
        ("x.json", '[{"series"'),
        ("x.jsonl", '{"series"'),
        ("x.tsv", "Short\t3990"),
    ],
)
def test_the_format_is_what_the_name_ends_with(acme, numctl, tmp_path, name, begins) -> None:
    assert numctl("search", "--out", tmp_path / name, env={"NUMCTL_OUTPUT": "simple"}).code == 0
    assert (tmp_path / name).read_text().startswith(begins)
    assert numctl("search", "--out", tmp_path / name, "-o", "ranges").code == 0
    assert (tmp_path / name).read_text().startswith("3990..")


def test_what_fails_leaves_the_file_that_was_there(acme, numctl, tmp_path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("mine")
    for line in (["--org", "Nowhere"], ["--columns", "nope"]):
        assert numctl("search", *line, "--out", file).code in (2, 5)
    assert (file.read_text(), [*tmp_path.glob(".numctl-*")]) == ("mine", [])
    assert numctl("search", "--out", tmp_path).code == 2
    assert numctl("search", "--out", tmp_path / "none" / "x").code == 1


def test_a_difference_ends_with_its_code_and_is_saved(acme, numctl, tmp_path) -> None:
    ended = numctl("diff", "-", "--exit-code", "--out", tmp_path / "d.csv", input=LISTED)
    assert (ended.code, ended.out) == (1, "")
    assert "5550001,missing here" in (tmp_path / "d.csv").read_text()


def test_a_workbook_holds_texts_and_figures_under_a_frozen_header(acme, numctl, tmp_path) -> None:
    file = tmp_path / "w.xlsx"
    numctl("label", FIRST, "site=Paris")
    assert numctl("search", "--all", "--out", file).code == 0
    (sheet,) = load_workbook(file)
    assert (sheet.title, sheet.freeze_panes, sheet.max_row) == ("search", "A2", 111)
    header, first, *_ = [[cell.value for cell in row] for row in sheet.rows]
    printed = [*csv.reader(io.StringIO(numctl("search", "--all", "-o", "csv").out))]
    assert header == printed[0]
    assert first == [value or None for value in printed[1]]
    assert sheet.column_dimensions["B"].width > len(FIRST)
    numctl("utilization", "--out", file)
    ((names, values),) = sheets(file).values()
    assert dict(zip(names, values, strict=True)) == json.loads(numctl("utilization", "-o", "json").out)[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_no_text_becomes_a_formula_or_markup_and_all_come_back(acme, numctl, tmp_path) -> None:
    for n, text in enumerate(HOSTILE):
        assert numctl("reserve", number(n), "--tag", text).code == 0
        assert numctl("label", number(n), f"note={text}").code == 0
    file = tmp_path / "w.xlsx"
    numctl("search", "--all", "--out", file)
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert [row[4] for row in rows[11 : 11 + len(HOSTILE)]] == [*HOSTILE]
    with zipfile.ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    before = numctl("search", "--all", "-o", "json").out
    store = tmp_path / "other.db"
    numctl("--db", store, "init", "--name", "Acme")
    ended = numctl("--db", store, "import", file, "--create-orgs", "--unchecked")
    assert ended.code == 0, ended.err
    assert numctl("--db", store, "search", "--all", "-o", "json").out == before


def test_parts_are_sheets(acme, numctl, tmp_path) -> None:
    file = tmp_path / "w.xlsx"
    for line, titles in [
        (("show", number(71)), ["show", "history"]),
        (("history", "--operation", "4"), ["history", "numbers"]),
        (("history", "--operation", "2"), ["history", "catalog"]),
        (("report", "utilization", "--preamble"), ["about", "report utilization"]),
        (("search", "--count"), ["search"]),
    ]:
        assert numctl(*line, "--out", file).code == 0
        assert [*sheets(file)] == titles


def test_a_workbook_goes_to_a_redirected_output(acme, shell, tmp_path) -> None:
    file = tmp_path / "w.xlsx"
    assert shell(f"numctl search -o xlsx > {file}", line=True).returncode == 0
    assert len(next(iter(sheets(file).values()))) == 111


def test_a_sheet_has_room_for_so_much(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    monkeypatch.setattr(workbooks, "MOST_TEXT", 5)
    for rows in ([("a",)] * 3, [("abcdef",)], [("\U0001f600" * 3,)]):
        with (tmp_path / "w.xlsx").open("wb") as file:
            book = workbooks.Workbook(file, None, "x")
            with pytest.raises(Failed) as caught:
                book.sheet(["field"], rows)
            book.abandon()
        assert "csv" in caught.value.advice
    with (tmp_path / "w.xlsx").open("wb") as file:
        book = workbooks.Workbook(file, None, "x")
        assert book.sheet(["field"], [("abcde",), (None,)]) == 2
        book.close()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice: soffice")
def test_libreoffice_reads_what_csv_has(acme, numctl, tmp_path) -> None:
    numctl("reserve", number(0), "--tag", "=1+1")
    numctl("search", "--all", "--out", tmp_path / "w.xlsx")
    convert = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office"]
    convert += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "w.xlsx")], check=True, capture_output=True)
    theirs = [*csv.reader((tmp_path / "w.csv").open(encoding="utf-8"))]
    assert theirs == [*csv.reader(io.StringIO(numctl("search", "--all", "-o", "csv", "--no-guard").out))]
