"""``numctl key add``: let someone in by the gate."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numctl.session import Session


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is, for the history.")],
    org: Annotated[str, typer.Option("--org", metavar="ORG", help="The organization that they act as.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="Let nothing be changed.")] = False,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FILE", help="Add the line to this file, its others untouched."),
    ] = None,
) -> None:
    """Write the line of authorized_keys that lets a public key through the gate, and do nothing else.

    The key comes on standard input. The line holds the organization by its number in the store, so that a
    new name or place changes nothing, and the store by its whole path.

    Examples:

        numctl key add jo --org Sales < id_ed25519.pub

        numctl key add jo --org Sales --read-only --into authorized_keys < id_ed25519.pub
    """
    from numctl.core.text import clean_name
    from numctl.gate import public_keys

    session: Session = ctx.obj
    actor = clean_name(name, "A person")
    with session.reading() as view:
        organization = view.organization(org)
        path = view.tree.path(organization)
    key = public_keys.read_key(sys.stdin.read(public_keys.LONGEST + 1))
    program = Path(sys.argv[0]).resolve()
    words = [str(program) if program.name == "numctl" else "numctl", "gate"]
    db = session.settings.db
    where = db.resolve() if isinstance(db, Path) else db
    words += [
        "--db",
        str(where),
        "--as",
        f"/{organization}",
        "--actor",
        actor,
    ]
    line = public_keys.line_of(key, shlex.join([*words, *(["--read-only"] if read_only else [])]), actor)
    if into is None:
        session.output.text(line)
        return
    public_keys.put_into(into, key, line)
    may = "read as" if read_only else "act as"
    session.output.hint(f"{actor} may now {may} {path}: the key's line is in {into}.")
