"""``numctl profiles``: the ways of reading lists that have a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from numctl.session import Session

FIELDS = ("profile", "reads", "source")


def profiles(ctx: typer.Context) -> None:
    """Show the ways of reading lists that have a name, for --profile: those that come along, and your own.

    One of your own is a table [list.NAME] in the settings file; its keys are the options of import, such
    as map, value, delimiter and date-format. One for records of usage is a table [usage.NAME], with the
    options of usage import. The source is numctl itself, or that file.

    Examples:
        numctl profiles

        numctl profiles -o json
    """
    from numctl.core.lists.profiles import listing

    session: Session = ctx.obj
    session.output.rows(FIELDS, listing(session.settings.profiles, session.settings.usage_profiles))
