"""The manual's examples: what a page has of them, and a shell in a real terminal that runs them.

In a `console` block a line that begins with `$ ` is a command (with `> ` continued); what follows is
what it prints on a terminal of 80 columns and 24 lines without colour, where `...` stands for any text,
a date, a time or a hash for any other. All blocks of a page are one shell session, in a folder with the
files that are printed in blocks with a name, and with a mail server in the settings. A page that does not
make a store of its own begins with the demo's. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pexpect

import numctl as package
from tests.postoffice import open_office
from tests.standby import server as standby

ROOT = Path(package.__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROWS, COLUMNS = 24, 80
END = "\x1e"
CHANGING = re.compile(r"(\d{4}-\d\d-\d\d|\b\d\d:\d\d\b|\b[0-9a-f]{64}\b|\.\.\.)")
MAKES_ITS_OWN = re.compile(r"numctl (--db \S+ )?(init|demo)\b")
OF_A_USER = re.compile("_?NUMCTL_|XDG_|COLUMNS$|TZ$|PYTHONIOENCODING$")


class Ended(NamedTuple):
    """A command that was run in a terminal: what it printed, and its exit code."""

    printed: str
    code: int


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, kind: str) -> list[str]:
    return [body for name, file, body in BLOCK.findall(text_of(page)) if name == kind and not file]


def examples(page: Path) -> list[tuple[str, str]]:
    """Commands of the page's console blocks, each with what it is to print."""
    found: list[tuple[str, str]] = []
    for body in blocks(page, "console"):
        for line in body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            elif line.startswith("> ") and not found[-1][1]:
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
            else:
                found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


WITH_EXAMPLES = [page for page in PAGES if examples(page)]


def run_page(page: Path, folder: Path, columns: int = COLUMNS) -> list[Ended]:
    """How each example of the page ends, run one after another in a terminal."""
    commands = [command for command, _ in examples(page)]
    before = [] if MAKES_ITS_OWN.search("\n".join(commands[:2])) else ["numctl demo >/dev/null"]
    with shell(folder, columns) as place:
        for _, file, body in BLOCK.findall(text_of(page)):
            if file:
                (place.folder / file).write_text(body, encoding="utf-8")
        return place.run([*before, *commands])[len(before) :]


class Shell(NamedTuple):
    """A folder to work in, and how bash is to be started there."""

    folder: Path
    env: dict[str, str]
    columns: int

    def run(self, commands: list[str]) -> list[Ended]:
        """Run commands one after another in one bash."""
        script = self.folder.with_name("session.sh")
        script.write_text("".join(f"{one}\nprintf '{END}%s{END}' $?\n" for one in commands))
        terminal = pexpect.spawn(
            "bash",
            ["--norc", str(script)],
            cwd=str(self.folder),
            env=self.env,
            dimensions=(ROWS, self.columns),
            encoding="utf-8",
            timeout=300,
            echo=False,
        )
        terminal.expect(pexpect.EOF)
        pieces = str(terminal.before).replace("\r\n", "\n").split(END)
        assert len(pieces) == 2 * len(commands) + 1, pieces[-1]
        return [Ended(pieces[at], int(pieces[at + 1])) for at in range(0, len(pieces) - 1, 2)]


@contextmanager
def shell(folder: Path, columns: int = COLUMNS) -> Iterator[Shell]:
    """A shell of someone who has only numctl, in a place of their own below ``folder``."""
    place, launcher, home = folder / "place", folder / "bin" / "numctl", folder / "home"
    for made in (place, launcher.parent, home / ".config" / "numctl"):
        made.mkdir(parents=True)
    launcher.write_text(standby.launcher())
    launcher.chmod(0o755)
    with open_office() as office:
        (home / ".config" / "numctl" / "config.toml").write_text(office.settings("none"))
        yield Shell(
            place,
            {
                **{name: value for name, value in os.environ.items() if not OF_A_USER.match(name)},
                "HOME": str(home),
                "NUMCTL_PAGER": "cat",
                "PATH": f"{launcher.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PORT": str(office.port),
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
                "TERM": "xterm",
            },
            columns,
        )


def fits(printed: str, expected: str) -> bool:
    """Whether it was printed, spaces at the ends of lines and what changes by the day aside."""
    bare = re.sub(r" +$", "", printed, flags=re.MULTILINE)
    pattern = "".join(map(_pattern, CHANGING.split(expected)))
    return re.fullmatch(pattern, bare, re.DOTALL) is not None


def _pattern(part: str) -> str:
    if part == "...":
        return ".*?"
    return re.sub(r"\w", "[0-9a-f]", part) if CHANGING.fullmatch(part) else re.escape(part)
