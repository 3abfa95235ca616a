"""Promise 25: a spreadsheet runs nothing of what numctl writes, and import reads it as it was."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path

from tests.conftest import FULL, Ending, Numctl, Promised
from tests.trust.readings import LISTS

LIVE = re.compile(r"[=+\-@\t\r\n]")
STARTS = ("=", "+", "-", "@", "'=", "''=", "'+", "'", '"=', ";=", " ", "", "='", "'-'", "\uff1d", "=\u0301")
ENDINGS = (
    "cmd|'/c calc'!A1",
    'HYPERLINK("x","y")',
    "1+1",
    "2,5;3",
    '"a""b"',
    "a\\b",
    "007",
    "é",
    "-- x",
    "'",
)


def texts(count: int) -> list[str]:
    """As many different texts that a spreadsheet would like to run, no longer than a tag may be."""
    dice = random.Random(25)  # noqa: S311 - the same each time
    return [
        f"{dice.choice(STARTS)}{dice.choice(ENDINGS)}{n}{dice.choice(ENDINGS)}"[:64].strip()
        for n in range(count)
    ]


def live(ended: Ending) -> list[str]:
    """What of a CSV a spreadsheet would run. Figures with a sign of their own are none."""
    cells = [cell for row in csv.reader(io.StringIO(ended.out, newline="")) for cell in row]
    return [cell for cell in cells if LIVE.match(cell) and not re.fullmatch(r"-\d+(\.\d+)?", cell)]


def test_formulas_are_dead_and_come_back(tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    some = texts(10_000 if FULL else 400)
    names = sorted({text.replace("/", "|") for text in some[:40]})
    rows = [
        {
            "number": str(14188000000 + n),
            "series": some[n % 50],
            "organization": f"Acme/{names[n % len(names)]}",
            "status": "reserved" if n % 2 else "assigned",
            **({"reserved_tag": text} if n % 2 else {"user": text}),
        }
        for n, text in enumerate(some)
    ]
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    listed, exported = tmp_path / "list.jsonl", tmp_path / "export.csv"
    listed.write_text("\n".join(map(json.dumps, rows)))
    with promised(25) as promise:
        for store, file in ((first, listed), (second, exported)):
            assert numctl("--db", store, "init", "--name", "Acme", "--email", "+1@acme.example").code == 0
            ended = numctl("--db", store, "import", file, "--create-orgs", "--message", "=1+1")
            assert ended.code == 0, ended
            for line in LISTS:
                ended = numctl("--db", store, *line.split(), "-o", "csv")
                promise.tried(*([str(ended)] if ended.code else live(ended)))
            ended = numctl("--db", store, "search", "--all", "-o", "csv")
            exported.write_text(ended.out, newline="")
        back = {
            row["number"]: row
            for row in json.loads(numctl("--db", second, "search", "--all", "-o", "json").out)
        }
        for row in rows:
            wrong = [f"{row}: {key}" for key, value in row.items() if back[row["number"]][key] != value]
            promise.tried(*wrong)
