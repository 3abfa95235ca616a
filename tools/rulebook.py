"""Writes the rule book into the manual: ``python -m tools.rulebook``."""

from __future__ import annotations

import re
from pathlib import Path

from numctl.core.rules.book import ACTIONS
from numctl.core.rules.model import MEANINGS, Status
from numctl.core.rules.number_actions import NUMBER_ACTIONS
from numctl.core.rules.record import Action

ROOT = Path(__file__).parents[1]
RULES = ROOT / "docs" / "rules.md"
BEGIN, END = "<!-- {} -->\n", "<!-- end of {} -->\n"


def _statuses(of: frozenset[Status]) -> str:
    return ", ".join(f"`{status}`" for status in Status if status in of) or "nothing"


def _row(action: Action) -> str:
    to = "the same" if action.keeps_status else _statuses(action.to)
    return f"| `{action.name}` | {_statuses(action.sources)} | {to} | {action.notes} |"


def _keys(action: Action) -> str:
    return ", ".join(f"**{key}**" if key in action.required else key for key in action.keys)


def tables() -> dict[str, str]:
    """The tables of the manual by their names, each with a line's end at its last row."""
    rows = {
        "statuses": [
            "| status | meaning |",
            "|---|---|",
            *(f"| `{status}` | {meaning} |" for status, meaning in MEANINGS.items()),
        ],
        "actions": [
            "| action | from | to | notes |",
            "|---|---|---|---|",
            *map(_row, NUMBER_ACTIONS),
        ],
        "keys": [
            "| action | names | keys |",
            "|---|---|---|",
            *(
                f"| `{action.name}` | {action.named} | {_keys(action)} |"
                for action in ACTIONS.values()
                if action.keys
            ),
        ],
    }
    return {name: "\n".join([*lines, ""]) for name, lines in rows.items()}


def with_tables(text: str) -> str:
    """A page's text with the tables as they are now."""
    for name, table in tables().items():
        begin, end = BEGIN.format(name), END.format(name)
        text = re.sub(f"{begin}.*?{end}", f"{begin}{table}{end}", text, flags=re.DOTALL)
    return text


def main() -> None:
    """Write the manual's tables anew."""
    for page in (RULES, ROOT / "docs" / "scripting.md"):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
