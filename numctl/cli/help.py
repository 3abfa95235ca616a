"""The help of a command or group as a page of parts, and that page as plain text.

The man pages are made from the same parts. Plain text because it is read in narrow windows, through
pipes and by screen readers, and because drawing it costs as much time as the rest of a command.
"""

from __future__ import annotations

import inspect
import re
import shutil
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer._click import Context, HelpFormatter, Parameter
    from typer._click.core import Command as ClickCommand

EXAMPLES = "Examples:"
WIDEST = 100


@dataclass(frozen=True)
class Page:
    """``sections`` are titles with rows of a term and its explanation; examples are command lines."""

    usage: str
    paragraphs: list[str]
    sections: list[tuple[str, list[tuple[str, str]]]]
    examples: list[str]


def page_of_group(group: ClickCommand, ctx: Context, lines: Mapping[str, tuple[str, str]]) -> Page:
    """What the group's commands are, by panel, and the options that work before all of them.

    ``lines`` are the panel and the one line of help of each first word below it.
    """
    panels: dict[str, list[tuple[str, str]]] = {}
    for word, (panel, line) in lines.items():
        panels.setdefault(panel if ctx.parent is None else "Commands", []).append((word, line))
    more = f"'{ctx.command_path} COMMAND --help' says more of each."
    paragraphs = [*_paragraphs(group.help or ""), more]
    return Page(_usage(group, ctx), paragraphs, [*panels.items(), *_parameters(group, ctx)], [])


def page_of_command(command: ClickCommand, ctx: Context) -> Page:
    """What the function's docstring says, its parameters, and the shared options."""
    text, _, examples = inspect.cleandoc(command.help or "").partition(f"{EXAMPLES}\n")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    return Page(_usage(command, ctx), _paragraphs(text), _parameters(command, ctx), lines)


def write(page: Page, formatter: HelpFormatter) -> None:
    """Write the page as plain text, as wide as the terminal, at most 100 columns."""
    formatter.width = width = max(20, min(shutil.get_terminal_size().columns, WIDEST))
    formatter.write(_fold(f"Usage: {page.usage}", width, indent=4))
    for paragraph in page.paragraphs:
        formatter.write("\n" + _fold(paragraph, width, indent=0))
    for title, rows in page.sections:
        formatter.write(f"\n{title}:\n")
        formatter.write("".join(_row(term, text, width) for term, text in rows))
    if page.examples:
        formatter.write(f"\n{EXAMPLES}\n")
        formatter.write("".join(_example(line, width) for line in page.examples))


def _usage(command: ClickCommand, ctx: Context) -> str:
    pieces = [_argument(p) for p in command.params if p.param_type_name == "argument"]
    tail = ["COMMAND ..."] if hasattr(command, "entries") else pieces
    return " ".join([ctx.command_path.split(" [")[0], *tail, "[OPTIONS]"])


def _argument(param: Parameter) -> str:
    name = f"{param.metavar or (param.name or '').upper()}{'...' if param.nargs == -1 else ''}"
    return name if param.required or param.name == "numbers" else f"[{name}]"


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", inspect.cleandoc(text)) if part.strip()]


def _parameters(command: ClickCommand, ctx: Context) -> list[tuple[str, list[tuple[str, str]]]]:
    panels: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for param in command.get_params(ctx):
        if (record := param.get_help_record(ctx)) is None:
            continue
        default = "Arguments" if param.param_type_name == "argument" else "Options"
        panel = getattr(param, "rich_help_panel", None) or default
        panels.setdefault(panel, []).append(record)
    return [(title, rows) for title, rows in panels.items() if rows]


def _fold(text: str, width: int, indent: int) -> str:
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_on_hyphens=False) + "\n"


def _row(term: str, text: str, width: int) -> str:
    column = 28 if width >= 70 else 8
    margin = " " * column
    body = textwrap.fill(text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
    if len(term) + 4 > column:
        return f"{textwrap.fill('  ' + term, width, subsequent_indent='    ')}\n{body}\n"
    return f"  {term}{body[len(term) + 2 :]}\n"


def _example(line: str, width: int) -> str:
    """One command line, continued with backslashes between words where it is too long."""
    lines, current = [], ""
    for word in re.findall(r"(?:'[^']*'|\"[^\"]*\"|\S)+", line):
        if current and len(current) + len(word) + 5 > width:
            lines.append(f"  {current} \\")
            current = "   "
        current = f"{current} {word}" if current else word
    return "\n".join([*lines, f"  {current}"]) + "\n"
