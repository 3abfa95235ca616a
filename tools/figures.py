"""Copies the figures that most people ask for into the README: ``python -m tools.figures``."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIGURES, README = ROOT / "docs" / "figures.md", ROOT / "README.md"
CHOSEN = (
    "start-up: a Typer program that does nothing",
    "`search --count` on a small store",
    "import France's register, 521 million numbers",
    "the same: size of the file",
    "first page of a search by digits, France",
    "exact count of the same (",
    "utilization of the whole tree, 424 organizations",
    "allocate a million numbers in one block, whole command",
    "the same, against a row per number",
    "allocate a million scattered over 100,000 spans",
    "allocate the scattered million",
    "batch of 100,000 changes at random places",
    "list ten million numbers as CSV, a million of them used",
)
"""How the rows of the figures begin, those that fall short of their goal among them."""
HEADS = "## `python -m benchmarks "
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def table() -> str:
    """The chosen rows as they stand there, with the part that measures them; what is gone is left out."""
    part, rows = "", []
    for line in FIGURES.read_text(encoding="utf-8").splitlines():
        if line.startswith(HEADS):
            part = line.removeprefix(HEADS).rstrip("`")
        elif line.startswith("| "):
            rows.append((line, part))
    (headings, _), (rule, _), *_ = rows
    chosen = [f"{row} `{part}` |" for start in CHOSEN for row, part in rows if row.startswith(f"| {start}")]
    return "\n".join([f"{headings} part |", f"{rule} --- |", *chosen, ""])


def with_table(text: str) -> str:
    """The README's text with the table as it is now."""
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}{table()}{END}", text, flags=re.DOTALL)


def main() -> None:
    """Write the README's table anew."""
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
