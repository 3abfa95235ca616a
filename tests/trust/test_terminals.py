"""Promises 26 and 27: neither a terminal nor rich interprets text from outside."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from numctl.cli.table import COMMANDS
from tests.conftest import Ending, Numctl, Promised
from tests.faults import sample
from tests.trust.readings import READINGS

CONTROLS = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u061c\u200e\u200f\u2028\u2029\ufeff"]
CONTROLS += [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
RAW = re.compile(f"[{re.escape(''.join(set(CONTROLS) - {chr(10)}))}]")
HOSTILE = "a" + "".join(CONTROLS[1:]) + "\x1b[31mred\x1b]0;title\x07\x1b]8;;x\x1b\\z"  # a NUL ends SQL's text

# Where a text from outside stands in a store.
FIELDS = {
    "organization": "UPDATE organization SET name = ? WHERE id = 3",
    "root": "UPDATE organization SET name = ? WHERE id = 1",
    "administrator": "UPDATE administrator SET email = 'x@' || ?",
    "series": "UPDATE series SET name = ?",
    "description": "UPDATE series SET description = ?",
    "tag": "UPDATE state SET tag = substr(?, -60) WHERE id = (SELECT max(id) FROM state WHERE tag <> '')",
    "user": "UPDATE user SET name = ?, folding = 'user ' || id",
    "actor": "UPDATE operation SET actor = ?",
    "action": "UPDATE operation SET action = ?",
    "note": "UPDATE operation SET message = ?",
    "facts": "UPDATE operation SET facts = json_set(facts, '$.reason', ?, '$.tag', ?, '$.name', ?)",
    "recipients": "UPDATE message SET recipients = json_array(?)",
    "subject": "UPDATE message SET subject = ?",
    "last error": "UPDATE message SET last_error = ?",
    "mail's facts": "UPDATE message SET facts = json_set(facts, '$.organization', ?)",
    "request": "INSERT INTO request (at, organization, quantity, note) VALUES ('2026-01-05', 1, 5, ?)",
}
# What is said of something that was typed.
TYPED = [
    *(
        "search --org {}",
        "search --series {}",
        "search --status {}",
        "search --sort {}",
        "search --matching {}",
    ),
    *(
        "search --as {}",
        "search -o {}",
        "search --region {}",
        "search --limit {}",
        "search --db {}",
        "org show {}",
    ),
    *("org add {} --parent Sales", "series add {}", "user rename {} x", "reserve 14188980400 --tag {}"),
    *(
        "reserve {} --tag x",
        "reserve 14188980400 --tag x --until {}",
        "allocate --series {} --quantity 1 --to Sales",
    ),
    *(
        "move 14188980400 --to {}",
        "assign 14188980400 --user {}",
        "release {}",
        "import {}",
        "batch {}",
        "undo {}",
    ),
    *(
        "backup {}/x",
        "copy {} {}",
        "report utilization --out {}/x",
        "{}",
        "search {}",
        "search --{}",
        "org {}",
        "mail test {}",
    ),
    *(
        "history --head {}",
        "series add x --message {}",
        "threshold set {}",
        "init --name {}",
        "diff {}",
        "show {}",
    ),
]


def hostile(store: Path, text: str) -> None:
    """Write a text everywhere, by hand: no command would."""
    sample.make(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DROP TRIGGER state_stays")
        for statement in FIELDS.values():
            connection.execute(statement, (text,) * statement.count("?"))
        connection.commit()


def unsafe(ended: Ending) -> list[str]:
    said = f"{ended.out}\n{ended.err}"
    found = [repr(char) for char in RAW.findall(said)]
    return [f"{ended}: {found[:3]}"] * bool(found) + [f"{ended}"] * ("Traceback" in said or ended.code == 20)


def test_no_control_reaches_a_terminal(tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    store = tmp_path / "inventory.db"
    hostile(store, HOSTILE)
    with promised(26) as promise:
        for line in READINGS:
            promise.tried(*unsafe(numctl("--db", store, *line.split(), "-o", "table")))
        for line in TYPED:
            typed = [word.replace("{}", HOSTILE) for word in line.split()]
            for options in ([], ["-o", "json"]):
                ended = numctl("--db", store, *typed, *options)
                promise.tried(*unsafe(ended))


def test_every_reading_command_is_among_them() -> None:
    """A new command that shows something is to be put into READINGS."""
    read = {" ".join(words[:2]) for line in READINGS for words in [line.split()]} | {
        line.split()[0] for line in READINGS
    }
    writes_files = {"backup", "copy", "diff", "report dashboard", "mail test", "gate", "key add"}
    writes_files |= {"role add", "role list", "role remove"}  # of a server: tests/server
    missing = {entry.name for entry in COMMANDS if not entry.changes} - read - writes_files
    assert not missing


MARKUP = [
    "[/]",
    "[bold]b[/bold]",
    "[link=http://x]y[/link]",
    ":smile:",
    "a\\",
    "\\[red]",
    "[red",
    "{x}",
    "%s",
    "&lt;<b>",
]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_as_typed(text: str, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    store = tmp_path / "inventory.db"
    wide = {"COLUMNS": "400"}
    name = text.replace("/", "|")
    numctl("--db", store, "init", "--name", name)
    with promised(27) as promise:
        lines = {
            "series": ["add", "4000+3", "--series", text],
            "tag": ["reserve", "4000", "--tag", text],
            "user": ["assign", "4001", "--user", text],
        }
        for line in lines.values():
            ended = numctl("--db", store, *line, "--message", text)
            promise.tried(*[str(ended)] * (ended.code != 0))
        for format in ("table", "plain", "simple", "github", "grid", "tsv", "csv", "json"):
            shown = text if format not in ("tsv", "json", "csv", "github") else None
            for reading in ("search --all", "series list", "user list", "history"):
                ended = numctl("--db", store, *reading.split(), "-o", format, env=wide)
                fine = ended.code == 0 and (shown is None or shown in ended.out)
                promise.tried(*[f"{format}: {ended}"] * (not fine))
            ended = numctl("--db", store, "org", "list", "-o", format, env=wide)
            promise.tried(*[f"{format}: {ended}"] * (shown is not None and name not in ended.out))
        ended = numctl("--db", store, "search", "--series", f"{text}?", env=wide)
        promise.tried(*[str(ended)] * (f"'{text}?'" not in ended.err))
