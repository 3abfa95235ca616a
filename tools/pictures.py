"""Draws the manual's pictures: what numctl prints in a terminal, as SVG.

``python -m tools.pictures`` runs the commands below against the demo's store and writes
``docs/pictures/NAME.svg``, and the main screens as a small terminal shows them and as a large one does,
``NAME-80x24.svg`` and ``NAME-200x50.svg``. The colours are those that a terminal gets; the window is
drawn by rich.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pexpect

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COLUMNS, ROWS = 80, 60
SIZES = ((80, 24), (200, 50))
MAIN = {
    "overview": "numctl",
    "search": "numctl search --org Sales",
    "show": "numctl show 14188980111",
    "history": "numctl history",
    "utilization": "numctl utilization --tree",
}
SCREENS = {
    "ranges": ["numctl search --status available --org Sales --below --ranges"],
    "reserve": [
        "numctl reserve 14188980112+4 --tag 'new office' --dry-run",
        "numctl reserve 14188980112+4 --tag 'new office' --until 2099-12-31",
        "numctl reserve 14188980100 --tag 'new office'",
    ],
    "allocate": [
        "numctl allocate --series Paris --quantity 100 --to Americas --contiguous",
        "numctl withdraw --from Support --series Paris --quantity 50",
        "numctl move 14188980112+4 --to Suport",
    ],
    "tree": ["numctl org tree"],
    "threshold": ["numctl threshold show --tree", "numctl threshold check --org Finance"],
    "series": ["numctl series list", "numctl user list ada"],
    "help": ["numctl allocate --help"],
}
REMOTE_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def screen(commands: list[str], folder: Path, columns: int = COLUMNS, rows: int = ROWS) -> str:
    """What a terminal gets when these commands are typed into it, one after another."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("NUMCTL_", "XDG_"))}
    for name in ("COLUMNS", "NO_COLOR"):
        env.pop(name, None)
    launcher = folder / "numctl"
    launcher.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m numctl "$@"\n')
    launcher.chmod(0o755)
    env |= {
        **{"HOME": str(folder), "NUMCTL_DB": "inventory.db", "NUMCTL_PAGER": "cat"},
        **{"PATH": f"{folder}:{env['PATH']}", "TERM": "xterm-256color"},
    }
    parts = []
    for command in commands:
        child = pexpect.spawn(
            "sh",
            ["-c", command],
            env=env,
            encoding="utf-8",
            dimensions=(rows, columns),
            cwd=str(folder),
            timeout=60,
        )
        child.expect(pexpect.EOF)
        parts.append(f"\x1b[1m$ {command}\x1b[0m\n{child.before}")
        child.close()
    return "\n".join(parts).replace("\r\n", "\n")


def draw(text: str, title: str, columns: int = COLUMNS) -> str:
    """A terminal's text, colours included, as SVG that needs nothing from elsewhere."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w") as nowhere:
        console = Console(
            record=True, width=columns, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        console.print(Text.from_ansi(text.rstrip()), highlight=False, markup=False)
        return REMOTE_FONTS.sub("", console.export_svg(title=title, unique_id=title))


def first_page(text: str, rows: int) -> str:
    """What a pager shows of it before anyone has turned a page: the prompt stands on the last line."""
    lines = text.rstrip("\n").split("\n")
    return "\n".join(lines if len(lines) < rows else [*lines[: rows - 1], ":"])


def write(name: str, text: str, columns: int = COLUMNS) -> None:
    """Draw one picture."""
    (PICTURES / f"{name}.svg").write_text(draw(text, f"numctl-{name}", columns), encoding="utf-8")
    print(f"docs/pictures/{name}.svg")


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    for name, commands in SCREENS.items():
        with TemporaryDirectory() as folder:
            screen(["numctl demo"], Path(folder))
            write(name, screen(commands, Path(folder)))
    with TemporaryDirectory() as folder:
        screen(["numctl demo"], Path(folder))
        for name, command in MAIN.items():
            for columns, rows in SIZES:
                shown = first_page(screen([command], Path(folder), columns, rows), rows)
                write(f"{name}-{columns}x{rows}", shown, columns)


if __name__ == "__main__":
    main()
