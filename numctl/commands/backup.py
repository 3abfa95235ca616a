"""``numctl backup``: copy the store to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from numctl.session import Session


def backup(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what stands there.")] = False,
) -> None:
    """Copy the store to a file, whole, while others go on working.

    The copy is readable by its owner alone, and a store like any other: look at it with --db. The
    hash that is printed is the one to keep elsewhere, for `numctl history --verify --head`. Only for
    who acts as the root.

    Examples:

        numctl backup monday.db

        numctl backup monday.db --force
    """
    from numctl.core.check import checking
    from numctl.core.store import backups

    session: Session = ctx.obj
    if file in ("", "-"):
        raise BadValue("A backup goes to a file.", "Name one.")
    with session.open_store() as store:
        checking.expect_root(store, session.settings.acting_as, session.command)
        copied = backups.copy(store, Path(file), replace=force)
    session.output.answer(
        {"file": file, "bytes": copied.size, "operation": copied.operation, "head": copied.head},
        f"Copied the store to {file} ({copied.size} bytes, up to operation {copied.operation}). "
        f"Its head is {copied.head}.",
    )
