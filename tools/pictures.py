"""Draws the manual's pictures: what numctl prints in a terminal of 80 columns, as SVG.

``python -m tools.pictures`` runs the commands below against the demo's store and writes
``docs/pictures/NAME.svg``. The colours are those that a terminal gets; the window is drawn by rich.
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
COLUMNS = 80
SCREENS = {
    "utilization": ["numctl utilization --tree"],
    "search": ["numctl search 01 --org Sales --limit 12"],
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
    "show": ["numctl show 14188980111"],
    "history": ["numctl history --limit 6"],
    "threshold": ["numctl threshold show --tree", "numctl threshold check --org Finance"],
    "series": ["numctl series list", "numctl user list ada"],
    "help": ["numctl allocate --help"],
}
REMOTE_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def screen(commands: list[str], folder: Path, columns: int = COLUMNS) -> str:
    """What a terminal gets when these commands are typed into it, one after another."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("NUMCTL_", "XDG_"))}
    for name in ("COLUMNS", "NO_COLOR"):
        env.pop(name, None)
    launcher = folder / "numctl"
    launcher.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m numctl "$@"\n')
    launcher.chmod(0o755)
    env |= {"HOME": str(folder), "PATH": f"{folder}:{env['PATH']}", "TERM": "xterm-256color"}
    parts = []
    for command in commands:
        child = pexpect.spawn(
            "sh",
            ["-c", command],
            env=env,
            encoding="utf-8",
            dimensions=(60, columns),
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


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    for name, commands in SCREENS.items():
        with TemporaryDirectory() as folder:
            screen(["numctl demo"], Path(folder))
            svg = draw(screen(commands, Path(folder)), f"numctl-{name}")
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"docs/pictures/{name}.svg")


if __name__ == "__main__":
    main()
