"""Writes the manual pages from the same source as ``--help``: ``python -m tools.manpages``.

A page for each command and group, ``numctl-org-add.1`` and so on, ``numctl.1``, and the manual's list
of all commands, ``docs/commands.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from typer._click import Context

from numctl import __version__
from numctl.cli.call import Call
from numctl.cli.help import Page, page_of_command, page_of_group
from numctl.cli.parser import PROGRAM, program
from numctl.cli.table import COMMANDS, GROUPS

FOLDER = Path(__file__).parents[1] / "docs" / "man"
LIST = FOLDER.with_name("commands.md")
SEE_ALSO = (
    "The manual in the folder docs of the source, which begins with docs/README.md: what do you want to do?"
)


def pages() -> dict[str, str]:
    """Every manual page as groff text, by its file's name."""
    root = program(COMMANDS, GROUPS)
    context = Context(root, info_name=PROGRAM, obj=Call([]), **root.context_settings)
    found = {f"{PROGRAM}.1": _manual(PROGRAM, page_of_group(root, context, root.lines()))}
    for name in [*GROUPS, *(entry.name for entry in COMMANDS)]:
        at, command = context, cast("Any", root)
        for word in name.split():
            command = command.get_command(at, word)
            at = Context(command, info_name=word, parent=at)
        page = page_of_group(command, at, command.lines()) if name in GROUPS else page_of_command(command, at)
        found[f"{PROGRAM}-{name.replace(' ', '-')}.1"] = _manual(f"{PROGRAM} {name}", page)
    return found


def _manual(name: str, page: Page) -> str:
    title = name.replace(" ", "-")
    first, *others = page.paragraphs
    lines = [
        f'.TH "{title.upper()}" "1" "" "numctl {__version__}" "numctl"',
        ".SH NAME",
        f"{_text(title)} \\- {_text(first)}",
        ".SH SYNOPSIS",
        _text(page.usage),
    ]
    if others:
        lines += [".SH DESCRIPTION", "\n.PP\n".join(map(_text, others))]
    for heading, rows in page.sections:
        lines += [f".SH {_text(heading.upper())}"]
        for term, text in rows:
            lines += [".TP", f"\\fB{_text(term)}\\fR", _text(text)]
    if page.examples:
        lines += [".SH EXAMPLES", ".nf", *map(_text, page.examples), ".fi"]
    return "\n".join([*lines, ".SH SEE ALSO", _text(SEE_ALSO), ""])


def _text(text: str) -> str:
    """Text that groff takes as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti")
    return f"\\&{escaped}" if escaped.startswith((".", "\\(aq")) else escaped


def list_of_commands() -> str:
    """All commands by panel, in Markdown."""
    lines = [
        "# All commands",
        "",
        "What each takes is in `numctl COMMAND --help` and in its [manual page](man).",
    ]
    for panel in dict.fromkeys(entry.panel for entry in COMMANDS):
        lines += ["", f"## {panel}", "", "| | |", "|---|---|"]
        lines += [f"| `numctl {one.name}` | {one.help} |" for one in COMMANDS if one.panel == panel]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write all pages; those of commands that are gone are removed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.1"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    LIST.write_text(list_of_commands(), encoding="utf-8")


if __name__ == "__main__":
    main()
