"""The peer for start-up: a Typer program with as many commands as numctl, none of which does anything."""

from __future__ import annotations

from collections.abc import Callable

import typer

from numctl.cli.table import COMMANDS, GROUPS


def _nothing() -> Callable[[], None]:
    def nothing() -> None:
        pass

    return nothing


app = typer.Typer()
_groups = {name: typer.Typer() for name in GROUPS}
for _name, _group in _groups.items():
    app.add_typer(_group, name=_name)
for _entry in COMMANDS:
    *_above, _word = _entry.name.split()
    (_groups[_above[0]] if _above else app).command(_word)(_nothing())
